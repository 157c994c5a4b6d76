"""The command ``hailong ranking``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from etl.cli import output, reading
from etl.cli.options import Format, FormatOption, PeriodArgument, day

if TYPE_CHECKING:
    from etl.reports.tables import Rows

app = typer.Typer()


@app.command()
def ranking(
    period: PeriodArgument,
    form: FormatOption = Format.table,
    revision: Annotated[int | None, typer.Option(min=0, help="This published revision; 0 is the draft.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="The draft, also when a revision is published.")] = False,
    as_of: Annotated[
        dt.date | None,
        typer.Option(metavar="DATE", parser=day, help="Summed up to the offices of this day, YYYY-MM-DD."),
    ] = None,
) -> None:
    """Print the ranking of a period.

    Its last published revision, or its draft while nothing is published.
    """
    if draft and revision:
        raise typer.BadParameter("a revision is no draft; give only one of --draft and --revision")
    reading.need_warehouse()
    shown = "draft" if draft else "latest" if revision is None else str(revision)
    rows = _rebased(period, as_of, shown) if as_of else reading.rows("reports/ranking", reading.period(period), shown)
    if form is not Format.table:
        output.write_rows(rows, form, {})
        return
    from etl.reports import tables

    _say_revision(period, rows)
    columns = tables.ranking_columns(is_rebased=as_of is not None)
    output.write_rows(tables.ranking(rows), form, columns, essential=tables.RANKING_ESSENTIAL)


def _rebased(period: str, day: dt.date, shown: str) -> Rows:
    """The ranking summed up to the offices of a day."""
    from etl.scoring import rebased

    return rebased.ranking(period, day, shown)


def _say_revision(period: str, rows: Rows) -> None:
    """Say which revision is shown."""
    number = rows[0]["revision"] if rows else None
    said = f"revision {number}" if number else f"draft, not published: hailong publish {period} --why '…'"
    output.say(f"{period}: {said}")
