"""A source cut off, or its server killed, at any byte of a read: core has a whole month or none, and a re-run heals.

The answers change before every read, so that half of one month and half of another could not pass for a whole one.
HAILONG_CUTS says at how many bytes a read from PostgreSQL is cut (10); a read from MariaDB is at 4 of 10.
"""

from __future__ import annotations

import contextlib
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from etl import registry, settings, warehouse
from etl.demo import estate as demo_estate
from etl.demo import profiles
from etl.errors import Unavailable
from etl.landing import zone
from etl.operation import steps
from etl.operation.plan import Plan
from etl.periods import SurveyMonth
from etl.warehouse import embedded
from tests.lib.branches import TABLES
from tests.lib.mariadb import MariaDB
from tests.lib.months import fingerprint, query, run_month
from tests.lib.wire import Wire

pytestmark = pytest.mark.deep

MONTH, CODE = "2023-07", "34"
RESPONSES, PLENTY = 3000, 10**9
CUTS = int(os.environ.get("HAILONG_CUTS") or 10)


@dataclass(frozen=True)
class Branch:
    """A branch's server: its guest's URL, how it is written to as its owner, killed and started again."""

    url: sa.URL
    execute: Callable[[str], object]
    kill: Callable[[], None]
    start: Callable[[], object]

    def say(self, version: int) -> None:
        """Let all comments be of a version, and of the same length."""
        self.execute(f"update survey_response set comment = '{said(version)}'")

    def through(self, port: int) -> str:
        """The guest's URL by another port."""
        return self.url.set(port=port).render_as_string(hide_password=False)


def said(version: int) -> str:
    """The comment of a version."""
    return f"version {version:03}"


class Kill(Wire):
    """A wire that does not cut: the server is killed, and what was on its way is lost with it."""

    def __init__(self, branch: Branch, budget: int) -> None:
        super().__init__(branch.url.port or 0, budget)
        self.branch, self.is_killed = branch, False

    def cut(self) -> None:
        """Kill the server once when the budget is spent."""
        if self.budget < 0 and not self.is_killed:
            self.is_killed = True
            self.branch.kill()
        super().cut()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """The state directory of a branch server that may be killed."""
    with tempfile.TemporaryDirectory(prefix="hailong-killed-") as made:
        yield Path(made)
        embedded.stop(Path(made), "branches")


@pytest.fixture(scope="module")
def postgresql(home: Path, state: Path) -> Branch:
    """A PostgreSQL server of its own with the July of one treasury."""
    size = profiles.Size(responses=RESPONSES, treasuries=1, months=(SurveyMonth.parse(MONTH),))
    (url,) = demo_estate.build(embedded.url(home, "branches"), registry.load(settings.read().config), size).values()

    def execute(statement: str) -> list[tuple[object, ...]]:
        owner = sa.create_engine(embedded.url(home, "branches", f"treasury_{CODE}"), poolclass=sa.NullPool)
        with owner.begin() as connection:
            found = connection.exec_driver_sql(statement)
            return [tuple(row) for row in found] if found.returns_rows else []

    def kill() -> None:
        pid = int((home / "postgres" / "branches" / "data" / "postmaster.pid").read_text("utf-8").split()[0])
        postmaster = psutil.Process(pid)
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=30)

    return Branch(sa.make_url(url), execute, kill, lambda: embedded.url(home, "branches"))


@pytest.fixture(scope="module")
def mariadb(postgresql: Branch, mariadb_server: MariaDB) -> Iterator[Branch]:
    """The same July in a database of a MariaDB server."""
    name = "killed"
    url = sa.make_url(mariadb_server.url(name))
    for statement in TABLES.split(";")[:-1]:
        mariadb_server.execute(name, statement)
    response = (
        "response_id, to_char(submitted_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), unit_code, officer_code,"
        " procedure_code, channel_code, respondent_type_code, respondent_ref, harassment_reported, comment"
    )
    for table, columns in (("treasury", "*"), ("survey_response", response), ("survey_answer", "*")):
        mariadb_server.load(name, table, postgresql.execute(f"select {columns} from {table}"))
    yield Branch(url, lambda statement: mariadb_server.execute(name, statement), mariadb_server.kill,
                 mariadb_server.start)  # fmt: skip
    mariadb_server.execute("mysql", f"drop database {name}")


