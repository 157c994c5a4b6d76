-- what: bring the procedures of the star up to date
-- grain: row of the dimension
-- params: none
insert into mart.dim_procedure as d (
    procedure_code, procedure_name_vi, procedure_name_en
)
select
    procedure_code,
    procedure_name_vi,
    procedure_name_en
from core.dim_procedure
order by procedure_code
on conflict (procedure_code) do update
    set
        procedure_name_vi = excluded.procedure_name_vi,
        procedure_name_en = excluded.procedure_name_en
    where
    (
        d.procedure_name_vi, d.procedure_name_en
    ) is distinct from (
        excluded.procedure_name_vi, excluded.procedure_name_en
    )
