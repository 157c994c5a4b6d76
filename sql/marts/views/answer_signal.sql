-- what: signals on the quality of the answers, for people to look at
-- grain: period, treasury, unit and signal
-- params: none
-- why: of the last rating, also when a revision is published: a signal is about the answers, and is no part of one. But
-- only of periods of which the reader may see something, and of areas that neither the draft nor a revision hides
create view mart.answer_signal as
select
    s.period_code,
    v.period_kind,
    t.treasury_id,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    g.region_code,
    g.region_name_vi,
    g.region_name_en,
    s.area_level,
    s.unit_code,
    s.signal_code,
    case when v.stored_number >= 0 then s.signal_value end as signal_value,
    s.threshold,
    case when v.stored_number >= 0 then s.is_raised end as is_raised,
    case when v.stored_number >= 0 then r.footnote_codes end as footnote_codes,
    u.unit_name_vi,
    u.unit_name_en
from score.signal as s
inner join shown.period as v on s.period_code = v.period_code
inner join score.revision_treasury as t
    on v.period_code = t.period_code and v.stored_number = t.revision_number and s.treasury_id = t.treasury_id
inner join score.revision_region as g
    on v.period_code = g.period_code and v.stored_number = g.revision_number and t.region_code = g.region_code
inner join score.rating as r
    on
        s.period_code = r.period_code and r.revision_number = 0 and s.treasury_id = r.treasury_id
        and r.breakdown = 'total' and s.area_level = r.area_level and s.unit_code = coalesce(r.unit_code, 'all')
left join score.revision_unit as u
    on
        s.period_code = u.period_code and v.stored_number = u.revision_number and s.treasury_id = u.treasury_id
        and s.unit_code = u.unit_code
where
    not exists (
        select from shown.hidden_area as h
        where h.period_code = r.period_code and h.area_level = r.area_level and h.area_code = r.area_code
    );

comment on view mart.answer_signal is
'Signals on the quality of the answers (tín hiệu chất lượng). Nothing is deleted because of one. Grain: period, treasury, unit and signal.';
comment on column mart.answer_signal.treasury_id is
'Key of the treasury over all its time, as in mart.dim_treasury (khóa kho bạc): a code may have been another one''s before';
