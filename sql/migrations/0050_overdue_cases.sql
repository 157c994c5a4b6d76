-- Overdue cases are told, once a treasury and due date.

alter table ops.notice
drop constraint notice_notice_kind_check,
add constraint notice_notice_kind_check
check (notice_kind in ('missing', 'lasting', 'healed', 'overdue', 'bulletin', 'case_overdue'));
comment on column ops.notice.notice_kind is
'missing, lasting (missing for days), healed, overdue (a month that is not published), bulletin or case_overdue (loại thông báo)';
