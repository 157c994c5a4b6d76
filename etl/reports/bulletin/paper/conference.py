"""What the paper for a treasury's conference says: where it stands, side by side, what to do, and room for decisions.

Set by the layout of the printed bulletin, without its charts: it is made for every treasury of every period.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl.reports.bulletin import main_points, sentences, what_to_do, what_was_done
from etl.reports.bulletin.content import SYSTEM, Content, Row
from etl.reports.bulletin.paper.blocks import Block, PrintedCell, paragraph
from etl.reports.bulletin.paper.chapters import Chapter
from etl.reports.words import NOTHING, Language, Pair

_LINES = 6
_NOTE_LINES = 3
_DONE: dict[str, Pair] = {
    "conference": ("Hội nghị", "Conferences"),
    "plan": ("Kế hoạch, việc cần làm", "Plans"),
    "training": ("Đào tạo, bồi dưỡng", "Trainings"),
}


def title(language: Language) -> str:
    """What the paper is."""
    return language.say("Tài liệu hội nghị đánh giá kết quả khảo sát", "Paper for the conference on the survey")


def headline(content: Content, own: Row, language: Language) -> dict[str, Any]:
    """The treasury's figure, and the three things to know."""
    say = language.say
    points = main_points.of_treasury(content, own["treasury_code"], language)
    if own["satisfaction_rate"] is None:
        points = [say("Kỳ này không có số liệu được công bố.", "There are no figures to show of this period.")]
    else:
        count, spread = language.number(own["response_count"]), language.interval(own["rate_low"], own["rate_high"])
        graded = f"{say('xếp loại', 'grade:')} {language.name(own, 'grade')}" if own["grade_code"] else ""
        rests = say(f"{count} phiếu, khoảng tin cậy {spread}", f"{count} responses, interval {spread}")
        points = [f"{'; '.join(filter(None, (rests, graded)))}.", *points]
    label = say("Tỷ lệ hài lòng", "Satisfaction rate")
    return {"label": label, "rate": language.percent(own["satisfaction_rate"]), "sentences": points}


def chapters(content: Content, own: Row, language: Language) -> list[Chapter]:
    """The chapters in their order, without what would be empty."""
    say, code = language.say, own["treasury_code"]
    told = [
        (say("Nên làm gì", "What to do"), list(_todos(content, code, language))),
        (say("Hệ thống, đơn vị, phòng và đơn vị trực thuộc", "Network, treasury and units"),
         _levels(content, own, language)),
        (say("Từng tiêu chí", "Each criterion"), _criteria(content, code, language)),
        (say("Lần trước đã thống nhất gì, kết quả ra sao", "What was agreed last time, and what came of it"),
         list(_done(content, code, language))),
        (say("Thống nhất tại hội nghị này", "Agreed at this conference"), [_decisions(language)]),
    ]  # fmt: skip
    return [(heading, blocks) for heading, blocks in told if blocks]


def _todos(content: Content, code: str, language: Language) -> Iterator[Block]:
    """What to do as a list, or why there is nothing."""
    say, items = language.say, []
    for todo in what_to_do.of_treasury(content, code):
        said = [f"{what_to_do.what(content, todo, language)}."]
        if example := what_to_do.example(content, todo, language):
            said.append(f"{say('Làm tốt:', 'Does it well:')} {example}.")
        if tried := what_to_do.suggestion(content, todo, language):
            said.append(f"{say('Có thể thử:', 'May be tried:')} {tried}")
        items.append([language.name(todo.first, "criterion"), " ".join(said)])
    if items:
        yield {"kind": "named", "lines": items}
    elif idle := what_to_do.nothing(content, code, language):
        yield paragraph(idle)


def _levels(content: Content, own: Row, language: Language) -> list[Block]:
    """The network, the treasury and each unit: responses, rate with interval, and the factors."""
    say, code = language.say, own["treasury_code"]
    factors = [row["member_code"] for row in content.of_area(SYSTEM, "factor")]
    areas: list[tuple[str, Row | None, tuple[str, str]]] = [
        (language.name(content.period, "network"), content.total(), SYSTEM),
        (language.name(own, "treasury"), own, ("treasury", code)),
    ]
    for unit in content.units_of(code):
        mark = "▼ " if unit["compared_with_system"] == "below" else ""
        name = f"{mark}{language.name(unit, 'unit') or unit['unit_code']}"
        areas.append((name, unit, ("unit", f"{code}/{unit['unit_code']}")))
    rows: list[list[PrintedCell]] = []
    for name, row, area in areas:
        rates = [_rate(content.member(area, "factor", factor), language) for factor in factors]
        count = _count(row, language)
        spread = language.interval(row["rate_low"], row["rate_high"], 1) if row else NOTHING
        cells: list[PrintedCell] = [name, count, _rate(row, language), spread, *rates]
        rows.append([{"text": cell, "is_strong": True} for cell in cells] if area[0] != "unit" else cells)
    header = ["", say("Phiếu", "Responses"), say("Tỷ lệ, %", "Rate, %"), say("Khoảng tin cậy", "Interval")]
    header += [content.factor_names[factor][0 if language.is_vietnamese else 1] for factor in factors]
    said = say(
        "▼: thấp hơn toàn hệ thống, kể cả cận trên của khoảng tin cậy. Nơi ít phiếu dễ lên xuống do ngẫu nhiên.",
        "▼: below the network even at the upper limit of the interval. Units with few responses move by chance.",
    )
    stands = ["wide", "right", "right", "right", *["narrow"] * len(factors)]
    return [{"kind": "table", "stands": stands, "header": header, "rows": rows}, paragraph(said)]


