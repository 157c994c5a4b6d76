"""The command line: the same steps without Airflow, and what people ask of the warehouse.

Exit codes: 0 all well · 2 wrong usage · 3 something was away · 4 a treasury was refused · 5 the configuration
is wrong · 6 the figures contradict each other.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from etl import embedded, errors, migrate, settings, warehouse
from etl.month import SurveyMonth
from etl.report import tables

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(stderr=not sys.stdout.isatty(), highlight=False, soft_wrap=True)
paper = Console(highlight=False, width=None if sys.stdout.isatty() else 160)

MonthArgument = Annotated[str, typer.Argument(metavar="MONTH", help="Survey month, YYYY-MM.")]
FormatOption = Annotated[tables.Format, typer.Option("--format", help="table, csv or json.")]


@app.callback()
def configured(
    config: Annotated[Path | None, typer.Option(help="Configuration directory of the network.")] = None,
) -> None:
    """Take the options that every command has."""
    if config:
        settings.use_config(config)


@app.command()
def run(
    month: Annotated[str | None, typer.Argument(metavar="[MONTH]", help="YYYY-MM; else the last whole one.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this treasury's code; may be repeated.")] = None,
) -> None:
    """Run a month: plan, land, admit, score, check, report, verdict."""
    from etl import steps

    if settings.read().is_embedded:
        migrate.up()
    planned = steps.plan(month, only or ())
    with warehouse.month_to_ourselves(planned.survey_month.first_day, lambda: _say_waiting(planned.month)):
        landed = _land_all(planned)
        with console.status(f"{planned.month}: validating and loading {len(landed)} treasuries"):
            steps.admit(planned, landed)
        with console.status(f"{planned.month}: scoring and checking"):
            scored = steps.score(planned)
            steps.check(planned.month)
        page = steps.report(planned)
        missing = steps.verdict(planned)
    console.print(
        f"{planned.month} is {scored['month_status']}: {scored['loaded_count']} of {scored['open_count']} treasuries"
        f" are in. Validation page: {page}"
    )
    _say_missing(missing)


@app.command()
def ranking(month: MonthArgument, form: FormatOption = tables.Format.table) -> None:
    """Print the month's ranking."""
    rows = _rows("report/ranking", month)
    shown = tables.ranking(rows) if form is tables.Format.table else rows
    tables.write(paper, shown, form, tables.ranking_columns())


@app.command()
def status(month: MonthArgument, form: FormatOption = tables.Format.table) -> None:
    """Print how each treasury's month came in: state, rows, seconds, error and next action."""
    survey_month = SurveyMonth.parse(month)
    rows = _rows("report/status", month, first_day=survey_month.first_day, last_day=survey_month.last_day)
    columns = {"treasury_code": "code", "treasury_name_vi": "treasury", "treasury_state": "state"}
    columns |= {"read_count": "read", "loaded_count": "loaded", "turned_away_count": "turned away"}
    tables.write(
        paper, rows, form, columns | {"seconds": "seconds", "error_message": "error", "next_action": "next action"}
    )


@app.command("turned-away")
def turned_away(
    month: MonthArgument,
    treasury: Annotated[str | None, typer.Option(help="Only this treasury's code.")] = None,
    form: FormatOption = tables.Format.table,
) -> None:
    """Print the rows turned away, with the rule that each broke."""
    rows = _rows("report/turned_away", month, treasury_code=treasury)
    columns = {"treasury_code": "code", "response_key": "response", "rule_code": "rule"}
    tables.write(paper, rows, form, columns)


@app.command("migrate")
def migrate_() -> None:
    """Bring the warehouse to the current schema."""
    done = migrate.up()
    paper.print(f"applied: {', '.join(done)}" if done else "the warehouse is up to date")


@app.command()
def check(month: MonthArgument) -> None:
    """Count the month again a second way."""
    from etl import steps

    _rows("report/runs", month)
    for name in steps.check(month):
        paper.print(f"✓ {name.removeprefix('checks/')}")


