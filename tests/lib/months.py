"""What a test asks of a month: run it, query it, take its fingerprint."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from etl import warehouse
from etl.errors import HailongError
from etl.operation import steps
from etl.operation.plan import Plan
from etl.warehouse import embedded
from tests.lib.kept import Kept
from tests.lib.networks import small_network


def run_month(month: str, only: Sequence[str] = ()) -> Plan:
    """Run a month through the steps, going on without the treasuries that cannot be read."""
    planned = steps.plan(month, only)
    landed = []
    for code in planned.treasury_codes:
        with contextlib.suppress(HailongError):
            steps.land(planned, code)
            landed.append(code)
    steps.admit(planned, landed)
    steps.score(planned)
    steps.report(planned)
    return planned


def on_server(state: Path, statement: str, server: str = "warehouse") -> None:
    """Run a statement on an embedded server, outside of transactions: databases are made and dropped so."""
    engine = sa.create_engine(embedded.url(state, server), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def query(sql: str) -> list[dict[str, Any]]:
    """The rows of a query; the views show the drafts of what is not published."""
    with warehouse.transaction() as connection:
        warehouse.show(connection, "latest")
        return [dict(row) for row in connection.execute(sa.text(sql)).mappings()]


def fingerprint() -> dict[str, str]:
    """Digests of all that a month leaves behind, but for the run's name, the clock and the order of rows."""
    return query(
        """
        select
            (select md5(string_agg(f::text, '|' order by treasury_id, response_key)) from core.fact_response as f
             where survey_month = '2023-07-01') as responses,
            (select md5(string_agg((to_jsonb(r) - 'run_id' - 'scored_at')::text, '|'
                 order by area_level, area_code, breakdown, member_code))
             from score.rating as r where survey_month = '2023-07-01') as ratings,
            (select md5(string_agg(concat_ws(' ', treasury_id, row_name, rule_code), '|'
                 order by treasury_id, row_name, rule_code))
             from (select *, coalesce(response_key, '#' || row_number) as row_name from ops.turned_away) as t
             where survey_month = '2023-07-01') as turned_away
        """
    )[0]


def july() -> Plan:
    """Run July 2023 of every treasury that is declared."""
    return run_month("2023-07")


JULY = Kept("july", july)


def three() -> Plan:
    """Run July 2023 of three treasuries of the whole network."""
    return run_month("2023-07", ["19", "34", "48"])


THREE = Kept("three of all in July", three)
PAIR = Kept("two in July", july, small_network)
