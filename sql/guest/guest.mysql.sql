-- what: make the guest's user with which an office's MySQL or MariaDB database is read; its administrator runs it there
-- grain: user
-- params: none
-- why: write the office's own database and tables, the address from which we come, and a long password. MySQL has no
-- longest time of a user's statements, so only MariaDB reads that part; we ask for one ourselves at each visit
-- sqlfluff:dialect:mysql
-- sqlfluff:exclude_rules:ST06,RF05,CV06
create user hailong_guest@'127.0.0.1' identified by 'a-long-password'
with max_user_connections 4 /*M! max_statement_time 600 */;
-- the tables or views that the query reads, a line for each, and no other
grant select on office_database.survey_response to hailong_guest@'127.0.0.1';
grant select on office_database.survey_answer to hailong_guest@'127.0.0.1';
-- only where the office keeps a register of actions (action_source in treasuries.yaml): grant select on
-- office_database.action_register to hailong_guest@'127.0.0.1'
-- only on a replica, so that we see how far it is behind: grant replica monitor on *.* (MariaDB), or replication client
-- (MySQL), to hailong_guest@'127.0.0.1'
