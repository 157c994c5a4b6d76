"""What is said of a figure in plain words: where an area stands, how sure that is, and what changed."""

from __future__ import annotations

from etl.registry.terms import EVERYONE
from etl.reports.bulletin import terms
from etl.reports.bulletin.content import Content, Drawing, Row, Rows
from etl.reports.words import PROVINCES, Language

_LARGEST = 3


def weakness(rules: Row, language: Language) -> str:
    """When a criterion is called a weakness, and how many of those called so are by chance."""
    if rules["weakness"].get("adjustment") == "benjamini_hochberg":
        share = language.percent(1 - rules["weakness"]["level"], 0)
        return language.say(
            "Điểm yếu: tiêu chí thấp hơn toàn hệ thống quá mức ngẫu nhiên, xét chung mọi khoảng cách cùng cấp; trong "
            f"số các điểm yếu được nêu, nhiều nhất khoảng {share} có thể do ngẫu nhiên.",
            "A weakness is a criterion that is below the network by more than chance, all gaps of a level judged "
            f"together: of those called weak, some {share} may be chance.",
        )
    return language.say(
        "Điểm yếu: tiêu chí thấp hơn toàn hệ thống ngay cả ở cận trên của khoảng cách. Mỗi khoảng cách được xét riêng "
        "nên một số là do ngẫu nhiên: hãy chú ý điểm yếu kéo dài.",
        "A weakness is a criterion below the network even at the upper limit of the gap. Each is judged for itself, so "
        "some are chance: look at those that last.",
    )


def change(row: Row, language: Language) -> str:
    """The change against the period before, and whether it is clear."""
    points, movement = row["change_points"], row["movement"]
    if row.get("is_comparable") is False or "definition_changed" in row.get("footnote_codes", ()):
        return language.say("Không so sánh được với kỳ trước.", "It cannot be compared with the period before.")
    if points is None and (why := terms.NO_CHANGE.get(row.get("change_missing_code") or "")):
        return language.say(*why)
    if points is None:
        return language.say("Không có số liệu kỳ trước để so sánh.", "There is no earlier figure to compare with.")
    by = language.points(points)
    before = language.say(f"{by} điểm so với kỳ trước", f"{by} points against the period before")
    if movement is None:
        return before + language.say("; không rõ có phải do ngẫu nhiên.", "; whether it is chance was not tested.")
    return f"{before}: {language.say(*terms.MOVEMENTS[movement])}."


def position(row: Row, language: Language) -> str:
    """Where a rate lies among the limits of chance.

    Empty where that was not computed.
    """
    flag = row["funnel_flag"]
    if flag is None:
        return ""
    words = language.say(*terms.POSITIONS[flag])
    return f"{words[0].upper()}{words[1:]}."


def of_map(drawing: Drawing, language: Language) -> str:
    """What the squares of a map show."""
    if drawing.kind == "former":
        return language.say(*PROVINCES)
    if drawing.kind == "regional":
        return language.say(
            "Mỗi tỉnh mang tỷ lệ của KBNN khu vực mà một nguồn công khai cho biết tỉnh đó thuộc về; danh sách đầy đủ "
            "các tỉnh của từng khu vực từ ngày 1/7/2025 chưa có, các tỉnh còn lại ghi “chưa rõ KV”.",
            "Each province has the rate of the regional treasury to which a public source says that it belongs; the "
            "full list of each region's provinces since 1 July 2025 is not known, and the others say “region unknown”.",
        )
    return language.say("Các đơn vị của chính kỳ này.", "The treasuries of the period itself.")


def chance(rules: Row, language: Language, count: int = 0) -> str:
    """How many lie outside of the funnel by chance alone.

    Of a hundred, and of a count of treasuries.
    """
    warning, action = (1 - rules["funnel"][f"{name}_level"] for name in ("warning", "action"))
    expected = language.number(count * warning)
    of_count = language.say(f" (ở đây khoảng {expected} trong {count})", f" (here about {expected} of {count})")
    if round(count * warning) < 1:
        of_count = ""
    near, far = language.number(100 * warning), language.number(1000 * action)
    return language.say(
        f"Kể cả khi mọi đơn vị như nhau, khoảng {near} trong 100 đơn vị{of_count} vẫn nằm ngoài giới hạn chú ý do ngẫu "
        f"nhiên; chỉ ngoài giới hạn hành động (khoảng {far} trong 1.000) mới khó là ngẫu nhiên.",
        f"Even if all treasuries were alike, about {near} in 100{of_count} would lie outside of the warning limits by "
        f"chance alone; only outside of the action limits (about {far} in 1,000) is it hardly chance.",
    )


