"""Overdue cases as notices, and the count of cases for a run's note: numbers of cases alone, and nobody's name.

A treasury is told once of the cases that were due on a day: its ``contact``, and the owners whose name is an address.
"""

from __future__ import annotations

from collections.abc import Iterator

from etl import escape, warehouse
from etl.periods import SurveyMonth
from etl.registry import Registry
from etl.reports.notices import Notice
from etl.warehouse import Row

_MOST_CASES = 12
"""Cases that a notice names."""


def overdue() -> list[Notice]:
    """The cases that are past their due date: a notice for each treasury and date."""
    with warehouse.transaction() as connection:
        return [_notice(row) for row in warehouse.rows(connection, "reports/notices/overdue_cases")]


def counted() -> Iterator[str]:
    """How many cases are open and overdue, a line of Markdown; nothing where none is."""
    with warehouse.transaction() as connection:
        (counts,) = warehouse.rows(connection, "reports/case_counts")
    if counts["open_count"]:
        opened, overdue_count = counts["open_count"], counts["overdue_count"]
        yield f"- vụ việc: {opened} đang mở, {overdue_count} quá hạn · cases: {opened} open, {overdue_count} overdue"


def _notice(row: Row) -> Notice:
    """The cases of a treasury that were due on a day."""
    numbers, day = row["case_numbers"], row["due_date"]
    month = SurveyMonth(day.year, day.month)
    name = f"{row['treasury_code']} {escape.line(row['treasury_name_vi'])}"
    named = ", ".join(map(str, numbers[:_MOST_CASES])) + (" …" if len(numbers) > _MOST_CASES else "")
    told = f"{name}: cases due on {day} are overdue: {named}."
    what = (
        f"What to do: see 'hailong case show {numbers[0]}'; acknowledge, decide or close, or say why it takes longer."
    )
    contact = _contact(row["treasury_code"], month)
    return Notice(
        kind="case_overdue",
        subject=f"{name}: cases are overdue",
        text=f"{told}\n\n{what}\n",
        cause=f"cases due on {day}",
        month=str(month),
        treasuries=(row["treasury_code"],),
        contacts=tuple(filter(None, (contact, *row["owner_addresses"]))),
    )


def _contact(code: str, month: SurveyMonth) -> str | None:
    """The mailbox of the treasury that has a code in a month; None where it has none."""
    treasuries = Registry.configured().treasuries_in(month)
    return next((treasury.contact for treasury in treasuries if treasury.code == code), None)
