"""What commands about cases share when they run: add an event, and tell what whoever decides has to know."""

from __future__ import annotations

from typing import Any

from etl.cli import output, reading


def told(row: dict[str, Any]) -> str:
    """What whoever decides a case has to be told of it."""
    return "no longer supported" if row["is_evidence_withdrawn"] else ""


def say_withdrawn(standing: dict[str, Any]) -> None:
    """Say so where a newer published revision no longer supports a case."""
    if standing["is_evidence_withdrawn"]:
        if standing["action_code"]:
            output.say(
                f"case {standing['case_number']}: a newer published revision no longer supports what was decided. The"
                " decision stands until a person reverses it: look at the newest evidence (hailong case due --all)"
            )
            return
        output.say(
            f"case {standing['case_number']}: a newer published revision no longer supports it. It can be decided all"
            " the same: look at the newest evidence first (hailong case due --all)"
        )


def say_measured(number: int) -> str | None:
    """Print what was measured of what was last done in a case; the verdict on the person, None where nothing was."""
    from etl.acting import measured

    rows = measured.of_case(number)
    for row in rows:
        for line in (measured.said(row), *measured.certainty(row)):
            output.write_line(line)
    return next((str(row["verdict"]) for row in rows if row["part"] == "own"), None)


def add(number: int, kind: str, **said: Any) -> None:
    """Add an event to a case, and say so."""
    reading.need_warehouse()
    from etl.acting import cases

    event = cases.add(number, kind, said)
    output.write_line(f"case {number}: {kind} (event {event})")
