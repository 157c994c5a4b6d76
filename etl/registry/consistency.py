"""What no single file, and no single entry, can know: whether all that is declared fits together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from etl.errors import Misdeclared
from etl.registry.declared import Position, no_overlap
from etl.registry.network import Treasury, Unit
from etl.registry.rounds import Round
from etl.registry.succession import bearers, next_bearer

Offices = tuple[Treasury, ...]


def unit_keys(treasury: Treasury, *, is_first: bool) -> tuple[str, ...]:
    """The keys by which ``units.yaml`` may name a treasury; its code alone means the first bearer of the code."""
    dated = f"{treasury.code}@{treasury.valid_from}"
    return (treasury.code, dated) if is_first else (dated,)


def bearer_of_key(treasuries: Offices, key: str) -> Treasury | None:
    """The treasury whose units a key of ``units.yaml`` names; None when it names nobody."""
    found = bearers(treasuries, key.partition("@")[0])
    return next((t for place, t in enumerate(found) if key in unit_keys(t, is_first=place == 0)), None)


def check_treasuries(path: Path, treasuries: Offices) -> None:
    """Raise Misdeclared where two bearers of a code cannot be told apart, or a successor does not exist."""
    no_overlap(
        (f"treasury {treasury.code}", Position(path, ("treasuries", index)), treasury)
        for index, treasury in enumerate(treasuries)
    )
    for index, treasury in enumerate(treasuries):
        if treasury.valid_to:
            for number, code in enumerate(treasury.succeeded_by):
                place = Position(path, ("treasuries", index, "succeeded_by", number))
                if next_bearer(treasuries, code, treasury.valid_to) is None:
                    raise _unknown_successor(f"{place}: treasury {treasury.code}", code, treasury.valid_to)
    _check_letter_case(path, treasuries)
    for earlier, later, place in _same_code(path, treasuries):
        _check_edge(earlier, later, place)
        _check_connection(earlier, later, place)


def check_units(path: Path, units: dict[str, tuple[Unit, ...]], treasuries: Offices) -> None:
    """Raise Misdeclared where units are nobody's, are declared under two keys, or went to nobody."""
    seen: set[tuple[str, dt.date]] = set()
    for key, entries in units.items():
        treasury = bearer_of_key(treasuries, key)
        if treasury is None:
            raise Misdeclared(
                f"{Position(path, ('units', key))}: units of an unknown treasury '{key}'",
                next_action=f"declare it in {path.with_name('treasuries.yaml')}, or mend the code or the day behind it",
            )
        if (treasury.code, treasury.valid_from) in seen:
            raise Misdeclared(
                f"{Position(path, ('units', key))}: the units of treasury {treasury.code} from {treasury.valid_from} "
                "are declared under two keys",
                next_action="put them under one",
            )
        seen.add((treasury.code, treasury.valid_from))
        for number, unit in enumerate(entries):
            _check_unit(Position(path, ("units", key, number, "succeeded_by")), unit, treasury, treasuries)


def check_rounds(path: Path, rounds: tuple[Round, ...], treasuries: Offices) -> None:
    """Raise Misdeclared where a round has two bearers of one code: its figures are kept by code."""
    for index, found in enumerate(rounds):
        seen: dict[str, Treasury] = {}
        for treasury in treasuries:
            if treasury.is_open_in(found.period):
                other = seen.setdefault(treasury.code, treasury)
                if other is not treasury:
                    raise Misdeclared(
                        f"{Position(path, ('rounds', index))}: round {found.code} has two bearers of the code "
                        f"{treasury.code}: {other.name_vi} from {other.valid_from} "
                        f"and {treasury.name_vi} from {treasury.valid_from}",
                        next_action="end the round before the later one begins, and declare another from then on",
                    )


def _same_code(path: Path, treasuries: Offices) -> Iterator[tuple[Treasury, Treasury, Position]]:
    """Every two offices of one code, the earlier one first, with the place of the later one."""
    offices = [(index, treasury) for index, treasury in enumerate(treasuries) if treasury.withdrawn is None]
    by_day = sorted(offices, key=lambda entry: entry[1].valid_from)
    for (_, earlier), (index, later) in combinations(by_day, 2):
        if earlier.code == later.code:
            yield earlier, later, Position(path, ("treasuries", index))


def _check_edge(earlier: Treasury, later: Treasury, place: Position) -> None:
    """Raise Misdeclared when two bearers of a code share a month, though no day."""
    end, start = earlier.valid_to, later.valid_from
    if end and (end.year, end.month) == (start.year, start.month):
        raise Misdeclared(
            f"{place}: treasury {later.code} begins in the month in which another treasury of its code ends: "
            "their answers of that month could not be told apart",
            next_action="let the new one begin, or the old one end, with the month",
        )


def _check_connection(earlier: Treasury, later: Treasury, place: Position) -> None:
    """Raise Misdeclared when a bearer of a code would be read from the database of another office."""
    is_same_office = later.code in earlier.succeeded_by and later.name_vi == earlier.name_vi
    if later.connection_name == earlier.connection_name and not is_same_office:
        raise Misdeclared(
            f"{place}: treasury {later.code} {later.name_vi} from {later.valid_from} would be read over the connection "
            f"treasury_{later.connection_name} of another office, {earlier.name_vi}",
            next_action=f'give it its own, for example connection: "{later.code}_{later.valid_from.year}"; if it is '
            f'the same office, the earlier entry has the same name_vi and "{later.code}" among its succeeded_by',
        )


def _check_unit(place: Position, unit: Unit, treasury: Treasury, treasuries: Offices) -> None:
    """Raise Misdeclared when a unit went away from a treasury that goes on, or went to nobody."""
    if unit.succeeded_by and treasury.valid_to is None:
        raise Misdeclared(
            f"{place}: unit {unit.code} has a succeeded_by, but its treasury {treasury.code} has no valid_to",
            next_action="give the treasury one in treasuries.yaml, or leave succeeded_by out",
        )
    if unit.succeeded_by and treasury.valid_to and not next_bearer(treasuries, unit.succeeded_by, treasury.valid_to):
        raise _unknown_successor(f"{place}: unit {unit.code}", unit.succeeded_by, treasury.valid_to)


def _check_letter_case(path: Path, treasuries: Offices) -> None:
    """Raise Misdeclared where two codes, or two connections, differ by letter case only.

    Their directories would be one on some disks, and their connections one in the environment.
    """
    for key in ("code", "connection_name"):
        seen: dict[str, str] = {}
        for index, treasury in enumerate(treasuries):
            name = str(getattr(treasury, key))
            other = seen.setdefault(name.lower(), name)
            if other != name:
                what = "code" if key == "code" else "connection"
                raise Misdeclared(
                    f"{Position(path, ('treasuries', index, what))}: the {what} {name} differs from {other} by letter"
                    " case only",
                    next_action=f"give one of them another {what}",
                )


def _unknown_successor(who: str, code: str, end: dt.date) -> Misdeclared:
    """The error of a treasury or unit whose successor's code nobody bears after its end."""
    return Misdeclared(
        f"{who} was succeeded by '{code}', but no treasury has this code after {end}",
        next_action="declare the successor in treasuries.yaml, or mend the code",
    )
