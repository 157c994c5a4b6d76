"""Readers of forms and registers killed between two rows leave nothing half; read again, nothing is double."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.acting import cases, form, form_cells
from etl.errors import Refused, Unavailable
from etl.operation import office_claims
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.cases import first
from tests.lib.children import in_a_child
from tests.lib.registers import Register
from tests.lib.slots import Slot

UNITS = itertools.count(1)
PETITION = {"evidence_kind": "petition", "petition_number": "12/ĐT"}
STATEMENTS = ("acting/hold_claims", "acting/take_in", "acting/take_in", "acting/take_in", "acting/record_register")


@pytest.fixture(scope="module")
def house(slot: Slot, migrated: str) -> Iterator[House]:
    with case_house.made(slot, migrated) as made:
        yield made


@pytest.fixture
def number(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    house.enter("anna", monkeypatch)
    monkeypatch.setenv("HAILONG_FORMS", str(tmp_path / "forms"))
    return cases.open_case("petition", {"treasury_code": "34", "unit_code": f"u{next(UNITS)}"}, PETITION)


def killed_after(count: int, work: Callable[[], object]) -> int:
    """Do something in a process that is killed after so many statements about claims; its exit code."""

    def child() -> None:
        asked, left = warehouse.rows, [count]

        def counted(connection: sa.Connection, name: str, **parameters: Any) -> Any:
            rows = asked(connection, name, **parameters)
            if name in (*STATEMENTS, "acting/record_form"):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return rows

        warehouse.rows = counted
        work()

    return in_a_child(child)


@pytest.mark.parametrize("count", first(2, [2, 5, 1, 3, 4]))
def test_a_register_whose_reader_is_killed_is_in_once(
    house: House, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    office = Register(tmp_path, monkeypatch)
    for row, kind in enumerate(("acknowledged", "review_begun", "noted")):
        office.put(f"{number}-{row}", event_kind=kind, case_number=number, happened_on=str(today()))
    assert killed_after(count, lambda: list(office_claims.registers(["34"]))) == -signal.SIGKILL
    assert [event["event_kind"] for event in cases.events(number)] == ["opened"]
    (again,) = office_claims.registers(["34"])
    assert (again.outcome.loaded_count, again.outcome.refused_count) == (3, 0)
    assert [event["event_kind"] for event in cases.events(number)] == [
        "opened",
        "acknowledged",
        "review_begun",
        "noted",
    ]


@pytest.mark.parametrize("count", first(2, [2, 4, 1, 3]))
def test_a_form_whose_reader_is_killed_is_in_once(house: House, number: int, count: int) -> None:
    other = cases.open_case("petition", {"treasury_code": "34", "unit_code": f"u{next(UNITS)}"}, PETITION)
    name = form.write("34").rpartition("/")[2]
    row = {"event_kind": "acknowledged", "happened_on": today(), "claimed_by": "Lan"}
    form.keep("34/x.xlsx", form_cells.filled(form.shelf("34").get(name) or b"", {number: row, other: row}))
    assert killed_after(count, lambda: list(office_claims.forms(["34"]))) == -signal.SIGKILL
    assert [len(cases.events(one)) for one in (number, other)] == [1, 1]
    outcome = next(one.outcome for one in office_claims.forms(["34"]) if one.name == "x.xlsx")
    assert outcome.loaded_count == 2
    assert [len(cases.events(one)) for one in (number, other)] == [2, 2]


@pytest.fixture
def server(
    slot: Slot, house: House, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[sa.Engine]:
    """A PostgreSQL office with a register of one row, and a guest who may select from it."""
    name = f"office_{os.urandom(4).hex()}"
    slot.run(f"create database {name}", f"create role {name} login password 'x'")
    made = (Path(form.__file__).parents[1] / "demo" / "branch_register.sql").read_text("utf-8")
    engine = sa.create_engine(slot.url(database=name), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as owner:
        for statement in (
            "create table treasury (treasury_code text)", "insert into treasury values ('34')", made,
            "insert into action_register (row_id, happened_on, event_kind, claimed_by, case_number)"
            f" values ('{name}', current_date - 1, 'acknowledged', 'Lan', {number})",
            f"grant select on treasury, action_register to {name}",
        ):  # fmt: skip
            owner.exec_driver_sql(statement)
    office = Register(tmp_path, monkeypatch)
    url = sa.make_url(slot.url(database=name)).set(drivername="postgresql", username=name, password="x")
    office.connect(url.render_as_string(False))
    monkeypatch.setenv("HAILONG_SOURCE_TRIES", "1")
    house.enter("loader", monkeypatch)  # who reads takes a turn at the server, which those of cases may not
    yield engine
    slot.run(f"drop database {name} with (force)", f"drop role {name}")


def kinds(house: House, number: int) -> list[str]:
    told = f"select event_kind from action.case_event where case_number = {number} order by event_number"
    return [kind for (kind,) in house.run("owner", told)]


def error() -> Any:
    """Why the register cannot be read now."""
    (one,) = office_claims.registers(["34"])
    return one.error


def test_a_register_of_postgresql_is_read_by_its_guest(house: House, server: sa.Engine, number: int) -> None:
    assert error() is None
    assert kinds(house, number) == ["opened", "acknowledged"]


def test_a_register_without_rights_or_table_is_told(house: House, server: sa.Engine, number: int) -> None:
    with server.connect() as owner:
        role = owner.engine.url.database
        owner.exec_driver_sql(f"revoke select on action_register from {role}")
        told = error()
        assert isinstance(told, Refused)
        assert "may not read all" in told.message
        assert "34 KBNN Thái Bình, register of actions" in told.message
        owner.exec_driver_sql("drop table action_register")
        told = error()
    assert isinstance(told, Refused)
    assert "does not fit the database" in told.message
    assert kinds(house, number) == ["opened"]


def test_a_register_that_is_slow_or_locked_is_left_in_time(
    house: House, server: sa.Engine, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_SOURCE_TIMEOUT", "1")
    with server.connect() as owner:
        owner.exec_driver_sql("alter table action_register rename to kept")
        owner.exec_driver_sql("create view action_register as select k.* from kept as k, pg_sleep(60) as slow")
        owner.exec_driver_sql(f"grant select on action_register to {owner.engine.url.database}")
    started = time.monotonic()
    told = error()
    assert isinstance(told, Unavailable)
    assert "did not answer within 1 s" in told.message
    assert time.monotonic() - started < 15


def test_a_register_whose_session_is_ended_amid_the_read_is_told_and_read_the_next_time(
    house: House, server: sa.Engine, number: int
) -> None:
    with server.connect() as owner:
        owner.exec_driver_sql("alter table action_register rename to kept")
        owner.exec_driver_sql("create view action_register as select k.* from kept as k, pg_sleep(20) as slow")
        owner.exec_driver_sql(f"grant select on action_register to {owner.engine.url.database}")

        def end() -> None:
            ended = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hailong'"
            deadline = time.monotonic() + 15
            with server.connect() as other:
                name = other.engine.url.database
                while time.monotonic() < deadline:
                    if other.exec_driver_sql(f"{ended} and datname = '{name}' and query like '%%copy%%'").rowcount:
                        return
                    time.sleep(0.05)

        ending = threading.Thread(target=end)
        ending.start()
        told = error()
        ending.join()
        assert isinstance(told, Unavailable)
        assert kinds(house, number) == ["opened"]
        owner.exec_driver_sql("drop view action_register")
        owner.exec_driver_sql("alter table kept rename to action_register")
    assert error() is None
    assert kinds(house, number) == ["opened", "acknowledged"]


@pytest.mark.parametrize(("zone", "is_overdue"), [("Etc/GMT+12", False), ("Pacific/Kiritimati", True)])
def test_a_case_is_overdue_by_the_network_s_own_day(house: House, number: int, zone: str, is_overdue: bool) -> None:
    """The westernmost zone still has the day that is over in the easternmost one, whatever the hour."""
    last = house.run("owner", "select (now() at time zone 'Etc/GMT+12')::date")[0][0]
    cases.add(number, "acknowledged")
    cases.add(number, "noted", {"note": "x", "due_date": last})
    house.run("owner", f"update core.network set time_zone = '{zone}'")
    try:
        assert cases.case(number)["is_overdue"] is is_overdue
    finally:
        house.run("owner", "update core.network set time_zone = 'Asia/Ho_Chi_Minh'")
