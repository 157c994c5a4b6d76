-- what: declare a grade of a rule set
-- grain: rule set and grade
-- params: rule_set_code, code, name_vi, name_en, from_pct, to_pct, source
insert into score.grade_band (
    rule_set_code, grade_code, grade_name_vi, grade_name_en, from_pct, to_pct, band_source
)
values (:rule_set_code, :code, :name_vi, :name_en, :from_pct, :to_pct, :source)
on conflict (rule_set_code, grade_code) do update
    set
        grade_name_vi = excluded.grade_name_vi,
        grade_name_en = excluded.grade_name_en,
        from_pct = excluded.from_pct,
        to_pct = excluded.to_pct,
        band_source = excluded.band_source
