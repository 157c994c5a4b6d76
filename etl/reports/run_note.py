"""Say in Markdown what came of a run, and what would be published: for the people who watch the pages of Airflow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from etl import warehouse
from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.publishing import approval, diff, publish
from etl.registry import Registry
from etl.registry.terms import PRESENT
from etl.reports.words import ENGLISH, NOTHING

Rows = list[dict[str, Any]]

_LONGEST_NOTE = 1000
"""The characters that Airflow keeps of a note."""
_MOST_NAMES = 12
"""Treasuries that a note calls by their names; more of them are called by their codes."""
_TOP = 5
_NOT_RUN = "not_run"


def missing(month: str) -> Rows:
    """The treasuries open in a month that are not in, each with its state, reason and next action."""
    with warehouse.transaction() as connection:
        return _missing(connection, SurveyMonth.parse(month))


def of_run(run_id: str) -> str:
    """What came of a run: the month's status, who is missing and why, what was turned away, which rates moved.

    A run that the warehouse does not know raises Misdeclared.
    """
    month = _month_of(run_id)
    with warehouse.transaction() as connection:
        gone = _missing(connection, month)
        turned_away = warehouse.rows(connection, "reports/turned_away_totals", survey_month=month.first_day)
    parts = [
        _head(str(month), gone),
        *_missing_table(gone),
        _turned_away(turned_away),
        *_moved(str(month)),
        *_where(month),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def of_publication(period: str, number: int, decision: approval.Decision) -> str:
    """That a revision is published, by whom and why."""
    return f"**{period}: revision {number} is published** by {decision.published_by}: {decision.reason}"


def note_of_run(run_id: str) -> str:
    """What came of a run in at most a thousand characters: the month's status, who is missing, and why."""
    month = _month_of(run_id)
    with warehouse.transaction() as connection:
        gone = _missing(connection, month)
    lines = [_head(str(month), gone)]
    for state, ones in _by_state(gone):
        if state == _NOT_RUN:
            lines.append(f"- not run yet: {len(ones)}")
        else:
            lines += [f"- **{state}** ({len(ones)}): {_names(ones)}", *_reasons(ones)]
    return _cut("\n".join(lines))


def of_draft(code: str) -> str:
    """What would be published of a period: its status, the ends of the ranking, who is missing, what is different.

    A period that was not rated raises Misdeclared.
    """
    period = Registry.configured().period(code)
    newest = publish.newest(code)
    with warehouse.transaction() as connection:
        states = warehouse.rows(connection, "scoring/treasury_states", **period.bounds)
        behind = warehouse.rows(connection, "publishing/unpublished_past", period_code=period.code)
    gone = [one for one in states if one["treasury_state"] not in PRESENT]
    compared = ", ".join(row["period_code"] for row in behind)
    return "\n\n".join(
        filter(
            None,
            [
                _head(period.code, gone),
                f"⚠ It is compared with {compared}, which is not published." if behind else "",
                *_ends(period.code),
                *_missing_table(gone),
                *(_difference(period.code, newest) if newest else ["Nothing of it is published yet."]),
            ],
        )
    )


def _month_of(run_id: str) -> SurveyMonth:
    """The month that a run is about; a run that the warehouse does not know raises Misdeclared."""
    with warehouse.transaction() as connection:
        found = warehouse.rows(connection, "reports/run", run_id=run_id)
    if not found:
        raise Misdeclared(
            f"the warehouse does not know the run {run_id}", next_action="read the log of its plan, which failed"
        )
    return SurveyMonth.parse(f"{found[0]['survey_month']:%Y-%m}")


def _missing(connection: warehouse.Connection, month: SurveyMonth) -> Rows:
    """The treasuries open in a month that are not in."""
    first = month.first_day
    states = warehouse.rows(connection, "scoring/treasury_states", first_month=first, last_month=first)
    return [one for one in states if one["treasury_state"] not in PRESENT]


def _ranking(period: str) -> Rows:
    """The ranking of a period as its draft has it."""
    with warehouse.transaction() as connection:
        warehouse.show(connection, "draft")
        return warehouse.rows(connection, "reports/ranking", period_code=period)


def _head(period: str, gone: Rows) -> str:
    """The status of a period's draft and who is missing, in the one line of a note that a page of runs shows."""
    with warehouse.transaction() as connection:
        found = warehouse.rows(connection, "scoring/draft", period_code=period)
    if not found:
        return f"**{period}** has no figures yet."
    one, away = found[0], [other for other in gone if other["treasury_state"] != _NOT_RUN]
    status = f"**{period} is {one['month_status']}**: {one['loaded_count']} of {one['open_count']} treasuries are in"
    return f"{status}; missing: {_names(away)}." if away else f"{status}."


