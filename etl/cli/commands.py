"""The command line: the same steps without Airflow, and what people ask of the warehouse.

Exit codes: 0 all well · 2 wrong usage · 3 something was away · 4 a treasury was refused · 5 the configuration
is wrong · 6 the figures contradict each other.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hmac
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from etl import errors, settings, warehouse
from etl.cli import source
from etl.operation import migrate
from etl.periods import SurveyMonth
from etl.reports import tables
from etl.warehouse import embedded, locks

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(source.app, name="source")
console = Console(stderr=not sys.stdout.isatty(), highlight=False, soft_wrap=True)
paper = Console(highlight=False, width=None if sys.stdout.isatty() else 160)

MonthArgument = Annotated[str, typer.Argument(metavar="MONTH", help="Survey month, YYYY-MM.")]
PeriodArgument = Annotated[str, typer.Argument(metavar="PERIOD", help="Survey month, YYYY-MM, or code of a round.")]
_CAME_LATER = {"added_count": "added", "changed_count": "corrected", "deleted_count": "deleted", "drift": "drift"}
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
    first: Annotated[str | None, typer.Option("--from", metavar="MONTH", help="The first of several months.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="MONTH", help="The last of them.")] = None,
) -> None:
    """Run a month, or several: plan, land, admit, score, report, verdict; then look back at the months before."""
    months = [str(one) for one in _months(month, first, last)] if first or last else [month]
    if settings.read().is_embedded:
        migrate.up()
    worst = 0
    for one in months:
        try:
            worst = max(worst, _run_month(one, only or ()))
        except errors.HailongError as error:
            _say_error(error)  # the months after it can be run all the same
            worst = max(worst, error.exit_code)
    if worst:
        sys.exit(worst)


@app.command()
def ranking(
    period: PeriodArgument,
    form: FormatOption = tables.Format.table,
    revision: Annotated[int | None, typer.Option(min=0, help="This published revision; 0 is the draft.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="The draft, also when a revision is published.")] = False,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Summed up to the offices of this day, YYYY-MM-DD.")
    ] = None,
) -> None:
    """Print a period's ranking: its last published revision, or its draft while nothing is published."""
    if draft and revision:
        raise errors.Misdeclared("a revision is no draft", next_action="give only one of --draft and --revision")
    shown = "draft" if draft else "latest" if revision is None else str(revision)
    if as_of:
        from etl.scoring import rebased

        rows = rebased.ranking(period, _day(as_of), shown)
    else:
        rows = _rows("reports/ranking", period, shown)
    if form is tables.Format.table:
        _say_revision(period, rows)
    columns = tables.ranking_columns(is_rebased=bool(as_of))
    tables.write(paper, tables.ranking(rows) if form is tables.Format.table else rows, form, columns)


