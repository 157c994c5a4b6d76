-- what: whether the warehouse has the tables of the star
-- grain: warehouse
-- params: none
select to_regclass('mart.fact_treasury') is not null as is_there
