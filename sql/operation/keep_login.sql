-- what: record what a login is for; one that is recorded stays what it is
-- grain: login
-- params: login_name, login_kind
insert into access.login (login_name, login_kind)
values (:login_name, :login_kind)
on conflict (login_name) do nothing
