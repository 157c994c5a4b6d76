-- what: the free text of the customers whom an officer served, as it may reach her
-- grain: comment
-- params: none
-- why: with fewer than five customers she would know who wrote it; so there is neither month nor key beside it
create view restricted.officer_comment as
with said as (
    select
        t.treasury_code,
        f.officer_code,
        s.person_id,
        f.comment_text,
        coalesce(f.respondent_hash, f.response_key) as customer
    from core.fact_response as f
    inner join core.dim_treasury as t on f.treasury_id = t.treasury_id
    cross join core.network as n
    left join action.assignment_span as s
        on
            f.treasury_id = s.treasury_id and f.officer_code = s.officer_code
            and (f.submitted_at at time zone n.time_zone)::date >= s.valid_from
            and (s.valid_to is null or (f.submitted_at at time zone n.time_zone)::date <= s.valid_to)
    where f.comment_text is not null and f.officer_code != 'unstated'
),

enough as (
    select
        treasury_code,
        officer_code,
        person_id
    from said
    group by treasury_code, officer_code, person_id
    having count(distinct customer) >= 5
)

select
    d.treasury_code,
    d.officer_code,
    d.person_id,
    d.comment_text
from said as d
inner join enough as e
    on
        d.treasury_code = e.treasury_code and d.officer_code = e.officer_code
        and d.person_id is not distinct from e.person_id
order by d.treasury_code asc, d.officer_code asc, d.comment_text asc;

comment on view restricted.officer_comment is
'Free text of the customers whom an officer served (ý kiến về công chức), from five different customers on, in the order of the letters. Restricted. Grain: comment.';
comment on column restricted.officer_comment.person_id is 'Number of the person who served them (mã người); empty where no assignment tells';
