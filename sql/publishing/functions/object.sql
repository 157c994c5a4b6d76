-- what: the functions by which a treasury objects to a draft, and by which an objection ends
-- grain: function
-- params: none
-- why: an office objects for itself alone. What a form or a register says counts at once, although nobody adopted it: it
-- only has somebody look again. It ends by the office itself, or by the network's centre with a reason
create or replace function ops.object_to(said jsonb) returns bigint language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    wanted ops.objection := jsonb_populate_record(null::ops.objection, said);
    made bigint;
    offer record;
begin
    perform access.refuse_foreign(wanted.treasury_id);
    perform from score.revision as r where r.period_code = wanted.period_code and r.revision_number = 0 for share;
    if not found then
        perform action.refuse(format('%s has no draft to object to', wanted.period_code), 'see hailong status');
    end if;
    if wanted.source_key is not null then
        select o.objection_number into made from ops.objection as o
        where
            o.period_code = wanted.period_code and o.treasury_id = wanted.treasury_id
            and o.source_key = wanted.source_key;
        if found then
            return made;
        end if;
    end if;
    select p.* into offer from score.previews(wanted.period_code) as p where p.treasury_id = wanted.treasury_id;
    if not found then
        perform action.refuse(
            format('%s: the draft does not rate this treasury', wanted.period_code), 'see hailong status'
        );
    elsif offer.is_current and offer.due_date is not null and offer.is_over then
        perform action.refuse(
            format('%s: the last day to object was %s', wanted.period_code, to_char(offer.due_date, 'YYYY-MM-DD')),
            'tell the network''s centre: a later revision can still say otherwise'
        );
    end if;
    select d.digest into wanted.treasury_digest from score.treasury_digests(wanted.period_code) as d
    where d.treasury_id = wanted.treasury_id;
    wanted.identity := case when wanted.way = 'command' then 'login' else 'claimed' end;
    if exists (
        select from score.revision as r
        where
            r.period_code = wanted.period_code and r.revision_number > 0
            and r.figures_digest = score.figures_digest(wanted.period_code, 0)
    ) then
        perform action.refuse(
            format('%s: these figures are published already', wanted.period_code),
            'tell the network''s centre: a later revision can still say otherwise'
        );
    end if;
    insert into ops.objection (
        period_code, treasury_id, treasury_digest, about, said, identity, way, claimed_by, source_key
    )
    values (
        wanted.period_code, wanted.treasury_id, wanted.treasury_digest, wanted.about, wanted.said, wanted.identity,
        wanted.way, wanted.claimed_by, wanted.source_key
    )
    returning objection_number into made;
    return made;
end
$$;

comment on function ops.object_to is 'Keeps an objection of a treasury to a draft; its number. The same row of a form or register is kept once.';

create or replace function ops.end_objection(wanted_number bigint, wanted_kind text, why text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    about ops.objection;
    kind text := access.kind();
begin
    select * into about from ops.objection as o where o.objection_number = wanted_number;
    if
        not found or kind is null
        or (
            kind not in ('central', 'case_worker')
            and about.treasury_id not in (select s.treasury_id from access.scopes() as s where s.unit_code is null)
        )
    then
        perform action.refuse(format('there is no objection %s', wanted_number), 'see hailong preview objections');
    elsif wanted_kind != 'withdrawn' and kind not in ('central', 'case_worker') then
        perform action.refuse('only the network''s centre answers an objection', 'withdraw it, or leave it to the centre');
    end if;
    perform from score.revision as r where r.period_code = about.period_code and r.revision_number = 0 for share;
    insert into ops.objection_answer (objection_number, answer_kind, reason) values (wanted_number, wanted_kind, why)
    on conflict do nothing;
    if not found then
        perform action.refuse(format('objection %s has ended already', wanted_number), 'see hailong preview objections');
    end if;
end
$$;

comment on function ops.end_objection is 'Ends an objection: withdrawn by its treasury, upheld or dismissed by the network''s centre.';

create or replace function ops.open_preview(wanted_period text, wanted_treasury integer) returns void language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform access.refuse_foreign(wanted_treasury);
    if access.kind() not in ('treasury', 'worker') then
        return;
    end if;
    insert into ops.preview_opening (preview_number, opened_at)
    select p.preview_number, clock_timestamp()
    from score.previews(wanted_period) as p
    where p.treasury_id = wanted_treasury and p.is_current
    on conflict do nothing;
end
$$;

comment on function ops.open_preview is 'Notes that a treasury''s own login opened its preview, the first time.';
create or replace function ops.drafts() returns table (period_code text) language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
    select r.period_code
    from score.revision as r
    where
        r.revision_number = 0 and not exists (
            select from score.revision as p
            where p.period_code = r.period_code and p.revision_number > 0 and p.scored_at = r.scored_at
        )
$$;

comment on function ops.drafts is 'Periods with a draft that was rated since the last publication.';
revoke all on function
ops.drafts(), ops.object_to(jsonb), ops.end_objection(bigint, text, text), ops.open_preview(text, integer)
from public;
grant execute on function ops.drafts(), ops.object_to(jsonb)
to hailong_loader, hailong_case_worker, hailong_scoped, hailong_restricted;
grant execute on function ops.end_objection(bigint, text, text), ops.open_preview(text, integer)
to hailong_case_worker, hailong_scoped, hailong_restricted;
