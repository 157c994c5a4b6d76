-- what: a part of a file of the server's log
-- grain: file
-- params: file_name, first_byte, byte_count
select access.log_part(:file_name, :first_byte, :byte_count) as log_part
