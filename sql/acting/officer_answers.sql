-- what: the responses that name an officer, in the months of treasuries from which a draft's evidence is made
-- grain: response
-- params: period_code, time_zone
-- why: in one order on every server, since sums of fractions tell of it. A customer is only told apart from others
select
    cast(extract(year from f.survey_month) * 12 + extract(month from f.survey_month) - 1 as integer) as month_number,
    f.treasury_id,
    f.officer_code,
    a.person_id,
    f.unit_code,
    f.procedure_code,
    f.channel_code,
    hashtextextended(f.respondent_hash, 0) as customer,
    f.questionnaire_code,
    array_to_string(f.answer_levels, ',', '-1') as answer_levels
from score.officer_input as i
inner join core.fact_response as f on i.survey_month = f.survey_month and i.treasury_id = f.treasury_id
left join score.officer_span as a
    on
        i.period_code = a.period_code and i.revision_number = a.revision_number and f.treasury_id = a.treasury_id
        and f.officer_code = a.officer_code
        and cast(f.submitted_at at time zone :time_zone as date)
        between a.valid_from and coalesce(a.valid_to, 'infinity')
where i.period_code = :period_code and i.revision_number = 0 and f.officer_code != 'unstated'
order by f.survey_month asc, f.treasury_id asc, f.response_key collate "C" asc
