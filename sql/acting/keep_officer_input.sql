-- what: keep which months of treasuries the evidence of a draft is made from, each with its landing and rules
-- grain: month and treasury
-- params: period_code, first_month, last_month
-- why: of the period's own month those treasuries that its draft rates; of earlier months all that are loaded
insert into score.officer_input (
    period_code, revision_number, survey_month, treasury_id, row_count, sha256, landing_path, source_name, snapshot_at,
    book_digest, rule_set_code, rule_set_digest, questionnaire_code, questionnaire_digest
)
select
    :period_code as period_code,
    0 as revision_number,
    o.survey_month,
    o.treasury_id,
    k.row_count,
    k.sha256,
    k.landing_path,
    k.source_name,
    k.snapshot_at,
    o.book_digest,
    r.rule_set_code,
    s.digest as rule_set_digest,
    r.questionnaire_code,
    q.digest as questionnaire_digest
from ops.treasury_month as o
inner join ops.run as r on o.run_id = r.run_id
inner join score.rule_set as s on r.rule_set_code = s.rule_set_code
inner join core.dim_questionnaire as q on r.questionnaire_code = q.questionnaire_code
left join ops.receipt as k
    on o.run_id = k.run_id and o.treasury_id = k.treasury_id and o.landing_path = k.landing_path
where
    o.survey_month between :first_month and :last_month
    and o.treasury_state = 'loaded'
    and (
        o.survey_month < :last_month
        or exists (
            select from score.rating as d
            where
                d.period_code = :period_code and d.revision_number = 0 and d.area_level = 'treasury'
                and d.breakdown = 'total' and d.treasury_id = o.treasury_id and d.treasury_state = 'loaded'
        )
    )
