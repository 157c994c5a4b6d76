-- what: the items of a quality report, with the concepts of the ESS Single Integrated Metadata Structure (SIMS 2.0)
-- grain: item
-- params: none
-- noqa: disable=LT05
create view shown.summary_word as
with concept as (
    select *
    from (
        values
        ('S.1.1', 'Liên hệ: cơ quan', 'Contact organisation'),
        ('S.5', 'Thời kỳ tham chiếu', 'Reference period'),
        ('S.7.2', 'Bảo mật: cách xử lý số liệu', 'Confidentiality - data treatment'),
        ('S.8.1', 'Lịch công bố', 'Release calendar'),
        ('S.13.1', 'Độ chính xác: tổng quát', 'Accuracy - overall'),
        ('S.13.2', 'Sai số chọn mẫu', 'Sampling error'),
        ('S.13.3.1', 'Sai số do phạm vi', 'Coverage error'),
        ('S.13.3.3', 'Sai số do không trả lời', 'Non-response error'),
        ('S.14.1', 'Tính kịp thời', 'Timeliness'),
        ('S.14.2', 'Tính đúng hạn', 'Punctuality'),
        ('S.15.2', 'Tính so sánh theo thời gian', 'Comparability - over time'),
        ('S.17.2', 'Hiệu chỉnh số liệu: thực hiện', 'Data revision - practice'),
        ('S.18.4', 'Kiểm tra số liệu', 'Data validation')
    ) as c (concept_code, concept_name_vi, concept_name_en)
),

