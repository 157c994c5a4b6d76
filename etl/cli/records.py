"""The commands about what is recorded beside a case: plans, conferences, trainings, and who serves where."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from etl.cli import output, reading
from etl.cli.case_options import TreasuryArgument, UnitOption, named_revision
from etl.cli.options import day, words

app = typer.Typer()

HeldOption = Annotated[dt.date, typer.Option("--on", parser=day, metavar="DAY", help="When it was held.")]
UnitsOption = Annotated[
    list[str] | None, typer.Option("--unit", metavar="CODE", help="A unit; again for several; else the whole treasury.")
]
Attendance = Annotated[int, typer.Option("--attendance", min=1, help="How many attended.")]


@app.command()
def plan(
    treasury: TreasuryArgument,
    text: Annotated[str, typer.Option("--text", parser=words, metavar="TEXT", help="What is to be done.")],
    owner: Annotated[str, typer.Option(parser=words, metavar="NAME", help="Who is responsible.")],
    due: Annotated[dt.date, typer.Option(parser=day, metavar="DAY", help="Last day.")],
    case: Annotated[int | None, typer.Option(min=1, help="The case that it answers.")] = None,
    unit: UnitOption = None,
    criterion: Annotated[str | None, typer.Option(metavar="CODE", help="The criterion that is to be better.")] = None,
    target: Annotated[float | None, typer.Option(min=0, max=100, help="The rate that is to be reached, in %.")] = None,
    expected: Annotated[int | None, typer.Option(min=0, help="Responses expected in the period that shows it.")] = None,
) -> None:
    """Plan an action of a treasury or unit.

    With the expected responses it says what change they can show.
    """
    reading.need_warehouse()
    from etl.acting import records

    item: dict[str, Any] = {
        "unit_code": unit,
        "criterion_code": criterion,
        "item_text": text,
        "owner_name": owner,
        "due_date": due,
    }
    item |= {"target_rate": None if target is None else target / 100, "expected_count": expected}
    smallest = records.plan(reading.treasury_now(treasury), item, case)
    output.write_line("planned" if case is None else f"case {case}: planned")
    if smallest is not None:
        output.say(f"{expected} responses show a change of {smallest * 100:.1f} points or more, four times of five")


@app.command()
def conference(
    treasury: TreasuryArgument,
    on: HeldOption,
    revision: Annotated[str, typer.Option(metavar="PERIOD/NUMBER", help="The published revision made known.")],
    attendance: Attendance,
    agreed: Annotated[str, typer.Option(parser=words, metavar="TEXT", help="What was agreed.")],
    unit: UnitsOption = None,
) -> None:
    """Record a conference at which results were made known."""
    said = {"held_on": on, **named_revision(revision), "unit_codes": unit or []}
    reading.need_warehouse()
    from etl.acting import records

    made = records.conference(
        reading.treasury_now(treasury), {**said, "attendance_count": attendance, "agreed_text": agreed}
    )
    output.write_line(f"conference {made} is recorded")


@app.command()
def training(
    treasury: TreasuryArgument,
    on: HeldOption,
    topic: Annotated[str, typer.Option(parser=words, metavar="TEXT", help="What about.")],
    attendance: Attendance,
    unit: UnitsOption = None,
) -> None:
    """Record a training that was held."""
    reading.need_warehouse()
    from etl.acting import records

    said = {"held_on": on, "unit_codes": unit or [], "topic": topic, "attendance_count": attendance}
    output.write_line(f"training {records.training(reading.treasury_now(treasury), said)} is recorded")


@app.command()
def assign(
    treasury: TreasuryArgument,
    officer: Annotated[str, typer.Argument(metavar="OFFICER", help="The officer's code at the source.")],
    first: Annotated[dt.date, typer.Option("--from", parser=day, metavar="DAY", help="First day under this code.")],
    last: Annotated[dt.date | None, typer.Option("--to", parser=day, metavar="DAY", help="Last day.")] = None,
    person: Annotated[int | None, typer.Option(min=1, help="A known person; else a new one.")] = None,
    unit: UnitOption = None,
) -> None:
    """Record who serves under an officer's code from a day on.

    So that a code that passes to another is not the same person.
    """
    reading.need_warehouse()
    from etl.acting import records

    said = {"officer_code": officer, "unit_code": unit, "valid_from": first, "valid_to": last, "person_id": person}
    output.write_line(
        f"person {records.assign(reading.treasury_now(treasury), said)} serves under this code from {first}"
    )
