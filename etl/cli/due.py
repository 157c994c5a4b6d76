"""The commands about what is due to be looked at of officers, and what was found of what was done."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from etl import settings
from etl.acting.words import Finding
from etl.cli import output, reading
from etl.cli.case_events import add, say_measured
from etl.cli.case_options import NoteOption, Number, OnOption, TreasuryOption
from etl.cli.options import Format, FormatOption

app = typer.Typer()

_EFFECTS = ("helped", "no_effect", "worse", "cannot_tell")


@app.command()
def due(
    treasury: TreasuryOption = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Also officers of whom nothing is due, with what is missing.")
    ] = False,
    form: FormatOption = Format.table,
) -> None:
    """Print what published answers say is due to be looked at.

    At most one step an officer; it decides nothing. Codes are shown to logins in hailong_restricted only.
    """
    reading.need_warehouse()
    from etl.acting.officers import cases

    rows = cases.due(treasury and reading.treasury_now(treasury), are_all_shown=everybody)
    if form is Format.table:
        count = sum(row["step_code"] is not None for row in rows)
        of = f"{rows[0]['period_code']}, revision {rows[0]['revision_number']}: " if rows else ""
        output.write_line(f"{of}{count} officers are due to be looked at")
        rows = [_in_words(row) for row in rows]
    columns = {"case_number": "case", "treasury_code": "treasury", "unit_code": "unit", "person_id": "person"}
    columns |= {"officer_code": "officer", "step_code": "step", "effective_responses": "responses"}
    columns |= {"required_responses": "of", "reliability": "reliability", "reasons": "why"}
    columns |= {"missing": "missing for the next step", "next_step_code": "next step"}
    output.write_rows(rows, form, columns, essential=("case_number", "treasury_code", "person_id", "step_code"))


@app.command()
def measure(
    number: Number,
    finding: Annotated[
        Finding | None,
        typer.Option(help="Of a review: upheld or not; of an effect; or a violation that was concluded."),
    ] = None,
    note: NoteOption = None,
    on: OnOption = None,
) -> None:
    """Note what was found of what was done.

    The next recommendation heeds it: a review that was upheld, an effect, a violation that was concluded.
    """
    reading.need_warehouse()
    verdict = say_measured(number)
    add(number, "measured", finding=finding, note=note, happened_on=on)
    if verdict and finding is None:
        output.say(f"nothing was found by it: to record what was measured, say --finding {verdict}")
    elif verdict and finding in _EFFECTS and finding != verdict:
        output.say(f"{verdict} was measured: the case shows that you found something else")


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A row in the words of the ladder that it was made by, in the language of this process."""
    from etl.acting.officers import cases

    ladder, is_vi = cases.ladder_of(row["ladder_code"]), settings.language() == "vi"
    names = {one.code: one.name_vi if is_vi else one.name_en for one in (*ladder.steps, *ladder.words)}
    said = {name: names.get(row[name], row[name]) for name in ("step_code", "next_step_code")}
    said |= {name: "; ".join(names.get(code, code) for code in row[name] or ()) for name in ("reasons", "missing")}
    numbers = {name: _number(row[name]) for name in ("effective_responses", "required_responses")}
    share = "" if row["reliability"] is None else f"{row['reliability']:.2f}"
    return {**row, **said, **numbers, "reliability": share}


def _number(value: float | None) -> str:
    """Effective responses, to one digit."""
    return "" if value is None else f"{value:.1f}"
