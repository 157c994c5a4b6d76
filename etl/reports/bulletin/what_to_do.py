"""What a treasury should do: at most three criteria, where, since when, who does it well, and what may be tried.

One content for every form: the page, the paper for the conference, the workbook.
"""

from __future__ import annotations

from dataclasses import dataclass

from etl.reports.bulletin import sentences
from etl.reports.bulletin.content import Content, Row, Rows
from etl.reports.words import Language

MOST = 3
_MOST_UNITS = 3


@dataclass(frozen=True)
class ToDo:
    """One criterion that is clearly weak: the rows of ``weaknesses`` that say so, the treasury's own first.

    ``example``: a treasury's or unit's row that is clearly above the network; None where there is none.
    """

    rows: Rows
    example: Row | None

    @property
    def first(self) -> Row:
        """The row that says it for all."""
        return self.rows[0]


def of_treasury(content: Content, code: str) -> list[ToDo]:
    """What to do, the weaknesses of the whole treasury first, then those that lasted longest, then the largest gaps."""
    by_criterion: dict[str, Rows] = {}
    for row in sorted(filter(_is_shown, _weak(content, code)), key=_urgency):
        by_criterion.setdefault(row["criterion_code"], []).append(row)
    return [ToDo(rows, _example(content, code, criterion)) for criterion, rows in list(by_criterion.items())[:MOST]]


def what(content: Content, todo: ToDo, language: Language) -> str:
    """What is weak, where, and since when."""
    say, row = language.say, todo.first
    units = [sentences.unit(content, one, language) for one in todo.rows if sentences.is_unit(one)]
    where = say("cả đơn vị", "the whole treasury")
    if sentences.is_unit(row):
        where, units = units[0], units[1:]
        others = say("cũng ở ", "also in ")
    else:
        others = say("nhất là ", "above all ")
    if units:
        where += f" ({others}{', '.join(units[:_MOST_UNITS])})"
    gap = language.number(abs(row["gap_points"]), 1)
    below = say(f"thấp hơn hệ thống {gap} điểm", f"{gap} points below the network")
    return f"{where}: {language.percent(row['satisfaction_rate'], 1)}, {below}, {since(content, row, language)}"


def since(content: Content, row: Row, language: Language) -> str:
    """Since when a criterion is weak: the period in which it began, where that is known."""
    count = row["lasting_count"] or 1
    if count < 2:
        return language.say("từ kỳ này", "since this period")
    series = content.series(row["treasury_code"])
    said = language.say(f"{count} kỳ liên tiếp", f"{count} periods in a row")
    if len(series) < count:
        return said
    name = language.name(series[-count], "period")
    return language.say(f"từ {name[:1].lower()}{name[1:]} ({said})", f"since {name} ({said})")


def example(content: Content, todo: ToDo, language: Language) -> str:
    """Who does it well, with the figure; empty where nobody clearly does."""
    row = todo.example
    if row is None:
        return ""
    name = sentences.unit(content, row, language) if sentences.is_unit(row) else language.name(row, "treasury")
    return f"{name} ({language.percent(row['satisfaction_rate'], 1)})"


def suggestion(content: Content, todo: ToDo, language: Language) -> str:
    """What may be tried; empty where nothing is suggested."""
    found = content.suggestions.get(todo.first["criterion_code"])
    return language.say(*found) if found else ""


def nothing(content: Content, code: str, language: Language) -> str:
    """Why there is nothing to do, with the lowest gap to keep an eye on; empty where weaknesses are not looked for."""
    own = content.treasury(code)
    if not content.rules.get("weakness") or own is None or own["satisfaction_rate"] is None:
        return ""
    gaps = [row for row in content.weaknesses_of("treasury", code) if _is_shown(row)]
    if not gaps:
        return language.say(
            "Chưa đủ phiếu để nói tiêu chí nào yếu.", "There are not enough answers to call any criterion weak."
        )
    none = language.say("Không tiêu chí nào yếu rõ rệt.", "No criterion is clearly weak.")
    low_units = sentences.low_units(content.units_of(code), language)
    if low_units:
        first = language.say("Trước hết xem lại nơi thấp hơn mức chung.", "First look at what is below the network.")
        return f"{none} {first} {low_units}"
    none += language.say(
        " Số liệu kỳ này không đòi hỏi việc gì.", " The figures of this period ask for nothing to be done."
    )
    low = min(gaps, key=lambda row: row["gap_points"])
    if low["gap_points"] >= 0:
        return none
    gap, name = language.points(low["gap_points"], 1), language.name(low, "criterion")
    return none + language.say(
        f" Thấp nhất so với hệ thống: “{name}” ({gap} điểm; có thể do ngẫu nhiên).",
        f" Lowest against the network: “{name}” ({gap} points, which may be chance).",
    )


def _weak(content: Content, code: str) -> Rows:
    """The weak criteria of a treasury and of its units."""
    return [row for row in content.weaknesses if row["treasury_code"] == code and row["is_weak"]]


def _is_shown(row: Row) -> bool:
    """Whether a row has a figure that may be shown."""
    return row["satisfaction_rate"] is not None and "suppressed" not in row["footnote_codes"]


def _urgency(row: Row) -> tuple[bool, int, float]:
    return sentences.is_unit(row), -(row["lasting_count"] or 0), row["gap_points"]


def _example(content: Content, code: str, criterion: str) -> Row | None:
    """Another treasury whose whole interval lies above the network in a criterion, the surest; else an own unit."""
    clear = [
        row
        for row in content.clearly_above.get(criterion, [])
        if _is_shown(row) and ((row["area_level"] == "treasury") != (row["treasury_code"] == code))
    ]
    return max(clear, key=lambda row: (row["area_level"] == "treasury", row["gap_low_points"]), default=None)