item as (
    select *
    from (
        values
        (1, 'contact_organisation', 'S.1.1', 'text', 'Cơ quan', 'Organisation'),
        (2, 'reference_period', 'S.5', 'text', 'Kỳ khảo sát', 'Survey period'),
        (3, 'hidden_treasury_count', 'S.7.2', 'count', 'Kho bạc có số liệu được ẩn toàn bộ', 'Treasuries hidden as a whole'),
        (4, 'hidden_unit_count', 'S.7.2', 'count', 'Đơn vị trực thuộc có số liệu được ẩn toàn bộ', 'Units hidden as a whole'),
        (5, 'hidden_cell_count', 'S.7.2', 'count', 'Tổng số ô số liệu được ẩn', 'All hidden figures'),
        (6, 'planned_date', 'S.8.1', 'date', 'Ngày dự kiến công bố', 'Planned for'),
        (7, 'published_date', 'S.8.1', 'date', 'Ngày công bố phiên bản này', 'This revision was published on'),
        (8, 'response_count', 'S.13.1', 'count', 'Số phiếu trả lời', 'Responses'),
        (9, 'answer_count', 'S.13.1', 'count', 'Số câu trả lời', 'Answers'),
        (10, 'satisfaction_pct', 'S.13.1', 'percent', 'Tỷ lệ hài lòng toàn hệ thống', 'Satisfaction rate of the network'),
        (11, 'low_pct', 'S.13.2', 'percent', 'Cận dưới', 'Lower limit'),
        (12, 'high_pct', 'S.13.2', 'percent', 'Cận trên', 'Upper limit'),
        (13, 'design_effect', 'S.13.2', 'number', 'Hệ số thiết kế: số câu trả lời có giá trị bằng một câu độc lập', 'Design effect: answers that are worth one independent one'),
        (14, 'interval_points', 'S.13.2', 'points', 'Độ rộng trung vị của khoảng tin cậy, các kho bạc', 'Median width of the treasuries'' intervals'),
        (15, 'open_rank_count', 'S.13.2', 'number', 'Số thứ hạng trung vị mà câu trả lời chưa loại trừ', 'Median number of ranks that the answers leave open'),
        (16, 'ranked_count', 'S.13.2', 'count', 'Kho bạc được xếp hạng', 'Treasuries with a rank'),
        (17, 'treasury_count', 'S.13.3.1', 'count', 'Kho bạc phải có số liệu', 'Treasuries that should be in'),
        (18, 'present_count', 'S.13.3.1', 'count', 'Kho bạc đã có số liệu', 'Treasuries that are in'),
        (19, 'without_responses_count', 'S.13.3.1', 'count', 'trong đó không có phiếu nào', 'of these without a response'),
        (20, 'refused_count', 'S.13.3.1', 'count', 'Thiếu: số liệu không đạt kiểm tra', 'Missing: failed validation'),
        (21, 'unavailable_count', 'S.13.3.1', 'count', 'Thiếu: không lấy được số liệu', 'Missing: could not be read'),
        (22, 'not_run_count', 'S.13.3.1', 'count', 'Thiếu: chưa xử lý', 'Missing: not processed yet'),
        (23, 'response_pct', 'S.13.3.3', 'percent', 'Tỷ lệ trả lời trên số hồ sơ giải quyết', 'Responses of the files handled'),
        (24, 'handled_treasury_count', 'S.13.3.3', 'count', 'Kho bạc có số hồ sơ giải quyết', 'Treasuries of which the files handled are known'),
        (25, 'unanswered_pct', 'S.13.3.3', 'percent', 'Câu hỏi không có câu trả lời được tính', 'Questions without an answer that counts'),
        (26, 'days_after', 'S.14.1', 'days', 'Từ cuối kỳ đến khi công bố phiên bản này', 'From the end of the period to this revision'),
        (27, 'days_late', 'S.14.2', 'days', 'Lần công bố đầu chậm so với dự kiến; số âm là sớm', 'First publication late by; negative when early'),
        (28, 'previous_period', 'S.15.2', 'text', 'So sánh với kỳ', 'Compared with'),
        (29, 'is_comparable', 'S.15.2', 'text', 'So sánh được', 'Comparable'),
        (30, 'rule_set', 'S.15.2', 'text', 'Bộ quy tắc', 'Rule set'),
        (31, 'previous_rule_set', 'S.15.2', 'text', 'Bộ quy tắc của kỳ trước', 'Rule set of the period before'),
        (32, 'questionnaire', 'S.15.2', 'text', 'Phiếu khảo sát', 'Questionnaire'),
        (33, 'previous_questionnaire', 'S.15.2', 'text', 'Phiếu khảo sát của kỳ trước', 'Questionnaire of the period before'),
        (34, 'new_count', 'S.15.2', 'count', 'Kho bạc kỳ trước không có', 'Treasuries that were not in the period before'),
        (35, 'gone_count', 'S.15.2', 'count', 'Kho bạc kỳ này không còn', 'Treasuries of the period before that are no more'),
        (36, 'revision_number', 'S.17.2', 'count', 'Phiên bản', 'Revision'),
        (37, 'last_number', 'S.17.2', 'count', 'Số phiên bản đã công bố', 'Revisions published'),
        (38, 'reason', 'S.17.2', 'text', 'Lý do', 'Why'),
        (39, 'changed_count', 'S.17.2', 'count', 'Kho bạc có số đếm khác phiên bản trước', 'Treasuries with other counts than in the revision before'),
        (40, 'change_points', 'S.17.2', 'points', 'Tỷ lệ toàn hệ thống thay đổi so với phiên bản trước', 'Network''s rate against the revision before'),
        (41, 'read_count', 'S.18.4', 'count', 'Phiếu đọc được, lần chạy gần nhất, kho bạc không bị ẩn', 'Responses read in the last run, of treasuries not hidden'),
        (42, 'turned_away_count', 'S.18.4', 'count', 'trong đó bị loại vì vi phạm quy tắc', 'of these turned away for breaking a rule')
    ) as i (item_position, item_code, concept_code, item_unit, item_name_vi, item_name_en)
)

select
    i.item_position,
    i.item_code,
    i.item_unit,
    i.item_name_vi,
    i.item_name_en,
    c.concept_code,
    c.concept_name_vi,
    c.concept_name_en
from item as i
inner join concept as c on i.concept_code = c.concept_code;

comment on view shown.summary_word is 'The items of a quality report by their concepts. Grain: item.';
comment on column shown.summary_word.item_position is 'Place in the report (thứ tự)';
comment on column shown.summary_word.item_code is 'Code of the item (mã chỉ tiêu)';
comment on column shown.summary_word.item_unit is 'Unit: count, percent, points, number, days, date or text (đơn vị tính)';
comment on column shown.summary_word.item_name_vi is 'Vietnamese name of the item (tên tiếng Việt)';
comment on column shown.summary_word.item_name_en is 'English name of the item (tên tiếng Anh)';
comment on column shown.summary_word.concept_code is 'Code of the concept in SIMS 2.0 (mã khái niệm SIMS)';
comment on column shown.summary_word.concept_name_vi is 'Vietnamese name of the concept (tên tiếng Việt của khái niệm)';
comment on column shown.summary_word.concept_name_en is 'Name of the concept in SIMS 2.0 (tên tiếng Anh của khái niệm)';
