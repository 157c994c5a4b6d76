-- what: the grades of a revision, with their bands, and the definition under which it was counted
-- grain: grade
-- params: period_code, revision_number
select
    b.grade_code,
    b.grade_name_vi,
    b.grade_name_en,
    b.from_pct,
    b.to_pct,
    p.definition_code
from score.revision_period as p
left join score.revision_grade as b on p.period_code = b.period_code and p.revision_number = b.revision_number
where p.period_code = :period_code and p.revision_number = :revision_number
order by b.from_pct, b.grade_code