@app.command()
def bulletin(
    period: PeriodArgument,
    treasury: Annotated[str | None, typer.Option(help="Only the page of this treasury's code.")] = None,
    lang: Annotated[str | None, typer.Option(metavar="vi|en", help="Only in this language.")] = None,
    revision: Annotated[
        int | None, typer.Option(min=0, help="This published revision; 0 is the draft; else the last one.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="PLACE", help="A directory, or a URL of fsspec.")] = None,
) -> None:
    """Make the bulletin of a period: pages, workbook and paper, of its last published revision, or else its draft."""
    from etl.reports.bulletin import make as made

    if lang not in (None, "vi", "en"):
        raise errors.Misdeclared(f"there is no bulletin in '{lang}'", next_action="give --lang vi or --lang en")
    languages = (lang,) if lang else ("vi", "en")
    with console.status(f"{period}: making the bulletin"):
        asked = made.Asked(revision, treasury, languages, to)
        paper.print(made.make(period, asked).page, markup=False, soft_wrap=True)


@app.command()
def rate(period: PeriodArgument) -> None:
    """Rate a month or a round anew from what is loaded, asking no treasury; the result is a draft."""
    from etl.operation import steps

    rated = steps.rate(period)
    counts = f"{rated['loaded_count']} of {rated['open_count']} treasuries are in"
    console.print(f"{period} is {rated['month_status']}: {counts}. It is a draft: hailong publish {period} --why …")


@app.command()
def publish(
    period: PeriodArgument,
    why: Annotated[str, typer.Option(help="Why it is published, for those who read it later.")],
    by: Annotated[str | None, typer.Option(help="Who publishes; else your login name.")] = None,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Although treasuries are missing, or the period before is a draft.")
    ] = False,
) -> None:
    """Freeze the draft of a period as its next revision, which never changes."""
    from etl.publishing import approval, publish

    who = by or _login_name()
    decision = approval.Decision(who, why, provisional, approval.digest(period))
    number = publish.publish(period, decision)
    approval.note(period, decision, is_approved=True)
    if number is None:
        console.print(f"nothing to publish: the draft of {period} says what its newest revision says")
    else:
        console.print(f"{period}: revision {number} is published. Make it again at any time: hailong verify {period}")
        console.print(f"For those who read it: hailong bulletin {period}")


@app.command()
def revisions(period: PeriodArgument, form: FormatOption = tables.Format.table) -> None:
    """Print the revisions of a period: when, by whom, why, under which rules; 0 is the draft."""
    from etl.publishing import publish

    rows = publish.revisions(period)
    columns = {"revision_number": "revision", "month_status": "status", "loaded_count": "in", "open_count": "of"}
    columns |= {"rule_set_code": "rules", "scored_at": "rated at", "published_at": "published at"}
    shown = tables.revisions(rows) if form is tables.Format.table else rows
    tables.write(paper, shown, form, columns | {"published_by": "by", "reason": "why", "figures_digest": "digest"})


@app.command()
def diff(
    period: PeriodArgument,
    form: FormatOption = tables.Format.table,
    first: Annotated[int | None, typer.Option("--from", help="The earlier revision; else the last but one.")] = None,
    second: Annotated[int | None, typer.Option("--to", help="The later revision; 0 is the draft.")] = None,
) -> None:
    """Print what changed between two revisions of a period, treasury by treasury, and why."""
    from etl.publishing import diff

    difference = diff.diff(period, first, second)
    if form is tables.Format.table:
        paper.print(difference.headline, markup=False)
        for line in tables.changes(difference.rows):
            paper.print(line, markup=False)
    else:
        tables.write(paper, difference.rows, form, {})


@app.command()
def verify(
    period: PeriodArgument,
    revision: Annotated[int | None, typer.Option(help="Only this revision.")] = None,
) -> None:
    """Make every published revision of a period again from what had landed, and compare all figures."""
    from etl.publishing import verify

    wrong = []
    for number, error in verify.outcomes(period, revision):
        mark, said = ("✗", "see below") if error else ("✓", "the same figures")
        paper.print(f"{mark} {period} revision {number}: {said}")
        wrong += [error] if error else []
    for error in wrong[:-1]:
        console.print(str(error), markup=False)
    if wrong:
        raise wrong[-1]


@app.command()
def export(
    period: PeriodArgument,
    to: Annotated[str | None, typer.Option(metavar="PLACE", help="A directory, or a URL of fsspec.")] = None,
    revision: Annotated[int | None, typer.Option(min=1, help="This published revision; else the last one.")] = None,
) -> None:
    """Write what is published of a period as CSV and Parquet with a Data Package, for other programs."""
    from etl.publishing import data_package as exporting

    paper.print(f"✓ {exporting.export(period, to, revision)}", markup=False, soft_wrap=True)


@app.command()
def status(month: MonthArgument, form: FormatOption = tables.Format.table) -> None:
    """Print how each treasury's month came in: state, rows, seconds, error and next action."""
    survey_month = SurveyMonth.parse(month)
    rows = _rows("reports/status", month, first_day=survey_month.first_day, last_day=survey_month.last_day)
    columns = {"treasury_code": "code", "treasury_name_vi": "treasury", "treasury_state": "state"}
    columns |= {"read_count": "read", "loaded_count": "loaded", "turned_away_count": "turned away"}
    columns |= {"signals": "look at"}
    columns |= {name: word for name, word in _CAME_LATER.items() if any(row[name] for row in rows)}
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
    rows = _rows("reports/turned_away", month, treasury_code=treasury)
    columns = {"treasury_code": "code", "response_key": "response", "rule_code": "rule"}
    tables.write(paper, rows, form, columns)


@app.command("migrate")
def migrate_() -> None:
    """Bring the warehouse to the current schema."""
    done = migrate.up()
    paper.print(f"applied: {', '.join(done)}" if done else "the warehouse is up to date")


@app.command()
def check(period: PeriodArgument) -> None:
    """Count a period again a second way."""
    from etl.operation import steps

    _rows("reports/ranking", period, "draft")
    for name in steps.check(period):
        paper.print(f"✓ {name.removeprefix('checks/')}")


@app.command()
def upkeep(
    revisions: Annotated[int, typer.Option(min=0, help="How many published revisions to make again.")] = 1,
) -> None:
    """Make room for the months to come, let the planner look, remove what is old, and verify what is published."""
    from etl.operation import upkeep as work

    paper.print(f"✓ partitions of {', '.join(work.partitions())}")
    paper.print(f"✓ statistics of {len(work.statistics())} tables")
    gone = work.retention()
    paper.print(f"✓ removed {gone['landed_files']} landed files and {gone['pages']} validation pages")
    wrong = work.verify_published(revisions)
    for one in wrong:
        paper.print(f"✗ {one['error_kind']}: {one['error_message']}", markup=False)
        paper.print(f"  → {one['next_action']}", markup=False)
    if wrong:
        sys.exit(max(getattr(errors, one["error_kind"]).exit_code for one in wrong))
    paper.print("✓ every revision that was made again says the same")


@app.command("dictionary")
def dictionary_() -> None:
    """Print what every table, view and column for readers means, as Markdown (docs/dictionary.md)."""
    from etl.warehouse import dictionary

    sys.stdout.write(dictionary.page())


@app.command()
def url(
    reader: Annotated[
        bool, typer.Option("--reader", help="Of a login that only reads, drafts as well: of the embedded server only.")
    ] = False,
) -> None:
    """Print the warehouse's URL, the owner's; starts the embedded server when needed."""
    if reader and not settings.read().is_embedded:
        raise errors.Misdeclared(
            "HAILONG_WAREHOUSE_URL is set: only on the embedded server a login is made here",
            next_action="have its administrator make one with sql/guest/reader.postgresql.sql (docs/connect.md)",
        )
    migrate.up()
    shown = warehouse.url().set(drivername="postgresql")
    if reader:
        # the same each time, so that who reads at this moment goes on; and it tells nothing of what it is made from
        password = hmac.digest(str(shown.password).encode(), b"hailong_bi", "sha256").hex()
        shown = shown.set(username="hailong_bi", password=password)
        with warehouse.transaction() as connection:
            login = {"login_name": shown.username, "login_password": password}
            for row in warehouse.rows(connection, "operation/reader_login", **login):
                connection.exec_driver_sql(row["command"])
    sys.stdout.write(f"{shown.render_as_string(hide_password=False)}\n")


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
        _say_error(error)
        sys.exit(error.exit_code)


def _run_month(month: str | None, only: Sequence[str]) -> int:
    """Run one month from its plan to its verdict, and look back; the exit code that it calls for."""
    from etl.operation import look_back, steps

    planned = steps.plan(month, only)
    with locks.hold_run(planned.survey_month.first_day, lambda: _say_waiting(planned.month)):
        landed = _land_all(planned)
        with console.status(f"{planned.month}: validating and loading {len(landed)} treasuries"):
            steps.admit(planned, landed)
        with console.status(f"{planned.month}: scoring and checking"):
            scored = steps.score(planned)
        page = steps.report(planned)
        missing = steps.verdict(planned)
    with console.status(f"{planned.month}: looking for late answers in the months before"):
        earlier = look_back.run(planned)
    console.print(
        f"{planned.month} is {scored['month_status']}: {scored['loaded_count']} of {scored['open_count']} treasuries"
        f" are in. Validation page: {page}"
    )
    console.print(f"Its figures are a draft until they are published: hailong publish {planned.month} --why …")
    for line in (line for month in earlier for line in month.lines):
        console.print(line, markup=False)
    return _say_missing(missing)


def _months(month: str | None, first: str | None, last: str | None) -> Sequence[SurveyMonth]:
    """The months from one to another; without both, with a month beside them, or the wrong way round Misdeclared."""
    if month or not first or not last:
        raise errors.Misdeclared(
            "several months are named by the first and the last", next_action="give --from and --to, and no MONTH"
        )
    found = [SurveyMonth.parse(first)]
    end = SurveyMonth.parse(last)
    if end < found[0]:
        raise errors.Misdeclared(f"{last} is before {first}", next_action="give the earlier month with --from")
    while found[-1] < end:
        found.append(found[-1].next())
    return found


def _land_all(planned: object) -> list[str]:
    """Land every treasury of a plan, several at once; the codes of those that landed."""
    from etl.operation import steps
    from etl.operation.plan import Plan

    assert isinstance(planned, Plan)
    landed: list[str] = []
    reading, failed = f"{planned.month}: reading the treasuries", 0
    with tables.progress_bar(console) as progress:
        task = progress.add_task(reading, total=len(planned.treasury_codes))
        for code, is_landed in steps.land_all(planned):
            if is_landed:
                landed.append(code)
            else:
                failed += 1  # the outcome is recorded; the end of the run says why
            progress.update(task, advance=1, description=reading + (f", {failed} failed" if failed else ""))
    return sorted(landed)


def _rows(name: str, code: str, shown: str = "latest", **parameters: object) -> tables.Rows:
    """The rows of a report about a period; one that was never run, or lacks that revision, raises Misdeclared."""
    from etl.registry import Registry

    period = Registry.configured().period(code)
    key = {"period_code": period.code} if name == "reports/ranking" else {"survey_month": period.first_day}
    with warehouse.transaction() as connection:
        if not warehouse.rows(connection, "reports/runs", survey_month=period.first_day):
            raise errors.Misdeclared(f"{code} was not run yet", next_action=f"run it: hailong run {period.first}")
        warehouse.show(connection, shown)
        if name == "reports/ranking" and not warehouse.rows(connection, "reports/period", **key):
            raise errors.Misdeclared(
                f"{code} has no revision {shown}" if shown.isdecimal() else f"{code} was not rated yet",
                next_action=f"see hailong revisions {code}" if shown.isdecimal() else f"rate it: hailong rate {code}",
            )
        return warehouse.rows(connection, name, **key, **parameters)


def _login_name() -> str:
    """Who is at work here; a process of nobody raises Misdeclared."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise errors.Misdeclared("it is not known who publishes", next_action="say so with --by") from None


def _day(text: str) -> dt.date:
    """A day as it is written on the command line; anything else raises Misdeclared."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise errors.Misdeclared(f"'{text}' is no day", next_action="write it as YYYY-MM-DD") from None


def _say_revision(period: str, rows: tables.Rows) -> None:
    """Say which revision is shown."""
    number = rows[0]["revision"] if rows else None
    said = f"revision {number}" if number else f"draft, not published: hailong publish {period} --why '…'"
    console.print(f"{period}: {said}", markup=False)


def _say_waiting(month: str) -> None:
    """Say that another run holds the month."""
    console.print(f"another run of {month} is at work; waiting for it to end")


def _say_missing(missing: tables.Rows) -> int:
    """Name the missing treasuries; the exit code of the most serious reason."""
    for state in missing:
        console.print(f"✗ {state['treasury_state']}: {state['error_message']}", markup=False)
        console.print(f"  → {state['next_action']}", markup=False)
    states = {state["treasury_state"] for state in missing}
    if not states:
        return 0
    return (errors.Refused if "refused" in states else errors.Unavailable).exit_code


def _say_error(error: errors.HailongError) -> None:
    """Say what went wrong, and what to do next."""
    console.print(f"[bold red]{type(error).__name__}:[/] ", end="")
    console.print(error.message, markup=False)
    console.print(f"→ {error.next_action}", markup=False)
