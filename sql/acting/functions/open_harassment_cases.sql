-- what: the function that makes a case of every report of harassment in a month that has none
-- grain: function
-- params: none
-- why: who loads may not read who reported what, and has it done by this. One report is enough; the same never opens two.
-- Reports that were loaded before there were cases, or were made before a day, open none. All persons come first, and then
-- the subjects in their order: two who load months at once wait for each other, and never both
create or replace function action.open_harassment_cases(
    wanted_month date, acknowledge_until date, assess_until date, reported_since date
) returns integer language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    report record;
    subject action.case_file;
    zone text := (select n.time_zone from core.network as n);
    made integer := 0;
begin
    perform action.hold('harassment', wanted_month::text);
    for report in
        with new_report as materialized (
            select f.treasury_id, f.response_key, f.submitted_at, nullif(f.unit_code, 'unstated') as unit_code,
                nullif(f.officer_code, 'unstated') as officer_code,
                (f.submitted_at at time zone zone)::date as submitted_on
            from core.fact_response as f
            where
                f.survey_month = wanted_month and f.is_harassment_reported
                and not exists (
                    select from action.case_event as e
                    where
                        e.evidence_kind = 'harassment_report' and e.response_treasury_id = f.treasury_id
                        and e.survey_month = f.survey_month and e.response_key = f.response_key
                )
                and not exists (
                    select from action.earlier_report as e
                    where
                        e.treasury_id = f.treasury_id and e.survey_month = f.survey_month
                        and e.response_key = f.response_key
                )
            order by f.treasury_id, officer_code, f.submitted_at, f.response_key
        ),

        known as materialized (
            select n.*,
                case
                    when n.officer_code is not null
                        then action.person_of(n.treasury_id, n.officer_code, n.submitted_on)
                end as person_id
            from new_report as n
            where reported_since is null or n.submitted_on >= reported_since
        )

        select * from known
        order by person_id, treasury_id, unit_code, submitted_at, response_key
    loop
        subject := null;
        subject.treasury_id := report.treasury_id;
        subject.unit_code := report.unit_code;
        subject.ground_code := 'harassment';
        subject.person_id := report.person_id;
        subject.subject_kind := case
            when subject.person_id is not null then 'person' when subject.unit_code is not null then 'unit'
            else 'treasury'
        end;
        perform action.put_case(subject, jsonb_build_object(
            'happened_on', (now() at time zone zone)::date, 'evidence_kind', 'harassment_report',
            'response_treasury_id', report.treasury_id, 'survey_month', wanted_month,
            'response_key', report.response_key, 'acknowledge_by', acknowledge_until, 'due_date', assess_until
        ));
        made := made + 1;
    end loop;
    return made;
end
$$;

comment on function action.open_harassment_cases is 'Makes a case of every report of harassment in a month that has none; how many reports.';
revoke all on function action.open_harassment_cases(date, date, date, date) from public;
grant execute on function action.open_harassment_cases(date, date, date, date) to hailong_loader;
