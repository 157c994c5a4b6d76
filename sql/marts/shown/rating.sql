-- what: the ratings of the revision that is shown, with small cells hidden
-- grain: period, area, breakdown and member
-- params: none
-- why: an area that is hidden as a whole shows no members: which ones it has would tell of its few customers. And every
-- figure asks for v as well: so no condition on a figure can be asked before it is known whether this reader may see
-- that revision; asked earlier, the row counts of an explained plan would tell a draft
create view shown.rating as
select
    v.period_code,
    v.revision_number,
    case v.period_kind when 'month' then r.survey_month end as survey_month,
    r.area_level,
    r.area_code,
    r.breakdown,
    r.member_code,
    r.region_code,
    r.treasury_id,
    r.unit_code,
    case when h.is_open then r.response_count end as response_count,
    case when h.is_open then r.answer_count end as answer_count,
    case when h.is_open then r.satisfied_count end as satisfied_count,
    case when h.is_open then r.wholly_satisfied_count end as wholly_satisfied_count,
    case when h.is_open then r.complaint_count end as complaint_count,
    case when h.is_open then r.satisfaction_rate end as satisfaction_rate,
    case when h.is_open then r.share_of_answers_rate end as share_of_answers_rate,
    case when h.is_open then r.share_of_persons_rate end as share_of_persons_rate,
    case
        when h.is_open then r.all_minus_complaints_rate
    end as all_minus_complaints_rate,
    case when h.is_open then r.effective_count end as effective_count,
    case when h.is_open then r.standard_error end as standard_error,
    case when h.is_open then r.rate_low end as rate_low,
    case when h.is_open then r.rate_high end as rate_high,
    case when h.is_open then r.grade_code end as grade_code,
    case when h.is_open then r.rank end as rank,
    case when h.is_open then r.ranked_count end as ranked_count,
    not h.is_shown as is_suppressed,
    r.treasury_state,
    case
        when v.stored_number >= 0 and not h.is_shown and not r.is_suppressed
            then array_append(array_remove(r.footnote_codes, 'small_n'), 'suppressed')
        when v.stored_number >= 0 then r.footnote_codes
    end as footnote_codes,
    v.month_status,
    v.rule_set_code,
    v.definition_code,
    v.questionnaire_code,
    v.scored_at,
    v.published_at,
    v.period_kind,
    v.stored_number,
    case
        when v.stored_number >= 0 and not h.is_shown then 'suppressed'
        when r.treasury_state = 'refused' then 'source_refused'
        when r.treasury_state = 'unavailable' then 'source_unavailable'
        when r.treasury_state = 'not_run' then 'not_run'
        when h.is_open and r.answer_count = 0 then 'no_data'
    end as missing_code
from score.rating as r
inner join shown.period as v on r.period_code = v.period_code and r.revision_number = v.stored_number
left join score.hidden_later as l
    on
        r.period_code = l.period_code and r.revision_number = l.revision_number and r.area_level = l.area_level
        and r.area_code = l.area_code and r.breakdown = l.breakdown and r.member_code = l.member_code
cross join
    lateral (
        values (
            not r.is_suppressed and l.period_code is null,
            not r.is_suppressed and l.period_code is null and v.stored_number >= 0
        )
    ) as h (is_shown, is_open)
where not exists (  -- and not "or not exists": that would be asked of each row by itself
    select from shown.hidden_area as a
    where
        a.period_code = r.period_code and a.revision_number = r.revision_number
        and a.area_level = r.area_level and a.area_code = r.area_code and r.breakdown != 'total'
);

comment on view shown.rating is 'Ratings that may be shown. Grain: period, area, breakdown and member.';
comment on column shown.rating.missing_code is
'Why an area has no figures (lý do không có số liệu): a code of mart.footnote; empty where it has some';
