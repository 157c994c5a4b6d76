-- what: each office's series, carried over to the offices that took it over, by summing counts
-- grain: period and later office
-- params: none
-- why: rates are made of the summed counts and never averaged; where a part is hidden, missing or divided the sum is left
-- out. Which office took over which is what the last publication of those that are shown says
create view mart.rebased_trend as
with newest as (
    select
        period_code,
        stored_number
    from shown.period
    order by coalesce(published_at, scored_at) desc, period_code desc
    limit 1
),

treasury as (
    select t.*
    from score.revision_treasury as t
    inner join newest as n on t.period_code = n.period_code and t.revision_number = n.stored_number
),

succession as (
    select s.*
    from score.revision_succession as s
    inner join newest as n on s.period_code = n.period_code and s.revision_number = n.stored_number
),

heir as (
    select
        treasury_id,
        treasury_id as successor_id,
        false as is_divided
    from treasury
    union all
    select
        s.treasury_id,
        s.successor_id,
        -- two successors at the same time: which answers went to which one, the treasury alone does not tell
        exists(
            select from succession as o
            inner join treasury as b on o.successor_id = b.treasury_id
            where
                o.treasury_id = s.treasury_id and o.successor_id != s.successor_id
                and b.valid_from <= coalesce(a.valid_to, 'infinity')
                and a.valid_from <= coalesce(b.valid_to, 'infinity')
        ) as is_divided
    from succession as s
    inner join treasury as a on s.successor_id = a.treasury_id
)

select
    r.period_code,
    r.survey_month,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    t.valid_from,
    count(*) as part_count,
    sum(r.response_count) as response_count,
    sum(r.answer_count) as answer_count,
    sum(r.satisfied_count) as satisfied_count,
    cast(sum(r.satisfied_count) as numeric) / nullif(sum(r.answer_count), 0) as share_of_answers_rate,
    case when bool_or(r.treasury_id != t.treasury_id) then array['rebased'] else cast(array[] as text[]) end
    || case
        when bool_or('provisional' = any(r.footnote_codes)) then array['provisional'] else cast(array[] as text[])
    end
        as footnote_codes
from shown.rating as r
inner join heir as h on r.treasury_id = h.treasury_id
inner join treasury as t on h.successor_id = t.treasury_id
where r.area_level = 'treasury' and r.breakdown = 'total' and t.withdrawn_reason is null
group by
    r.period_code, r.survey_month, t.treasury_id, t.treasury_code, t.treasury_name_vi, t.treasury_name_en, t.valid_from
having bool_and(not h.is_divided and not r.is_suppressed and r.treasury_state in ('loaded', 'no_data'));

comment on view mart.rebased_trend is
'Rates by period of every office, and of those that were merged into it (chuỗi theo tổ chức mới). Grain: period and office.';
comment on column mart.rebased_trend.part_count is 'How many offices of the time are summed (số đơn vị được cộng)';
comment on column mart.rebased_trend.response_count is 'Responses of all of them (số phiếu)';
comment on column mart.rebased_trend.answer_count is 'Answers of all of them: the denominator (số câu trả lời)';
comment on column mart.rebased_trend.satisfied_count is 'Satisfied answers of all of them: the numerator (số câu hài lòng)';
comment on column mart.rebased_trend.share_of_answers_rate is
'Share of satisfied answers from the summed counts, 0 to 1 (tỷ lệ hài lòng)';
comment on column mart.rebased_trend.footnote_codes is 'Codes of the footnotes that apply (mã chú thích)';
