-- what: bring the types of respondent of the star up to date
-- grain: row of the dimension
-- params: none
insert into mart.dim_respondent_type as d (
    respondent_type_code, respondent_type_name_vi, respondent_type_name_en
)
select
    respondent_type_code,
    respondent_type_name_vi,
    respondent_type_name_en
from core.dim_respondent_type
order by respondent_type_code
on conflict (respondent_type_code) do update
    set
        respondent_type_name_vi = excluded.respondent_type_name_vi,
        respondent_type_name_en = excluded.respondent_type_name_en
    where
    (
        d.respondent_type_name_vi, d.respondent_type_name_en
    ) is distinct from (
        excluded.respondent_type_name_vi, excluded.respondent_type_name_en
    )
