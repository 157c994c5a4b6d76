"""The commands that show the figures of a period: by treasury, and by province."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from etl import settings
from etl.cli import output, reading
from etl.cli.options import Format, FormatOption, PeriodArgument, day

if TYPE_CHECKING:
    from etl.reports.tables import Rows

app = typer.Typer()
RevisionOption = Annotated[int | None, typer.Option(min=0, help="This published revision; 0 is the draft.")]
DraftOption = Annotated[bool, typer.Option("--draft", help="The draft, also when a revision is published.")]


@app.command()
def ranking(
    period: PeriodArgument,
    form: FormatOption = Format.table,
    revision: RevisionOption = None,
    draft: DraftOption = False,
    as_of: Annotated[
        dt.date | None,
        typer.Option(metavar="DATE", parser=day, help="Summed up to the offices of this day, YYYY-MM-DD."),
    ] = None,
) -> None:
    """Print the ranking of a period.

    Its last published revision, or its draft while nothing is published.
    """
    shown = _shown(revision, draft)
    reading.need_warehouse()
    rows = _rebased(period, as_of, shown) if as_of else reading.rows("reports/ranking", reading.period(period), shown)
    if form is not Format.table:
        output.write_rows(rows, form, {})
        return
    from etl.reports import certainty, tables, words

    _say_revision(period, rows)
    for language in words.LANGUAGES.values() if settings.language() == "en" else (words.VIETNAMESE,):
        if said := certainty.of_all(rows, language):
            output.say(said)
    columns = tables.ranking_columns(is_rebased=as_of is not None)
    output.write_rows(tables.ranking(rows), form, columns, essential=tables.RANKING_ESSENTIAL)


@app.command()
def provinces(
    period: PeriodArgument,
    form: FormatOption = Format.table,
    revision: RevisionOption = None,
    draft: DraftOption = False,
) -> None:
    """Print the answers of a period by province of today.

    They are those given to the former provincial treasuries that lay in it, summed: geography, and no rating.
    """
    from etl.errors import Misdeclared
    from etl.reports import tables, words

    shown = _shown(revision, draft)
    reading.need_warehouse()
    rows = reading.rows("reports/provinces", reading.period(period), shown)
    if not rows:
        raise Misdeclared(
            f"{period} has no answers by province: none of the former provincial treasuries was rated in it, and the "
            "answers given to a regional treasury cannot be told apart by province",
            next_action=f"see it by regional treasury: hailong ranking {period}",
        )
    _say_revision(period, rows)
    output.say(words.PROVINCES[settings.language() == "en"])
    output.write_rows(rows if form is not Format.table else tables.provinces(rows), form, tables.PROVINCES)


def _shown(revision: int | None, draft: bool) -> str:
    """Which revision is shown, as the warehouse takes it."""
    if draft and revision:
        raise typer.BadParameter("a revision is no draft; give only one of --draft and --revision")
    return "draft" if draft else "latest" if revision is None else str(revision)


def _rebased(period: str, day: dt.date, shown: str) -> Rows:
    """The ranking summed up to the offices of a day."""
    from etl.scoring import rebased

    return rebased.ranking(period, day, shown)


def _say_revision(period: str, rows: Rows) -> None:
    """Say which revision is shown."""
    number = rows[0]["revision"] if rows else None
    if not number:
        output.say(f"{period}: draft, not published: hailong publish {period} --why '…'")
        return
    from etl.publishing import revisions

    output.say(f"{period}: revision {number}")
    if revisions.is_draft_newer(reading.period(period)):
        output.say(f"a newer draft says something else: hailong diff {period}; hailong ranking {period} --draft")
