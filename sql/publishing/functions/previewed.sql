-- what: the functions that say how far the previews of a draft are, and refuse a publication that comes too early
-- grain: function
-- params: none
-- why: of a treasury only what is its own counts: counts and rates, and no rank, place or interval, which move with the
-- others' answers. So another one's late answers do not start its days anew
create or replace function score.treasury_digests(wanted_period text) returns table (treasury_id integer, digest text)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select
        r.treasury_id,
        encode(sha256(convert_to(string_agg(
            concat_ws(
                '|', r.area_level, r.area_code, r.breakdown, r.member_code, r.treasury_state, r.response_count,
                r.answer_count, r.satisfied_count, r.complaint_count, r.satisfaction_rate, r.grade_code
            ), e'\n' order by r.area_level, r.area_code, r.breakdown, r.member_code
        ), 'UTF8')), 'hex')
    from score.rating as r
    where r.period_code = wanted_period and r.revision_number = 0 and r.area_level in ('treasury', 'unit')
    group by r.treasury_id
$$;

comment on function score.treasury_digests is 'Of each treasury of a draft the sha256 over its own counts, rates and grades.';

create or replace function score.previews(wanted_period text) returns table (
    treasury_id integer, treasury_code text, treasury_name_vi text, preview_number bigint, offered_at timestamptz,
    due_date date, opened_at timestamptz, is_current boolean, is_over boolean
) language sql stable set search_path = pg_catalog, pg_temp as $$
    select
        d.treasury_id, t.treasury_code, t.treasury_name_vi, p.preview_number, p.offered_at, p.due_date, p.opened_at,
        coalesce(p.treasury_digest = d.digest, false),
        s.preview_days = 0
        or coalesce(p.treasury_digest = d.digest and (p.due_date is null or p.due_date < n.today), false)
    from score.treasury_digests(wanted_period) as d
    inner join core.dim_treasury as t on d.treasury_id = t.treasury_id
    inner join score.revision as r on r.period_code = wanted_period and r.revision_number = 0
    inner join score.rule_set as s on r.rule_set_code = s.rule_set_code
    cross join (select (now() at time zone c.time_zone)::date as today from core.network as c) as n
    left join lateral (
        select v.preview_number, v.offered_at, v.due_date, v.treasury_digest, o.opened_at
        from ops.preview as v
        left join ops.preview_opening as o on v.preview_number = o.preview_number
        where v.period_code = wanted_period and v.treasury_id = d.treasury_id
        order by v.preview_number desc
        limit 1
    ) as p on true
    where
        coalesce(access.kind(), '') not in ('treasury', 'unit', 'worker')
        or d.treasury_id in (select s.treasury_id from access.scopes() as s)
$$;

comment on function score.previews is 'Each treasury of a draft with the last offer of its figures: whether it is of these, and whether its days are over.';

-- who loads, publishes or decides on cases sees all of them; an office its own
create or replace function ops.previews(wanted_period text) returns table (
    treasury_id integer, treasury_code text, treasury_name_vi text, offered_at timestamptz, due_date date,
    opened_at timestamptz, is_current boolean, is_over boolean
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        p.treasury_id, p.treasury_code, p.treasury_name_vi, p.offered_at, p.due_date, p.opened_at, p.is_current,
        p.is_over
    from score.previews(wanted_period) as p
    where
        access.kind() in ('central', 'case_worker', 'loader') or pg_has_role(session_user, 'hailong_publisher', 'usage')
        or p.treasury_id in (select s.treasury_id from access.scopes() as s where s.unit_code is null)
$$;

comment on function ops.previews is 'Treasuries of a draft that the login may see, until when each may object, and whether it opened its preview.';

create or replace function score.open_objections(wanted_period text) returns table (
    objection_number bigint, treasury_code text, about text, is_claimed boolean, recorded_at timestamptz,
    is_changed_since boolean
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        o.objection_number, t.treasury_code, o.about, o.identity = 'claimed', o.recorded_at,
        d.digest is distinct from o.treasury_digest
    from ops.objection as o
    inner join core.dim_treasury as t on o.treasury_id = t.treasury_id
    left join score.treasury_digests(wanted_period) as d on o.treasury_id = d.treasury_id
    where
        o.period_code = wanted_period
        and not exists (select from ops.objection_answer as a where a.objection_number = o.objection_number)
    order by o.objection_number
$$;

comment on function score.open_objections is 'Objections to a draft that nobody withdrew or answered, without what they say.';

-- the answers in this moment are waited for, and wait: nobody objects between the look and the revision
create or replace function score.refuse_unpreviewed(wanted_period text, why_over text, seen bigint[]) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    unseen integer;
    waiting integer;
    until date;
    first text;
    objections integer;
    objecting text;
begin
    select
        count(*) filter (where not p.is_current), count(*), max(p.due_date) filter (where p.is_current),
        min(p.treasury_code)
    into unseen, waiting, until, first
    from score.previews(wanted_period) as p
    where not p.is_over;
    if unseen > 0 then
        perform action.refuse(
            format('%s: the figures of %s treasuries were offered to nobody, first of %s', wanted_period, unseen, first),
            format('rate it again: hailong rate %s', wanted_period)
        );
    elsif waiting > 0 then
        perform action.refuse(
            format(
                '%s: %s treasuries may still object, first %s; the last day is %s', wanted_period, waiting, first,
                to_char(until, 'YYYY-MM-DD')
            ),
            format('publish it after that day: hailong preview list %s', wanted_period)
        );
    end if;
    select count(*), string_agg(distinct o.treasury_code, ', ' order by o.treasury_code) into objections, objecting
    from score.open_objections(wanted_period) as o;
    if objections > 0 and coalesce(why_over, '') !~ '\S' then
        perform action.refuse(
            format('%s: %s objections are open, of %s', wanted_period, objections, objecting),
            format(
                'answer them (hailong preview objections %s), or say why it is published over them: --over-objections',
                wanted_period
            )
        );
    elsif exists (select from score.open_objections(wanted_period) as o where o.objection_number != all(seen)) then
        perform action.refuse(
            format('%s: a treasury objected after it was decided on', wanted_period), 'decide again, and look at it'
        );
    end if;
    return objections;
end
$$;

comment on function score.refuse_unpreviewed is 'Refuses to publish before the last day to object, and over open objections without a reason; how many are open.';
revoke all on function
score.treasury_digests(text), score.previews(text), ops.previews(text), score.open_objections(text),
score.refuse_unpreviewed(text, text, bigint[])
from public;
grant execute on function score.treasury_digests(text) to hailong_loader;
grant execute on function ops.previews(text)
to hailong_loader, hailong_publisher, hailong_case_worker, hailong_restricted, hailong_scoped;
grant execute on function score.open_objections(text) to hailong_loader, hailong_publisher;