def _criteria(content: Content, code: str, language: Language) -> list[Block]:
    """Each criterion of the treasury beside the network's, with the gap; the clearly weak ones stand out."""
    say = language.say
    gap_of = {row["criterion_code"]: row for row in content.weaknesses_of("treasury", code)}
    rows = [
        _criterion(its, content.member(("treasury", code), "criterion", its["member_code"]), gap_of, language)
        for its in content.by_factor()
        if its["breakdown"] != "factor"
    ]
    if not rows:
        return []
    header = [
        say("Tiêu chí", "Criterion"), say("Hệ thống, %", "Network, %"), say("Đơn vị, %", "Treasury, %"),
        say("Khoảng tin cậy", "Interval"), say("Chênh lệch, điểm", "Gap, points"), say("Số kỳ yếu", "Periods weak"),
    ]  # fmt: skip
    blocks: list[Block] = [{"kind": "table", "stands": ["wide", *["right"] * 5], "header": header, "rows": rows}]
    return [*blocks, paragraph(f"▼: {sentences.weakness(content.rules, language)}")] if gap_of else blocks


def _criterion(its: Row, mine: Row | None, gap_of: dict[str, Row], language: Language) -> list[PrintedCell]:
    """One criterion of the network and of the treasury."""
    gap = gap_of.get(its["member_code"])
    spread = language.interval(mine["rate_low"], mine["rate_high"], 1) if mine else NOTHING
    cells = [language.name(its, "member"), _rate(its, language), _rate(mine, language), spread]
    if gap is None:
        return [*cells, NOTHING, NOTHING]
    cells += [language.points(gap["gap_points"], 1), str(gap["lasting_count"] or NOTHING)]
    if not gap["is_weak"]:
        return [*cells]
    return [{"text": text, "is_strong": True} for text in (f"▼ {cells[0]}", *cells[1:])]


def _done(content: Content, code: str, language: Language) -> Iterator[Block]:
    """What the warehouse knows was done with earlier results, and lines for the rest."""
    say = language.say
    lines = [
        f"{say(*_DONE[row['action_kind']])}: {row['action_count']}, "
        f"{say('gần nhất', 'the last on')} {language.date(row['last_date'])}."
        for row in content.done
        if row["treasury_code"] == code and row["action_kind"] in _DONE
    ]
    none = say(
        "Hệ thống chưa ghi nhận hội nghị, kế hoạch hay đợt bồi dưỡng nào của cả đơn vị.",
        "No conference, plan or training of the whole treasury is recorded.",
    )
    yield from map(paragraph, lines or [none])
    effects = what_was_done.of_treasury(content, code)
    if effects:
        named = [
            [f"{what_was_done.name(row, language)}: {what_was_done.verdict(row, language)}",
             f"{what_was_done.why(row, language)}."]
            for row in effects[: what_was_done.MOST]
        ]  # fmt: skip
        yield {"kind": "named", "lines": named}
    yield paragraph(say("Ghi theo biên bản lần trước:", "From the minutes of the last one:"))
    header = [say("Đã thống nhất", "Agreed"), say("Kết quả", "What came of it")]
    yield {"kind": "blank", "shares": [3, 2], "header": header, "count": _NOTE_LINES}


def _decisions(language: Language) -> Block:
    """Lines for what is decided."""
    say = language.say
    header = [
        say("Việc", "What"), say("Tiêu chí, nơi thực hiện", "Criterion, where"), say("Người phụ trách", "Who"),
        say("Thời hạn", "By when"), say("Mục tiêu", "Target"),
    ]  # fmt: skip
    return {"kind": "blank", "shares": [4, 3, 2, 2, 2], "header": header, "count": _LINES}


def _rate(row: Row | None, language: Language) -> str:
    """A rate in per cent without its sign, or that it is hidden."""
    if row is None:
        return NOTHING
    if row["satisfaction_rate"] is None:
        return language.hidden if "suppressed" in row["footnote_codes"] else NOTHING
    return language.number(100 * row["satisfaction_rate"], 1)


def _count(row: Row | None, language: Language) -> str:
    """How many responded, or that it is hidden."""
    if row is None:
        return NOTHING
    if row["response_count"] is None and "suppressed" in row["footnote_codes"]:
        return language.hidden
    return language.number(row["response_count"])
