-- what: the function that gives a period's draft the names, codes, bands and criteria that are declared now
-- grain: function
-- params: none
-- why: nobody but the owner writes them, so that a draft has no names but declared ones, and a revision those of its draft
create or replace function score.keep_words(wanted_period text) returns void language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    kind text;
    names text;
begin
    delete from score.revision_criterion where period_code = wanted_period and revision_number = 0;
    delete from score.revision_grade where period_code = wanted_period and revision_number = 0;
    delete from score.revision_period where period_code = wanted_period and revision_number = 0;
    insert into score.revision_criterion
    select
        v.period_code, v.revision_number, c.questionnaire_code, c.criterion_code, c.answer_position, c.factor_code,
        c.criterion_name_vi, c.criterion_name_en, c.factor_name_vi, c.factor_name_en, c.competence_code,
        c.competence_name_vi, c.competence_name_en
    from score.revision as v
    inner join core.dim_criterion as c on v.questionnaire_code = c.questionnaire_code
    where v.period_code = wanted_period and v.revision_number = 0;
    insert into score.revision_grade
    select
        v.period_code, v.revision_number, b.rule_set_code, b.grade_code, b.grade_name_vi, b.grade_name_en, b.from_pct,
        b.to_pct
    from score.revision as v
    inner join score.grade_band as b on v.rule_set_code = b.rule_set_code
    where v.period_code = wanted_period and v.revision_number = 0;
    insert into score.revision_period
    select
        v.period_code, v.revision_number, p.period_kind, p.period_name_vi, p.period_name_en, p.first_month,
        p.last_month, n.network_name_vi, n.network_name_en, n.time_zone, s.definition_code, v.questionnaire_code,
        q.digest
    from score.revision as v
    inner join core.dim_period as p on v.period_code = p.period_code
    inner join core.dim_questionnaire as q on v.questionnaire_code = q.questionnaire_code
    inner join score.rule_set as s on v.rule_set_code = s.rule_set_code
    left join core.network as n on true
    where v.period_code = wanted_period and v.revision_number = 0;
    foreach kind in array array[
        'dim_region', 'dim_treasury', 'succession', 'dim_unit', 'dim_procedure', 'dim_channel', 'dim_respondent_type',
        'dim_province', 'province_part'
    ] loop
        select string_agg(quote_ident(attname), ', ' order by attnum) into names
        from pg_attribute
        where
            attrelid = ('score.revision_' || replace(kind, 'dim_', ''))::regclass and attnum > 0
            and not attisdropped and attname not in ('period_code', 'revision_number');
        execute format(
            'delete from score.%I where period_code = $1 and revision_number = 0',
            'revision_' || replace(kind, 'dim_', '')
        ) using wanted_period;
        execute format(
            'insert into score.%1$I (period_code, revision_number, %2$s)
             select v.period_code, v.revision_number, %2$s from score.revision as v cross join core.%3$I
             where v.period_code = $1 and v.revision_number = 0',
            'revision_' || replace(kind, 'dim_', ''), names, kind
        ) using wanted_period;
    end loop;
end
$$;

comment on function score.keep_words is 'Gives a period''s draft the names, codes, bands and criteria that are declared now.';
revoke all on function score.keep_words(text) from public;
grant execute on function score.keep_words(text) to hailong_loader;
