-- what: the grades as the star names them: as the last publication that has them does
-- grain: row of the dimension
-- params: none
create view shown.dim_grade as
select distinct on (w.rule_set_code, w.grade_code)
    w.rule_set_code || '/' || w.grade_code as grade_key,
    w.rule_set_code,
    w.grade_code,
    w.grade_name_vi,
    w.grade_name_en,
    w.from_pct,
    w.to_pct
from score.revision_grade as w
inner join score.revision as r on w.period_code = r.period_code and w.revision_number = r.revision_number
where r.revision_number > 0
order by w.rule_set_code asc, w.grade_code asc, r.published_at desc, r.period_code desc;

comment on view shown.dim_grade is 'What mart.dim_grade is made of. Grain: row of the dimension.';
