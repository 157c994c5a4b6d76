-- what: the log of reads: who read what that is restricted, as the server's own log says
-- grain: read
-- params: none
create view restricted.read_log as
select
    read_at,
    login_name,
    relation,
    client_name
from access.read_log;

comment on view restricted.read_log is
'Log of reads (nhật ký đọc dữ liệu hạn chế): every read of a restricted relation that was collected from the server''s log. Restricted. Grain: read.';
