-- A few times that do not sort as the bounds of the source query do cost their rows.
-- Many cost the month, and so does one that its offset moves into another.

comment on column ops.receipt.missed_count is 'Rows that seem to be of the month and are not selected by the bounds of the source query. They are among those of no month; the month is refused only where their share is too large, or where an offset is why.';
comment on column ops.receipt.misplaced_count is 'Rows of another month that the bounds of the source query select. They are turned away; the month is refused only where their share is too large, or where an offset is why.';
comment on column ops.receipt.no_month_count is 'Rows of no month (phiếu không thuộc tháng nào): without a time that can be read and found, or with one later than the snapshot or before the office began';
