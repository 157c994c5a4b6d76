-- what: the months before a revision's own that its evidence was made from, and that core has otherwise now
-- grain: month and treasury
-- params: period_code, revision_number
select
    i.survey_month,
    i.treasury_id,
    t.treasury_code,
    i.row_count,
    i.sha256,
    i.landing_path,
    i.source_name,
    i.snapshot_at,
    i.rule_set_code,
    i.rule_set_digest,
    i.questionnaire_code,
    i.questionnaire_digest,
    b.book
from score.officer_input as i
inner join score.revision_period as p on i.period_code = p.period_code and i.revision_number = p.revision_number
inner join core.dim_treasury as t on i.treasury_id = t.treasury_id
left join ops.code_book as b on i.book_digest = b.book_digest
left join ops.treasury_month as o on i.survey_month = o.survey_month and i.treasury_id = o.treasury_id
left join ops.receipt as k
    on o.run_id = k.run_id and o.treasury_id = k.treasury_id and o.landing_path = k.landing_path
where
    i.period_code = :period_code and i.revision_number = :revision_number and i.survey_month < p.first_month
    and (
        o.treasury_state is distinct from 'loaded'
        or k.sha256 is distinct from i.sha256
        or o.book_digest is distinct from i.book_digest
    )
order by i.survey_month, i.treasury_id
