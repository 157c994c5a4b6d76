-- Whether what offices did helped: the effect of each action on a treasury or unit, made with every draft, frozen with it.

create table score.effect_basis (
    period_code text not null references core.dim_period,
    revision_number integer not null check (revision_number >= 0),
    rule_code text not null,
    rule_digest text not null,
    effects_digest text,
    primary key (period_code, revision_number)
);
comment on table score.effect_basis is 'What the effects of a draft or revision stand on (cơ sở đánh giá tác dụng), one row each; of revisions without a row there are none.';
comment on column score.effect_basis.period_code is 'The period (kỳ khảo sát)';
comment on column score.effect_basis.revision_number is '0: the draft; 1, 2, …: published (phiên bản công bố)';
comment on column score.effect_basis.rule_code is 'The file of config/effects that was in force when they were made';
comment on column score.effect_basis.rule_digest is 'sha256 of what that file says';
comment on column score.effect_basis.effects_digest is 'sha256 over the effects and what they were made from';

create table score.effect_input (
    period_code text not null,
    revision_number integer not null,
    input_code text not null references core.dim_period,
    input_number integer not null,
    figures_digest text not null,
    primary key (period_code, revision_number, input_code)
);
comment on table score.effect_input is 'The figures of earlier months that effects were made from (nguồn của tác dụng), one row a month; those of the period itself are its own.';
comment on column score.effect_input.period_code is 'The period (kỳ khảo sát)';
comment on column score.effect_input.revision_number is 'The revision; 0: the draft';
comment on column score.effect_input.input_code is 'The earlier month (tháng trước đó)';
comment on column score.effect_input.input_number is 'Its newest revision then; 0: its draft';
comment on column score.effect_input.figures_digest is 'sha256 over its figures';

create table score.effect (
    period_code text not null,
    revision_number integer not null,
    effect_number integer not null,
    treasury_id integer not null references core.dim_treasury,
    unit_code text,
    action_kind text not null check (action_kind in ('plan', 'training', 'conference', 'move')),
    action_number bigint not null,
    part text not null check (part in ('own', 'sending', 'receiving')),
    criterion_code text,
    action_date date not null,
    took_effect_month date not null,
    verdict text not null check (verdict in ('helped', 'no_effect', 'worse', 'cannot_tell')),
    reason text,
    effect numeric(9, 8),
    effect_low numeric(9, 8),
    effect_high numeric(9, 8),
    before_rate numeric(9, 8),
    after_rate numeric(9, 8),
    expected_rate numeric(9, 8),
    forecast_rate numeric(9, 8),
    forecast_low numeric(9, 8),
    forecast_high numeric(9, 8),
    control_count integer,
    before_count numeric(14, 4),
    after_count numeric(14, 4),
    selecting_months date[] not null,
    before_months date[] not null,
    after_months date[] not null,
    primary key (period_code, revision_number, effect_number),
    check ((verdict = 'cannot_tell') = (reason is not null))
);
create unique index on score.effect (
    period_code, revision_number, action_kind, action_number, part, treasury_id, coalesce(unit_code, '')
);
comment on table score.effect is 'Whether an action helped (tác dụng của hành động): one row per action and treasury or unit that it was for.';
comment on column score.effect.period_code is 'The period (kỳ khảo sát)';
comment on column score.effect.revision_number is '0: the draft; 1, 2, …: published';
comment on column score.effect.effect_number is 'The effect, numbered within the revision (số thứ tự)';
comment on column score.effect.treasury_id is 'The treasury that acted';
comment on column score.effect.unit_code is 'The unit that it is measured on; empty: the whole office';
comment on column score.effect.action_kind is 'plan, training, conference or move (loại hành động)';
comment on column score.effect.action_number is 'Its number in its table: action_item, training or conference';
comment on column score.effect.part is 'own; of a move the unit that she left (sending) or came to (receiving)';
comment on column score.effect.criterion_code is 'The criterion whose rate is measured; empty: the rate as a whole';
comment on column score.effect.action_date is 'Day on which it took effect (ngày thực hiện)';
comment on column score.effect.took_effect_month is 'First day of that month, which is in no window (tháng thực hiện)';
comment on column score.effect.verdict is 'helped, no_effect, worse or cannot_tell (kết luận)';
comment on column score.effect.reason is 'Why it cannot be told (lý do chưa kết luận được): too_few_months, too_few_responses, too_few_controls, other_questionnaire, too_wide or forecast_differs';
comment on column score.effect.effect is 'Change of its rate beyond that of the others, -1 to 1 (mức tác dụng)';
comment on column score.effect.effect_low is 'Lower limit of the effect (cận dưới)';
comment on column score.effect.effect_high is 'Upper limit of the effect (cận trên)';
comment on column score.effect.before_rate is 'Rate in the months before (tỷ lệ trước)';
comment on column score.effect.after_rate is 'Rate in the months after (tỷ lệ sau)';
comment on column score.effect.expected_rate is 'What was to be expected without any action: the forecast, moved by what the others did beyond theirs (tỷ lệ kỳ vọng)';
comment on column score.effect.forecast_rate is 'Forecast from the answers that led to the action, with nothing done (tỷ lệ dự báo)';
comment on column score.effect.forecast_low is 'Lower limit of the forecast';
comment on column score.effect.forecast_high is 'Upper limit of the forecast';
comment on column score.effect.control_count is 'With how many others it is compared (số đơn vị so sánh)';
comment on column score.effect.before_count is 'Effective responses before (số phiếu hiệu dụng trước)';
comment on column score.effect.after_count is 'Effective responses after (số phiếu hiệu dụng sau)';
comment on column score.effect.selecting_months is 'Months whose answers led to the action: part of no window (các tháng dẫn đến hành động)';
comment on column score.effect.before_months is 'Months before; empty list: there are none (các tháng trước)';
comment on column score.effect.after_months is 'Months after (các tháng sau)';

