-- what: whether personal data went from which the evidence on officers of a revision was made
-- grain: revision
-- params: period_code, revision_number
-- why: an officer who was forgotten is several codes again, and of hashes whose time is over nobody can tell that two of
-- different months are one customer. Of who was forgotten as a customer all responses have one token: that changes nothing
select
    action.is_anyone_erased_since(r.scored_at)
    or exists (
        select from score.officer_input as i
        inner join core.fact_response as f on i.survey_month = f.survey_month and i.treasury_id = f.treasury_id
        where
            i.period_code = r.period_code and i.revision_number = r.revision_number
            and starts_with(f.respondent_hash, 'retired-')
    ) as is_redacted
from score.revision as r
where r.period_code = :period_code and r.revision_number = :revision_number
