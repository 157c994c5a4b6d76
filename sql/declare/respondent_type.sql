-- what: declare a respondent type, or rename it
-- grain: respondent type
-- params: code, name_vi, name_en
insert into core.dim_respondent_type (respondent_type_code, respondent_type_name_vi, respondent_type_name_en)
values (:code, :name_vi, :name_en)
on conflict (respondent_type_code) do update
    set
        respondent_type_name_vi = excluded.respondent_type_name_vi,
        respondent_type_name_en = excluded.respondent_type_name_en