-- as it is with figures: what is published never changes, is never added to, and is written by score.publish_draft alone
do $$
declare
    frozen text;
begin
    foreach frozen in array array['effect_basis', 'effect_input', 'effect'] loop
        execute format(
            'create trigger never_changed before update or delete on score.%1$I
             for each row when (old.revision_number > 0) execute function score.refuse_change();
             create trigger never_moved before update on score.%1$I
             for each row when (old.revision_number != new.revision_number) execute function score.refuse_change();
             create trigger never_truncated before truncate on score.%1$I
             for each statement execute function score.refuse_truncation();
             create trigger never_added before insert on score.%1$I
             for each row when (new.revision_number > 0) execute function score.refuse_addition();
             create trigger never_by_hand before insert on score.%1$I
             for each row when (new.revision_number > 0) execute function score.refuse_other_hand();
             alter table score.%1$I add foreign key (period_code, revision_number) references score.revision
             deferrable initially deferred;', frozen
        );
    end loop;
end
$$;
grant insert, delete on score.effect_basis, score.effect_input, score.effect to hailong_loader;
grant update (effects_digest) on score.effect_basis to hailong_loader;

create view score.effect_figure as
select
    period_code,
    revision_number,
    'effect' as figure_kind,
    treasury_id,
    concat_ws(' ', action_kind, action_number, part, treasury_id, unit_code) as place,
    to_jsonb(e) - array['revision_number', 'effect_number'] as said
from score.effect as e
union all
select
    period_code,
    revision_number,
    'input' as figure_kind,
    null as treasury_id,
    input_code as place,
    to_jsonb(i) - array['revision_number', 'input_number'] as said
from score.effect_input as i
union all
select
    period_code,
    revision_number,
    'basis' as figure_kind,
    null as treasury_id,
    '' as place,
    to_jsonb(b) - array['revision_number', 'effects_digest'] as said
from score.effect_basis as b;
comment on view score.effect_figure is 'All that is kept of effects as JSON, to digest and compare it.';
comment on column score.effect_figure.period_code is 'The period';
comment on column score.effect_figure.revision_number is '0: the draft; 1 and up: published';
comment on column score.effect_figure.figure_kind is 'effect, input or basis';
comment on column score.effect_figure.treasury_id is 'The treasury that it is about; empty for what is about none';
comment on column score.effect_figure.place is 'Which row of the table';
comment on column score.effect_figure.said is 'The row';
