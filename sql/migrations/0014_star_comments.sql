-- What the tables of the star and their columns mean.

comment on table mart.dim_region is 'Dimension: regions (vùng). Grain: region. Part of the star, like every dim_ and fact_ table: always the newest published revision, whatever hailong.show says.';
comment on column mart.dim_region.region_code is 'Stable code of the region (mã vùng)';
comment on column mart.dim_region.region_name_vi is 'Name of the region in Vietnamese (tên vùng)';
comment on column mart.dim_region.region_name_en is 'Name of the region in English (tên vùng bằng tiếng Anh)';
comment on table mart.dim_treasury is 'Dimension: rated offices (kho bạc tỉnh). Grain: office and period of its existence; a code can be used again for another office.';
comment on column mart.dim_treasury.treasury_id is 'Key of the office (khóa của kho bạc): the code alone is not stable over the years';
comment on column mart.dim_treasury.treasury_code is 'Code of the treasury in its time (mã kho bạc)';
comment on column mart.dim_treasury.treasury_name_vi is 'Name of the treasury in Vietnamese (tên kho bạc)';
comment on column mart.dim_treasury.treasury_name_en is 'Name of the treasury in English (tên kho bạc bằng tiếng Anh)';
comment on column mart.dim_treasury.region_code is 'Region of the treasury (mã vùng)';
comment on column mart.dim_treasury.valid_from is 'First day of its existence (ngày bắt đầu hoạt động)';
comment on column mart.dim_treasury.valid_to is 'Last day of its existence (ngày kết thúc hoạt động); empty while open';
comment on table mart.dim_unit is 'Dimension: units of the treasuries (đơn vị thuộc và trực thuộc). Grain: unit. Its treasury is that of the fact.';
comment on column mart.dim_unit.unit_key is 'Key of the unit (khóa của đơn vị): key of its treasury, a slash, its code';
comment on column mart.dim_unit.unit_code is 'Code of the unit (mã đơn vị); unstated where the answers name none';
comment on column mart.dim_unit.unit_name_vi is 'Name of the unit in Vietnamese (tên đơn vị)';
comment on column mart.dim_unit.unit_name_en is 'Name of the unit in English (tên đơn vị bằng tiếng Anh)';
comment on column mart.dim_unit.unit_kind is 'Kind of the unit (loại đơn vị): department, district_treasury, …';
comment on column mart.dim_unit.treasury_code is 'Code of its treasury (mã kho bạc)';
comment on table mart.dim_criterion is 'Dimension: criteria (tiêu chí) with their factor (yếu tố). Grain: questionnaire and criterion.';
comment on column mart.dim_criterion.criterion_key is 'Key of the criterion (khóa của tiêu chí): questionnaire, a slash, its code';
comment on column mart.dim_criterion.questionnaire_code is 'Version of the questionnaire (phiên bản phiếu khảo sát)';
comment on column mart.dim_criterion.criterion_code is 'Stable code of the criterion (mã tiêu chí)';
comment on column mart.dim_criterion.criterion_name_vi is 'Name of the criterion in Vietnamese (tên tiêu chí)';
comment on column mart.dim_criterion.criterion_name_en is 'Name of the criterion in English (tên tiêu chí bằng tiếng Anh)';
comment on column mart.dim_criterion.factor_code is 'Stable code of the factor (mã yếu tố)';
comment on column mart.dim_criterion.factor_name_vi is 'Name of the factor in Vietnamese (tên yếu tố)';
comment on column mart.dim_criterion.factor_name_en is 'Name of the factor in English (tên yếu tố bằng tiếng Anh)';
comment on column mart.dim_criterion.answer_position is 'Place in the questionnaire, from 1 (thứ tự trong phiếu): sort by it';
comment on table mart.dim_procedure is 'Dimension: administrative procedures (thủ tục hành chính). Grain: procedure.';
comment on column mart.dim_procedure.procedure_code is 'Stable code of the procedure (mã thủ tục); unstated where the answer names none';
comment on column mart.dim_procedure.procedure_name_vi is 'Name of the procedure in Vietnamese (tên thủ tục)';
comment on column mart.dim_procedure.procedure_name_en is 'Name of the procedure in English (tên thủ tục bằng tiếng Anh)';
comment on table mart.dim_channel is 'Dimension: channels by which answers came in (kênh). Grain: channel.';
comment on column mart.dim_channel.channel_code is 'Stable code of the channel (mã kênh); unstated where the answer names none';
comment on column mart.dim_channel.channel_name_vi is 'Name of the channel in Vietnamese (tên kênh)';
comment on column mart.dim_channel.channel_name_en is 'Name of the channel in English (tên kênh bằng tiếng Anh)';
comment on table mart.dim_respondent_type is 'Dimension: types of respondent (đối tượng khảo sát). Grain: type.';
comment on column mart.dim_respondent_type.respondent_type_code is 'Stable code of the type of respondent (mã đối tượng); unstated where the answer names none';
comment on column mart.dim_respondent_type.respondent_type_name_vi is 'Name of the type in Vietnamese (tên đối tượng)';
comment on column mart.dim_respondent_type.respondent_type_name_en is 'Name of the type in English (tên đối tượng bằng tiếng Anh)';
comment on table mart.dim_grade is 'Dimension: grades (mức xếp loại) with the bands of their rule set. Grain: rule set and grade.';
comment on column mart.dim_grade.grade_key is 'Key of the grade (khóa của mức xếp loại): rule set, a slash, its code';
comment on column mart.dim_grade.rule_set_code is 'Rule set that defines it (bộ quy tắc)';
comment on column mart.dim_grade.grade_code is 'Stable code of the grade (mã xếp loại)';
comment on column mart.dim_grade.grade_name_vi is 'Name of the grade in Vietnamese (tên xếp loại)';
comment on column mart.dim_grade.grade_name_en is 'Name of the grade in English (tên xếp loại bằng tiếng Anh)';
comment on column mart.dim_grade.from_pct is 'Lowest rate of the band in per cent, included (cận dưới của khung, %): sort by it';
comment on column mart.dim_grade.to_pct is 'Upper end of the band in per cent, excluded; 100 is included (cận trên của khung, %)';
comment on table mart.dim_month is 'Dimension: survey months (tháng khảo sát), without gaps from the first that is known to the newest published one. Grain: month.';
comment on column mart.dim_month.survey_month is 'First day of the survey month (tháng khảo sát)';
comment on column mart.dim_month.month_code is 'The month as YYYY-MM, which is its period_code elsewhere (mã tháng)';
comment on column mart.dim_month.survey_year is 'Calendar year (năm)';
comment on column mart.dim_month.quarter_number is 'Quarter of the year, 1 to 4 (quý)';
comment on column mart.dim_month.month_number is 'Month of the year, 1 to 12 (tháng trong năm)';
comment on column mart.dim_month.month_name_vi is 'Month in Vietnamese, for example Tháng 7/2023 (tên tháng)';
comment on column mart.dim_month.month_name_en is 'Month in English, for example July 2023 (tên tháng bằng tiếng Anh)';
comment on column mart.dim_month.quarter_code is 'Quarter with its year, for example 2023-Q3 (mã quý)';
comment on column mart.dim_month.quarter_name_vi is 'Quarter in Vietnamese, for example Quý III/2023 (tên quý)';
comment on column mart.dim_month.quarter_name_en is 'Quarter in English, for example Q3 2023 (tên quý bằng tiếng Anh)';
comment on column mart.dim_month.year_name_vi is 'Year in Vietnamese, for example Năm 2023 (tên năm)';
comment on column mart.dim_month.year_name_en is 'Year in English (tên năm bằng tiếng Anh)';
comment on column mart.dim_month.round_code is 'Round that the month belongs to (mã đợt khảo sát); empty outside of rounds';
comment on column mart.dim_month.round_name_vi is 'Name of the round in Vietnamese (tên đợt khảo sát)';
comment on column mart.dim_month.round_name_en is 'Name of the round in English (tên đợt khảo sát bằng tiếng Anh)';
comment on column mart.dim_month.previous_month is 'The month before (tháng trước); empty for the first';
comment on column mart.dim_month.year_before_month is 'The same month a year before (cùng kỳ năm trước); empty where the dimension does not reach so far';
comment on table mart.fact_treasury is 'Fact: treasuries by month over all their answers (kết quả theo kho bạc). Grain: survey month and treasury; missing ones have a row without figures. Counts add up over everything; rates never do.';
comment on column mart.fact_treasury.rank_low is 'Best rank that the answers leave open (cận dưới thứ hạng)';
comment on column mart.fact_treasury.rank_high is 'Worst rank that the answers leave open (cận trên thứ hạng)';
comment on column mart.fact_treasury.previous_month is 'Survey month that the change is against (tháng được so sánh); empty when there is none. A second role of dim_month';
comment on column mart.fact_treasury.previous_rank is 'Rank in that month, as it was when this one was rated (thứ hạng kỳ trước)';
comment on column mart.fact_treasury.change_points is 'Change of the rate against that month, in percentage points (mức tăng giảm, điểm phần trăm); empty when not comparable';
comment on column mart.fact_treasury.year_before_month is 'The same month a year before (cùng kỳ năm trước); empty when it was not rated. A third role of dim_month';
comment on column mart.fact_treasury.year_change_points is 'Change of the rate against the year before, in percentage points (so với cùng kỳ năm trước)';
comment on column mart.fact_treasury.movement is 'up or down when the change is more than chance, else unclear (xu hướng)';
comment on column mart.fact_treasury.funnel_flag is 'Place in the funnel around the network''s rate (biểu đồ phễu): within, above or below the warning or the action limits';
comment on column mart.fact_treasury.treasury_state is 'loaded, no_data, refused, unavailable or not_run (tình trạng số liệu của đơn vị)';
comment on column mart.fact_treasury.month_status is 'final or provisional (chính thức, tạm tính)';
comment on column mart.fact_treasury.definition_code is 'Official definition of the rate (cách tính): share_of_answers, share_of_persons or all_minus_complaints';
comment on table mart.fact_unit is 'Fact: units by month (kết quả theo đơn vị), ranked within their treasury. Grain: survey month and unit. Counts add up to the treasury.';
comment on column mart.fact_unit.unit_key is 'The unit (khóa của đơn vị)';
comment on table mart.fact_criterion is 'Fact: criteria by month and treasury (kết quả theo tiêu chí). Grain: survey month, treasury and criterion. Answers add up to the treasury; responses would not, since one response answers many criteria, and are left out.';
comment on column mart.fact_criterion.criterion_key is 'The criterion (khóa của tiêu chí)';
comment on table mart.fact_procedure is 'Fact: procedures by month and treasury (kết quả theo thủ tục). Grain: survey month, treasury and procedure. Counts add up to the treasury.';
comment on column mart.fact_procedure.procedure_code is 'The procedure (mã thủ tục)';
comment on table mart.fact_channel is 'Fact: channels by month and treasury (kết quả theo kênh). Grain: survey month, treasury and channel. Counts add up to the treasury.';
comment on column mart.fact_channel.channel_code is 'The channel (mã kênh)';
comment on table mart.fact_respondent_type is 'Fact: types of respondent by month and treasury (kết quả theo đối tượng khảo sát). Grain: survey month, treasury and type. Counts add up to the treasury.';
comment on column mart.fact_respondent_type.respondent_type_code is 'The type of respondent (mã đối tượng)';

