-- Locks as rows: who reads may hold any advisory lock, as every login of PostgreSQL can, and no row of ops.

create table ops.lockable (
    lockable_name text primary key
);
comment on table ops.lockable is
'What one of us at a time may hold (khóa), one row each: a run''s month, a month, a treasury''s month, a connection to a server. A transaction locks the row; nothing is written.';
comment on column ops.lockable.lockable_name is 'Kind and name: run, month or treasury with its month, server with its number';

-- to lock a row, PostgreSQL asks for the right to update it
grant select, insert, update on ops.lockable to hailong_loader, hailong_publisher;
