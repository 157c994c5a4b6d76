"""How the figures of a revision were made, in plain words, from its rule set: what a bulletin says of its method."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from etl.reports.bulletin import rule_sources, sentences, terms
from etl.reports.bulletin.content import Content, Row
from etl.reports.words import NOTHING, Language

Lines = list[tuple[str, str]]
"""Each a heading and what is said under it."""


def standing(content: Content, language: Language) -> str:
    """Draft or which revision, and whether it is provisional.

    It stands on every page.
    """
    number = content.period["revision_number"]
    is_provisional = content.period["month_status"] == "provisional"
    said = language.say(*terms.DRAFT) if number is None else language.say(f"Lần công bố {number}", f"Revision {number}")
    if until := content.period.get("object_until"):
        day = language.date(until)
        said += language.say(f" · đơn vị có ý kiến đến hết ngày {day}", f" · the treasury may object until {day}")
    return f"{said} · {language.say('số liệu tạm tính', 'provisional')}" if is_provisional else said


def moment(content: Content, when: dt.datetime | None, language: Language) -> str:
    """A moment on the network's clock, or a dash for none."""
    if when is None:
        return NOTHING
    shown = local(content, when)
    return f"{language.date(shown.date())} {shown:%H:%M}"


def local(content: Content, when: dt.datetime) -> dt.datetime:
    """A moment as the network's clock shows it, without the zone."""
    return when.astimezone(ZoneInfo(content.period["time_zone"])).replace(tzinfo=None)


def explained(content: Content, language: Language) -> Lines:
    """What each figure is and how sure, by heading.

    Only of what the rule set computes.
    """
    sections: dict[str, tuple[str, Callable[[Row, Language], str]]] = {
        "rate": (language.say("Tỷ lệ hài lòng", "Satisfaction rate"), _rate),
        "interval_level": (language.say("Khoảng tin cậy", "Interval"), _interval),
        "grades": (language.say("Xếp loại", "Grade"), _grades),
        "minimum_responses": (language.say("Thứ hạng", "Rank"), _rank),
        "rank_sets": (language.say("Khoảng thứ hạng", "Possible ranks"), _rank_sets),
        "movement": (language.say("Thay đổi so với kỳ trước", "Change against the period before"), _movement),
        "funnel": (language.say("Biểu đồ phễu", "Funnel"), _funnel),
        "weakness": (language.say("Điểm yếu", "Weaknesses"), _weakness),
        "suppression": (language.say("Ẩn số liệu", "Hidden figures"), hiding),
    }
    return [
        (heading, write(content.rules, language))
        for section, (heading, write) in sections.items()
        if content.rules.get(section) is not None
    ]


def provenance(content: Content, language: Language) -> Lines:
    """Which revision it is, when and why, under which rules.

    With the digests that prove it; nobody is named.
    """
    return list(_provenance(content, language))


def _provenance(content: Content, language: Language) -> Iterator[tuple[str, str]]:
    period, say = content.period, language.say
    yield say("Kỳ", "Period"), f"{language.name(period, 'period')} ({period['period_code']})"
    yield say("Phiên bản", "Version"), standing(content, language)
    loaded, opened = period["loaded_count"], period["open_count"]
    yield say("Số đơn vị có số liệu", "Treasuries that are in"), f"{loaded}/{opened}"
    yield say("Thời điểm tính", "Computed at"), moment(content, period["scored_at"], language)
    if not content.is_draft:
        yield say("Thời điểm công bố", "Published at"), moment(content, period["published_at"], language)
        yield say("Lý do", "Reason"), period["reason"] or NOTHING
    yield say("Múi giờ", "Time zone"), period["time_zone"]
    yield say("Cách tính", "Definition"), say(*terms.DEFINITIONS[period["definition_code"]])
    yield say("Phiếu khảo sát", "Questionnaire"), period["questionnaire_code"] or NOTHING
    yield say("Bộ quy tắc", "Rule set"), period["rule_set_code"]
    yield say("Mã băm bộ quy tắc", "Digest of the rule set"), period["rule_set_digest"]
    yield (
        say("Nguồn của quy tắc", "Source of the rules"),
        rule_sources.said(content.rules.get("source") or NOTHING, language),
    )
    yield say("Mã băm đầu vào", "Digest of the input"), period["input_digest"] or NOTHING
    yield say("Mã băm số liệu", "Digest of the figures"), period["figures_digest"] or NOTHING
    yield say("Mã băm tên gọi", "Digest of the names"), period["words_digest"] or NOTHING
    if not content.is_draft:
        key = period["key_fingerprint"]
        yield say("Khóa ký số", "Signed with the key"), key or say("chưa ký số", "not signed")
    yield say("Phiên bản phần mềm", "Version of the software"), period["code_version"] or NOTHING
    if not content.is_draft:
        yield say("Đối chiếu", "To verify"), f"hailong verify {period['period_code']}"


