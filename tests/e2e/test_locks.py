"""Who waits for whom: readers stop nobody, whoever is in the way is named within seconds, and what dies lets go."""

from __future__ import annotations

import contextlib
import contextvars
import multiprocessing
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.admission import landed
from etl.errors import Unavailable
from etl.operation import clocks, deadlines, declare, migrate, steps, upkeep
from etl.periods import SurveyMonth
from etl.publishing import publish, verify
from etl.publishing.publish import Decision
from etl.warehouse import locks
from tests.lib.cases import first
from tests.lib.kept import Copy, Kept
from tests.lib.months import PAIR, query, run_month
from tests.lib.privileges import refused
from tests.lib.readers import PUBLISHED, reader_script
from tests.lib.slots import Slot

MONTH, OTHER = "2023-07", "2023-06"
ANNA = Decision("anna", "complete", is_provisional_allowed=True)
JULY = SurveyMonth.parse(MONTH)
FORK = multiprocessing.get_context("fork")
OLD_KEYS = [(kind, 202307) for kind in (1, 2, *range(1000, 1200))]
"""Advisory locks that once stood for the run, the scoring and the treasuries of July 2023."""


@contextlib.contextmanager
def in_the_way(url: str | sa.URL, *statements: str) -> Iterator[sa.Connection]:
    """A transaction that has run statements, and is left open."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        yield connection


@pytest.fixture
def restricted(slot: Slot, fresh_warehouse: str) -> Iterator[sa.URL]:
    """A login of those who may read comments."""
    login, password = f"minh_{secrets.token_hex(4)}", secrets.token_hex(12)
    owner = sa.make_url(fresh_warehouse)
    slot.run(*reader_script(login, password, str(owner.database)), f"grant hailong_restricted to {login}")
    yield owner.set(username=login, password=password)
    slot.run(f"drop owned by {login}", f"drop role {login}", database=str(owner.database))


def quickly(work: Callable[[], Any], seconds: float = 20) -> Any:
    """What work gives; it may not take longer."""
    started = time.monotonic()
    result = work()
    assert time.monotonic() - started < seconds
    return result


# readers


def test_a_reader_of_comments_does_not_keep_a_new_month_from_being_planned(
    restricted: sa.URL, estate: dict[str, str]
) -> None:
    run_month(MONTH, ["34"])
    with in_the_way(restricted, "select count(*) from restricted.comment") as reader:
        planned = quickly(lambda: run_month(OTHER, ["34"]))
        assert planned.month == OTHER
        assert reader.exec_driver_sql("select count(*) from restricted.comment").scalar_one() >= 0
        quickly(lambda: upkeep.partitions(1))
    found = query("select count(*) as n from core.fact_response where survey_month = '2023-06-01'")
    assert found[0]["n"] > 0


def test_a_partition_that_was_attached_is_like_one_that_was_made_in_its_place(fresh_warehouse: str) -> None:
    declare.make_month(JULY)
    with warehouse.transaction() as connection:
        connection.exec_driver_sql(
            "create table core.fact_response_2023_09 partition of core.fact_response"
            " for values from ('2023-09-01') to ('2023-10-01')"
        )
    shapes = [
        query(
            f"""
            select
                a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull, a.attstorage, a.attcompression,
                (select string_agg(conname || pg_get_constraintdef(oid), ', ' order by contype, conname)
                 from pg_constraint where conrelid = a.attrelid and contype <> 'n') as constraints,
                (select string_agg(pg_get_indexdef(indexrelid), ',') from pg_index where indrelid = a.attrelid) as keys,
                (select pg_get_expr(relpartbound, oid) from pg_class where oid = a.attrelid) as bounds
            from pg_attribute as a where a.attrelid = 'core.fact_response_{name}'::regclass and a.attnum > 0
            order by a.attnum
            """
        )
        for name in ("2023_07", "2023_09")
    ]
    july, september = ([str(sorted(row.items())) for row in rows] for rows in shapes)
    named = [text.replace("2023_07", "2023_09").replace("2023-08-01", "2023-10-01") for text in july]
    assert [text.replace("2023-07-01", "2023-09-01") for text in named] == september


@pytest.mark.deep
def test_a_month_is_made_beside_a_load_and_waits_only_for_new_officers(fresh_warehouse: str) -> None:
    steps.plan(MONTH)
    loading = ("delete from core.fact_response", "delete from core.unit_count")
    with in_the_way(fresh_warehouse, *loading):
        quickly(lambda: declare.make_month(SurveyMonth(2031, 1)), 5)
    officers = "insert into core.dim_officer select treasury_id, 'x' from core.dim_treasury"
    with in_the_way(fresh_warehouse, officers) as loader:  # PostgreSQL 18 locks what a partition's keys refer to
        ending = threading.Timer(3, loader.commit)
        ending.start()
        quickly(lambda: declare.make_month(SurveyMonth(2031, 2)))
        ending.join()


@pytest.mark.deep
def test_many_who_make_the_same_month_make_one(fresh_warehouse: str) -> None:
    months = [SurveyMonth(2030, number) for number in (1, 2, 3)] * 4
    with ThreadPoolExecutor(len(months)) as pool:
        list(pool.map(declare.make_month, months))
    found = query(
        "select count(*) as n from pg_inherits where inhparent = 'core.fact_response'::regclass"
        " and inhrelid::regclass::text like '%2030%'"
    )
    assert found == [{"n": 3}]


def test_who_keeps_a_month_from_being_made_is_named(fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse, "PATIENCE_SECONDS", 2)
    holding = "lock table core.fact_response in share mode"
    with in_the_way(fresh_warehouse, "set application_name to 'copying'", holding):
        with pytest.raises(Unavailable, match=r"room for 2031-01 waited too long for postgres \(copying, pid \d+, sin"):
            quickly(lambda: declare.make_month(SurveyMonth(2031, 1)))
        assert query("select count(*) as n from core.fact_response") == [{"n": 0}]


def test_advisory_locks_of_anybody_stop_nobody(restricted: sa.URL, estate: dict[str, str]) -> None:
    run_month(MONTH, ["34"])
    taken = [f"select pg_advisory_lock({kind}, {key})" for kind, key in [*OLD_KEYS, (3, 0)]]
    with in_the_way(restricted, *taken):
        quickly(lambda: steps.rate(MONTH))
        quickly(lambda: run_month(MONTH, ["34"]))
        with quickly_held(lambda: locks.hold_run(JULY.first_day, lambda _: None)):
            quickly(migrate.up)


@contextlib.contextmanager
def quickly_held(hold: Callable[[], contextlib.AbstractContextManager[None]]) -> Iterator[None]:
    """Hold something that nobody else holds."""
    started = time.monotonic()
    with hold():
        assert time.monotonic() - started < 5
        yield


@pytest.mark.parametrize(
    "statement",
    [
        "select * from ops.lockable",
        "select * from ops.lockable for share",
        "select * from ops.lockable for update",
        "lock table ops.lockable in access share mode",
        "lock table migration.applied in access share mode",
        "lock table core.fact_response in access share mode",
        "lock table mart.dim_month in row share mode",
        "select * from mart.dim_month for share",
        "select * from mart.dim_month for key share",
        "select * from mart.treasury_ranking for share",
        "lock table mart.treasury_ranking in share mode",
        "insert into ops.lockable values ('run 2023-07')",
        "select core.has_month('2023-07-01')",
    ],
)
def test_a_reader_may_not(restricted: sa.URL, statement: str) -> None:
    with in_the_way(restricted, "set default_transaction_read_only to off", "commit") as connection:
        assert refused(connection, statement)


# migrations


@pytest.fixture
def views_are_old(fresh_warehouse: str) -> None:
    """Let the next migration make the views anew."""
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("update migration.applied set digest = 'old' where migration_name = 'views'")


@pytest.mark.usefixtures("views_are_old")
def test_a_migration_that_a_reader_blocks_names_him_within_seconds(
    restricted: sa.URL, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(migrate, "_SECONDS", 3)
    asked = "select count(*) from mart.treasury_ranking /* Nguyễn Văn A */"
    with in_the_way(restricted.update_query_dict({"application_name": "Superset"}), asked):
        with pytest.raises(Unavailable) as caught:
            quickly(migrate.up)
        # others read on, behind nobody
        with in_the_way(restricted, "set statement_timeout to '5s'", "select count(*) from mart.unit_rating"):
            pass
    told = str(caught.value)
    assert f"the migration waited too long for {restricted.username} (Superset, pid " in told
    assert ", since 20" in told
    assert "pg_terminate_backend(" in told
    assert "Nguyễn" not in told + caplog.text
    assert f"the migration waits for {restricted.username} (Superset" in caplog.text
    assert quickly(migrate.up) == ["views"]


@pytest.mark.usefixtures("views_are_old")
@pytest.mark.deep
def test_a_migration_goes_on_when_the_reader_has_ended(restricted: sa.URL) -> None:
    with in_the_way(restricted, "select count(*) from mart.treasury_ranking") as reader:
        ending = threading.Timer(2, reader.rollback)
        ending.start()
        assert quickly(migrate.up) == ["views"]
        ending.join()


@pytest.mark.usefixtures("views_are_old")
def test_readers_at_work_all_the_time_neither_stop_a_migration_nor_fail(restricted: sa.URL) -> None:
    ended, errors, counts = threading.Event(), list[str](), list[int]()

    def read() -> None:
        engine = sa.create_engine(restricted, poolclass=sa.NullPool)
        while not ended.is_set():
            try:
                with engine.connect() as connection:
                    for view in ("unit_rating", "treasury_ranking", "criterion_rating"):
                        counts.append(connection.exec_driver_sql(f"select count(*) from mart.{view}").scalar_one())
            except sa.exc.DBAPIError as error:
                errors.append(type(error.orig).__name__)

    with ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            pool.submit(read)
        try:
            applied = quickly(migrate.up, 40)
        finally:
            ended.set()
    assert applied == ["views"]
    assert counts
    assert set(errors) <= {"UndefinedTable"}  # of one that asked for a view in the moment when it was replaced


def test_a_loader_who_may_not_see_others_is_told_whom_he_waits_for(
    slot: Slot, fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "MONTH_SECONDS", 1)
    locks.make(["month 2023-07"])
    login, password = f"loader_{secrets.token_hex(4)}", secrets.token_hex(12)
    slot.run(f"create role {login} login password '{password}' in role hailong_loader")
    loader = sa.make_url(fresh_warehouse).set(username=login, password=password)
    with in_the_way(fresh_warehouse, "set application_name to 'psql'", "select * from ops.lockable for update"):
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", loader.render_as_string(hide_password=False))
        with (
            pytest.raises(Unavailable, match=r"verifying it waited too long for postgres \(psql, pid \d+\)"),
            warehouse.transaction() as connection,
        ):
            locks.lock_month(connection, JULY.first_day)
    slot.run(f"drop role {login}")


# runs


def hold(month: SurveyMonth, log: Any) -> None:
    """In a process of its own: hold a month's run, and its lock against scoring."""
    with locks.hold_run(month.first_day, lambda _: None), warehouse.transaction() as connection:
        locks.lock_month(connection, month.first_day)
        log.put("held")
        time.sleep(600)


