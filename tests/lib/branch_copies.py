"""Copies of branch databases in which one made-up customer answered in two treasuries and two months."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.publishing import publish
from etl.publishing.publish import Decision
from etl.source import pseudonym
from etl.warehouse import embedded
from tests.lib import kept
from tests.lib.kept import Kept
from tests.lib.months import run_month
from tests.lib.networks import PAIR, small_network

REFERENCE, TEXT = "KH-4711-LAN", "Điều riêng của khách hàng 4711"
HASH = str(pseudonym.of(REFERENCE, kept.KEY.encode()))
MONTHS = ("2023-06", "2023-07")
ANNA = Decision("anna", "the month is complete", is_provisional_allowed=True)
_THEIRS = (
    "update survey_response set respondent_ref = '{ref}', comment = '{text} ' || response_id where response_id in"
    " (select response_id from survey_response where submitted_at >= '{month}-05' and submitted_at < '{month}-25' and"
    " respondent_ref is not null and comment is null order by response_id limit 3)"
)
_TURNED_AWAY = (
    "update survey_response set respondent_ref = '{ref}', comment = '{text} ' || response_id, channel_code = 'nowhere'"
    " where response_id = (select max(response_id) from survey_response where submitted_at >= '{month}-05' and"
    " submitted_at < '{month}-25')"
)


@contextlib.contextmanager
def copies(state: Path) -> Iterator[dict[str, sa.Engine]]:
    """Copies of two treasuries' databases with the customer in them, to which the environment points."""
    server = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    made: dict[str, sa.Engine] = {}
    with pytest.MonkeyPatch.context() as environment:
        for code in PAIR:
            name = f"branch_{secrets.token_hex(4)}"
            with server.connect() as connection:
                connection.exec_driver_sql(f"create database {name} template treasury_{code}")
            url = sa.make_url(embedded.url(state, "branches", name))
            environment.setenv(f"AIRFLOW_CONN_TREASURY_{code}", url.render_as_string(hide_password=False))
            made[code] = sa.create_engine(url, poolclass=sa.NullPool)
            with made[code].begin() as connection:
                for month in MONTHS:
                    for statement in (_THEIRS, _TURNED_AWAY):
                        connection.exec_driver_sql(statement.format(ref=REFERENCE, text=TEXT, month=month))
        yield made
    with server.connect() as connection:
        for engine in made.values():
            connection.exec_driver_sql(f"drop database {engine.url.database} with (force)")


def _two_months() -> None:
    """June and July 2023 of two treasuries, each published."""
    from etl import settings

    with copies(settings.read().state):
        for month in MONTHS:
            run_month(month)
            assert publish.publish(month, ANNA) == 1


PUBLISHED_TWICE = Kept("one customer, published", _two_months, small_network)
