"""What people must be told, composed from the warehouse; each cause once.

| kind | is told |
|---|---|
| missing | of a run that left treasuries out: one notice for each cause, with all whom it keeps out; |
| | a run that leaves the same ones out says nothing more, unless they were healed in between |
| healed | when treasuries that were told missing are in |
| lasting | when one still is ``escalate_after_days`` (``network.yaml``) later; to its office's ``contact`` too |
| overdue | when a month is not published by its day, with all others that are not; cases: ``case_notices`` |
| bulletin | when a revision is published: to an office's ``contact`` alone, its own pages |

A run that failed although no treasury is missing, or is not over by its deadline, Airflow tells once by itself: the
warehouse may be what is wrong, and need not know.

A cause is an error without what only says whose it is. Nothing about a person is in an error, and so in no notice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from etl import escape, settings, warehouse
from etl.errors import HailongError
from etl.periods import SurveyMonth
from etl.registry import Registry
from etl.registry.terms import PRESENT
from etl.reports.causes import by_cause, cause, month_of, reason
from etl.reports.words import both

_LONGEST_SUBJECT = 200
_MOST_MONTHS = 12
"""Months that one notice names; those before are counted."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Notice:
    """One thing to tell, in Vietnamese and in English: a line, a text, and whom.

    The subject is one line of a mail's head. Two notices with the same ``key`` say the same. ``cause`` is what is wrong
    without whom it befell. ``attached`` are files by their names.
    """

    kind: str
    subject: str
    text: str
    cause: str
    month: str | None = None
    treasuries: tuple[str, ...] = ()
    run_id: str | None = None
    contacts: tuple[str, ...] = ()
    healed_count: int = 0
    attached: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        subject = escape.line(both(self.subject, " · "))
        fits = subject if len(subject) <= _LONGEST_SUBJECT else f"{subject[: _LONGEST_SUBJECT - 1]}…"
        object.__setattr__(self, "subject", fits)

    @property
    def key(self) -> str:
        """What makes it the same as another.

        The run is part of it only where there is no cause.
        """
        whose = self.run_id if self.kind == "healed" else None
        said = json.dumps([self.cause, self.treasuries, self.healed_count, whose])
        return f"{self.kind} {self.month or '-'} {hashlib.sha256(said.encode()).hexdigest()[:16]}"

    @property
    def to(self) -> tuple[str, ...]:
        """The addresses, each once: the network's list and the offices' own.

        An office's bulletin goes to its own alone.
        """
        if self.kind == "bulletin":
            return self.contacts
        return tuple(dict.fromkeys((*settings.notice_recipients(), *self.contacts)))


@dataclass(frozen=True)
class RunAddress:
    """A run, and the address of its page where there is one."""

    run_id: str | None = None
    link: str | None = None

    def __str__(self) -> str:
        run_id = self.run_id and f"Run: {escape.line(self.run_id)}"
        return "\n".join(filter(None, (run_id, self.link and escape.line(self.link))))


def of_run(run_id: str, link: str | None = None) -> list[Notice]:
    """What a run leaves to be told.

    One notice for each cause that keeps treasuries out, and one of those healed.
    """
    with warehouse.transaction() as connection:
        missing = warehouse.rows(connection, "reports/notices/missing", run_id=run_id)
        run = warehouse.rows(connection, "reports/run", run_id=run_id)
        told = _told(connection, run[0]["survey_month"]) if run else []
    healed_count = {row["treasury_code"]: row["healed_count"] for row in told}
    address = RunAddress(run_id, link)
    notices = [
        _missing(rows, address, max(healed_count.get(row["treasury_code"], 0) for row in rows))
        for rows in by_cause(missing)
    ]
    healed = [row for row in told if row["missing_since"] and row["treasury_state"] in PRESENT]
    return notices + ([_healed(healed, address)] if healed else [])


def lasting() -> list[Notice]:
    """The treasuries that are missing for too long.

    ``escalate_after_days`` of the network says how long; their offices are told too.
    """
    with warehouse.transaction() as connection:
        told = _told(connection, None)
    due = [row for row in told if row["is_lasting"] and not row["is_told_lasting"]]
    missing = [row for row in due if row["treasury_state"] not in PRESENT]
    months: dict[dt.date, list[Row]] = {}
    for row in missing:
        months.setdefault(row["survey_month"], []).append(row)
    return [_lasting(rows) for of_month in months.values() for rows in by_cause(of_month)]


def overdue() -> list[Notice]:
    """The months that are not published by their day, in one notice."""
    with warehouse.transaction() as connection:
        rows = warehouse.rows(connection, "reports/notices/overdue")
    return [_overdue(rows)] if rows else []


def of_failure(dag: str, run_id: str, link: str | None = None) -> Notice | None:
    """A run that ended red; None when missing treasuries explain it."""
    with contextlib.suppress(HailongError), warehouse.transaction() as connection:
        if warehouse.rows(connection, "reports/notices/explained", run_id=run_id):
            return None
    lines = [
        f"The run {escape.line(run_id)} of {dag} ended red, and no treasury that is missing explains it.",
        "What to do: read the log of its red task; the page of the DAG says what each one means.",
        "Running it again is safe.",
    ]
    return Notice("failed", f"{dag} failed", _text(lines, RunAddress(link=link)), "the run failed", run_id=run_id)


def of_deadline(dag: str, run_id: str, due: dt.datetime) -> Notice:
    """A run that is not over by its deadline."""
    local = due.astimezone(Registry.configured().zone())
    lines = [
        f"The run {escape.line(run_id)} of {dag} was to be over by {local:%Y-%m-%d %H:%M}, and is not.",
        "What to do: open it; a task may be running, wait for its turn, or for somebody's approval.",
    ]
    return Notice("late", f"{dag} is not over in time", _text(lines), "the deadline", run_id=run_id)


