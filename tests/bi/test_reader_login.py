"""The login with which ``make bi`` shows the demo: made by ``hailong url --reader``, and no owner of anything."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.cli import operation
from etl.errors import Misdeclared
from etl.operation import migrate
from etl.warehouse import embedded

LIMITS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "1min",
    "idle_in_transaction_session_timeout": "1min",
    "lock_timeout": "10s",
}
GROUPS = {"hailong_reader", "hailong_draft_reader"}
REFUSED = ["delete from mart.dim_month", "select * from core.fact_response", "create table mart.mine (a integer)"]


def test_the_demos_reader_reads_marts_and_drafts_within_limits_and_no_more(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate.up()
    operation.url(reader=True)
    first = capsys.readouterr().out
    operation.url(reader=True)
    assert capsys.readouterr().out == first
    owner = sa.make_url(embedded.url(state, "warehouse"))
    assert str(owner.password) not in first
    reader = sa.make_url(first.strip())
    assert (reader.drivername, reader.username, reader.database) == ("postgresql", "hailong_bi", "hailong")
    engine = sa.create_engine(reader.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("select * from mart.treasury_ranking limit 1")
        shown = {name: connection.exec_driver_sql(f"show {name}").scalar_one() for name in LIMITS}
        groups = connection.exec_driver_sql(
            "select rolname from pg_roles where pg_has_role(oid, 'member') and rolname != current_user"
        )
        assert (shown, set(groups.scalars())) == (LIMITS, GROUPS)
    for statement in REFUSED:
        with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            connection.exec_driver_sql(f"set transaction read write; {statement}")


def test_a_warehouse_of_ones_own_gets_its_reader_from_its_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", "postgresql://owner@warehouse.invalid/warehouse")
    with pytest.raises(Misdeclared) as raised:
        operation.url(reader=True)
    assert "sql/guest/reader.postgresql.sql" in raised.value.next_action
