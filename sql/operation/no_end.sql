-- what: let this transaction stay open for hours without work: it holds a lock, and that ends with its process
-- grain: setting
-- params: none
-- why: a role or a server may have a limit, transaction_timeout since PostgreSQL 17; none of them is lock_timeout
select set_config(name, '0', true) as setting_value
from pg_settings
where name in ('idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout')
