"""The warehouse on an older PostgreSQL than the embedded one: the wheel carries 16 as well."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.operation import migrate, steps
from etl.warehouse import embedded
from tests.lib.months import run_month


@pytest.fixture
def older(estate: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A warehouse on PostgreSQL 16."""
    newer = embedded._programs()
    monkeypatch.setattr(embedded, "_programs", lambda: newer.parents[1] / "pginstall" / "bin")
    with tempfile.TemporaryDirectory(prefix="hailong-") as made:
        url = embedded.url(Path(made), "warehouse")
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url)
        monkeypatch.setenv("HAILONG_PSEUDONYM_KEY", "a key for tests, long enough to pass")
        monkeypatch.setenv("HAILONG_LANDING", str(tmp_path / "landing"))
        monkeypatch.setenv("HAILONG_REPORTS", str(tmp_path / "reports"))
        yield url
        embedded.stop(Path(made), "warehouse")


def test_a_month_runs_on_it(older: str) -> None:
    migrate.up()
    assert steps.verdict(run_month("2023-07", ["34"])) == []
    with warehouse.transaction() as connection:
        assert str(connection.scalar(sa.text("show server_version"))).startswith("16")
        warehouse.show(connection, "draft")
        ranking = sa.text("select satisfaction_pct from mart.treasury_ranking where treasury_code = '34'")
        assert str(connection.scalar(ranking)) == "93.64"
