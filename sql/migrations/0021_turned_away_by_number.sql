-- Rows turned away are told apart by their number among those that landed: what we called a row without a key, such as
-- #7, may be somebody's key. Rows that were noted before have no such number, and get one of their own below zero.

alter table ops.turned_away
add column row_number integer,
drop constraint turned_away_pkey,
alter column response_key drop not null;

update ops.turned_away as a
set row_number = -n.number
from (
    select
        survey_month,
        treasury_id,
        response_key,
        rule_code,
        dense_rank() over (partition by survey_month, treasury_id order by response_key) as number
    from ops.turned_away
) as n
where
    a.survey_month = n.survey_month and a.treasury_id = n.treasury_id
    and a.response_key = n.response_key and a.rule_code = n.rule_code;

alter table ops.turned_away
alter column row_number set not null,
add primary key (survey_month, treasury_id, row_number, rule_code);

comment on column ops.turned_away.row_number is
'Number of the row among those that landed, from 1 (số thứ tự dòng); below zero where an earlier version noted the row, which had no numbers';
comment on column ops.turned_away.response_key is
'Key of the response at its source (mã phiếu tại nguồn), cut short where it is longer than a key may be; empty where it has none. Below row number zero: #n for the n-th landed row without one';
