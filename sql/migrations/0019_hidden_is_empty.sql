-- A hidden cell of the star holds no count at all; and who may not make temporary tables is made sure of.

do $$
declare
    fact text;
    counted text;
begin
    foreach fact in array array[
        'fact_treasury', 'fact_unit', 'fact_criterion', 'fact_procedure', 'fact_channel', 'fact_respondent_type'
    ] loop
        select string_agg(attname, ', ' order by attnum) into counted
        from pg_attribute
        where
            attrelid = ('mart.' || fact)::regclass and attnum > 0 and not attisdropped
            and (attname like '%\_count' or attname like '%\_rate' or attname like 'rate\_%' or attname like '%rank%'
                or attname like '%\_points' or attname in ('grade_key', 'movement', 'funnel_flag'));
        execute format('alter table mart.%I drop constraint hidden_is_empty', fact);
        execute format(
            'alter table mart.%I add constraint hidden_is_empty check (not is_hidden or num_nonnulls(%s) = 0)',
            fact, counted
        );
    end loop;
    if has_database_privilege('public', current_database(), 'temporary') then
        raise exception 'everybody may make temporary tables in this database'
            using hint = 'as its owner: revoke create, temporary on database … from public; then migrate again';
    end if;
end
$$;

comment on table mart.fact_treasury is
'Ratings of the treasuries of a month over all their answers (kết quả của từng kho bạc). Grain: month and treasury; a missing treasury has counts of zero and no rate. Counts of those that are not hidden add up to the network. Always the newest published revision (phiên bản công bố), whatever hailong.show says.';
comment on column score.standing.change_p_value is
'Probability of such a change by chance alone, against the period before (giá trị p)';
comment on column score.standing.year_change_p_value is
'Probability of such a change by chance alone, against the year before (giá trị p)';
comment on column core.dim_region.region_code is 'Stable code of the region (mã vùng)';
comment on column core.dim_treasury.region_code is 'Region of the treasury (mã vùng)';
