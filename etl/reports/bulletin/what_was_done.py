"""What was done with earlier results and whether it helped, in words: one content for page, paper and workbook."""

from __future__ import annotations

import datetime as dt
import math

from etl.reports.bulletin.content import Content, Row, Rows
from etl.reports.words import Language, Pair

MOST = 5
"""So many actions a page tells of one treasury; the workbook has all."""
KINDS: dict[str, Pair] = {
    "conference": ("Hội nghị", "Conference"),
    "plan": ("Kế hoạch", "Plan"),
    "training": ("Bồi dưỡng", "Training"),
}
VERDICTS: dict[str, Pair] = {
    "helped": ("có tác dụng", "it helped"),
    "no_effect": ("không có tác dụng đáng kể", "no effect that matters"),
    "worse": ("xấu đi", "it got worse"),
    "cannot_tell": ("chưa kết luận được", "it cannot be told"),
}
_COUNTED: dict[str, Pair] = {
    "helped": ("có tác dụng", "helped"),
    "no_effect": ("không có tác dụng đáng kể", "had no effect that matters"),
    "worse": ("xấu đi", "got worse"),
    "cannot_tell": ("chưa kết luận được", "of which it cannot be told"),
}
REASONS: dict[str, Pair] = {
    "too_few_months": ("chưa đủ ba tháng sau khi thực hiện", "fewer than three months have passed since"),
    "too_few_responses": ("quá ít phiếu", "too few responses"),
    "too_few_controls": ("chưa đủ ba nơi tương tự để so sánh", "fewer than three comparable offices were left alone"),
    "other_questionnaire": (
        "phiếu khảo sát hoặc cách tính đã thay đổi", "the questionnaire, or how it is counted, changed"
    ),
    "too_wide": ("số phiếu chưa đủ để phân biệt với ngẫu nhiên", "too few responses to tell it from chance"),
    "forecast_differs": (
        "mức thay đổi không vượt mức tự trở lại bình thường", "what came back by itself would explain it"
    ),
}  # fmt: skip
"""Why it cannot be told; the codes are those of ``score.effect``."""
_SEEN = 1.4
"""A change is seen four times of five where it is so many half widths of the interval: (1.96 + 0.84) / 1.96."""


def of_treasury(content: Content, code: str) -> Rows:
    """The effects of a treasury and of its units, the newest first, the whole office before its units."""
    return [row for row in content.effects if row["treasury_code"] == code]


def name(row: Row, language: Language) -> str:
    """The action, where and when: ``Bồi dưỡng “giao tiếp”, cả đơn vị, 15/6/2023``."""
    title = f" “{row['action_title']}”" if row["action_title"] else ""
    where = language.name(row, "unit") if row["unit_code"] else language.say("cả đơn vị", "the whole treasury")
    about = language.say("tiêu chí", "criterion")
    criterion = f", {about} “{language.name(row, 'criterion')}”" if row["criterion_code"] else ""
    return f"{language.say(*KINDS[row['action_kind']])}{title}, {where}{criterion}, {language.date(row['action_date'])}"


def verdict(row: Row, language: Language) -> str:
    """Whether it helped, in two or three words."""
    return language.say(*VERDICTS[row["verdict"]])


def why(row: Row, language: Language) -> str:
    """What the verdict rests on: the rates before and after, the effect with its interval, or why it cannot be told."""
    said = [language.say(*REASONS[row["reason"]])] if row["reason"] else []
    if row["effect_low"] is not None:
        low, high = (language.points(100 * row[f"effect_{end}"], 1) for end in ("low", "high"))
        effect, count = language.points(100 * row["effect"], 1), row["control_count"]
        said.append(
            language.say(
                f"thay đổi {effect} điểm so với {count} nơi tương tự không có hành động (khoảng từ {low} đến {high})",
                f"{effect} points against {count} comparable offices that were left alone ({low} to {high})",
            )
        )
        if row["reason"] == "too_wide":
            smallest = language.number(math.ceil(50 * _SEEN * float(row["effect_high"] - row["effect_low"])))
            said.append(
                language.say(
                    f"với số phiếu này chỉ thấy được thay đổi từ khoảng {smallest} điểm",
                    f"with so many responses only changes of about {smallest} points can be seen",
                )
            )
    if row["before_rate"] is not None and row["after_rate"] is not None and row["after_first_month"]:
        before, after = (language.percent(row[f"{part}_rate"], 1) for part in ("before", "after"))
        said.append(
            language.say(
                f"{_months(row, 'before')}: {before}, {_months(row, 'after')}: {after}",
                f"{before} in {_months(row, 'before')}, {after} in {_months(row, 'after')}",
            )
        )
    return "; ".join(said)


