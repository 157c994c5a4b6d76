-- what: the answers given to the former provincial treasuries that lay in each province of today, summed, by period
-- grain: period and province
-- params: none
-- why: geography, and no rating of an office: no grade and no rank; without figures where one of the parts has none.
-- Which treasury lay in which province is what the last publication of those that are shown says
create view mart.province_trend as
with newest as (
    select
        period_code,
        stored_number
    from shown.period
    order by coalesce(published_at, scored_at) desc, period_code desc
    limit 1
),

province as (
    select w.*
    from score.revision_province as w
    inner join newest as n on w.period_code = n.period_code and w.revision_number = n.stored_number
),

province_part as (
    select w.*
    from score.revision_province_part as w
    inner join newest as n on w.period_code = n.period_code and w.revision_number = n.stored_number
),

part as (
    select
        r.period_code,
        r.survey_month,
        r.revision_number,
        r.month_status,
        p.province_code,
        p.valid_from,
        t.treasury_code,
        r.treasury_state,
        r.is_suppressed,
        r.response_count,
        r.answer_count,
        r.satisfied_count,
        r.footnote_codes
    from shown.rating as r
    inner join province_part as p on r.treasury_id = p.treasury_id
    inner join score.revision_treasury as t
        on r.period_code = t.period_code and r.stored_number = t.revision_number and r.treasury_id = t.treasury_id
    where r.area_level = 'treasury' and r.breakdown = 'total'
),

summed as (
    select
        period_code,
        survey_month,
        revision_number,
        month_status,
        province_code,
        valid_from,
        array_agg(treasury_code order by treasury_code) as part_codes,
        bool_and(not is_suppressed and treasury_state in ('loaded', 'no_data')) as is_whole,
        sum(response_count) as response_count,
        sum(answer_count) as answer_count,
        sum(satisfied_count) as satisfied_count
    from part
    group by period_code, survey_month, revision_number, month_status, province_code, valid_from
),

note as (
    select
        p.period_code,
        p.province_code,
        p.valid_from,
        array_agg(distinct f.footnote_code order by f.footnote_code) as footnote_codes
    from part as p
    cross join lateral unnest(p.footnote_codes) as f (footnote_code)
    -- what is told of one part's size or past says nothing of the sum
    where f.footnote_code not in ('small_n', 'no_data', 'mix_shifted', 'definition_changed')
    group by p.period_code, p.province_code, p.valid_from
)

select
    s.period_code,
    s.survey_month,
    d.province_code,
    d.province_name_vi,
    d.province_name_en,
    d.valid_from,
    s.part_codes,
    case when s.is_whole then s.response_count end as response_count,
    case when s.is_whole then s.answer_count end as answer_count,
    case when s.is_whole then s.satisfied_count end as satisfied_count,
    case
        when s.is_whole then cast(s.satisfied_count as numeric) / nullif(s.answer_count, 0)
    end as share_of_answers_rate,
    s.revision_number,
    s.month_status,
    coalesce(n.footnote_codes, cast(array[] as text[])) as footnote_codes
from summed as s
inner join province as d on s.province_code = d.province_code and s.valid_from = d.valid_from
left join note as n
    on s.period_code = n.period_code and s.province_code = n.province_code and s.valid_from = n.valid_from;

comment on view mart.province_trend is
'Answers given to the former provincial treasuries that lay in each province of today, summed (số liệu cộng theo tỉnh ngày nay): no rating of an office. Grain: period and province.';
comment on column mart.province_trend.province_code is 'Code of the province (mã tỉnh)';
comment on column mart.province_trend.valid_from is 'First day of the province in these borders (ngày bắt đầu)';
comment on column mart.province_trend.part_codes is
'The former provincial treasuries that are summed (các kho bạc tỉnh trước đây)';
comment on column mart.province_trend.response_count is
'Responses to all of them (số phiếu); empty where one has no figures or hidden ones';
comment on column mart.province_trend.answer_count is 'Answers to all of them: the denominator (số câu trả lời)';
comment on column mart.province_trend.satisfied_count is 'Satisfied answers to all of them: the numerator (số câu hài lòng)';
comment on column mart.province_trend.share_of_answers_rate is
'Share of satisfied answers from the summed counts, 0 to 1 (tỷ lệ câu hài lòng)';
comment on column mart.province_trend.footnote_codes is 'Codes of the footnotes of its parts (mã chú thích)';
