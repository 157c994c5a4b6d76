"""One treasury's month in one run, and how its outcome is recorded."""

from __future__ import annotations

import contextlib
import datetime as dt
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from etl import settings, warehouse
from etl.errors import HailongError, Misdeclared, Unavailable
from etl.landing import zone
from etl.landing.receipt import Receipt
from etl.log import log
from etl.periods import SurveyMonth
from etl.registry import codebook
from etl.registry.codebook import CodeBook
from etl.registry.counting import Counting
from etl.registry.network import Treasury
from etl.registry.rule_set import Admission
from etl.registry.ruled import Ruled
from etl.warehouse import locks


@dataclass(frozen=True)
class TreasuryMonth:
    """Whose month, under which rules, in which run.

    ``bounds`` are its days of the month in the network's local time; ``book`` says what the treasury's texts mean, and
    ``counting`` which of its answers count. ``opened`` is when its database may have begun, where that is known.
    ``pinned`` is the receipt of the landing to take, where it is not the one that stands. ``is_look_back``: the month
    is read again, and what landed does not stand before it was taken in. ``is_early_allowed``: its data may be of a
    moment before it was over.
    """

    treasury: Treasury
    treasury_id: int
    survey_month: SurveyMonth
    bounds: tuple[dt.datetime, dt.datetime]
    book: CodeBook
    admission: Admission
    counting: Counting
    run_id: str
    opened: dt.datetime | None = None
    pinned: Receipt | None = None
    is_look_back: bool = False
    is_early_allowed: bool = False

    @property
    def name(self) -> str:
        """The treasury and month, for messages."""
        return f"{self.treasury.code} {self.treasury.name_vi}, {self.survey_month}"

    @property
    def place(self) -> zone.Place:
        """Where its month has landed."""
        return zone.Place(settings.read().landing, str(self.survey_month), self.treasury.code, self.is_look_back)

    @property
    def key(self) -> dict[str, Any]:
        """The columns by which the warehouse finds it."""
        return {"survey_month": self.survey_month.first_day, "treasury_id": self.treasury_id}


def of_codes(ruled: Ruled, codes: Iterable[str], run_id: str) -> list[TreasuryMonth]:
    """Treasuries' months by code, each with what is declared about it."""
    month, registry = ruled.period.first, ruled.registry
    admission = ruled.rule_set.admission.where(is_asked=registry.has_round(month))
    with warehouse.transaction() as connection:
        ids = treasury_ids(connection, month)
    return [
        TreasuryMonth(
            treasury=treasury,
            treasury_id=ids[treasury.code],
            survey_month=month,
            bounds=registry.days_of(treasury, month),
            book=codebook.of(registry, treasury, month),
            admission=admission,
            counting=ruled.rule_set.counting,
            run_id=run_id,
            opened=registry.opened(treasury),
        )
        for treasury in (registry.treasury(code, month) for code in codes)
    ]


def treasury_ids(connection: warehouse.Connection, month: SurveyMonth) -> dict[str, int]:
    """The key of each treasury open in a month, by code."""
    days = {"first_day": month.first_day, "last_day": month.last_day}
    return {
        row["treasury_code"]: row["treasury_id"] for row in warehouse.rows(connection, "landing/treasury_ids", **days)
    }


@dataclass
class Outcome:
    """How a treasury's month went: rows, seconds, landing, and its error."""

    read_count: int = 0
    turned_away_count: int = 0
    work_seconds: float = 0.0
    book_digest: str | None = None
    receipt: Receipt | None = None
    error: HailongError | None = None

    @property
    def state(self) -> str:
        """loaded, no_data, refused or unavailable."""
        return self.error.state if self.error else "loaded" if self.read_count else "no_data"

    def row(self, treasury_month: TreasuryMonth) -> dict[str, Any]:
        """The row of ``ops.treasury_month``."""
        return {
            **treasury_month.key,
            "treasury_state": self.state,
            "error_message": self.error and self.error.message,
            "next_action": self.error and self.error.next_action,
            "read_count": self.read_count,
            "loaded_count": 0 if self.error else self.read_count - self.turned_away_count,
            "turned_away_count": self.turned_away_count,
            "work_seconds": round(self.work_seconds, 3),
            "run_id": treasury_month.run_id,
            "landing_path": self.receipt and self.receipt.landing_path,
            "book_digest": self.book_digest,
        }


def record(treasury_month: TreasuryMonth, outcome: Outcome) -> None:
    """Record how a treasury's month went, under its lock."""
    with warehouse.transaction() as connection:
        locks.lock_treasury(connection, treasury_month.survey_month.first_day, treasury_month.treasury_id)
        warehouse.run(connection, "landing/outcome", outcome.row(treasury_month))


def keep_hours(treasury: Treasury, name: str, local: dt.datetime) -> None:
    """Raise Unavailable outside of a treasury's reading hours; ``name`` is what is read."""
    hours = treasury.reading_hours
    if hours and local.time() not in hours:
        raise Unavailable(
            f"{name}: its database may be read from {hours} in local time, and there it is {local:%H:%M}",
            next_action=f"read it after {hours.start:%H:%M}, or change reading_hours in treasuries.yaml",
        )


@contextlib.contextmanager
def shielded(name: str) -> Iterator[None]:
    """Turn an unexpected exception into an error of one treasury, and name it in every other.

    Logged is where it happened, not what it said: a library's message may quote an answer.
    """
    try:
        yield
    except HailongError as error:
        raise error.at(name) from error.__cause__
    except Exception as error:  # noqa: BLE001 - whatever it is, the other treasuries go on
        frames = traceback.extract_tb(error.__traceback__)
        where = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
        log.error("%s: unexpected %s at %s", name, type(error).__name__, where)
        raise Misdeclared(
            f"{name}: unexpected {type(error).__name__}", next_action="report a defect with the lines of the log"
        ) from None