def _rate(rules: Row, language: Language) -> str:
    """What is counted over what."""
    rate, say = rules["rate"], language.say
    levels = say(" và ", " and ").join(str(level) for level in rate["satisfied_levels"])
    said = {
        "share_of_answers": say(
            f"Số câu trả lời ở mức {levels} chia cho tổng số câu trả lời.",
            f"Answers at level {levels}, over all answers.",
        ),
        "share_of_persons": say(
            f"Số phiếu có mọi câu trả lời ở mức {levels} chia cho tổng số phiếu.",
            f"Responses whose every answer is at level {levels}, over all responses.",
        ),
        "all_minus_complaints": say(
            "Số phiếu không có câu trả lời ở mức không hài lòng chia cho tổng số phiếu; không nêu ý kiến được coi là "
            "hài lòng.",
            "Responses without an answer at a level of complaint, over all responses; silence counts as content.",
        ),
    }[rate["definition"]]
    if rate["dont_know"] == "counts_as_not_satisfied":
        said += say(" “Không biết” tính là không hài lòng.", " “Don't know” counts as not satisfied.")
    else:
        said += say(" Không tính câu trả lời “không biết”.", " “Don't know” is left out.")
    if rate["factor_weights"]:
        said += say(
            " Tỷ lệ chung là bình quân có trọng số của các yếu tố.", " The total is the weighted mean of the factors."
        )
    said += say(
        " Số đếm được, không phải ước lượng; không nói gì về người không trả lời.",
        " It is counted, not estimated, and says nothing about those who did not answer.",
    )
    return said


def _interval(rules: Row, language: Language) -> str:
    level = language.percent(rules["interval_level"], 0)
    method = "Clopper–Pearson" if rules.get("interval_limits") == "exact" else "Wilson"
    return language.say(
        f"Nếu những khách hàng khác của cùng đơn vị trả lời thì tỷ lệ có lẽ nằm trong khoảng này ({method}, {level}).",
        f"If other customers of the same office had answered, the rate would probably lie here ({method}, {level}).",
    ) + _whose_are_alike(rules, language)


def _whose_are_alike(rules: Row, language: Language) -> str:
    """Why an interval counts fewer answers than there are."""
    by_whom = {
        "answers": None,
        "officers": ("về cùng một công chức", "about one officer"),
        "units": ("của khách hàng cùng một bộ phận", "of one unit's customers"),
    }.get(rules["rate"]["clustering"], ("của cùng một người", "of one customer"))
    if by_whom is None:
        return ""
    return language.say(
        f" Các câu trả lời {by_whom[0]} giống nhau, nên tính theo số câu trả lời hữu hiệu.",
        f" The answers {by_whom[1]} are alike, so it counts what they are worth together.",
    )


def _grades(rules: Row, language: Language) -> str:
    bands = "; ".join(
        f"{band[f'name_{language.code}']} {language.say('từ', 'from')} {language.percent(band['from_pct'] / 100, 0)}"
        for band in rules["grades"]
    )
    least = rules["minimum_responses"]["grade"]
    return language.say(
        f"Theo tỷ lệ chưa làm tròn: {bands}. Chỉ xếp loại khi có từ {least} phiếu trở lên.",
        f"By the unrounded rate: {bands}. Only from {least} responses on.",
    )


