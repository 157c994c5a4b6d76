"""A standby is read as it is: the moment of a read is that of its data, and what breaks it off is told."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator

import pytest

from etl.admission import blind_spots
from etl.errors import Unavailable
from etl.source.address import url_of
from etl.source.queries import Limits
from etl.source.snapshot import probe
from tests.lib.asking import query, select, snapshot
from tests.lib.mariadb import GUEST, MariaDB
from tests.lib.standby import Pair

pytestmark = pytest.mark.deep
ALL = query(select("answer", comment="words"))


@pytest.fixture(scope="module")
def fresh() -> Iterator[Pair]:
    """A primary and its standby, which has replayed nothing but a backup."""
    made = Pair()
    yield made
    made.remove()


@pytest.fixture
def pair(fresh: Pair) -> Pair:
    """Both, the standby as far as the primary is."""
    fresh.on_standby("select pg_wal_replay_resume()")
    caught_up(fresh)
    return fresh


def caught_up(pair: Pair) -> None:
    (position,) = pair.on_primary("select pg_current_wal_lsn()")
    wait_for(lambda: pair.on_standby(f"select pg_last_wal_replay_lsn() >= '{position}'")[0])


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def seen(pair: Pair) -> tuple[int, dt.datetime]:
    """The rows that a guest reads, and the moment that the receipt has."""
    taken = snapshot(pair.guest, ALL)
    count = sum(batch.num_rows for batch in taken)
    return count, taken.taken_at


def test_a_standby_that_has_replayed_nothing_is_as_old_as_its_backup(fresh: Pair) -> None:
    assert fresh.on_standby("select pg_is_in_recovery(), pg_last_xact_replay_timestamp()") == (True, None)
    count, moment = seen(fresh)
    (now,) = fresh.on_primary("select now()")
    assert count == 5000
    assert now - dt.timedelta(minutes=10) < moment < now


def test_the_moment_is_that_of_the_data_and_not_of_the_clock(pair: Pair) -> None:
    count, _ = seen(pair)
    pair.on_standby("select pg_wal_replay_pause()")
    wait_for(lambda: pair.on_standby("select pg_get_wal_replay_pause_state()")[0] == "paused")
    (before,) = pair.on_primary("select clock_timestamp()")
    time.sleep(0.05)
    pair.on_primary("insert into answer (id, words) select n, 'late' from generate_series(9001, 9060) as n")
    late_count, moment = seen(pair)
    assert late_count == count
    assert moment < before
    pair.on_standby("select pg_wal_replay_resume()")
    caught_up(pair)
    all_count, moment = seen(pair)
    assert all_count == count + 60
    assert before < moment <= pair.on_primary("select clock_timestamp()")[0]


def test_an_idle_primary_makes_no_moment_later_unless_the_role_may_see_that_it_is_idle(pair: Pair) -> None:
    pair.on_primary("insert into answer (id, words) values (0, 'the last')")
    caught_up(pair)
    (committed,) = pair.on_standby("select pg_last_xact_replay_timestamp()")
    time.sleep(1.2)
    assert committed <= seen(pair)[1] < committed + dt.timedelta(seconds=1)
    pair.on_primary("grant pg_read_all_stats to guest", "select pg_log_standby_snapshot()")
    caught_up(pair)
    (said,) = pair.on_standby("select last_msg_send_time from pg_stat_wal_receiver")
    assert committed < said <= seen(pair)[1] <= pair.on_primary("select clock_timestamp()")[0]
    pair.on_primary("revoke pg_read_all_stats from guest")


def test_the_primary_says_the_moment_of_its_snapshot(pair: Pair) -> None:
    (before,) = pair.on_primary("select clock_timestamp()")
    taken = snapshot(pair.primary.set(username="guest", password="guest").render_as_string(hide_password=False), ALL)
    list(taken)
    assert before < taken.taken_at <= pair.on_primary("select clock_timestamp()")[0]


def test_a_read_that_a_standby_breaks_off_is_told_as_that(pair: Pair) -> None:
    pair.on_standby("alter system set max_standby_streaming_delay = 0", "select pg_reload_conf()")
    try:
        reading = iter(snapshot(pair.guest, query(select("answer", comment="repeat(words, 20)")), batch_rows=10))
        next(reading)
        pair.on_primary("delete from answer where id > 100", "vacuum answer")
        time.sleep(3)  # not until it has caught up: who waits for the reader to take its rows cannot be broken off
        with pytest.raises(Unavailable, match=r"conflict with recovery, 40001") as caught:
            list(reading)
    finally:
        pair.on_standby("alter system reset max_standby_streaming_delay", "select pg_reload_conf()")
    assert "hot_standby_feedback" in caught.value.next_action


@pytest.fixture(scope="module")
def replicated(mariadb_server: MariaDB) -> Iterator[tuple[MariaDB, MariaDB]]:
    """A MariaDB server and a replica of it."""
    source = MariaDB("--log-bin", "--server-id=1")
    replica = MariaDB("--server-id=2", "--read-only")
    (position,) = source.execute("mysql", "show master status")
    source.execute("mysql", "create user repl@'127.0.0.1' identified by 'repl'")
    source.execute("mysql", "grant replication slave on *.* to repl@'127.0.0.1'")
    replica.execute(
        "mysql",
        f"change master to master_host='127.0.0.1', master_port={source.port}, master_user='repl',"
        f" master_password='repl', master_log_file='{position[0]}', master_log_pos={position[1]}",
    )
    replica.execute("mysql", "start slave")
    source.execute("mysql", "create database office")
    source.execute("office", "create table answer (id int, words text)")
    source.execute("office", "insert into answer values (1, 'a')")
    wait_for(lambda: ("office",) in replica.execute("mysql", "show databases"))
    yield source, replica
    source.remove()
    replica.remove()


@pytest.mark.needs("mariadb")
def test_a_replica_of_mariadb_says_how_far_it_is_to_who_may_ask(replicated: tuple[MariaDB, MariaDB]) -> None:
    source, replica = replicated
    uri = replica.url("office")
    asked = query(select("answer", comment="words"))

    def moment_and_count() -> tuple[dt.datetime, int]:
        taken = snapshot(uri, asked)
        count = sum(batch.num_rows for batch in taken)
        return taken.taken_at, count

    seen = probe(url_of("48", uri), asked, Limits(30, 10), 0).sight
    assert seen.is_replica_in_doubt
    assert "does not tell our role how far it has followed" in str(blind_spots.of(seen, None, ()))
    replica.execute("mysql", f"grant replica monitor on *.* to {GUEST}@'127.0.0.1'")
    assert not probe(url_of("48", uri), asked, Limits(30, 10), 0).sight.is_replica_in_doubt
    wait_for(lambda: moment_and_count()[1] == 1)
    assert moment_and_count()[0] <= dt.datetime.now(dt.UTC)
    with replica.session("office") as owner:
        owner.execute("lock tables answer read")  # what follows waits for it
        source.execute("office", "insert into answer values (2, 'late')")
        (before,) = source.execute("mysql", "select utc_timestamp()")
        time.sleep(2.5)
        moment, count = moment_and_count()
        owner.execute("unlock tables")
    assert count == 1
    assert moment < dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    assert moment <= before[0].replace(tzinfo=dt.UTC) + dt.timedelta(seconds=2)
    replica.execute("mysql", "stop slave")
    with pytest.raises(Unavailable, match="a replica that does not follow its source now"):
        moment_and_count()
    replica.execute("mysql", "start slave")
    wait_for(lambda: replica.execute("office", "select count(*) from answer") == [(2,)])