def came_in(quality: Rows, language: Language) -> str:
    """What the last run read, loaded and turned away.

    It says where hidden counts are left out.
    """
    say = language.say
    known = [row for row in quality if row["read_count"] is not None]
    is_hidden = any("suppressed" in row["footnote_codes"] for row in quality if row["read_count"] is None)
    hidden = say(" Số phiếu của đơn vị được ẩn không tính ở đây.", " Counts that are hidden are left out here.")
    said = say("Không có số phiếu nào để nêu.", "There are no counts to give.")
    if known:
        read, loaded, away = (
            sum(row[f"{name}_count"] or 0 for row in known) for name in ("read", "loaded", "turned_away")
        )
        part = f" ({language.percent(away / read)})" if read else ""
        counts = [language.number(count) for count in (read, loaded, away)]
        said = say(
            "Theo lần chạy gần nhất: đọc {} phiếu, nạp {}, loại {}{} vì vi phạm quy tắc kiểm tra.",
            "As of the last run: {} responses were read, {} loaded, {} turned away{} for breaking a rule.",
        ).format(*counts, part)
    return said + (hidden if is_hidden else "")


def no_signals(rules: Row, treasuries: Rows, language: Language) -> str:
    """Why no signal is raised: none was found, or looked for."""
    if not rules.get("signals"):
        return language.say(
            "Bộ quy tắc không xét tín hiệu trên câu trả lời.", "The rule set looks for no signals on the answers."
        )
    if all((row["response_count"] or 0) < rules["signals"]["least_responses"] for row in treasuries):
        heading = language.say("Tín hiệu trên câu trả lời", "Signals on the answers")
        return f"{heading}: {language.say(*terms.NOT_ENOUGH)}"
    return language.say("Không có tín hiệu bất thường nào trên câu trả lời.", "No signal was raised on the answers.")


def counted(row: Row, period: Row, language: Language) -> str:
    """Whether an earlier period was counted as this one is."""
    if all(row[name] == period[name] for name in ("definition_code", "questionnaire_code")):
        return language.say("như kỳ này", "as now")
    return language.say("cách tính hoặc phiếu khảo sát khác, không so sánh", "otherwise: not comparable")


def weakest(weak: Rows, asked: int, language: Language) -> str:
    """The three largest gaps of a treasury that is weak in more; else nothing."""
    if len(weak) <= _LARGEST:
        return ""
    named = "; ".join(
        f"{language.name(row, 'criterion')} ({language.points(row['gap_points'], 1)} {language.say('điểm', 'points')})"
        for row in weak[:_LARGEST]
    )
    return language.say(
        f"Yếu ở {len(weak)} trên {asked} tiêu chí; ba khoảng cách lớn nhất: {named}.",
        f"Weak in {len(weak)} of {asked} criteria; the three largest gaps: {named}.",
    )


def low_units(units: Rows, language: Language) -> str:
    """The units whose whole interval lies below the network's rate; empty where there are none."""
    named = "; ".join(
        f"{language.name(row, 'unit') or row['unit_code']}: {language.percent(row['satisfaction_rate'])} "
        f"({language.interval(row['rate_low'], row['rate_high'])})"
        for row in units
        if row["compared_with_system"] == "below"
    )
    if not named:
        return ""
    return language.say(
        f"Thấp hơn toàn hệ thống, kể cả cận trên của khoảng tin cậy: {named}. Mỗi nơi được xét riêng, nên có thể do "
        "ngẫu nhiên.",
        f"Below the network even at the upper limit of the interval: {named}. Each is judged for itself, so it may be "
        "chance.",
    )


def is_unit(row: Row) -> bool:
    """Whether a row is about a unit, and not about a treasury as a whole; without a level, all is no unit."""
    level = row.get("area_level")
    return bool(level == "unit" if level else row["unit_code"] not in (None, EVERYONE))


def unit(content: Content, row: Row, language: Language) -> str:
    """The name of a row's unit, or its code without one.

    Or that the row is about its treasury as a whole.
    """
    if not is_unit(row):
        return language.say("cả đơn vị", "as a whole")
    rated = content.unit(row["treasury_code"], row["unit_code"])
    return (language.name(rated, "unit") if rated else "") or str(row["unit_code"])
