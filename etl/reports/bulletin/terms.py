"""What codes are called in a bulletin, in Vietnamese and English: states, rules, signals, definitions, positions."""

from __future__ import annotations

from etl.reports.words import Pair

STATES: dict[str, Pair] = {
    "loaded": ("đã có số liệu", "in"),
    "no_data": ("không có phiếu", "in, without answers"),
    "refused": ("không đạt kiểm tra", "refused"),
    "unavailable": ("không lấy được số liệu", "could not be read"),
    "not_run": ("chưa xử lý", "not processed yet"),
}
MEANINGS: dict[str, Pair] = {
    "no_data": (
        "Đã đọc được dữ liệu, nhưng trong kỳ không có phiếu nào.",
        "Its data were read, and there was no response in the period.",
    ),
    "refused": (
        "Số liệu không đạt kiểm tra nên chưa được tính cho đến khi khắc phục xong.",
        "Its data failed validation and do not count until that is mended.",
    ),
    "unavailable": (
        "Lần chạy gần nhất không đọc được dữ liệu của đơn vị; lần chạy sau sẽ đọc lại.",
        "The last run could not read its data; the next one tries again.",
    ),
    "not_run": (
        "Chưa có lần chạy nào đọc dữ liệu của đơn vị.",
        "No run has tried to read its data yet.",
    ),
}
"""What a state without figures means; why in detail is not for those who read a bulletin."""
RULES: dict[str, Pair] = {
    "answers_on_scale": ("có câu trả lời ngoài thang đo", "an answer that is not on the scale"),
    "answers_readable": ("câu trả lời không đọc được", "answers that cannot be read"),
    "channel_known": ("kênh trả lời không có trong danh mục", "a channel that is not on the list"),
    "criteria_answered_once": ("một tiêu chí được trả lời hai lần", "a criterion that is answered twice"),
    "criteria_known": ("tiêu chí không có trong phiếu khảo sát", "a criterion that is not in the questionnaire"),
    "comment_length": ("ý kiến quá dài", "a comment that is too long"),
    "harassment_understood": ("nội dung về nhũng nhiễu không rõ có hay không", "an unclear word about harassment"),
    "key_length": ("mã phiếu quá dài", "a key that is too long"),
    "key_present": ("thiếu mã phiếu", "no key of the response"),
    "key_unique": ("mã phiếu bị trùng", "a key that another response has as well"),
    "keys_unique": ("mã phiếu bị trùng", "a key that another response has as well"),
    "officer_length": ("mã công chức quá dài", "an officer's code that is too long"),
    "owner_stated": ("không nêu đơn vị", "no treasury is named"),
    "own_answers": ("phiếu của đơn vị khác", "a response of another treasury"),
    "procedure_known": ("thủ tục không có trong danh mục", "a procedure that is not on the list"),
    "respondent_type_known": ("đối tượng không có trong danh mục", "a type of respondent that is not on the list"),
    "something_answered": ("phiếu không có câu trả lời nào", "no answer at all"),
    "table_read_whole": ("số phiếu đọc được khác số phiếu trong bảng nguồn", "more or fewer rows than the source has"),
    "times_bounded": ("thời điểm trả lời không theo thứ tự của kỳ", "times that do not sort into periods"),
    "time_in_month": ("thời điểm trả lời ngoài kỳ", "a time outside of the period"),
    "time_readable": ("thời điểm trả lời không đọc được", "a time that cannot be read"),
    "unit_known": ("phòng, đơn vị trực thuộc không có trong danh mục", "a unit that is not on the list"),
}
SIGNALS: dict[str, Pair] = {
    "straight_lining": ("nhiều phiếu chọn một mức cho mọi câu", "many responses give every answer the same level"),
    "burst": ("nhiều phiếu trong vài phút", "many responses within minutes"),
    "repeated_respondent": ("một người trả lời nhiều lần", "respondents who answer many times"),
    "response_collapse": ("số phiếu giảm mạnh so với các kỳ trước", "far fewer responses than in the periods before"),
    "item_non_response": ("nhiều câu bỏ trống", "many answers left out"),
    "channel_shift": ("cơ cấu kênh thay đổi mạnh", "the mix of channels shifted"),
}
DEFINITIONS: dict[str, Pair] = {
    "share_of_answers": (
        "số câu trả lời hài lòng chia cho tổng số câu trả lời",
        "satisfied answers over all answers",
    ),
    "share_of_persons": (
        "số phiếu hài lòng ở mọi câu chia cho tổng số phiếu",
        "responses that are satisfied in every answer, over all responses",
    ),
    "all_minus_complaints": (
        "tổng số phiếu trừ số phiếu không hài lòng, chia cho tổng số phiếu",
        "responses without a complaint, over all responses",
    ),
}
POSITIONS: dict[str, Pair] = {
    "below_action": (
        "thấp hơn mức chung, khó là ngẫu nhiên (ngoài giới hạn hành động)",
        "below the network, hardly by chance (outside of the action limits)",
    ),
    "below_warning": (
        "thấp hơn mức chung, có thể là ngẫu nhiên (ngoài giới hạn chú ý)",
        "below the network, perhaps by chance (outside of the warning limits)",
    ),
    "within": ("không khác mức chung một cách rõ ràng", "not clearly different from the network"),
    "above_warning": (
        "cao hơn mức chung, có thể là ngẫu nhiên (ngoài giới hạn chú ý)",
        "above the network, perhaps by chance (outside of the warning limits)",
    ),
    "above_action": (
        "cao hơn mức chung, khó là ngẫu nhiên (ngoài giới hạn hành động)",
        "above the network, hardly by chance (outside of the action limits)",
    ),
}
"""Where a rate lies in the funnel around the rate of the network, from the worst."""
COMPARED: dict[str, Pair] = {
    "below": ("thấp hơn toàn hệ thống", "below the network"),
    "above": ("cao hơn toàn hệ thống", "above the network"),
}
"""Where the whole interval of a unit lies against the rate of the network."""
LEVELS: dict[str, Pair] = {
    "system": ("toàn hệ thống", "whole network"),
    "region": ("vùng", "region"),
    "treasury": ("đơn vị", "treasury"),
    "unit": ("phòng, đơn vị trực thuộc", "unit"),
}
MOVEMENTS: dict[str, Pair] = {
    "up": ("tăng rõ rệt", "clearly up"),
    "down": ("giảm rõ rệt", "clearly down"),
    "unclear": ("thay đổi không rõ ràng", "no clear change"),
}
NO_CHANGE: dict[str, Pair] = {
    "absent_before": (
        "Kỳ trước đơn vị chưa có số liệu nên không so sánh được.",
        "It had no figures in the period before, so there is no change to tell.",
    ),
    "hidden_before": (
        "Số liệu kỳ trước được ẩn nên không nêu mức tăng giảm.",
        "Its figures of the period before are hidden, so no change is given.",
    ),
}
"""Why there is no change where the network has one."""
UNIT_KINDS: dict[str, Pair] = {
    "department": ("phòng", "department"),
    "district_treasury": ("KBNN cấp huyện", "district treasury"),
}
NOT_ENOUGH: Pair = ("Chưa đủ số liệu để xét.", "There are not enough answers to say.")
"""What is said where nothing could be judged, and so nothing was found."""
NO_TREND: Pair = (
    "Chưa có kỳ nào trước đó được công bố, nên chưa vẽ được xu hướng.",
    "No earlier period was published, so there is no trend yet.",
)
BY_RULE: Pair = (
    "Phiếu bị loại theo quy tắc; phiếu vi phạm hai quy tắc được đếm ở cả hai",
    "Responses turned away by rule; one that breaks two counts under both",
)
DRAFT: Pair = ("DỰ THẢO – CHƯA CÔNG BỐ", "DRAFT – NOT PUBLISHED")
"""What stands on every page of figures that are not published."""


def both(words: dict[str, Pair], code: str | None) -> str:
    """What a code means in both languages; empty for none.

    A code without words stands for itself.
    """
    if code is None:
        return ""
    return " / ".join(words[code]) if code in words else code
