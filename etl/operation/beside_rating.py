"""What is made beside a rating, and never keeps it from coming about: cases, and the evidence on officers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from etl import warehouse
from etl.errors import HailongError
from etl.landing.treasury_month import shielded
from etl.log import log
from etl.registry.ruled import Ruled


def open_cases(ruled: Ruled) -> dict[str, Any] | None:
    """Make cases of the reports of harassment in a period; why not (message, next_action, exit_code), where that fails.

    No rate is made of them, and none waits for them.
    """
    from etl.acting import harassment

    try:
        with naming(ruled):
            for month in ruled.period.months:
                harassment.open_reported(month)
    except HailongError as error:
        log.error("reports of harassment did not become cases: %s", error)
        return _as_values(error)
    return None


def weigh_officers(connection: warehouse.Connection, ruled: Ruled) -> dict[str, Any] | None:
    """Make the evidence on officers of a draft; why not, where that fails: the draft stands without it."""
    from etl.acting.officers import draft

    try:
        with naming(ruled), warehouse.attempt(connection):
            draft.make(connection, ruled)
    except HailongError as error:
        log.error("the evidence on officers could not be made: %s", error)
        return _as_values(error)
    return None


def _as_values(error: HailongError) -> dict[str, Any]:
    """An error as plain values, which travel between tasks."""
    return {"message": error.message, "next_action": error.next_action, "exit_code": error.exit_code}


@contextlib.contextmanager
def naming(ruled: Ruled) -> Iterator[None]:
    """Let every error of a period's rating name the period."""
    period = str(ruled.period)
    try:
        with shielded(period):
            yield
    except HailongError as error:
        if period not in error.message:
            error.message = f"{period}: {error.message}"
        raise
