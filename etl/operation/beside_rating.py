"""What is made beside a rating, and never keeps it from coming about: cases, evidence, effects, previews."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from etl import warehouse
from etl.errors import HailongError
from etl.landing.treasury_month import shielded
from etl.log import log
from etl.registry.ruled import Ruled


def open_cases(ruled: Ruled) -> HailongError | None:
    """Make cases of the reports of harassment in a period; why not, where that fails.

    No rate is made of them, and none waits for them.
    """
    from etl.acting import harassment

    try:
        with naming(ruled):
            for month in ruled.period.months:
                harassment.open_reported(month)
    except HailongError as error:
        log.error("reports of harassment did not become cases: %s", error)
        return error
    return None


def weigh_officers(connection: warehouse.Connection, ruled: Ruled) -> HailongError | None:
    """Make the evidence on officers of a draft; why not, where that fails: the draft stands without it."""
    from etl.acting.officers import draft

    try:
        with naming(ruled), warehouse.attempt(connection):
            draft.make(connection, ruled)
    except HailongError as error:
        log.error("the evidence on officers could not be made: %s", error)
        return error
    return None


def measure_effects(connection: warehouse.Connection, ruled: Ruled) -> HailongError | None:
    """Measure the effects of what offices did, for a draft; why not, where that fails: it stands without them."""
    from etl.acting.offices import draft

    try:
        with naming(ruled), warehouse.attempt(connection):
            draft.make(connection, ruled)
    except HailongError as error:
        log.error("the effects of what offices did could not be measured: %s", error)
        return error
    return None


def offer_previews(connection: warehouse.Connection, ruled: Ruled) -> None:
    """Offer each treasury of a draft its figures; where that fails the draft stands, and nobody publishes it."""
    from etl.publishing import preview

    try:
        with naming(ruled), warehouse.attempt(connection):
            preview.offer(connection, ruled)
    except HailongError as error:
        log.error("the draft could not be offered to its treasuries: %s", error)


def as_values(error: HailongError | None) -> dict[str, Any] | None:
    """An error as plain values (message, next_action, exit_code), which travel between tasks; None stays None."""
    return (
        None
        if error is None
        else {"message": error.message, "next_action": error.next_action, "exit_code": error.exit_code}
    )


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
