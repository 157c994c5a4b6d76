-- what: the columns of the sources that a run found changed
-- grain: treasury, table and column
-- params: run_id
select
    t.treasury_code,
    d.table_name,
    d.column_name,
    d.drift_kind,
    d.from_type,
    d.to_type
from ops.drift as d
inner join core.dim_treasury as t on d.treasury_id = t.treasury_id
where d.run_id = :run_id
order by t.treasury_code, d.table_name, d.column_name
