-- what: keep how far a file of the server's log was read
-- grain: file
-- params: file_name, first_bytes, read_bytes
insert into access.log_position (file_name, first_bytes, read_bytes)
values (:file_name, :first_bytes, :read_bytes)
on conflict (file_name) do update set first_bytes = excluded.first_bytes, read_bytes = excluded.read_bytes
