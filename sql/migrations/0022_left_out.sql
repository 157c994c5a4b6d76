-- Left out: who is loaded and cannot be rated; and signals tell a treasury from a unit by the level, not by a word.

alter table ops.treasury_month
add column left_out_by text references ops.run;
comment on column ops.treasury_month.left_out_by is
'Run whose scoring left the treasury out, although it was loaded (lần chạy đã loại đơn vị khi tính); its answers stay in core, and the next rating of the month tries it again. Empty when none did';
create index treasury_month_left_out on ops.treasury_month (left_out_by) where left_out_by is not null;

alter table score.signal
add column area_level text not null default 'unit' check (area_level in ('treasury', 'unit'));
update score.signal
set area_level = 'treasury'
where unit_code = 'all';
alter table score.signal
alter column area_level drop default,
drop constraint signal_pkey,
add primary key (period_code, treasury_id, area_level, unit_code, signal_code);
comment on column score.signal.area_level is 'treasury or unit (cấp đánh giá)';
