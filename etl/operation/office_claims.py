"""Hear what offices say: the forms on their shelves, and the registers in their databases.

Whatever one of them is like, the others are heard, and no rating waits for it. To hear all again changes nothing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from etl import escape, settings
from etl.acting import form_shelf, register_reading
from etl.acting.claims import TakenIn
from etl.acting.form_shelf import Heard
from etl.errors import HailongError
from etl.landing import register
from etl.landing.register import LandedRegister
from etl.landing.treasury_month import shielded
from etl.registry import Registry
from etl.registry.network import Treasury
from etl.reports.words import both

REGISTER = register.NAME
UriOf = Callable[[str], str | None]


def forms(only: Sequence[str] = ()) -> Iterator[Heard]:
    """Read the forms on the shelves of the treasuries, or of some."""
    for code in dict.fromkeys(treasury.code for treasury in _chosen(only)):
        try:
            yield from form_shelf.read(code)
        except HailongError as error:  # the shelf itself
            yield Heard(code, "forms", TakenIn(), error)


def registers(only: Sequence[str] = (), uri_of: UriOf = lambda name: None) -> Iterator[Heard]:
    """Read the registers of the treasuries that keep one, or of some; several at once, each for itself.

    Also of one that was closed, as long as it is declared to keep one.

    ``uri_of`` gives a connection by its name where the caller (Airflow) knows it.
    """
    keeping = [treasury for treasury in _chosen(only) if treasury.action_source]
    uris = [uri_of(f"treasury_{treasury.connection_name}") for treasury in keeping]
    with ThreadPoolExecutor(max(1, settings.read().workers)) as pool:
        for treasury, landed in zip(keeping, pool.map(_landed, keeping, uris), strict=True):
            heard = _taken_in(treasury, landed)
            if heard.is_new:
                form_shelf.answer(heard)
            yield heard


def counts(heard: Sequence[Heard]) -> dict[str, int]:
    """What came of all, in numbers."""
    new = [one for one in heard if one.is_new]
    told = {"forms": sum(one.name != REGISTER for one in new), "registers": sum(one.name == REGISTER for one in heard)}
    told |= {"loaded": sum(one.outcome.loaded_count for one in heard)}
    told |= {"refused": sum(one.outcome.refused_count for one in heard if one.is_new)}
    return told | {"errors": sum(one.error is not None for one in heard)}


def note(heard: Sequence[Heard]) -> str:
    """What came of all in Markdown, in both languages: the counts, then what is new."""
    total = counts(heard)
    head = (
        f"Forms and registers: {total['loaded']} rows are in, {total['refused']} were turned away,"
        f" {total['errors']} could not be read."
    )
    lines = [both(head, "\n\n"), ""]
    for one in heard:
        if one.is_new:
            lines.append(f"- **{escape.markdown(f'{one.treasury_code}: {one.name}')}**")
            lines += [f"  - {escape.markdown(both(line, ' · '))}" for line in one.lines()]
    return "\n".join(lines)


def _chosen(only: Sequence[str]) -> list[Treasury]:
    """The treasuries that were ever offices, or some of them."""
    treasuries = Registry.configured().treasuries
    return [one for one in treasuries if one.withdrawn is None and (not only or one.code in only)]


def _landed(treasury: Treasury, uri: str | None) -> LandedRegister | HailongError:
    """The register of a treasury as it has landed, or why it has not."""
    try:
        with shielded(register.name_of(treasury)):
            return register.land(treasury, Registry.configured().zone(treasury), dt.datetime.now(dt.UTC), uri)
    except HailongError as error:
        return error


def _taken_in(treasury: Treasury, landed: LandedRegister | HailongError) -> Heard:
    """What came of a register."""
    heard = Heard(treasury.code, REGISTER, TakenIn())
    if isinstance(landed, HailongError):
        return dataclasses.replace(heard, error=landed)
    try:
        with shielded(register.name_of(treasury)):
            return dataclasses.replace(heard, outcome=register_reading.take_in(landed))
    except HailongError as error:
        return dataclasses.replace(heard, error=error)
