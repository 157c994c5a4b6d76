-- what: remove what was read before a moment from the log of reads
-- grain: one row
-- params: read_before
select action.expire_reads(:read_before) as row_count
