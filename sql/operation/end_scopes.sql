-- what: let what a login is for end with the day before
-- grain: login
-- params: login_name, today
with begun as (
    update access.scope
    set valid_to = cast(:today as date) - 1
    where login_name = :login_name and valid_from < :today and (valid_to is null or valid_to >= :today)
    returning scope_number
),

yet_to_begin as (
    delete from access.scope
    where login_name = :login_name and valid_from >= :today
    returning scope_number
),

whole as (
    delete from access.login
    where login_name = :login_name and login_kind in ('inspectorate', 'analyst')
    returning login_name
),

ended as (
    select 1 from begun
    union all
    select 1 from yet_to_begin
    union all
    select 1 from whole
)

select count(*) as ended_count from ended