def summary(content: Content, code: str, language: Language) -> str:
    """One sentence on all that a treasury did: how many actions, and what came of them."""
    rows = of_treasury(content, code)
    if not rows:
        return language.say(
            "Trong 12 tháng qua hệ thống chưa ghi nhận hội nghị, kế hoạch hay đợt bồi dưỡng nào của đơn vị.",
            "No conference, plan or training of this treasury is recorded in the last twelve months.",
        )
    counted = language.say(
        f"{len(rows)} hành động được ghi nhận trong 12 tháng", f"{len(rows)} recorded in twelve months"
    )
    return f"{counted}: {_verdicts(rows, language)}."


def of_network(content: Content, language: Language) -> str:
    """Who acted and what came of it, over all treasuries, in one sentence."""
    acted = {row["treasury_code"] for row in content.effects}
    if not acted:
        return language.say(
            "Trong 12 tháng qua chưa ghi nhận hành động nào của các đơn vị.",
            "No action of any treasury is recorded in the last twelve months.",
        )
    who = language.say(
        f"{len(acted)} trên {len(content.ranking)} đơn vị đã hành động, {len(content.effects)} lần",
        f"{len(acted)} of {len(content.ranking)} treasuries acted, {len(content.effects)} times",
    )
    return f"{who}: {_verdicts(content.effects, language)}."


def by_treasury(content: Content) -> Rows:
    """A row for each treasury that acted or has cases open; those of which a verdict can be told first."""
    rows = []
    for treasury in content.ranking:
        own, cases = of_treasury(content, treasury["treasury_code"]), _cases_of(content, treasury["treasury_code"])
        counts = {f"{code}_count": sum(row["verdict"] == code for row in own) for code in VERDICTS}
        if own or cases.get("least_open_count"):
            last = max((row["action_date"] for row in own), default=None)
            rows.append({**treasury, **cases, **counts, "action_count": len(own), "last_date": last})
    return sorted(rows, key=lambda row: (row["cannot_tell_count"] == row["action_count"], row["treasury_code"]))


def cases(content: Content, code: str, language: Language) -> str:
    """About how many cases of a treasury are open and overdue; empty where nothing is known."""
    row = _cases_of(content, code)
    if not row:
        return ""
    if not row["least_open_count"]:
        return language.say("Vụ việc đang mở: dưới 5, hoặc không có.", "Cases open: fewer than five, or none.")
    opened, overdue, again = (about(row[f"least_{name}_count"], language) for name in ("open", "overdue", "reopened"))
    return language.say(
        f"Vụ việc đang mở: {opened}; quá hạn: {overdue}; mở lại: {again}.",
        f"Cases open: {opened}; overdue: {overdue}; opened again: {again}.",
    )


def network_cases(content: Content, language: Language) -> str:
    """At how many treasuries at least five cases are open, overdue and opened again; empty where at none."""
    opened, overdue, again = (
        sum(row[f"least_{name}_count"] > 0 for row in content.cases) for name in ("open", "overdue", "reopened")
    )
    if not opened:
        return ""
    return language.say(
        f"Có từ 5 vụ việc đang mở: {opened} đơn vị; từ 5 vụ việc quá hạn: {overdue}; từ 5 vụ việc mở lại: {again}.",
        f"Treasuries with five or more cases open: {opened}; overdue: {overdue}; opened again: {again}.",
    )


def about(least: int | None, language: Language) -> str:
    """A count of cases in fives: ``10–14``, or fewer than five."""
    return f"{least}–{least + 4}" if least else language.say("dưới 5", "under 5")


def _cases_of(content: Content, code: str) -> Row:
    """The counts of a treasury's cases; empty where there are none."""
    return next((row for row in content.cases if row["treasury_code"] == code), {})


def _verdicts(rows: Rows, language: Language) -> str:
    """How many actions had which effect."""
    counts = {code: sum(row["verdict"] == code for row in rows) for code in VERDICTS}
    return ", ".join(f"{count} {language.say(*_COUNTED[code])}" for code, count in counts.items() if count)


def _months(row: Row, part: str) -> str:
    """The months of a window: ``02–04/2023``."""
    first: dt.date = row[f"{part}_first_month"]
    last: dt.date = row[f"{part}_last_month"]
    if first == last:
        return f"{last:%m/%Y}"
    return f"{first:%m}–{last:%m/%Y}" if first.year == last.year else f"{first:%m/%Y}–{last:%m/%Y}"
