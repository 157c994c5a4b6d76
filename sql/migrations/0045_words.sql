-- What is read is in the log of reads; the log of processing is another (0043).

comment on table access.read_log is 'Log of reads (nhật ký truy cập): every read of a restricted relation, as the server''s own log has it, which no rollback erases. No value that was read, and no condition.';
