-- what: bring the grades of the star up to date
-- grain: row of the dimension
-- params: none
insert into mart.dim_grade as d (
    grade_key, rule_set_code, grade_code, grade_name_vi, grade_name_en, from_pct, to_pct
)
select
    rule_set_code || '/' || grade_code as grade_key,
    rule_set_code,
    grade_code,
    grade_name_vi,
    grade_name_en,
    from_pct,
    to_pct
from score.grade_band
order by grade_key
on conflict (grade_key) do update
    set
        rule_set_code = excluded.rule_set_code,
        grade_code = excluded.grade_code,
        grade_name_vi = excluded.grade_name_vi,
        grade_name_en = excluded.grade_name_en,
        from_pct = excluded.from_pct,
        to_pct = excluded.to_pct
    where
    (
        d.rule_set_code, d.grade_code, d.grade_name_vi, d.grade_name_en, d.from_pct, d.to_pct
    ) is distinct from (
        excluded.rule_set_code, excluded.grade_code, excluded.grade_name_vi, excluded.grade_name_en,
        excluded.from_pct, excluded.to_pct
    )
