-- what: redact responses in core, and note what landed files became
-- grain: one row
-- params: said
select ops.redact(cast(:said as jsonb)) as row_count
