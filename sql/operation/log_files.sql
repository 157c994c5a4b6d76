-- what: the files of the server's log that a program can read, and how far each was read
-- grain: file
-- params: none
select
    f.file_name,
    f.byte_count,
    p.first_bytes,
    p.read_bytes
from access.log_files() as f
left join access.log_position as p on f.file_name = p.file_name
order by f.file_name
