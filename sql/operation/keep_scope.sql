-- what: record for which treasury or unit a login is
-- grain: login and treasury or unit
-- params: login_name, login_kind, treasury_id, unit_code, valid_from, valid_to
insert into access.scope (login_name, login_kind, treasury_id, unit_code, valid_from, valid_to)
values (:login_name, :login_kind, :treasury_id, :unit_code, :valid_from, :valid_to)
