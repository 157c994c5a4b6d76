-- what: the function that makes a case of every unit that a published revision shows weak for so many months running
-- grain: function
-- params: none
-- why: who publishes may not read cases, and has it done by this. It looks at every published month at which nobody has
-- looked yet: what a publication before could not do is done now, or by upkeep. Months before a day open none: whoever
-- loads years of old answers sets it. Of a month its newest revision counts. A unit has one open case on the ground: what
-- comes in besides is evidence in it, unless it says of the month what is there already. Units come in their order: two
-- who publish at once wait for each other, and never both
create or replace function action.open_weakness_cases(
    least_months integer, acknowledge_until date, assess_until date, reported_since date
) returns integer language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    revision record;
    weak record;
    subject action.case_file;
    zone text := (select n.time_zone from core.network as n);
    made integer;
    made_in_all integer := 0;
begin
    perform action.hold('lasting_weakness');
    for revision in
        select v.period_code, v.revision_number,
            p.period_kind = 'month' and (reported_since is null or p.last_month >= date_trunc('month', reported_since))
                and v.revision_number = max(v.revision_number) over (partition by v.period_code)
                as is_looked_at
        from score.revision as v
        inner join core.dim_period as p on v.period_code = p.period_code
        where
            v.revision_number > 0 and not exists (
                select from action.weakness_revision as k
                where k.period_code = v.period_code and k.revision_number = v.revision_number
            )
        order by p.first_month, v.period_code, v.revision_number
    loop
        made := 0;
        for weak in
            select w.treasury_id, w.unit_code,
                string_agg(w.criterion_code || ' ' || w.lasting_count, ', ' order by w.criterion_code) as said
            from score.weakness as w
            inner join score.rating as r
                on
                    w.period_code = r.period_code and w.revision_number = r.revision_number
                    and w.area_level = r.area_level and w.area_code = r.area_code and r.breakdown = 'criterion'
                    and w.criterion_code = r.member_code and not r.is_suppressed
            where
                revision.is_looked_at and w.period_code = revision.period_code
                and w.revision_number = revision.revision_number and w.area_level = 'unit' and w.unit_code != 'unstated'
                and w.is_weak and w.lasting_count >= least_months
            group by w.treasury_id, w.unit_code
            order by w.treasury_id, w.unit_code
        loop
            subject := null;
            subject.subject_kind := 'unit';
            subject.treasury_id := weak.treasury_id;
            subject.unit_code := weak.unit_code;
            subject.ground_code := 'lasting_weakness';
            continue when exists (
                select from action.case_event as e
                where
                    e.case_number = action.open_case_of(subject) and e.evidence_kind = 'revision'
                    and e.period_code = revision.period_code and e.note = weak.said
            );
            perform action.put_case(subject, jsonb_build_object(
                'happened_on', (now() at time zone zone)::date, 'evidence_kind', 'revision',
                'period_code', revision.period_code, 'revision_number', revision.revision_number, 'note', weak.said,
                'acknowledge_by', acknowledge_until, 'due_date', assess_until
            ));
            made := made + 1;
        end loop;
        insert into action.weakness_revision (period_code, revision_number, case_count)
        values (revision.period_code, revision.revision_number, made);
        made_in_all := made_in_all + made;
    end loop;
    return made_in_all;
end
$$;

comment on function action.open_weakness_cases is 'Makes a case of every unit that a published revision shows weak for so many months running; how many units.';
revoke all on function action.open_weakness_cases(integer, date, date, date) from public;
grant execute on function action.open_weakness_cases(integer, date, date, date) to hailong_publisher, hailong_loader;
