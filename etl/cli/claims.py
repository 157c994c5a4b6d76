"""The commands about what offices say by workbook or register, and about taking up what they claim was decided."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl import escape
from etl.acting.words import BarAnswer
from etl.cli import output, reading
from etl.cli.case_options import Number, TreasuryArgument
from etl.errors import Refused

if TYPE_CHECKING:
    from etl.acting.claims import TakenIn
    from etl.acting.form_shelf import Heard

app = typer.Typer()

OfTreasury = Annotated[
    str | None,
    typer.Option("--treasury", metavar="TREASURY", help="Whose it is, by code or name; the form must agree."),
]


@app.command()
def form(treasury: TreasuryArgument) -> None:
    """Write a workbook of a treasury's open cases to fill in.

    It is put on the treasury's own shelf, where it can lie when it is filled in.
    """
    reading.need_warehouse()
    from etl.acting import form as forms

    output.write_line(f"✓ {forms.write(reading.treasury_now(treasury))}")


@app.command()
def read(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The workbook that came back; else all on the shelves.")
    ] = None,
    treasury: OfTreasury = None,
) -> None:
    """Take in a workbook that came back, or all on the shelves.

    What holds becomes an event that is claimed; the rest is told cell by cell.
    """
    reading.need_warehouse()
    code = treasury and reading.treasury_now(treasury)
    if file is None:
        from etl.operation import office_claims

        _show(office_claims.forms([code] if code else []))
        return
    from etl.acting import form_reading

    _refuse(_show_outcome(form_reading.read(file, code)).refused_count)


@app.command()
def register(
    treasury: Annotated[
        str | None, typer.Argument(metavar="TREASURY", help="The treasury, by code or name; else all that keep one.")
    ] = None,
) -> None:
    """Read the registers of actions in the offices' databases.

    What was said once is not said again. Airflow's upkeep does the same each day.
    """
    reading.need_warehouse()
    from etl import settings
    from etl.demo import servers
    from etl.operation import office_claims

    servers.start_again(settings.read())
    _show(office_claims.registers([reading.treasury_now(treasury)] if treasury else []))


@app.command()
def adopt(
    number: Number,
    claim: Annotated[int, typer.Argument(metavar="EVENT", min=1, help="The claim, as 'hailong case show' numbers it.")],
    bars: Annotated[
        BarAnswer | None,
        typer.Option("--bars", help="Whether a legal bar against a transfer is there; asked of every decision."),
    ] = None,
) -> None:
    """Propose, with your own login, what an office claims.

    A claim takes no effect by itself: a second person still confirms what you propose.
    """
    reading.need_warehouse()
    from etl.acting import claims

    event = claims.adopt(number, claim, bars)
    output.write_line(
        f"case {number}: proposed (event {event}); a second person confirms: hailong case confirm {number}"
    )


def _show(heard: Iterable[Heard]) -> None:
    """Print what came of forms or registers as they are read; raise Refused where something is to be mended."""
    refused_count, error, is_any = 0, None, False
    for one in heard:
        is_any = True
        output.write_line(escape.line(f"{one.treasury_code}: {one.name}"))
        if one.error:
            error = one.error
            output.say_error(one.error)
        elif one.outcome.is_blank:
            output.write_line("nothing is filled in")
        else:
            refused_count += _show_outcome(one.outcome).refused_count
    if not is_any:
        output.write_line("there is none")
    if error:
        raise typer.Exit(error.exit_code)
    _refuse(refused_count)


def _show_outcome(outcome: TakenIn) -> TakenIn:
    """Print what came of a form or register; the same."""
    if outcome.is_known and not outcome.read_count:
        output.write_line("this file was read before: nothing was changed")
        return outcome
    for line in outcome.lines():
        output.write_line(escape.line(line))
    return outcome


def _refuse(count: int) -> None:
    """Raise Refused where rows were turned away."""
    if count:
        raise Refused(
            f"{count} rows were refused",
            next_action="correct what is named, and let it be read again: what is in is not said twice",
        )
