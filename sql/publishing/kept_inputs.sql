-- what: what a published revision was made from
-- grain: month and treasury
-- params: period_code, revision_number
select
    i.survey_month,
    i.treasury_id,
    t.treasury_code,
    t.treasury_name_vi,
    i.treasury_state,
    i.row_count,
    i.sha256,
    i.landing_path,
    i.source_name,
    i.snapshot_at,
    i.loaded_at,
    i.book_digest,
    i.is_early,
    b.book
from score.revision_input as i
inner join score.revision_treasury as t
    on i.period_code = t.period_code and i.revision_number = t.revision_number and i.treasury_id = t.treasury_id
left join ops.code_book as b on i.book_digest = b.book_digest
where i.period_code = :period_code and i.revision_number = :revision_number
order by i.survey_month, t.treasury_code, i.treasury_id
