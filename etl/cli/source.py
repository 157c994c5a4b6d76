"""The commands ``hailong source check`` and ``hailong source new``, by which a database is connected.

Neither asks a warehouse.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from etl import settings
from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.registry import Registry, codebook
from etl.registry.network import Treasury
from etl.source import queries, starter
from etl.source.starter import Dialect

if TYPE_CHECKING:
    from etl.admission.trial import Remark

app = typer.Typer(help="Connect a treasury's own database.", no_args_is_help=True)
paper = Console(highlight=False, soft_wrap=True)
SAMPLE_ROWS = 10


@app.command()
def check(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The treasury's code.")],
    month: Annotated[str | None, typer.Option(help="YYYY-MM; else the last whole month.")] = None,
) -> None:
    """Run a treasury's query for ten rows of a month, and say what is wrong with it and what to do."""
    registry = Registry.configured()
    survey_month = SurveyMonth.parse(month) if month else SurveyMonth.before(dt.datetime.now(dt.UTC), registry.zone())
    treasury = registry.treasury(code, survey_month)
    found = _findings(registry, treasury, survey_month)
    for finding in found:
        paper.print(f"{'✗' if finding.is_fault else '!'} {finding.what}", markup=False)
        paper.print(f"  → {finding.next_action}", markup=False)
    count = sum(finding.is_fault for finding in found)
    if count:
        raise Misdeclared(
            f"{code}, {survey_month}: {count} thing{'s are' if count > 1 else ' is'} wrong, see above",
            next_action=f"mend what is named, then check again: hailong source check {code} --month {survey_month}",
        )
    paper.print(f"✓ it fits. Next: hailong run {survey_month} --only {code}", markup=False)


@app.command()
def new(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="The name of the kind, as treasuries.yaml will give it.")],
    dialect: Annotated[Dialect, typer.Option(help="That of its databases; MariaDB's is mysql.")] = Dialect.postgresql,
) -> None:
    """Write a commented starting file for a new kind of source, and say what comes next."""
    registry = Registry.configured()
    path = starter.write(registry, kind, dialect)
    for line in (
        f"wrote {path}",
        "1. fill it in: replace every name that begins with your_, and keep one form of the answers",
        f"2. name it in {registry.path / 'treasuries.yaml'}: source: {kind}",
        f"3. connect the treasury: a line treasury_<code>: <URL> in {settings.read().connections}",
        "4. try it: hailong source check CODE --month YYYY-MM",
    ):
        sys.stdout.write(f"{line}\n")


def _findings(registry: Registry, treasury: Treasury, month: SurveyMonth) -> list[Remark]:
    """What is wrong with a treasury's source, by its columns, and where these are right by some of its rows."""
    import pyarrow as pa

    from etl import source
    from etl.admission import trial
    from etl.source import address

    url, now = source.url_of(treasury.connection_name), settings.read()
    statement = queries.statement_of(registry.path, treasury.source, url.get_backend_name())
    left = starter.left_in(statement.sql)
    if left:
        raise Misdeclared(
            f"{statement.name}: something still begins with your_: {', '.join(left)}",
            next_action="put the names of the office's own tables and columns in their place",
        )
    bounds, book = registry.days_of(treasury, month), codebook.of(registry, treasury, month)
    office = trial.Office(treasury.code, bounds, book, statement.encoding)
    place = f"{treasury.code} {treasury.name_vi}, {month}"
    query = source.Query(place, statement.sql, statement.params, bounds, book.zone, statement.encoding, statement.reads)
    limits = source.Limits(now.source_timeout, SAMPLE_ROWS, now.source_tries)
    paper.print(f"{place}: {statement.name} at {address.where(url)}", markup=False)
    seen = source.probe(url, query, limits, 0)
    paper.print(f"columns: {', '.join(f'{one.name} ({one.type_name})' for one in seen.columns)}", markup=False)
    found = trial.of_shape([(one.name, one.type_name) for one in seen.columns], office)
    if not found:
        some = source.probe(url, query, limits, SAMPLE_ROWS).rows
        paper.print(f"rows read: {some.num_rows}", markup=False)
        found = trial.of_rows(pa.Table.from_batches([some]), office)
    return found + trial.of_rights(can_write=seen.can_write, reads=statement.reads)
