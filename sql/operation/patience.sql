-- what: how long this transaction waits for a lock, that its statement ends soon after its process, and how dates come
-- grain: none
-- params: lock_timeout
-- why: without an end a wait is silent; a server on Windows cannot see that the other end of a connection is gone; the driver reads dates in ISO's form only, and a role may have another
select
    set_config('lock_timeout', :lock_timeout, true) as lock_timeout,
    set_config('datestyle', 'ISO', true) as date_style,
    case
        when version() !~* 'windows|mingw|msvc|visual c'
            then set_config('client_connection_check_interval', '2s', true)
    end as check_interval
