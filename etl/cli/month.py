"""The commands about a month: run it, rate it anew, discard its draft, see how it came in, count it a second way."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etl import settings
from etl.cli import language, output, overview, reading
from etl.cli.options import Format, FormatOption, MonthArgument, PeriodArgument, known_months, survey_month
from etl.errors import HailongError, Refused, Unavailable
from etl.periods import Period, SurveyMonth, months_in

if TYPE_CHECKING:
    from etl.operation.plan import Plan
    from etl.reports.tables import Rows

app = typer.Typer()
_CAME_LATER = {"added_count": "added", "changed_count": "corrected", "deleted_count": "deleted", "drift": "drift"}


@app.command()
def run(
    month: Annotated[
        SurveyMonth | None,
        typer.Argument(
            metavar="MONTH",
            help="YYYY-MM; else the last whole one.",
            parser=survey_month,
            autocompletion=known_months,
        ),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Only this treasury, by code or name; may be repeated.")
    ] = None,
    first: Annotated[
        SurveyMonth | None,
        typer.Option("--from", metavar="MONTH", parser=survey_month, help="The first of several months."),
    ] = None,
    last: Annotated[
        SurveyMonth | None, typer.Option("--to", metavar="MONTH", parser=survey_month, help="The last of them.")
    ] = None,
    early: Annotated[
        bool, typer.Option("--early", help="Although the month, or the data, are not at its end: never final.")
    ] = False,
) -> None:
    """Run a month, or several, from reading to the draft.

    Plan, land, admit, score, report, verdict; then look back at the months before.
    """
    months = _months(month, first, last) if first or last else [month]
    asked = [(each, _codes(only, each)) for each in months]
    worst = 0
    for each, codes in asked:
        try:
            worst = max(worst, _run_month(each, codes, is_early_allowed=early))
        except HailongError as error:
            output.say_error(error)  # the months after it can be run all the same
            worst = max(worst, error.exit_code)
    if worst:
        raise typer.Exit(worst)


@app.command()
def rate(period: PeriodArgument) -> None:
    """Rate a period anew from what is loaded; makes a draft.

    No treasury is asked.
    """
    reading.need_warehouse()
    from etl.operation import beside_rating, steps

    rated = steps.rate(period)
    output.say(
        f"{period} is {rated['month_status']}: {overview.counts(rated)}. It is a draft: {overview.to_publish(period)}"
    )
    for error in rated["left_out"]:
        output.say(f"✗ left out: {error.message}")
        output.say(f"  → {error.next_action}")
    failed = _say_not_made({name: beside_rating.as_values(rated[name]) for name in rated if name.endswith("_error")})
    if rated["left_out"]:
        raise typer.Exit(Refused.exit_code)
    if failed:
        raise typer.Exit(failed["exit_code"])


@app.command()
def discard(period: PeriodArgument) -> None:
    """Discard the draft of a period, never a revision.

    The answers stay: rating it again makes another one.
    """
    reading.need_warehouse()
    from etl.scoring import drafts

    draft = drafts.discard(period)
    was = f"{draft['month_status']}: {overview.counts(draft)}"
    output.say(f"{period}: the draft of {drafts.made_at(draft)} is discarded. It was {was}")
    shown = f"Revision {draft['last_number']} is shown" if draft["last_number"] else "Nothing of it is shown"
    output.say(f"{shown}. The answers stay; for a new draft: hailong rate {period}")


@app.command()
def status(month: MonthArgument, form: FormatOption = Format.table) -> None:
    """Print how each treasury came in, and what to do.

    State, rows, seconds, error and next action.
    """
    reading.need_warehouse()
    from etl.publishing import preview

    period = Period.of_month(month)
    rows = reading.rows("reports/status", period, first_day=period.first_day, last_day=period.last_day)
    columns = {"treasury_code": "code", "treasury_name_vi": "treasury", "treasury_state": "state"}
    columns |= {"read_count": "read", "loaded_count": "loaded", "turned_away_count": "turned away"}
    columns |= {"new_no_month_count": "of no month"} if any(row["new_no_month_count"] for row in rows) else {}
    columns |= {"signals": "look at"}
    columns |= {name: word for name, word in _CAME_LATER.items() if any(row[name] for row in rows)}
    if any(row["snapshot_at"] and row["snapshot_at"].date() <= period.last_day for row in rows):
        columns |= {"snapshot_at": "as of"}
    columns |= {"seconds": "seconds", "error_message": "error", "next_action": "next action"}
    essential = ("treasury_code", "treasury_name_vi", "treasury_state", "error_message", "next_action")
    output.write_rows(rows, form, columns, essential=essential)
    for line in preview.sentences(str(month)):
        output.say(line)
    uncounted = [row for row in rows if row["uncounted_why"]]
    for why in dict.fromkeys(row["uncounted_why"] for row in uncounted):
        codes = ", ".join(row["treasury_code"] for row in uncounted if row["uncounted_why"] == why)
        output.say(f"not accounted for is the whole table of {codes}: {why}")


@app.command("turned-away")
def turned_away(
    month: MonthArgument,
    treasury: Annotated[str | None, typer.Option(help="Only this treasury, by code or name.")] = None,
    of_no_month: Annotated[
        bool, typer.Option("--of-no-month", help="The rows that no month selects, first seen in this one.")
    ] = False,
    form: FormatOption = Format.table,
) -> None:
    """Print the rows turned away, each with its rule."""
    reading.need_warehouse()
    period = Period.of_month(month)
    code = reading.treasury_code(treasury, period) if treasury else None
    if of_no_month:
        rows = reading.rows("reports/rows_of_no_month", period, treasury_code=code)
        columns = {"treasury_code": "code", "response_key": "response", "rule_code": "rule", "row_count": "rows"}
        columns |= {"first_seen_at": "first seen", "mended_at": "mended"}
        output.write_rows(rows, form, columns)
        return
    rows = reading.rows("reports/turned_away", period, treasury_code=code)
    columns = {"treasury_code": "code", "response_key": "response", "row_number": "row", "rule_code": "rule"}
    output.write_rows(rows, form, columns)


@app.command()
def check(period: PeriodArgument) -> None:
    """Count a period again a second way."""
    reading.need_warehouse()
    from etl.operation import steps

    reading.rows("reports/ranking", reading.period(period), "draft")
    for name in steps.check(period):
        output.write_line(f"✓ {name.removeprefix('checks/')}")


def _months(month: SurveyMonth | None, first: SurveyMonth | None, last: SurveyMonth | None) -> Sequence[SurveyMonth]:
    """The months from one to another.

    Without both, with a month beside them, or the wrong way round is wrong usage.
    """
    if month or not first or not last:
        raise typer.BadParameter(
            "several months are named by the first and the last; give --from and --to, and no MONTH"
        )
    if last < first:
        raise typer.BadParameter(f"{last} is before {first}; give the earlier month with --from")
    return months_in(Period("", "", "", first, last))


def _codes(named: Sequence[str] | None, month: SurveyMonth | None) -> list[str]:
    """The codes of the treasuries that are named; without a month in the last whole one."""
    if not named:
        return []
    from etl.operation import plan

    asked = month or plan.last_whole_month()
    return [reading.treasury_code(text, asked) for text in named]


def _run_month(month: SurveyMonth | None, only: Sequence[str], *, is_early_allowed: bool) -> int:
    """Run one month and look back; the exit code that it calls for."""
    from etl.operation import plan

    named = str(month) if month else None
    # a mistake is told before anything heavy is loaded, or a server made
    plan.intend(named, only, is_early_allowed=is_early_allowed)
    _start_servers()
    from etl.operation import look_back, steps
    from etl.warehouse import locks

    planned = steps.plan(named, only, is_early_allowed=is_early_allowed)
    with locks.hold_run(planned.survey_month.first_day, lambda holder: _say_waiting(planned.month, holder)):
        landed = _land_all(planned)
        with output.at_work(f"{planned.month}: validating and loading {len(landed)} treasuries"):
            steps.admit(planned, landed)
        with output.at_work(f"{planned.month}: scoring and checking"):
            scored = steps.score(planned)
        page = steps.report(planned)
        missing = steps.verdict(planned)
    with output.at_work(f"{planned.month}: looking for late answers in the months before"):
        earlier = look_back.run(planned)
    output.say(f"{planned.month} is {scored['month_status']}: {overview.counts(scored)}. Validation page: {page}")
    output.say(f"Its figures are a draft until they are published: {overview.to_publish(planned.month)}")
    for line in (line for looked_at in earlier for line in looked_at.lines):
        output.say(line)
    failed = _say_not_made(scored)
    return _say_missing(missing, planned.survey_month) or (failed["exit_code"] if failed else 0)


def _start_servers() -> None:
    """Start what a run needs of the embedded servers, on the current schema."""
    from etl.demo import servers
    from etl.operation import migrate

    servers.start_again(settings.read())
    if settings.read().is_embedded:
        migrate.up()


def _land_all(planned: Plan) -> list[str]:
    """Land the treasuries of a plan; the codes of those that landed."""
    from etl.operation import steps
    from etl.reports import progress

    landed: list[str] = []
    reading_them, failed = language.said(f"{planned.month}: reading the treasuries"), 0
    landing = contextlib.closing(steps.land_all(planned))  # who stops on the way ends the workers
    with progress.bar(output.console()) as bar, landing as outcomes:
        task = bar.add_task(reading_them, total=len(planned.treasury_codes))
        for code, is_landed in outcomes:
            if is_landed:
                landed.append(code)
            else:
                failed += 1  # the outcome is recorded; the end of the run says why
            bar.update(
                task, advance=1, description=reading_them + language.said(f", {failed} failed" if failed else "")
            )
    return sorted(landed)


def _say_waiting(month: str, holder: str) -> None:
    """Say that another run holds the month."""
    output.say(f"another run of {month} is at work, {holder}; waiting for it to end")


def _say_no_cases(message: str, next_action: str) -> None:
    """Say that reports of harassment did not become cases."""
    output.say(f"✗ reports of harassment did not become cases, and will when the month is rated again: {message}")
    output.say(f"  → {next_action}")


def _say_no_evidence(message: str, next_action: str) -> None:
    """Say that there is no evidence on officers."""
    output.say(f"✗ there is no evidence on officers until the month is rated again: {message}")
    output.say(f"  → {next_action}")


def _say_no_effects(message: str, next_action: str) -> None:
    """Say that no effects were measured."""
    output.say(f"✗ whether what offices did helped is not known until the month is rated again: {message}")
    output.say(f"  → {next_action}")


def _say_not_made(scored: Mapping[str, Any]) -> dict[str, Any] | None:
    """Say what was not made beside a rating, and why; the first failure, if any."""
    told = {"cases_error": _say_no_cases, "officers_error": _say_no_evidence, "effects_error": _say_no_effects}
    failures = [(say, scored[name]) for name, say in told.items() if scored[name]]
    for say, failure in failures:
        say(failure["message"], failure["next_action"])
    return failures[0][1] if failures else None


def _say_missing(missing: Rows, month: SurveyMonth) -> int:
    """Name the missing treasuries, each cause once; the exit code of the most serious reason."""
    from etl.reports import causes

    for alike in causes.by_cause({**state, "survey_month": month.first_day} for state in missing):
        first, others = alike[0], [state["treasury_code"] for state in alike[1:]]
        output.say(f"✗ {first['treasury_state']}: {first['error_message']}")
        if others:
            output.say(f"  so are {len(others)} more: {', '.join(others)}")
        output.say(f"  → {first['next_action']}")
    states = {state["treasury_state"] for state in missing}
    if not states:
        return 0
    return (Refused if "refused" in states else Unavailable).exit_code
