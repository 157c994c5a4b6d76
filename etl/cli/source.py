"""The commands ``hailong source check`` and ``hailong source new``, by which a database is connected.

Neither asks a warehouse.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from etl import settings
from etl.cli import output, reading
from etl.cli.options import known_months, survey_month
from etl.errors import HailongError, Misdeclared
from etl.periods import SurveyMonth

if TYPE_CHECKING:
    from etl.admission.remarks import Remark
    from etl.registry import Registry
    from etl.registry.network import Treasury

app = typer.Typer(help="Connect a treasury's own database.", no_args_is_help=True)
SAMPLE_ROWS = 10

DialectName = Literal["postgresql", "mysql", "sqlite", "mssql", "oracle"]
"""The values of ``etl.source.starter.Dialect``, which is not loaded to be asked."""


@app.command()
def check(
    code: Annotated[str, typer.Argument(metavar="TREASURY", help="The treasury, by code or name.")],
    month: Annotated[
        SurveyMonth | None,
        typer.Option(
            metavar="MONTH", help="Else the last whole month.", parser=survey_month, autocompletion=known_months
        ),
    ] = None,
) -> None:
    """Try a treasury's query on ten rows; say what is wrong."""
    from etl.demo import servers
    from etl.registry import Registry

    registry = Registry.configured()
    asked = month or SurveyMonth.before(dt.datetime.now(dt.UTC), registry.zone())
    treasury = registry.treasury(reading.treasury_code(code, asked), asked)
    servers.start_again(settings.read())
    try:
        remarks = _remarks(registry, treasury, asked)
        if treasury.action_source:
            told = {remark.what for remark in remarks}
            remarks += [remark for remark in _register_remarks(registry, treasury) if remark.what not in told]
    except HailongError as error:
        raise error.at(f"{treasury.code} {treasury.name_vi}, {asked}") from error.__cause__
    for remark in remarks:
        output.write_line(f"{'✗' if remark.is_fault else '!'} {remark.what}")
        output.write_line(f"  → {remark.next_action}")
    count = sum(remark.is_fault for remark in remarks)
    if count:
        raise Misdeclared(
            f"{treasury.code}, {asked}: {count} thing{'s are' if count > 1 else ' is'} wrong, see above",
            next_action=f"mend what is named, then check again: hailong source check {treasury.code} --month {asked}",
        )
    output.write_line(f"✓ it fits. Next: hailong run {asked} --only {treasury.code}")


@app.command()
def new(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="The name of the kind, as treasuries.yaml will give it.")],
    dialect: Annotated[DialectName, typer.Option(help="That of its databases; MariaDB's is mysql.")] = "postgresql",
) -> None:
    """Write a commented starting file for a new kind of source."""
    from etl.registry import Registry
    from etl.source import starter

    registry = Registry.configured()
    path = starter.write(registry, kind, starter.Dialect(dialect))
    for line in (
        f"wrote {path}",
        "1. fill it in: replace every name that begins with your_, and keep one form of the answers",
        f"2. name it in {registry.path / 'treasuries.yaml'}: source: {kind}",
        f"3. connect the treasury: a line treasury_<code>: <URL> in {settings.read().connections}",
        "4. try it: hailong source check CODE --month YYYY-MM",
    ):
        output.write_line(line)


def _remarks(registry: Registry, treasury: Treasury, month: SurveyMonth) -> list[Remark]:
    """What is wrong with a treasury's source.

    By its columns, and where these are right by some of its rows and by the count of all.
    """
    import pyarrow as pa

    from etl.admission import accounted, blind_spots, rehearsal, trial
    from etl.registry import codebook, rule_sets
    from etl.source import address, queries, snapshot, starter

    url, current = address.url_of(treasury.connection_name), settings.read()
    statement = queries.statement_of(registry.path, treasury.source, url.get_backend_name())
    left = starter.left_in(statement)
    if left:
        raise Misdeclared(
            f"{statement.name}: something still begins with your_: {', '.join(left)}",
            next_action="put the names of the office's own tables and columns in their place",
        )
    bounds, book = registry.days_of(treasury, month), codebook.of(registry, treasury, month)
    admission = rule_sets.in_force(registry.path, month).admission.where(is_asked=registry.has_round(month))
    office = trial.Office(
        treasury.code, bounds, book, statement.encoding, treasury.connection_name, admission.answers_due
    )
    place = f"{treasury.code} {treasury.name_vi}, {month}"
    query = queries.Query.of(place, statement, bounds, book.zone)
    query = dataclasses.replace(query, opened=registry.opened(treasury))
    limits = queries.Limits(current.source_timeout, SAMPLE_ROWS, current.source_tries)
    output.write_line(f"{place}: {statement.name} at {address.where(url)}")
    seen = snapshot.probe(url, query, limits, 0)
    output.write_line(f"columns: {', '.join(f'{column.name} ({column.type_name})' for column in seen.columns)}")
    remarks = trial.of_shape([(column.name, column.type_name) for column in seen.columns], office)
    if not any(remark.is_fault for remark in remarks):
        sample = snapshot.probe(url, query, limits, SAMPLE_ROWS).rows
        output.write_line(f"rows read: {sample.num_rows}")
        remarks += trial.of_rows(pa.Table.from_batches([sample]), office)
        whole = snapshot.Snapshot(url, query, dataclasses.replace(limits, batch_rows=current.batch_rows))
        month_of_rows = rehearsal.Rehearsal(office)
        for batch in whole:
            month_of_rows.meet(batch)
        table = whole.census.counts if whole.census else None
        remarks += month_of_rows.remarks(admission, {remark.rule_code for remark in remarks}, table)
        remarks += accounted.remarks(whole)
    remarks += trial.of_rights(seen, statement.reads)
    return remarks + blind_spots.of(seen.sight, seen.shape, statement.reads)


def _register_remarks(registry: Registry, treasury: Treasury) -> list[Remark]:
    """What is wrong with a treasury's register; that it cannot be read hides nothing that is said of its answers."""
    from etl.admission.remarks import Remark

    try:
        return _of_register(registry, treasury)
    except HailongError as error:
        return [Remark(f"register: {error.message}", error.next_action)]


def _of_register(registry: Registry, treasury: Treasury) -> list[Remark]:
    """What is wrong with a treasury's register of actions, by its columns and where these are right by its rows."""
    from etl.acting import register_reading
    from etl.admission import blind_spots, trial
    from etl.admission.remarks import Remark
    from etl.landing import register
    from etl.source import action_rows, address, queries

    url, current, zone = address.url_of(treasury.connection_name), settings.read(), registry.zone(treasury)
    query = register.query_of(treasury, url.get_backend_name(), zone)
    limits = queries.Limits(current.source_timeout, current.batch_rows, current.source_tries)
    output.write_line(f"{query.place}: source/{treasury.action_source} at {address.where(url)}")
    seen = action_rows.probe(url, query, limits)
    told = action_rows.faults(column.name for column in seen.columns)
    remarks = [Remark(f"register: {fault}", "make its query yield the columns of docs/sources.md") for fault in told]
    if not told:
        rows = action_rows.read(url, query, limits).rows
        output.write_line(f"rows of the register read: {rows.num_rows}")
        today = dt.datetime.now(zone).date()
        remarks += [
            Remark(f"register: {told}", "mend the rows, or the query; a run turns them away one by one", is_fault=False)
            for told in register_reading.rehearsed(rows, treasury.code, today)
        ]
    return remarks + trial.of_rights(seen, query.tables) + blind_spots.of(seen.sight, seen.shape, query.tables)