@app.command()
def url() -> None:
    """Print the warehouse's URL, for psql or a BI tool; starts the embedded server when needed."""
    migrate.up()
    shown = warehouse.url().set(drivername="postgresql").render_as_string(hide_password=False)
    sys.stdout.write(f"{shown}\n")


@app.command()
def down() -> None:
    """Stop the embedded servers; their data stays."""
    for name in embedded.SERVERS:
        if embedded.stop(settings.read().state, name):
            paper.print(f"stopped {name}")


@app.command()
def demo(
    responses: Annotated[int, typer.Option(help="Responses a month over all treasuries.")] = 20_000,
    treasuries: Annotated[int, typer.Option(help="How many of the 63 treasuries.")] = 63,
    seed: Annotated[int, typer.Option(help="Another seed, another estate.")] = 2023,
    stop: Annotated[
        str | None, typer.Option(help="Only stop this treasury's database, as if its office were down.")
    ] = None,
    start: Annotated[str | None, typer.Option(help="Only start this treasury's database again.")] = None,
) -> None:
    """Make the demo estate, run July 2023 through a real Airflow, and show the ranking."""
    from etl.demo import profiles, show

    if stop or start:
        show.switch(console, stop, start)
    else:
        show.demo(console, paper, profiles.Size(responses=responses, treasuries=treasuries, seed=seed))


@app.command()
def airflow() -> None:
    """Start the demo's Airflow, say where its pages are, and stop it on Ctrl-C."""
    from etl.demo import show

    show.airflow(console)


def main() -> None:
    """Run the command line; an error that a user is meant to read becomes a message and an exit code."""
    try:
        app()
    except errors.HailongError as error:
        console.print(f"[bold red]{type(error).__name__}:[/] ", end="")
        console.print(error.message, markup=False)
        console.print(f"→ {error.next_action}", markup=False)
        sys.exit(error.exit_code)


def _land_all(planned: object) -> list[str]:
    """Land every treasury of a plan, several at once; the codes of those that landed."""
    from etl import steps

    assert isinstance(planned, steps.Plan)
    landed: list[str] = []
    failed: list[str] = []
    reading = f"{planned.month}: reading the treasuries"

    def land(code: str) -> None:
        try:
            steps.land(planned, code)
            landed.append(code)
        except errors.HailongError:
            failed.append(code)  # the outcome is recorded; the end of the run says why
        progress.update(task, advance=1, description=reading + (f", {len(failed)} failed" if failed else ""))

    with tables.progress_bar(console) as progress, ThreadPoolExecutor(settings.read().workers) as pool:
        task = progress.add_task(reading, total=len(planned.treasury_codes))
        list(pool.map(land, planned.treasury_codes))
    return sorted(landed)


def _rows(name: str, month: str, **parameters: object) -> tables.Rows:
    """The rows of a report about a month; one that was never run raises Misdeclared."""
    first_day = SurveyMonth.parse(month).first_day
    with warehouse.transaction() as connection:
        if not warehouse.rows(connection, "report/runs", survey_month=first_day):
            raise errors.Misdeclared(f"{month} was not run yet", next_action=f"run it: hailong run {month}")
        return warehouse.rows(connection, name, survey_month=first_day, **parameters)


def _say_waiting(month: str) -> None:
    """Say that another run holds the month."""
    console.print(f"another run of {month} is at work; waiting for it to end")


def _say_missing(missing: tables.Rows) -> None:
    """Name the missing treasuries, and leave with the exit code of the most serious reason."""
    for state in missing:
        console.print(f"✗ {state['treasury_state']}: {state['error_message']}", markup=False)
        console.print(f"  → {state['next_action']}", markup=False)
    states = {state["treasury_state"] for state in missing}
    if states:
        sys.exit((errors.Refused if "refused" in states else errors.Unavailable).exit_code)


if __name__ == "__main__":
    main()