@contextlib.contextmanager
def holder() -> Iterator[Any]:
    """A process that holds July."""
    log = FORK.Queue()
    process = FORK.Process(target=hold, args=(JULY, log))
    process.start()
    try:
        assert log.get(timeout=60) == "held"
        yield process
    finally:
        process.kill()
        process.join(10)


def test_a_run_that_is_killed_frees_its_locks_at_once(fresh_warehouse: str) -> None:
    with holder() as process:
        os.kill(process.pid, signal.SIGKILL)
        with (
            quickly_held(lambda: locks.hold_run(JULY.first_day, lambda _: None)),
            warehouse.transaction() as connection,
        ):
            quickly(lambda: locks.lock_month(connection, JULY.first_day), 5)


@pytest.mark.deep
def test_who_waits_for_a_run_is_told_for_whom_and_gives_up_in_the_end(
    fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "RUN_SECONDS", 2)
    told: list[str] = []
    with (
        holder(),
        pytest.raises(Unavailable, match=r"the run of 2023-07 waited too long for postgres \(hailong, pid") as caught,
    ):
        quickly(lambda: locks.hold_run(JULY.first_day, told.append).__enter__())
    assert len(told) == 1
    assert told[0].startswith("postgres (hailong, pid ")
    assert "pg_terminate_backend(" in caught.value.next_action


