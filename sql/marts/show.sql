-- what: which revision the views of the marts show until the transaction ends: draft, latest, or a number
-- grain: none
-- params: shown
select set_config('hailong.show', :shown, true) as shown
