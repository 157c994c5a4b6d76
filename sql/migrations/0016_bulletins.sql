-- Bulletins: an office that is sent its own page is sent it once for each revision.

alter table ops.notice
drop constraint notice_notice_kind_check,
add constraint notice_notice_kind_check
check (notice_kind in ('missing', 'lasting', 'healed', 'overdue', 'bulletin'));
comment on column ops.notice.notice_kind is
'missing, lasting (missing for days), healed, overdue, or bulletin (bản tin: an office''s own page of a revision)';