@contextlib.contextmanager
def claimed(notice: Notice) -> Iterator[bool]:
    """Lock a notice while it is sent; False when sent before.

    It counts as told when the block ends without an error; whoever comes with the same notice waits until then.
    """
    said = {
        "notice_key": notice.key,
        "notice_kind": notice.kind,
        "survey_month": SurveyMonth.parse(str(notice.month)).first_day,
        "cause": notice.cause,
        "treasury_codes": list(notice.treasuries),
        "run_id": notice.run_id,
    }
    with warehouse.transaction() as connection:
        yield bool(warehouse.rows(connection, "reports/notices/claim", **said))


def _told(connection: warehouse.Connection, month: dt.date | None) -> list[Row]:
    """The treasuries told missing from a month, or from any, today."""
    day_count = Registry.configured().network.escalate_after_days
    return warehouse.rows(connection, "reports/notices/told", survey_month=month, day_count=day_count)


def _missing(rows: Sequence[Row], address: RunAddress, healed_count: int) -> Notice:
    """Treasuries that one cause keeps out of a month."""
    month = str(month_of(rows[0]))
    lines = [
        f"{_whom(rows)} {'is' if len(rows) == 1 else 'are'} not in the ratings of {month}.",
        *_why(rows),
        "The others are rated all the same; the month is provisional until everyone is in.",
    ]
    return Notice(
        kind="missing",
        subject=f"{month}: {_whom(rows)} missing",
        text=_text(lines, address),
        cause=cause(rows[0]),
        month=month,
        treasuries=_codes(rows),
        run_id=address.run_id,
        healed_count=healed_count,
    )


def _lasting(rows: Sequence[Row]) -> Notice:
    """Treasuries that one cause keeps out of a month for days."""
    month = month_of(rows[0])
    registry = Registry.configured()
    since = min(row["missing_since"] for row in rows).astimezone(registry.zone())
    lines = [
        f"{_whom(rows)} {'is' if len(rows) == 1 else 'are'} missing from {month} since {since:%Y-%m-%d}.",
        *_why(rows),
    ]
    contacts = [registry.entry(row["treasury_code"], month).contact for row in rows]
    return Notice(
        kind="lasting",
        subject=f"{month}: {_whom(rows)} still missing",
        text=_text(lines),
        cause=cause(rows[0]),
        month=str(month),
        treasuries=_codes(rows),
        contacts=tuple(contact for contact in contacts if contact),
        healed_count=max(row["healed_count"] for row in rows),
    )


def _healed(rows: Sequence[Row], address: RunAddress) -> Notice:
    """Treasuries that were told missing and are in."""
    month = str(month_of(rows[0]))
    lines = [f"{_whom(rows)} {'is' if len(rows) == 1 else 'are'} in the ratings of {month} now.", *_list(rows)]
    return Notice(
        kind="healed",
        subject=f"{month}: {_whom(rows)} no longer missing",
        text=_text(lines, address),
        cause="healed",
        month=month,
        treasuries=_codes(rows),
        run_id=address.run_id,
    )


def _overdue(rows: Sequence[Row]) -> Notice:
    """Every month that is not published by its day.

    The newest one makes it news.
    """
    months = [f"- {month_of(row)}, by {row['due_date']}: {_standing(row)}" for row in reversed(rows)]
    more = [f"- and {len(months) - _MOST_MONTHS} before"] if len(months) > _MOST_MONTHS else []
    newest = str(month_of(rows[-1]))
    lines = [
        "These months were to be published, and are not:\n" + "\n".join(months[:_MOST_MONTHS] + more),
        f"What to do: see 'hailong status {newest}'; then approve it in Airflow, or run it again.",
    ]
    text = _text(lines)
    return Notice("overdue", f"{newest} is not published in time", text, "not published in time", month=newest)


def _standing(row: Row) -> str:
    """How many treasuries of a month are in."""
    return f"{row['loaded_count']} of {row['open_count']} treasuries are in" if row["open_count"] else "not rated yet"


def _whom(rows: Sequence[Row]) -> str:
    """One treasury by its name, several by their number."""
    return _name(rows[0]) if len(rows) == 1 else f"{len(rows)} treasuries"


def _why(rows: Sequence[Row]) -> list[str]:
    """Why treasuries are missing and what to do.

    Once where it is the same for all, else for each.
    """
    reasons = {reason(row) for row in rows}
    if len(rows) == 1 or len(reasons) > 1:
        return [f"{escape.lines(row['error_message'])}\nWhat to do: {escape.lines(row['next_action'])}" for row in rows]
    said = f"Reason: {escape.lines(reasons.pop())}\nWhat to do: {escape.lines(rows[0]['next_action'])}"
    return [said, *_list(rows)]


def _list(rows: Sequence[Row]) -> list[str]:
    """Several treasuries, one a line; one alone is named already."""
    lines = "\n".join(f"- {_name(row)}" for row in rows)
    return [lines] if len(rows) > 1 else []


def _name(row: Row) -> str:
    """A treasury's code and name, in one line."""
    return f"{row['treasury_code']} {escape.line(row['treasury_name_vi'])}"


def _codes(rows: Sequence[Row]) -> tuple[str, ...]:
    """The codes of treasuries."""
    return tuple(row["treasury_code"] for row in rows)


def _text(lines: Sequence[str], address: RunAddress | None = None) -> str:
    """Paragraphs, each in Vietnamese and in English, and where to look."""
    return "\n\n".join(filter(None, [*map(both, lines), str(address or "")])) + "\n"