def _rank(rules: Row, language: Language) -> str:
    least = rules["minimum_responses"]["rank"]
    return language.say(
        f"Bằng một cộng số đơn vị có tỷ lệ cao hơn; tỷ lệ bằng nhau thì cùng hạng. Chỉ xếp hạng khi có từ {least} "
        "phiếu trở lên.",
        f"One more than the number of treasuries with a higher rate; equal rates share a rank. Only from {least} "
        "responses on.",
    )


def _rank_sets(rules: Row, language: Language) -> str:
    level = language.percent(rules["rank_sets"]["level"], 0)
    return language.say(
        "Những thứ hạng mà các câu trả lời chưa loại trừ được: hạng 15, có thể từ 3 đến 40, nghĩa là mọi hạng từ 3 đến "
        f"40 đều phù hợp với số liệu. Xét đồng thời mọi đơn vị, mức tin cậy {level} (Mogstad, Romano, Shaikh và "
        "Wilhelm 2023). Hai đơn vị có khoảng thứ hạng chồng lên nhau thì chưa chắc khác nhau.",
        "The ranks that the answers leave open: rank 15, could be anywhere from 3 to 40, means that every place from 3 "
        f"to 40 agrees with them. For all treasuries together, at {level} (Mogstad, Romano, Shaikh and Wilhelm 2023). "
        "Where the possible ranks of two treasuries overlap, the two need not differ.",
    )


def _movement(rules: Row, language: Language) -> str:
    share = language.percent(rules["movement"]["false_discovery_rate"], 0)
    return language.say(
        "Chỉ ghi tăng hoặc giảm khi thay đổi vượt quá ngẫu nhiên; trong số các thay đổi được ghi là rõ rệt, nhiều nhất "
        f"khoảng {share} có thể do ngẫu nhiên (Benjamini và Hochberg 1995). Không rõ ràng không có nghĩa là không thay "
        "đổi.",
        f"Called up or down only when it is more than chance; of the changes called clear, some {share} may be chance "
        "(Benjamini and Hochberg 1995). No clear change does not mean that nothing changed.",
    )


def _funnel(rules: Row, language: Language) -> str:
    warning, action = (language.percent(rules["funnel"][f"{name}_level"], 1) for name in ("warning", "action"))
    how = language.say(
        "Cho biết tỷ lệ cách tỷ lệ toàn hệ thống bao xa so với dao động ngẫu nhiên của một đơn vị có cùng số phiếu: "
        f"giới hạn chú ý {warning}, giới hạn hành động {action} (Spiegelhalter 2005).",
        "How far the rate is from that of the whole network, against how far chance carries a treasury of its size: "
        f"warning limits {warning}, action limits {action} (Spiegelhalter 2005).",
    )
    use = language.say(
        "Cho biết nên đến đâu trước, không phải ai có lỗi.", "It says whom to visit first, not who is to blame."
    )
    return f"{how} {sentences.chance(rules, language)} {use}"


def _weakness(rules: Row, language: Language) -> str:
    level, least = language.percent(rules["weakness"]["level"], 0), rules["weakness"]["least_answers"]
    return sentences.weakness(rules, language) + language.say(
        f" Khoảng tin cậy của khoảng cách: {level}; xét từ {least} câu trả lời.",
        f" Limits of the gaps are at {level}; from {least} answers on.",
    )


def hiding(rules: Row, language: Language) -> str:
    """What a rule set hides."""
    most = rules["suppression"]["least_responses"] - 1
    return language.say(
        f"Số liệu từ 1 đến {most} phiếu được ẩn, cùng những số liệu mà từ đó có thể tính ra.",
        f"Figures of 1 to {most} responses are hidden, and with them those from which they could be worked out.",
    )