def test_who_waits_for_a_month_s_lock_gives_up_in_the_end_and_says_for_whom(
    fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(locks, "MONTH_SECONDS", 2)
    with (
        holder(),
        warehouse.transaction() as connection,
        pytest.raises(Unavailable, match="2023-07, treasury 7: loading it waited too long for postgres"),
    ):
        quickly(lambda: locks.lock_treasury(connection, JULY.first_day, 7))
    assert "2023-07, treasury 7: loading it waits for postgres (hailong" in caplog.text


@pytest.mark.deep
def test_who_waits_for_a_turn_gives_up_in_the_end(fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "TURN_SECONDS", 1)
    waited = "a read at the server db.example.vn:5432 waited too long for postgres"
    with locks.hold_turn("db.example.vn:5432", 1), pytest.raises(Unavailable, match=waited):
        quickly(lambda: locks.hold_turn("db.example.vn:5432", 1).__enter__())


def test_a_statement_that_somebody_blocks_names_him_in_the_end(
    fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare.make_month(JULY)
    monkeypatch.setattr(
        warehouse, "be_patient", lambda connection, _=0: connection.exec_driver_sql("set lock_timeout to '1s'")
    )
    holding = "lock table core.dim_month in access exclusive mode"
    with (
        in_the_way(fresh_warehouse, "set application_name to 'psql'", holding),
        pytest.raises(Unavailable, match=r"a statement in the warehouse .* waited too long for postgres \(psql, pid"),
    ):
        quickly(lambda: query("select * from core.dim_month"))


def test_every_transaction_waits_with_an_end(fresh_warehouse: str) -> None:
    assert query("show lock_timeout") == [{"lock_timeout": "10min"}]


@pytest.mark.parametrize("begin", [warehouse.transaction, warehouse.session])
def test_a_kept_connection_that_was_ended_is_made_anew(
    fresh_warehouse: str, begin: Callable[[], contextlib.AbstractContextManager[sa.Connection]]
) -> None:
    def of_two() -> list[int]:
        warehouse.keep_connections()
        pids = []
        for _ in range(2):
            with begin() as connection:
                pids.append(connection.scalar(sa.text("select pg_backend_pid()")))
            with in_the_way(fresh_warehouse, f"select pg_terminate_backend({pids[-1]}, 5000)"):
                pass
        return pids

    first_pid, second_pid = contextvars.copy_context().run(of_two)
    assert first_pid != second_pid


@pytest.mark.deep
def test_the_session_that_holds_a_run_is_ended_by_no_limit_of_the_server(
    fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = sa.make_url(fresh_warehouse).database
    for limit in ("idle_in_transaction_session_timeout", "transaction_timeout", "statement_timeout"):
        with warehouse.transaction() as connection:
            connection.exec_driver_sql(f"alter database {database} set {limit} to '1s'")
    with locks.hold_run(JULY.first_day, lambda _: None):
        time.sleep(2.5)
        monkeypatch.setattr(locks, "RUN_SECONDS", 1)
        with pytest.raises(Unavailable, match="waited too long"):
            locks.hold_run(JULY.first_day, lambda _: None).__enter__()


def test_a_run_whose_holding_session_was_ended_is_no_failure(fresh_warehouse: str) -> None:
    with locks.hold_run(JULY.first_day, lambda _: None):
        ended = query("select pg_terminate_backend(pid) as is_ended from pg_locks as l where l.pid <> pg_backend_pid()"
                      " and l.relation = 'ops.lockable'::regclass and l.mode = 'RowShareLock'")  # fmt: skip
        assert {row["is_ended"] for row in ended} == {True}


def test_loads_share_a_month_and_rating_has_it_alone(fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "MONTH_SECONDS", 1)
    first = JULY.first_day
    with warehouse.transaction() as one, warehouse.transaction() as two:
        locks.lock_treasury(one, first, 7)
        quickly(lambda: locks.lock_treasury(two, first, 8), 5)
        with (
            pytest.raises(Unavailable, match="scoring, publishing, discarding or verifying it waited"),
            warehouse.transaction() as rating,
        ):
            locks.lock_month(rating, first)
        with warehouse.transaction() as rating:
            quickly(lambda: locks.lock_month(rating, JULY.next().first_day), 5)
    with warehouse.transaction() as rating:
        locks.lock_month(rating, first)
        locks.lock_treasury(rating, first, 7)  # verify loads what it has locked
        with pytest.raises(Unavailable, match="loading it waited"), warehouse.transaction() as other:
            locks.lock_treasury(other, first, 9)


# everything at once


MIXTURES = """
    select
        count(distinct revision_number) as revisions, sum(response_count) as ranked, max(revision_number) as newest,
        (select sum(response_count) from mart.unit_rating where survey_month = '2023-07-01') as units,
        (select sum(response_count) from mart.fact_treasury where survey_month = '2023-07-01') as star
    from mart.treasury_ranking where survey_month = '2023-07-01'
"""


@pytest.fixture
def branch(slot: Slot, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    """A copy of a treasury's database that a test may write to."""
    name = f"branch_{secrets.token_hex(4)}"
    slot.run(f"create database {name} template treasury_34", server="branches")
    url = slot.url("branches", name)
    monkeypatch.setenv("AIRFLOW_CONN_TREASURY_34", url)
    yield sa.create_engine(url, poolclass=sa.NullPool)
    slot.run(f"drop database {name} with (force)", server="branches")


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("count", first(0, [5, 20], "thorough"))
def test_readers_see_no_mixture_while_months_are_run_published_and_verified(
    slot: Slot, copy_of: Callable[[Kept], Copy], branch: sa.Engine, count: int
) -> None:
    login, password = f"minh_{secrets.token_hex(4)}", secrets.token_hex(12)
    owner = sa.make_url(copy_of(PUBLISHED).url)
    slot.run(*reader_script(login, password, str(owner.database)), f"alter role {login} connection limit 25")
    engine = sa.create_engine(owner.set(username=login, password=password), poolclass=sa.NullPool)
    ended, seen = threading.Event(), set[tuple[Any, ...]]()

    def read() -> int:
        times = 0
        with engine.connect() as connection:
            while not ended.is_set():
                seen.update(tuple(row) for row in connection.exec_driver_sql(MIXTURES))
                connection.rollback()
                times += 1
        return times

    with ThreadPoolExecutor(count + 4) as pool:
        readers = [pool.submit(read) for _ in range(count)]
        try:
            beside = [pool.submit(verify_often, ended), pool.submit(keep_up, ended)]
            for number in (2, 3):
                with branch.begin() as connection:
                    last = "select max(response_id) from survey_response where submitted_at < '2023-07-30'"
                    key = connection.exec_driver_sql(last).scalar_one()
                    for table in ("survey_answer", "survey_response"):
                        connection.exec_driver_sql(f"delete from {table} where response_id = %s", (key,))
                for run in [pool.submit(run_month, MONTH, [code]) for code in ("34", "19")]:
                    run.result()
                assert publish.publish(MONTH, ANNA) == number
        finally:
            ended.set()
        assert min(reader.result(60) for reader in readers) > 0
        assert [work.result(60) for work in beside] == [None, None]
    slot.run(f"drop owned by {login}", f"drop role {login}", database=str(owner.database))
    assert {row[0] for row in seen} == {1}
    assert {row[2] for row in seen} >= {1, 3}
    assert all(ranked == units == star for _, ranked, _, units, star in seen), seen
    assert len(seen) == len({row[2] for row in seen})  # one set of figures for each revision


def verify_often(ended: threading.Event) -> None:
    """Make the published revisions again until told to end."""
    while not ended.is_set():
        assert {error for _, error in verify.outcomes(MONTH)} == {None}


def keep_up(ended: threading.Event) -> None:
    """Do the upkeep until told to end."""
    while not ended.is_set():
        upkeep.statistics()
        upkeep.partitions(1)


# workers that hang


@pytest.mark.deep
@pytest.mark.thorough
def test_a_treasury_whose_loading_hangs_is_unavailable_and_the_others_are_in(
    copy_of: Callable[[Kept], Copy], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_of(PAIR)
    monkeypatch.setenv("HAILONG_WORKERS", "2")
    monkeypatch.setattr(deadlines, "ADMISSION", deadlines.dt.timedelta(seconds=15))
    planned = steps.plan(MONTH)
    real = landed._tally_of

    def hung(treasury_month: Any, *rest: Any) -> Any:
        if treasury_month.treasury.code == planned.treasury_codes[0]:
            os.kill(os.getpid(), signal.SIGSTOP)
        return real(treasury_month, *rest)

    monkeypatch.setattr(landed, "_tally_of", hung)
    quickly(lambda: steps.admit(planned, planned.treasury_codes), 120)
    steps.score(planned)
    (missing,) = steps.verdict(planned)
    assert missing["treasury_code"] == planned.treasury_codes[0]
    assert f"{MONTH}, while loading: its worker process did not end in time and was stopped" in missing["error_message"]
    monkeypatch.setattr(landed, "_tally_of", real)
    steps.admit(planned, planned.treasury_codes)
    steps.score(planned)
    assert steps.verdict(planned) == []


@pytest.mark.parametrize(
    ("fault", "told"), [(signal.SIGSTOP, "did not end in time and was stopped"), (signal.SIGKILL, "died")]
)
@pytest.mark.deep
def test_a_treasury_whose_reading_hangs_or_dies_says_so(
    copy_of: Callable[[Kept], Copy], monkeypatch: pytest.MonkeyPatch, fault: signal.Signals, told: str
) -> None:
    copy_of(PAIR)
    monkeypatch.setenv("HAILONG_WORKERS", "2")
    monkeypatch.setattr(deadlines, "landing", lambda: deadlines.dt.timedelta(seconds=15))
    planned = steps.plan(MONTH)
    sick, well = planned.treasury_codes
    real = clocks.land_month

    def faulty(treasury_month: Any, *rest: Any) -> Any:
        if treasury_month.treasury.code == sick:
            os.kill(os.getpid(), fault)
        return real(treasury_month, *rest)

    monkeypatch.setattr(clocks, "land_month", faulty)
    assert quickly(lambda: dict(steps.land_all(planned)), 60) == {sick: False, well: True}
    steps.admit(planned, [well])
    steps.score(planned)
    (missing,) = steps.verdict(planned)
    assert missing["treasury_code"] == sick
    assert missing["error_message"].startswith(f"{sick} ")
    assert f"{MONTH}, being read: its worker process {told}" in missing["error_message"]
