-- what: how the customers of a treasury or a unit answer about each competence of officers, and how far from the network
-- grain: period, area and competence
-- params: none
-- why: sums of criteria that are shown, and of nothing else: where one of them is hidden, so is the whole row, and no
-- reader knows more than from the criteria. Customers who are content with one criterion are so with the others: the sum
-- counts as independent no more than its weakest criterion, and its limits are the mean of theirs, which lie as far apart
-- as they can
create view mart.training_need as
with asked as (
    select
        r.period_code,
        r.stored_number,
        r.area_level,
        r.area_code,
        r.treasury_id,
        r.unit_code,
        c.competence_code,
        c.competence_name_vi,
        c.competence_name_en,
        min(r.survey_month) as survey_month,
        min(r.month_status) as month_status,
        min(r.revision_number) as revision_number,
        count(*) as criterion_count,
        bool_or(r.is_suppressed) as is_suppressed,
        cast(sum(r.answer_count) as integer) as answer_count,
        cast(sum(r.satisfied_count) as integer) as satisfied_count,
        min(r.effective_count) as effective_count,
        sum(r.answer_count * r.rate_low) as low_sum,
        sum(r.answer_count * r.rate_high) as high_sum,
        count(*) filter (where w.is_weak) as weak_criterion_count
    from shown.rating as r
    inner join score.revision_criterion as c
        on r.period_code = c.period_code and r.stored_number = c.revision_number and r.member_code = c.criterion_code
    left join score.weakness as w
        on
            r.period_code = w.period_code and r.stored_number = w.revision_number and r.area_level = w.area_level
            and r.area_code = w.area_code and r.member_code = w.criterion_code and not r.is_suppressed
    where
        r.breakdown = 'criterion' and r.area_level in ('system', 'treasury', 'unit') and c.competence_code is not null
        and coalesce(r.unit_code, '') != 'unstated'
    group by
        r.period_code, r.stored_number, r.area_level, r.area_code, r.treasury_id, r.unit_code, c.competence_code,
        c.competence_name_vi, c.competence_name_en
),

figure as (
    select
        *,
        round(satisfied_count / nullif(cast(answer_count as numeric), 0), 10) as satisfaction_rate,
        round(low_sum / nullif(answer_count, 0), 10) as rate_low,
        round(high_sum / nullif(answer_count, 0), 10) as rate_high
    from asked
    where not is_suppressed
),

compared as (
    select
        f.*,
        f.satisfaction_rate - n.satisfaction_rate as gap,
        case
            when f.rate_high < n.satisfaction_rate then 'below'
            when f.rate_low > n.satisfaction_rate then 'above'
            when n.satisfaction_rate is not null then 'unclear'
        end as need_code
    from figure as f
    left join figure as n
        on
            f.period_code = n.period_code and n.area_level = 'system' and f.competence_code = n.competence_code
            and f.criterion_count = n.criterion_count
)

select
    a.period_code,
    a.survey_month,
    a.area_level,
    a.area_code,
    t.treasury_id,
    t.treasury_code,
    t.treasury_name_vi,
    t.treasury_name_en,
    a.unit_code,
    u.unit_name_vi,
    u.unit_name_en,
    a.competence_code,
    a.competence_name_vi,
    a.competence_name_en,
    c.answer_count,
    c.satisfied_count,
    c.effective_count,
    c.satisfaction_rate,
    c.rate_low,
    c.rate_high,
    100 * c.gap as gap_points,
    c.weak_criterion_count,
    c.need_code,
    case c.need_code
        when 'below' then 'thấp hơn toàn hệ thống: nên xem xét bồi dưỡng'
        when 'above' then 'cao hơn toàn hệ thống'
        when 'unclear' then 'chưa đủ căn cứ để nói khác toàn hệ thống'
    end as need_vi,
    case c.need_code
        when 'below' then 'below the network: consider training'
        when 'above' then 'above the network'
        when 'unclear' then 'the answers do not tell it from the network'
    end as need_en,
    a.is_suppressed,
    a.month_status,
    a.revision_number
from asked as a
left join compared as c
    on
        a.period_code = c.period_code and a.area_level = c.area_level and a.area_code = c.area_code
        and a.competence_code = c.competence_code
left join score.revision_treasury as t
    on a.period_code = t.period_code and a.stored_number = t.revision_number and a.treasury_id = t.treasury_id
left join score.revision_unit as u
    on
        a.period_code = u.period_code and a.stored_number = u.revision_number and a.treasury_id = u.treasury_id
        and a.unit_code = u.unit_code
where a.area_level in ('treasury', 'unit');

comment on view mart.training_need is
'What is to be trained (nhu cầu đào tạo, bồi dưỡng): treasuries and units by competence of officers, with interval and gap to the network. Grain: period, area and competence.';
comment on column mart.training_need.treasury_id is
'Key of the treasury over all its time, as in mart.dim_treasury (khóa kho bạc): a code may have been another one''s before';
comment on column mart.training_need.competence_code is
'Code of the competence (nhóm năng lực), as config/competences declared it when the revision was rated';
comment on column mart.training_need.competence_name_vi is 'Name of the competence in Vietnamese (tên tiếng Việt)';
comment on column mart.training_need.competence_name_en is 'Name of the competence in English (tên tiếng Anh)';
comment on column mart.training_need.answer_count is
'Answers to the criteria of the competence (số câu trả lời); empty where one of them is hidden';
comment on column mart.training_need.effective_count is
'Answers that count as independent: those of the criterion that has the fewest (số câu trả lời hiệu dụng)';
comment on column mart.training_need.satisfaction_rate is
'Satisfied answers over answers to its criteria, 0 to 1 (tỷ lệ hài lòng)';
comment on column mart.training_need.rate_low is
'Lower limit: the mean of the limits of the criteria, weighted by answers (cận dưới)';
comment on column mart.training_need.rate_high is
'Upper limit: the mean of the limits of the criteria, weighted by answers (cận trên)';
comment on column mart.training_need.gap_points is
'Rate here less that of the network in the same criteria, in percentage points (khoảng cách với hệ thống, điểm phần trăm)';
comment on column mart.training_need.weak_criterion_count is
'Of its criteria those that mart.weakness calls weak, judged with all others of the network (số tiêu chí yếu)';
comment on column mart.training_need.need_code is
'below or above when the whole interval lies below or above the network''s rate, else unclear (nhu cầu); each row is judged for itself, so some are chance; empty where hidden, or where the network''s rate is hidden';
comment on column mart.training_need.need_vi is 'The same in Vietnamese (nhu cầu, tiếng Việt)';
comment on column mart.training_need.need_en is 'The same in English (nhu cầu, tiếng Anh)';
comment on column mart.training_need.is_suppressed is
'A criterion of it is hidden, and so is the whole row (ẩn số nhỏ)';
comment on column mart.training_need.area_code is 'Code of the area (mã phạm vi): of a unit with its treasury''s code before it';
