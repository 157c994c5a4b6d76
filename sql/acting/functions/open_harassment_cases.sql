-- what: the function that makes a case of every report of harassment in a month that has none
-- grain: function
-- params: none
-- why: who loads may not read who reported what, and has it done by this. One report is enough; the same never opens two
create or replace function action.open_harassment_cases(wanted_month date, acknowledge_until date, assess_until date)
returns integer language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    report record;
    subject action.case_file;
    zone text := (select n.time_zone from core.network as n);
    made integer := 0;
begin
    perform action.hold('harassment', wanted_month::text);
    for report in
        select f.treasury_id, f.response_key, f.submitted_at, nullif(f.unit_code, 'unstated') as unit_code,
            nullif(f.officer_code, 'unstated') as officer_code
        from core.fact_response as f
        where
            f.survey_month = wanted_month and f.is_harassment_reported
            and not exists (
                select from action.case_event as e
                where
                    e.evidence_kind = 'harassment_report' and e.response_treasury_id = f.treasury_id
                    and e.survey_month = f.survey_month and e.response_key = f.response_key
            )
        order by f.treasury_id, f.submitted_at, f.response_key
    loop
        subject := null;
        subject.treasury_id := report.treasury_id;
        subject.unit_code := report.unit_code;
        subject.ground_code := 'harassment';
        subject.person_id := action.person_of(
            report.treasury_id, report.officer_code, (report.submitted_at at time zone zone)::date
        );
        subject.subject_kind := case
            when subject.person_id is not null then 'person' when subject.unit_code is not null then 'unit'
            else 'treasury'
        end;
        perform action.put_case(subject, jsonb_build_object(
            'happened_on', (now() at time zone zone)::date, 'evidence_kind', 'harassment_report', 'response_treasury_id', report.treasury_id,
            'survey_month', wanted_month, 'response_key', report.response_key,
            'acknowledge_by', acknowledge_until, 'due_date', assess_until
        ));
        made := made + 1;
    end loop;
    return made;
end
$$;

comment on function action.open_harassment_cases is 'Makes a case of every report of harassment in a month that has none; how many reports.';
revoke all on function action.open_harassment_cases(date, date, date) from public;
grant execute on function action.open_harassment_cases(date, date, date) to hailong_loader;
