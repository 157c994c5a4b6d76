-- what: let hailong upkeep collect from the server's log who read what is restricted; its superuser runs it in the warehouse
-- grain: function
-- params: none
-- why: only a superuser's function reads the server's log. Both give nothing but files of the log directory, to the loader.
-- Write the name of the superuser for postgres. The log has to be written for programs: log_destination jsonlog or csvlog
alter function access.log_files() owner to postgres;
alter function access.log_part(text, bigint, bigint) owner to postgres;