def _missing_table(gone: Rows) -> Iterator[str]:
    """The missing treasuries with what is wrong and what to do; those that nobody asked yet are only counted."""
    asked = [one for one in gone if one["treasury_state"] != _NOT_RUN]
    if asked:
        names = ("treasury", "state", "what is wrong", "what to do", "connection")
        yield _table(
            names,
            (
                (
                    _name(one),
                    one["treasury_state"],
                    one["error_message"],
                    one["next_action"],
                    f"`treasury_{one['treasury_code']}`",
                )
                for one in asked
            ),
        )
    if len(gone) > len(asked):
        yield f"Not run yet: {len(gone) - len(asked)} treasuries."


def _turned_away(totals: Rows) -> str:
    """How many responses each rule turned away."""
    if not totals:
        return ""
    return "Turned away: " + ", ".join(f"{row['row_count']} by `{row['rule_code']}`" for row in totals) + "."


def _moved(period: str) -> Iterator[str]:
    """The rates that moved most: against the newest revision, or against the period before where there is none."""
    with warehouse.transaction() as connection:
        drafts = warehouse.rows(connection, "scoring/draft", period_code=period)
    if drafts and drafts[0]["last_number"]:
        yield from _difference(period, drafts[0]["last_number"])
        return
    moved = [row for row in _ranking(period) if row["change_points"]]
    moved.sort(key=lambda row: -abs(row["change_points"]))
    if moved:
        yield "Moved most since the period before:"
        yield _table(
            ("treasury", "rate", "change", "rank"),
            ((_name(row), _rate(row), ENGLISH.points(row["change_points"]), row["rank"]) for row in moved[:_TOP]),
        )


def _difference(period: str, newest: int) -> Iterator[str]:
    """How a draft differs from the newest revision, the rates that moved most first."""
    difference = diff.diff(Registry.configured().period(period), newest, 0)
    yield f"{difference.headline}."
    rows = sorted(
        difference.rows, key=lambda row: -abs((row["to_satisfaction_rate"] or 0) - (row["from_satisfaction_rate"] or 0))
    )
    if rows:
        yield _table(
            ("treasury", "rate", "rank", "why"),
            (
                (
                    _name(row),
                    f"{_rate(row, 'from_')} → {_rate(row, 'to_')}",
                    f"{row['from_rank'] or NOTHING} → {row['to_rank'] or NOTHING}",
                    row["reason"],
                )
                for row in rows[: 2 * _TOP]
            ),
        )
    if len(rows) > 2 * _TOP:
        yield f"And {len(rows) - 2 * _TOP} more: `hailong diff {period} --from {newest} --to 0`."


def _ends(period: str) -> Iterator[str]:
    """The first and the last of a ranking."""
    ranked = [row for row in _ranking(period) if row["rank"]]
    shown = ranked if len(ranked) <= 2 * _TOP else ranked[:_TOP] + ranked[-_TOP:]
    if shown:
        yield _table(
            ("rank", "treasury", "rate", "grade", "responses"),
            ((row["rank"], _name(row), _rate(row), row["grade_name_vi"], row["response_count"]) for row in shown),
        )


def _where(month: SurveyMonth) -> Iterator[str]:
    """Where to look further."""
    yield (
        "See further: the tabs *Bulletin* and *Data quality* of this run; `mart.treasury_ranking`,"
        f" `mart.month_quality`; `hailong status {month}`, `hailong turned-away {month}`."
    )


def _by_state(gone: Rows) -> list[tuple[str, Rows]]:
    """The missing treasuries by their state, those that were not run last."""
    gone = sorted(gone, key=lambda one: (one["treasury_state"] == _NOT_RUN, one["treasury_state"]))
    return [(state, list(ones)) for state, ones in groupby(gone, key=lambda one: one["treasury_state"])]


def _reasons(ones: Rows) -> Iterator[str]:
    """Why treasuries are missing, once for those of the same next action, in the words of the first."""
    reasons: dict[str, Rows] = {}
    for one in ones:
        reasons.setdefault(one["next_action"] or "", []).append(one)
    for action, alike in reasons.items():
        more = f" (and {len(alike) - 1} alike)" if len(alike) > 1 else ""
        yield f"  - {alike[0]['error_message']}{more} → {action}"


def _names(ones: Rows) -> str:
    """Treasuries by their names, or only their codes when they are many."""
    return ", ".join(_name(one) if len(ones) <= _MOST_NAMES else one["treasury_code"] for one in ones)


def _name(one: dict[str, Any]) -> str:
    """A treasury's code and name."""
    return f"{one['treasury_code']} {one['treasury_name_vi']}"


def _rate(row: dict[str, Any], which: str = "") -> str:
    """A satisfaction rate in per cent; a dash where there is none to show."""
    return ENGLISH.percent(row[f"{which}satisfaction_rate"])


def _table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table in Markdown; what has no value is a dash."""
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(value: Any) -> str:
    """A value as a cell of a table in Markdown."""
    return NOTHING if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _cut(text: str) -> str:
    """A text as long as a note may be, cut at the end of a line."""
    if len(text) <= _LONGEST_NOTE:
        return text
    more = "\n- … see the result of the task `summary`"
    return text[: _LONGEST_NOTE - len(more)].rsplit("\n", 1)[0] + more
