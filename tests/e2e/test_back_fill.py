"""Several months in one command leave what each month's own command leaves, and tell the worst that befell them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.operation import migrate
from etl.warehouse import embedded
from tests.lib.command_line import hailong
from tests.lib.networks import small_network

MONTHS = ("2023-06", "2023-07")
NOWHERE = "postgresql://u:p@127.0.0.1:1/nowhere"
ROWS = {
    # table             | but for the run's name, its place on the disk, and the clock
    "core.fact_response": (),
    "core.unit_count": (),
    "score.rating": ("run_id", "scored_at"),
    "score.standing": (),
    "score.mix": (),
    "score.weakness": (),
    "score.signal": (),
    "score.revision": ("run_id", "scored_at"),
    "ops.turned_away": ("run_id",),
    "ops.treasury_month": ("run_id", "updated_at", "landing_path", "work_seconds"),
    "ops.survey_month": ("run_id", "decided_at"),
    "ops.validation": ("run_id",),
}


@pytest.fixture
def small(fresh_warehouse: str, estate: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of two treasuries, and a fresh warehouse for it."""
    monkeypatch.setenv("HAILONG_CONFIG", str(small_network(tmp_path)))
    monkeypatch.setenv("HAILONG_WORKERS", "1")


@pytest.fixture
def other(state: Path) -> Iterator[str]:
    """The URL of another empty warehouse; dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    yield warehouse.ensure_embedded(name)
    server = sa.create_engine(embedded.url(state, "warehouse"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")


def left() -> dict[str, list[str]]:
    """What the months left in the warehouse, table by table."""
    found = {}
    with warehouse.transaction() as connection:
        for table, but in ROWS.items():
            names = "".join(f" - '{name}'" for name in but)
            rows = connection.execute(sa.text(f"select (to_jsonb(t){names})::text from {table} as t order by 1"))
            found[table] = list(rows.scalars())
    return found


@pytest.mark.usefixtures("small")
@pytest.mark.thorough
def test_several_months_leave_what_each_alone_leaves(
    other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = hailong("run", "--from", MONTHS[0], "--to", MONTHS[-1])
    assert together.exit_code == 0, together.stderr
    said = together.stdout + together.stderr
    places = [said.index(f"{month} is final: 2 of 2") for month in MONTHS]
    assert places == sorted(places)
    first = left()
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", other)
    monkeypatch.setenv("HAILONG_LANDING", str(tmp_path / "other"))
    migrate.up()
    for month in MONTHS:
        alone = hailong("run", month)
        assert alone.exit_code == 0, alone.stderr
    assert all(first.values())
    assert left() == first


@pytest.mark.usefixtures("small")
@pytest.mark.deep
def test_the_exit_code_is_that_of_the_worst_month_and_the_others_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TREASURY_34", NOWHERE)
    monkeypatch.setenv("HAILONG_SOURCE_TRIES", "1")
    run = hailong("run", "--from", "2021-12", "--to", "2022-01")  # the first is from before there were rules
    said = run.stdout + run.stderr
    assert run.exit_code == 5, said
    assert "Misdeclared: " in said
    assert "2022-01 is provisional: " in said
    assert "✗ unavailable: 34 " in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["2023-05", "--from", "2023-05", "--to", "2023-07"], "give --from and --to, and no MONTH"),
        (["--from", "2023-05"], "give --from and --to, and no MONTH"),
        (["--to", "2023-05"], "give --from and --to, and no MONTH"),
        (["--from", "2023-07", "--to", "2023-05"], "2023-05 is before 2023-07"),
        (["--from", "2023-7", "--to", "2023-08"], "'2023-7' is not a survey month"),
    ],
)
def test_months_that_are_named_wrongly_are_refused_before_anything_is_done(
    arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", NOWHERE)
    run = hailong("run", *arguments)
    assert run.exit_code == 2
    assert told in run.stdout + run.stderr
