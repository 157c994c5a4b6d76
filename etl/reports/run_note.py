"""Say in Markdown what came of a run, and what would be published: for the people who watch the pages of Airflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from etl import escape, vietnamese, warehouse
from etl.errors import HailongError, Misdeclared
from etl.periods import Period, SurveyMonth
from etl.publishing import approval, preview, publish
from etl.registry import Registry
from etl.registry.terms import PRESENT
from etl.reports import case_notices, markdown
from etl.reports import draft_figures as figures
from etl.reports.words import ENGLISH, both

Rows = list[dict[str, Any]]

_LONGEST_NOTE = 1000
"""The characters that Airflow keeps of a note."""
_MOST_NAMES = 12
"""Treasuries that a note calls by their names; more of them are called by their codes."""
_MOST_AGAIN = 3
"""Treasuries that the English line names as well; more of them are counted there."""
_NOT_RUN = "not_run"


def missing(month: str) -> Rows:
    """The missing treasuries of a month: state, reason and next action."""
    with warehouse.transaction() as connection:
        return _missing(connection, SurveyMonth.parse(month))


def beside(scored: Mapping[str, Any]) -> list[str]:
    """What was not made beside the rates, why, and what to do: cases, evidence on officers, effects.

    ``scored`` is what ``steps.score`` says.
    """
    lines = []
    if failure := scored.get("cases_error"):
        lines.append((f"reports of harassment did not become cases: {failure['message']}", failure["next_action"]))
    if failure := scored.get("officers_error"):
        lines.append((f"the evidence on officers could not be made: {failure['message']}", failure["next_action"]))
    if failure := scored.get("effects_error"):
        told = f"the effects of what offices did could not be measured: {failure['message']}"
        lines.append((told, failure["next_action"]))
    return [f"{told} → {next_action}" for told, next_action in lines]


def of_run(run_id: str, scored: Mapping[str, Any] | None = None) -> str:
    """What came of a run, in Markdown; of ``scored`` is said what was not made beside the rates (``beside``).

    The month's status, who is missing and why, what was turned away, which rates moved.
    A run that the warehouse does not know raises Misdeclared.
    """
    month = _month_of(run_id)
    with warehouse.transaction() as connection:
        missing_rows = _missing(connection, month)
        turned_away = warehouse.rows(connection, "reports/turned_away_totals", survey_month=month.first_day)
    parts = [
        _head(str(month), missing_rows),
        *_not_made(scored),
        markdown.listed(both(line, " · ") for line in preview.sentences(str(month))),
        *_missing_table(missing_rows),
        _turned_away(turned_away),
        *_moved(str(month)),
        *_where(month),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def of_publication(period: str, number: int, decision: approval.Decision, unopened: Sequence[HailongError] = ()) -> str:
    """That a revision is published, by whom and why; and why cases of weaknesses could not be opened."""
    by, why = escape.markdown(decision.published_by), escape.markdown(decision.reason)
    published = f"**{escape.markdown(period)}: đã công bố phiên bản {number}**, người công bố {by}: {why}"
    english = f"**{escape.markdown(period)}: revision {number} is published** by {by}: {why}"
    return "\n\n".join([published, english, *_unopened(unopened)])


def of_nothing_new(why: str, unopened: Sequence[HailongError]) -> str:
    """Why nothing was published; and why cases of weaknesses could not be opened."""
    return "\n\n".join([escape.markdown(both(why, " · ")), *_unopened(unopened)])


def _unopened(errors: Sequence[HailongError]) -> list[str]:
    """Why cases could not be opened, and what follows."""
    return [
        escape.markdown(both(text, " · ")) for error in errors for text in (error.message, f"→ {error.next_action}")
    ]


def note_of_run(run_id: str, scored: Mapping[str, Any] | None = None) -> str:
    """What came of a run in at most a thousand characters."""
    month = _month_of(run_id)
    missing_rows = missing(str(month))
    lines = [_head(str(month), missing_rows), *_not_made(scored)]
    for state, treasuries in _by_state(missing_rows):
        named = f"- **{both(state, ' · ')}** ({len(treasuries)}): {_names(treasuries)}"
        not_run = f"- chưa xử lý · not run yet: {len(treasuries)}"
        lines += [not_run] if state == _NOT_RUN else [named, *_reasons(treasuries)]
    lines += [f"- {escape.markdown(both(line, ' · '))}" for line in preview.sentences(str(month))]
    lines += case_notices.counted()
    return _cut("\n".join(lines))


def _not_made(scored: Mapping[str, Any] | None) -> Iterator[str]:
    """What was not made beside the rates, in both languages."""
    for line in beside(scored or {}):
        yield f"- ⚠ {escape.markdown(both(line, ' · '))}"


def of_draft(code: str, bulletin: str | None = None) -> str:
    """What would be published of a period, in Markdown: in Vietnamese first, then in English, then the tables.

    Its status, its ``bulletin`` by address, the ends of the ranking, who is missing, what is different since the newest
    revision. A period that was not rated raises Misdeclared.
    """
    period = Registry.configured().period(code)
    newest = publish.newest(code)
    with warehouse.transaction() as connection:
        missing_rows = _away(connection, period)
        behind = warehouse.rows(connection, "publishing/unpublished_past", period_code=period.code)
    missing_rows += _left_out(period.code, {row["treasury_code"] for row in missing_rows})
    compared, rows = ", ".join(row["period_code"] for row in behind), figures.ranking(period.code)
    return "\n\n".join(
        filter(
            None,
            [
                _head(period.code, missing_rows),
                markdown.link("Bản tin dự thảo · Bulletin of the draft", bulletin) if bulletin else "",
                markdown.listed(both(line, " · ") for line in preview.sentences(period.code)),
                both(f"⚠ It is compared with {compared}, which is not published.", "\n\n") if behind else "",
                *figures.ends(rows),
                figures.certain(rows),
                *_missing_table(missing_rows),
                *(
                    figures.difference(period.code, newest)
                    if newest
                    else [both("Nothing of it is published yet.", "\n\n")]
                ),
            ],
        )
    )


def _month_of(run_id: str) -> SurveyMonth:
    """The month that a run is about; an unknown run raises Misdeclared."""
    with warehouse.transaction() as connection:
        runs = warehouse.rows(connection, "reports/run", run_id=run_id)
    if not runs:
        raise Misdeclared(
            f"the warehouse does not know the run {run_id}", next_action="read the log of its plan, which failed"
        )
    return SurveyMonth.parse(f"{runs[0]['survey_month']:%Y-%m}")


def _missing(connection: warehouse.Connection, month: SurveyMonth) -> Rows:
    """The treasuries open in a month that are not in."""
    return _away(connection, Period.of_month(month))


def _away(connection: warehouse.Connection, period: Period) -> Rows:
    """The treasuries open in a period that are not in."""
    states = warehouse.rows(connection, "scoring/treasury_states", **period.bounds)
    return [row for row in states if row["treasury_state"] not in PRESENT and not row["is_withdrawn"]]


def _left_out(period: str, missing_codes: set[str]) -> Rows:
    """The treasuries that only the draft leaves out: those of a round whose months are all in."""
    said = {
        "error_message": f"its months are in, and the figures of {period} could not be made with it",
        "next_action": f"rate it again, and report what it says as a defect: hailong rate {period}",
    }
    away = [row for row in figures.ranking(period) if row["treasury_state"] not in PRESENT]
    return [{**row, **said} for row in away if row["treasury_code"] not in missing_codes]


def _head(period: str, missing_rows: Rows) -> str:
    """The status of a period's draft and who is missing, in Vietnamese and in English.

    Each in one line, since a page of runs shows no more of a note.
    """
    with warehouse.transaction() as connection:
        drafts = warehouse.rows(connection, "scoring/draft", period_code=period)
    if not drafts:
        return f"**{escape.markdown(period)}** chưa có số liệu.\n\n**{escape.markdown(period)}** has no figures yet."
    draft, away = drafts[0], [row for row in missing_rows if row["treasury_state"] != _NOT_RUN]
    loaded, opened, status = draft["loaded_count"], draft["open_count"], draft["month_status"]
    code, status_vi = escape.markdown(period), vietnamese.word(status, "vi")
    said = f"**{code}: số liệu {status_vi}**, {loaded}/{opened} kho bạc đã có số liệu"
    in_english = f"**{code} is {status}**: {loaded} of {opened} treasuries are in"
    if not away:
        return f"{said}.\n\n{in_english}."
    again = _names(away) if len(away) <= _MOST_AGAIN else len(away)
    return f"{said}; còn thiếu: {_names(away)}.\n\n{in_english}; missing: {again}."


def _missing_table(missing_rows: Rows) -> Iterator[str]:
    """The missing treasuries with what is wrong and what to do.

    Those that were not run yet are only counted.
    """
    asked = [row for row in missing_rows if row["treasury_state"] != _NOT_RUN]
    if asked:
        names = [
            *("kho bạc · treasury", "tình trạng · state", "có gì sai · what is wrong"),
            *("việc cần làm · what to do", "kết nối · connection"),
        ]
        yield markdown.table(
            names,
            (
                (
                    figures.name(row),
                    both(row["treasury_state"], " · "),
                    both(row["error_message"] or "", " · "),
                    both(row["next_action"] or "", " · "),
                    f"treasury_{row['treasury_code']}",
                )
                for row in asked
            ),
        )
    if len(missing_rows) > len(asked):
        yield both(f"Not run yet: {len(missing_rows) - len(asked)} treasuries.", "\n\n")


def _turned_away(totals: Rows) -> str:
    """How many responses each rule turned away."""
    if not totals:
        return ""
    counts = ", ".join(f"{row['row_count']} {escape.markdown(row['rule_code'])}" for row in totals)
    return f"Bị loại · Turned away: {counts}."


def _moved(period: str) -> Iterator[str]:
    """The rates that moved most against the newest revision.

    Against the period before where nothing is published.
    """
    with warehouse.transaction() as connection:
        drafts = warehouse.rows(connection, "scoring/draft", period_code=period)
    if drafts and drafts[0]["last_number"]:
        yield from figures.difference(period, drafts[0]["last_number"])
        return
    moved = [row for row in figures.ranking(period) if row["change_points"]]
    moved.sort(key=lambda row: -abs(row["change_points"]))
    if moved:
        yield both("Moved most since the period before:", "\n\n")
        yield markdown.table(
            ("kho bạc · treasury", "tỷ lệ · rate", "thay đổi · change", "hạng · rank"),
            (
                (figures.name(row), figures.rate(row), ENGLISH.points(row["change_points"]), row["rank"])
                for row in moved[: figures.TOP]
            ),
        )


def _where(month: SurveyMonth) -> Iterator[str]:
    """Where to look further."""
    yield both(
        "See further: the tabs *Bulletin* and *Data quality* of this run; `mart.treasury_ranking`,"
        f" `mart.month_quality`; `hailong status {month}`, `hailong turned-away {month}`.",
        "\n\n",
    )


def _by_state(missing_rows: Rows) -> list[tuple[str, Rows]]:
    """The missing treasuries by their state, those that were not run last."""
    ordered = sorted(missing_rows, key=lambda row: (row["treasury_state"] == _NOT_RUN, row["treasury_state"]))
    return [(state, list(treasuries)) for state, treasuries in groupby(ordered, key=lambda row: row["treasury_state"])]


def _reasons(treasuries: Rows) -> Iterator[str]:
    """Why treasuries are missing, once for each next action, in Vietnamese and in English.

    In the words of the first.
    """
    reasons: dict[str, Rows] = {}
    for row in treasuries:
        reasons.setdefault(row["next_action"] or "", []).append(row)
    for action, alike in reasons.items():
        more = f" (and {len(alike) - 1} alike)" if len(alike) > 1 else ""
        english = f"{alike[0]['error_message']}{more} → {action}"
        for said in dict.fromkeys((vietnamese.said(english, "vi"), english)):
            yield f"  - {escape.markdown(said)}"


def _names(treasuries: Rows) -> str:
    """Treasuries by their names, or only their codes when they are many."""
    names = (figures.name(row) if len(treasuries) <= _MOST_NAMES else row["treasury_code"] for row in treasuries)
    return ", ".join(map(escape.markdown, names))


def _cut(text: str) -> str:
    """A text cut to the length of a note, between lines."""
    if len(text) <= _LONGEST_NOTE:
        return text
    more = "\n- … xem kết quả của tác vụ · see the result of the task `summary`"
    return text[: _LONGEST_NOTE - len(more)].rsplit("\n", 1)[0] + more
