-- what: a table of this transaction where admitted rows wait for their treasury's month to be judged
-- grain: response
-- params: none
create temporary table if not exists waiting_response (like core.fact_response) on commit drop