def in_core() -> dict[str, int]:
    """How many responses of each version core has."""
    found = query("select comment_text, count(*) as n from core.fact_response group by comment_text")
    return {row["comment_text"]: row["n"] for row in found}


def landed() -> set[str]:
    """The files of the treasury's month in the landing zone."""
    return {path.name for path in Path(settings.read().landing, MONTH, CODE).glob("*")}


def state_of() -> str:
    """The state of the treasury's month."""
    (row,) = query(f"select treasury_state from mart.month_quality where treasury_code = '{CODE}'")
    return str(row["treasury_state"])


def forget_everything() -> None:
    """Leave nothing of the treasury's month in core and in the landing zone."""
    place = zone.Place(settings.read().landing, MONTH, CODE)
    files, directory = place.open()
    files.rm(directory, recursive=True)
    with warehouse.transaction() as connection:
        connection.execute(sa.text("truncate core.fact_response"))


def whole_read(branch: Branch, planned: Plan) -> int:
    """How many bytes the server sends in a whole read."""
    assert branch.url.port
    with Wire(branch.url.port, PLENTY) as wire:
        steps.land(planned, CODE, branch.through(wire.port))
        return PLENTY - wire.budget


def failure(planned: Plan, uri: str) -> Unavailable | None:
    """Why a read did not come to its end; None where it did."""
    try:
        steps.land(planned, CODE, uri)
    except Unavailable as error:
        return error
    return None


def survive(branch: Branch, offsets: list[int], kill_each: int) -> set[str]:
    """Cut a read at each of some offsets, killing the server at every so manieth; the states that followed."""
    planned = steps.plan(MONTH, [CODE])
    uri = branch.through(branch.url.port or 0)
    branch.say(0)
    steps.land(planned, CODE, uri)
    steps.admit(planned, [CODE])
    (count,) = in_core().values()
    assert count > RESPONSES * 0.9
    states = set()
    for number, offset in enumerate(offsets, start=1):
        if number % 4 == 0:
            forget_everything()
        branch.say(number)
        before, kept = in_core(), landed()
        assert branch.url.port
        with Kill(branch, offset) if number % kill_each == 0 else Wire(branch.url.port, offset) as wire:
            if error := failure(planned, branch.through(wire.port)):
                assert f"{CODE} KBNN Thái Bình, {MONTH}" in error.message
                assert (state_of(), in_core(), landed()) == ("unavailable", before, kept), offset
            else:
                before = {said(number): count}
        steps.admit(planned, [CODE])  # whoever goes on regardless finds what landed before, or nothing
        assert in_core() == before, offset
        states.add("loaded" if said(number) in before else "unavailable")
        if isinstance(wire, Kill) and wire.is_killed:
            branch.start()
        if number % 7 == 0:
            steps.land(planned, CODE, uri)
            steps.admit(planned, [CODE])
            assert (state_of(), in_core()) == ("loaded", {said(number): count})
    return states


def offsets_of(length: int, count: int) -> list[int]:
    """Offsets over the whole length of a read, in no order: the first byte, the last ones, and others between."""
    chosen = random.Random(2023)
    return chosen.sample([0, length - 1, length + 99, *(chosen.randrange(length) for _ in range(count - 3))], count)


@pytest.fixture
def guest(fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process, no second try, an answer soon, and a month in several batches, some of which come before the cut."""
    monkeypatch.setenv("HAILONG_BATCH_ROWS", "500")
    monkeypatch.setenv("HAILONG_WORKERS", "1")
    monkeypatch.setenv("HAILONG_SOURCE_TRIES", "1")
    monkeypatch.setenv("HAILONG_SOURCE_TIMEOUT", "10")


@pytest.mark.parametrize(("kind", "count", "kill_each"), [("postgresql", CUTS, 5), ("mariadb", CUTS * 2 // 5, 4)])
@pytest.mark.usefixtures("guest")
def test_a_source_cut_off_or_killed_at_any_byte(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kind: str, count: int, kill_each: int
) -> None:
    branch: Branch = request.getfixturevalue(kind)
    monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{CODE}", branch.through(branch.url.port or 0))
    branch.say(0)
    undisturbed = run_month(MONTH, [CODE])
    before = fingerprint()
    length = whole_read(branch, undisturbed)
    assert length > 300_000
    assert survive(branch, offsets_of(length, count), kill_each) == {"unavailable", "loaded"}
    branch.say(0)
    assert steps.verdict(run_month(MONTH, [CODE])) == []
    assert fingerprint() == before