-- what the facts have in common is said in the same words
do $$
declare
    said record;
begin
    for said in
        select format('comment on column mart.%I.%I is %L', f.relname, c.attname, m.meaning) as command
        from pg_class as f
        inner join pg_attribute as c on c.attrelid = f.oid
        inner join (values
            ('survey_month', 'First day of the survey month (tháng khảo sát)'),
            ('treasury_id', 'The treasury (khóa của kho bạc)'),
            ('response_count', 'Responses (số phiếu); empty when hidden'),
            ('answer_count', 'Answers that count: the denominator (số câu trả lời); empty when hidden'),
            ('satisfied_count', 'Answers at a satisfied level: the numerator (số câu hài lòng); empty when hidden'),
            ('wholly_satisfied_count', 'Responses whose every counted answer is at a satisfied level (số phiếu hài lòng hoàn toàn); empty when hidden'),
            ('complaint_count', 'Responses with an answer at a complaint level (số phiếu không hài lòng); empty when hidden'),
            ('satisfaction_rate', 'Satisfaction rate of this cell, 0 to 1, by the official definition (tỷ lệ hài lòng); never to be summed or averaged'),
            ('rate_low', 'Lower limit of the rate (cận dưới của tỷ lệ)'),
            ('rate_high', 'Upper limit of the rate (cận trên của tỷ lệ)'),
            ('grade_key', 'Grade (mức xếp loại); empty below the minimum of responses'),
            ('rank', 'Rank among its peers (thứ hạng); empty below the minimum of responses'),
            ('ranked_count', 'How many peers have a rank (số đơn vị được xếp hạng)'),
            ('is_hidden', 'Whether the figures are hidden because too few people answered (số liệu được ẩn)'),
            ('footnote_codes', 'Codes of the footnotes that apply (mã chú thích), in mart.footnote'),
            ('revision_number', 'Published revision that the row shows (phiên bản công bố)')
        ) as m (column_name, meaning) on c.attname = m.column_name
        where f.relnamespace = 'mart'::regnamespace and f.relname like 'fact\_%' and f.relkind = 'r'
    loop
        execute said.command;
    end loop;
end
$$;
