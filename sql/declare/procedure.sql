-- what: declare a procedure, or rename it
-- grain: procedure
-- params: code, name_vi, name_en
insert into core.dim_procedure (procedure_code, procedure_name_vi, procedure_name_en)
values (:code, :name_vi, :name_en)
on conflict (procedure_code) do update
    set procedure_name_vi = excluded.procedure_name_vi, procedure_name_en = excluded.procedure_name_en
