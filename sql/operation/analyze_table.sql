-- what: tell the planner what a table holds now
-- grain: table
-- params: qualified_name
select core.analyze_table(cast(:qualified_name as regclass))
