"""Broken on purpose: what a treasury, a wire, a disk or a kill can do; the others go on, and a re-run heals."""

from __future__ import annotations

import os
import re
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import ANY
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.admission import landed
from etl.demo import estate as demo_estate
from etl.errors import HailongError, Misdeclared, Refused, Unavailable
from etl.landing import zone as landing_zone
from etl.operation import steps
from etl.operation.plan import Plan
from etl.periods import SurveyMonth
from etl.source.address import url_of
from etl.source.queries import Limits, Query
from etl.source.snapshot import Snapshot
from etl.warehouse import bulk, embedded
from tests.lib.cases import first
from tests.lib.children import in_a_child
from tests.lib.kept import Copy, Kept
from tests.lib.months import THREE, fingerprint, query, run_month
from tests.lib.wire import Wire

MONTH = "2023-07"
SICK, WELL = "48", ("19", "34")
EVERYONE = (*WELL, SICK)


@pytest.fixture
def branch(state: Path, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    """A copy of one treasury's database to spoil, with a superuser's engine; the pipeline reads the copy."""
    name, template = f"branch_{secrets.token_hex(4)}", f"treasury_{SICK}"
    server = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template {template}")
    url = sa.make_url(embedded.url(state, "branches", name))
    monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{SICK}", url.render_as_string(hide_password=False))
    yield sa.create_engine(url, poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")


@pytest.fixture
def rated(copy_of: Callable[[Kept], Copy], estate: dict[str, str]) -> Plan:
    """The month of everyone here, as it was run."""
    plan: Plan = copy_of(THREE).result
    return plan


def spoil(branch: sa.Engine, *statements: str) -> None:
    with branch.begin() as connection:
        for statement in statements:
            connection.execution_options(no_parameters=True).exec_driver_sql(statement)


def outcome(code: str = SICK) -> dict[str, Any]:
    return query(f"select * from mart.month_quality where treasury_code = '{code}'")[0]


def assert_only_the_sick_one_is_missing(planned: Plan) -> dict[str, Any]:
    """The others are rated, the sick one is named with a reason and a next action, and has no figure."""
    (missing,) = steps.verdict(planned)
    assert missing["treasury_code"] == SICK
    assert "48 KBNN Đà Nẵng, 2023-07" in missing["error_message"]
    assert missing["next_action"]
    rows = {row["treasury_code"]: row for row in query("select * from mart.treasury_ranking")}
    assert [rows[code]["treasury_state"] for code in WELL] == ["loaded", "loaded"]
    assert sorted(rows[code]["rank"] for code in WELL) == [1, 2]
    assert (rows[SICK]["satisfaction_rate"], rows[SICK]["rank"], rows[SICK]["grade_code"]) == (None, None, None)
    assert rows[SICK]["month_status"] == "provisional"
    return missing


def assert_a_rerun_heals() -> None:
    planned = run_month(MONTH, [SICK])
    assert steps.verdict(planned) == []
    assert outcome()["treasury_state"] == "loaded"


def test_a_database_that_is_down(fresh_warehouse: str, state: Path, estate: dict[str, str]) -> None:
    server = embedded.url(state, "branches")
    demo_estate.block(server, SICK)
    try:
        missing = assert_only_the_sick_one_is_missing(run_month(MONTH, EVERYONE))
    finally:
        demo_estate.unblock(server, SICK)
    assert missing["treasury_state"] == "unavailable"
    assert_a_rerun_heals()


@pytest.mark.deep
@pytest.mark.thorough
def test_a_server_that_is_down(fresh_warehouse: str, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{SICK}", f"postgresql://u:geheim@127.0.0.1:{port}/db")
    missing = assert_only_the_sick_one_is_missing(run_month(MONTH, EVERYONE))
    assert (missing["treasury_state"], f"127.0.0.1:{port}" in missing["error_message"]) == ("unavailable", True)
    monkeypatch.delenv(f"AIRFLOW_CONN_TREASURY_{SICK}")
    assert_a_rerun_heals()


def test_a_treasury_that_was_rated_and_then_fails_is_not_rated_from_old_answers(rated: Plan, state: Path) -> None:
    demo_estate.block(embedded.url(state, "branches"), SICK)
    try:
        assert_only_the_sick_one_is_missing(run_month(MONTH, EVERYONE))
    finally:
        demo_estate.unblock(embedded.url(state, "branches"), SICK)
    assert_a_rerun_heals()


def test_a_refused_password_is_ours_to_mend_and_never_shown(
    fresh_warehouse: str, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = sa.make_url(estate[SICK]).set(password="geheim-und-falsch").render_as_string(hide_password=False)
    monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{SICK}", wrong)
    planned = steps.plan(MONTH, [SICK])
    with pytest.raises(Misdeclared, match="refuses the role 'treasury_48' or its password") as error:
        steps.land(planned, SICK)
    assert "geheim" not in str(error.value) + str(outcome())


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("postgresql://guest:ge@heim/x@127.0.0.1/db", "the connection treasury_48 has an @ too many"),
        ("postgresql://guest:p@127.0.0.1/db?ssl=true", "does not know: 'ssl'"),
        ("strange://guest:p@127.0.0.1/db", "there is no source query answer_rows.strange.sql"),
        ("geheim", "the connection treasury_48 is not a URL"),
    ],
)
def test_a_mistake_of_ours_names_the_treasury_and_its_month(
    fresh_warehouse: str, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch, uri: str, told: str
) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{SICK}", uri)
    planned = steps.plan(MONTH, [SICK])
    with pytest.raises(Misdeclared) as error:
        steps.land(planned, SICK)
    assert error.value.message.startswith("48 KBNN Đà Nẵng, 2023-07: ")
    assert told in error.value.message
    assert "heim" not in str(error.value)


def test_a_server_that_accepts_and_says_nothing(
    fresh_warehouse: str, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_SOURCE_TIMEOUT", "2")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{SICK}", f"postgresql://u:p@127.0.0.1:{port}/db")
        with pytest.raises(Unavailable, match=f"127.0.0.1:{port}"):
            steps.land(steps.plan(MONTH, [SICK]), SICK)


@pytest.mark.deep
@pytest.mark.parametrize("hangs", [False, True], ids=["cut", "silent"])
@pytest.mark.parametrize("share", first(1, [0.5, 0.02, 0.95], "thorough"))
def test_a_wire_that_is_cut_or_goes_silent_in_mid_read(
    fresh_warehouse: str, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch, share: float, hangs: bool
) -> None:
    monkeypatch.setenv("HAILONG_SOURCE_TIMEOUT", "1")
    url = sa.make_url(estate[SICK])
    assert url.port

    def through(wire: Wire) -> None:
        shown = url.set(port=wire.port).render_as_string(hide_password=False)
        monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{SICK}", shown)

    planned = steps.plan(MONTH, EVERYONE)
    with Wire(url.port, plenty := 10**9) as whole:
        through(whole)
        shutil.rmtree(Path(steps.land(planned, SICK)["landing_path"]).parent)
    with Wire(url.port, int((plenty - whole.budget) * share), hangs=hangs) as wire:
        through(wire)
        missing = assert_only_the_sick_one_is_missing(run_month(MONTH, EVERYONE))
    assert missing["treasury_state"] == "unavailable"
    assert not list(Path(settings.read().landing).glob(f"{MONTH}/{SICK}/*"))
    monkeypatch.delenv(f"AIRFLOW_CONN_TREASURY_{SICK}")
    assert_a_rerun_heals()


@pytest.mark.parametrize(
    ("statement", "names"),
    first(1, [
        ("drop table survey_answer", "survey_answer"),
        ("alter table survey_response rename column unit_code to don_vi", "unit_code"),
        ("alter table survey_answer drop column score", "score"),
        (
            "alter table survey_response rename to phieu",
            "survey_response",
        ),
    ]),
)  # fmt: skip
@pytest.mark.thorough
def test_a_missing_or_renamed_table_or_column_is_named(
    fresh_warehouse: str, branch: sa.Engine, statement: str, names: str
) -> None:
    spoil(branch, statement)
    missing = assert_only_the_sick_one_is_missing(run_month(MONTH, EVERYONE))
    assert (missing["treasury_state"], names in missing["error_message"]) == ("refused", True)


THIS_MONTH = "submitted_at >= '2023-07-01 00:00+07' and submitted_at < '2023-08-01 00:00+07'"


@pytest.mark.parametrize(
    ("statements", "rule"),
    first(3, [
        (["delete from survey_answer", f"delete from survey_response where {THIS_MONTH}"], "answers_arrived"),
        (["update treasury set treasury_code = '49'"], "own_answers"),
        (["alter table survey_answer drop constraint survey_answer_response_id_fkey",
          "alter table survey_response drop constraint survey_response_pkey",
          f"insert into survey_response select * from survey_response where {THIS_MONTH} limit 60"], "keys_unique"),
        ([f"update survey_response set unit_code = 'new-unit' where {THIS_MONTH} and response_id % 4 = 0"],
         "most_units_known"),
        ([f"update survey_response set channel_code = 'zalo' where {THIS_MONTH} and response_id % 10 = 0"],
         "most_channels_known"),
        (["update survey_answer set score = 11 where response_id % 5 = 0"], "few_turned_away"),
        (["alter table survey_answer drop constraint survey_answer_pkey",
          "update survey_answer set criterion_code = 'access_seats' where response_id % 5 = 0"], "few_turned_away"),
        (["delete from survey_answer where response_id % 5 = 0"], "few_turned_away"),
    ], "thorough"),
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_month_that_breaks_a_batch_rule_is_refused_by_name(
    fresh_warehouse: str, branch: sa.Engine, statements: list[str], rule: str
) -> None:
    spoil(branch, *statements)
    missing = assert_only_the_sick_one_is_missing(run_month(MONTH, EVERYONE))
    assert (missing["treasury_state"], rule in missing["error_message"]) == ("refused", True)
    assert query("select count(*) as n from core.fact_response as f join core.dim_treasury using (treasury_id)"
                 f" where treasury_code = '{SICK}'") == [{"n": 0}]  # fmt: skip


def test_a_few_bad_rows_are_turned_away_by_name_and_the_rest_is_loaded(fresh_warehouse: str, branch: sa.Engine) -> None:
    run_month(MONTH, [SICK])
    before = {row["response_key"] for row in query("select response_key from ops.turned_away")}
    spoil(
        branch,
        f"update survey_response set procedure_code = 'x' where response_id = (select min(response_id) from survey_response where {THIS_MONTH} and response_id::text not in ({','.join(repr(k) for k in before) or 'null'}))",  # noqa: E501
    )
    run_month(MONTH, [SICK])
    after = query("select response_key, rule_code from ops.turned_away")
    (new,) = [row for row in after if row["response_key"] not in before]
    assert new["rule_code"] == "procedure_known"
    assert outcome()["treasury_state"] == "loaded"


def test_rows_of_another_month_are_noticed_by_the_count_of_the_table_and_turned_away_without_one(
    fresh_warehouse: str, estate: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    shutil.copytree(settings.read().config, config)
    query_file = settings.SQL / "source" / "answer_rows.postgresql.sql"
    (config / "source").mkdir()
    careless = query_file.read_text("utf-8").replace("< :month_end", "< :month_end + interval '1 day'")
    (config / "source" / query_file.name).write_text(careless, "utf-8")
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    planned = steps.plan("2023-06", [SICK])
    steps.land(planned, SICK)
    (refused,) = steps.admit(planned, [SICK])
    assert "table_read_whole" in refused["error_message"]
    uncounted = re.sub(r"-- counts: .*", "-- counts: off, to see what the rows themselves say", careless)
    (config / "source" / query_file.name).write_text(re.sub(r"-- (time|key): .*\n", "", uncounted), "utf-8")
    planned = steps.plan("2023-06", [SICK])
    steps.land(planned, SICK)
    steps.admit(planned, [SICK])
    assert {row["rule_code"] for row in query("select distinct rule_code from ops.turned_away")} >= {"time_in_month"}


@pytest.mark.deep
@pytest.mark.thorough
def test_text_that_is_not_unicode_and_text_in_nfd(
    fresh_warehouse: str, state: Path, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"branch_{secrets.token_hex(4)}"
    server = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template template0 encoding 'SQL_ASCII'")
    url = sa.make_url(embedded.url(state, "branches", name))
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"client_encoding": "utf8"})
    with engine.begin() as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(
            (settings.PACKAGE / "demo" / "branch.sql").read_text("utf-8")
        )
        connection.exec_driver_sql(f"insert into treasury values ('{SICK}', 'x')")
        for number, (unit, comment) in enumerate(
            [("48.01", "E'To\\xa8t'"), ("48.01", "'Hài lòng'"), ("48.01", "null"), ("E'\\xff'", "null")] * 10, start=1
        ):
            unit_sql = unit if unit.startswith("E") else f"'{unit}'"
            connection.exec_driver_sql(
                "insert into survey_response (response_id, submitted_at, unit_code, comment)"
                f" values ({number}, '2023-07-05 10:00+07', {unit_sql}, {comment})"
            )
            connection.exec_driver_sql(f"insert into survey_answer values ({number}, 'access_seats', 5)")
    monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{SICK}", url.render_as_string(hide_password=False))
    planned = run_month(MONTH, [SICK])
    (missing,) = steps.verdict(planned)
    assert (missing["treasury_state"], missing["error_message"]) == ("refused", ANY)
    findings = query("select rule_code, unexpected_count from ops.validation where unexpected_count > 0")
    assert {row["rule_code"]: row["unexpected_count"] for row in findings} == {
        "comment_readable": 10,
        "unit_known": 10,
    }
    with engine.begin() as connection:
        connection.exec_driver_sql("delete from survey_answer where mod(response_id, 4) = 0")
        connection.exec_driver_sql("delete from survey_response where mod(response_id, 4) = 0")
    assert_a_rerun_heals()
    comments = {row["comment_text"] for row in query("select comment_text from core.fact_response")}
    assert "Hài lòng" in comments
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")


@pytest.mark.parametrize("written", ["copy_binary", "copy_text"])  # responses, and then their counts
@pytest.mark.deep
def test_a_warehouse_that_goes_away_in_mid_load_leaves_nothing_half_written(
    rated: Plan, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    planned, before, url = rated, fingerprint(), warehouse.url()
    direct = url.render_as_string(hide_password=False)
    assert url.port
    for code in EVERYONE:
        steps.land(planned, code)
    real = getattr(bulk, written)
    with Wire(url.port, 10_000_000) as wire:

        def write_and_cut(*arguments: Any) -> None:
            real(*arguments)
            wire.cut()

        monkeypatch.setattr(bulk, written, write_and_cut)
        monkeypatch.setenv("HAILONG_WORKERS", "1")
        through = url.set(port=wire.port).render_as_string(hide_password=False)
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", through)
        steps.admit(planned, EVERYONE)
    monkeypatch.setattr(bulk, written, real)
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", direct)
    assert {row["treasury_state"] for row in steps.verdict(planned)} == {"unavailable"}
    assert fingerprint()["responses"] == before["responses"]
    run_month(MONTH, EVERYONE)
    assert fingerprint() == before


def test_a_warehouse_that_is_down_is_named_without_its_password(
    fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", "postgresql://hailong:geheim@127.0.0.1:1/hailong")
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1/hailong") as error:
        steps.plan(MONTH)
    assert "geheim" not in str(error.value)


STEPS = ("admit", "score", "plan", "land first", "land all", "check", "report")


@pytest.mark.deep
@pytest.mark.parametrize("last", first(2, STEPS, "thorough"))
def test_a_kill_between_any_two_steps_and_a_run_again(fresh_warehouse: str, estate: dict[str, str], last: str) -> None:
    def killed() -> None:
        planned = steps.plan(MONTH, EVERYONE)
        work: dict[str, Callable[[], object]] = {
            "plan": lambda: None,
            "land first": lambda: steps.land(planned, EVERYONE[0]),
            "land all": lambda: [steps.land(planned, code) for code in EVERYONE[1:]],
            "admit": lambda: steps.admit(planned, EVERYONE),
            "score": lambda: steps.score(planned),
            "check": lambda: steps.check(MONTH),
            "report": lambda: steps.report(planned),
        }
        for name in STEPS:
            work[name]()
            if name == last:
                os.kill(os.getpid(), signal.SIGKILL)

    assert in_a_child(killed) == -signal.SIGKILL
    assert steps.verdict(run_month(MONTH, EVERYONE)) == []
    undisturbed = query("select area_code, satisfied_count, answer_count from score.rating"
                        " where area_level = 'treasury' and breakdown = 'total' and answer_count > 0")  # fmt: skip
    golden = {row["area_code"]: (row["satisfied_count"], row["answer_count"]) for row in undisturbed}
    assert golden.keys() == set(EVERYONE)
    assert golden["34"] == (5213, 5567)


@pytest.mark.parametrize("share", first(1, [0.5, 0, 0.99]))
def test_a_full_disk_at_landing(rated: Plan, share: float) -> None:
    planned = rated
    place = landing_zone.Place(settings.read().landing, MONTH, SICK)
    before = landing_zone.receipt(place)
    size = int(before.byte_count * share)

    def land_on_a_full_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            steps.land(planned, SICK)
        except Unavailable as error:
            os._exit(40 if "cannot be written" in error.message and "disk" in error.next_action else 41)

    assert in_a_child(land_on_a_full_disk) == 40
    assert landing_zone.receipt(place) == before
    assert {path.name for path in Path(settings.read().landing, MONTH, SICK).iterdir()} == {
        "receipt.json",
        Path(before.landing_path).name,
    }
    assert_a_rerun_heals()


@pytest.mark.deep
def test_a_landed_file_that_was_changed_is_not_loaded(fresh_warehouse: str, estate: dict[str, str]) -> None:
    planned = steps.plan(MONTH, [SICK])
    path = Path(steps.land(planned, SICK)["landing_path"])
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    steps.admit(planned, [SICK])
    (missing,) = steps.verdict(planned)
    assert (missing["treasury_state"], "not the receipt's" in missing["error_message"]) == ("unavailable", True)
    assert_a_rerun_heals()


@pytest.mark.usefixtures("rated")
def test_work_that_was_cut_off_is_not_taken_for_done() -> None:
    planned = steps.plan(MONTH, EVERYONE)
    for code in WELL:
        steps.land(planned, code)
    steps.admit(planned, WELL)
    steps.score(planned)
    (missing,) = steps.verdict(planned)
    assert (missing["treasury_code"], "cut off" in missing["error_message"]) == (SICK, True)


@pytest.mark.usefixtures("rated")
def test_a_rule_set_or_a_questionnaire_edited_after_use_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file, old, new, name in (
        ("rules/2022-01.5.yaml", "rank: 30", "rank: 10", "rule set kbnn-2022-01.5"),
        ("questionnaires/2022-01.yaml", "code: access_seats", "code: access_chairs", "questionnaire sipas-2022"),
    ):
        config = tmp_path / name.replace(" ", "_")
        shutil.copytree(settings.PACKAGE.parent / "config", config)
        path = config / file
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        shutil.rmtree(config / "suggestions")  # they name the criteria, and would be told first
        monkeypatch.setenv("HAILONG_CONFIG", str(config))
        with pytest.raises(Misdeclared, match=f"{name} was edited after it was used"):
            steps.plan(MONTH)


def test_a_questionnaire_may_be_edited_until_somebody_has_answered_it(
    fresh_warehouse: str, estate: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.plan(MONTH)
    config = tmp_path / "config"
    shutil.copytree(settings.read().config, config)
    path = config / "questionnaires" / "2022-01.yaml"
    lines = path.read_text("utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if "code: access_seats" in line)
    lines[first], lines[first + 5] = lines[first + 5], lines[first]
    path.write_text("\n".join(lines), "utf-8")
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    run_month(MONTH, ["34"])
    positions = query("select answer_position, criterion_code from core.dim_criterion where answer_position in (1, 6)")
    assert {row["answer_position"]: row["criterion_code"] for row in positions} == {
        1: "procedures_correct",
        6: "access_seats",
    }
    assert steps.plan(MONTH).rules.questionnaire_code == "sipas-2022"


@pytest.mark.deep
def test_timestamps_stored_without_a_zone_are_bounded_in_local_time(fresh_warehouse: str, branch: sa.Engine) -> None:
    run_month(MONTH, [SICK])
    before = fingerprint()
    spoil(
        branch,
        "alter table survey_response alter column submitted_at type timestamp"
        " using submitted_at at time zone 'Asia/Ho_Chi_Minh'",
    )
    run_month(MONTH, [SICK])
    assert fingerprint() == before


@pytest.mark.deep
def test_a_worker_that_is_killed_costs_its_treasury_only(
    fresh_warehouse: str, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WORKERS", "2")
    planned = steps.plan(MONTH, EVERYONE)
    for code in EVERYONE:
        steps.land(planned, code)
    real_tally = landed._tally_of

    def killed(case: Any, receipt: Any) -> Any:
        if case.treasury.code == SICK:
            os.kill(os.getpid(), signal.SIGKILL)
        return real_tally(case, receipt)

    monkeypatch.setattr(landed, "_tally_of", killed)
    steps.admit(planned, EVERYONE)
    steps.score(planned)
    monkeypatch.setattr(landed, "_tally_of", real_tally)
    assert_only_the_sick_one_is_missing(planned)
    assert_a_rerun_heals()


@pytest.mark.thorough
def test_a_run_killed_while_it_loads_leaves_no_lock_behind(fresh_warehouse: str, estate: dict[str, str]) -> None:
    started = time.monotonic()
    command = [sys.executable, "-m", "etl", "run", MONTH]
    many = [part for code in sorted(estate)[:12] for part in ("--only", code)]
    run = subprocess.Popen([*command, *many], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    written = "relation = 'core.unit_count'::regclass and mode = 'RowExclusiveLock'"
    loading = f"select count(*) as n from pg_locks where {written}"
    while query(loading)[0]["n"] == 0:
        assert run.poll() is None
        assert time.monotonic() - started < 120
    run.kill()
    run.wait()
    again = subprocess.run([*command, "--only", "34"], capture_output=True, text=True, timeout=60, check=False)
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.usefixtures("rated")
@pytest.mark.deep
def test_a_rule_set_can_be_succeeded_and_its_months_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    shutil.copytree(settings.read().config, config)
    first = config / "rules" / "2022-01.5.yaml"
    text = first.read_text("utf-8")
    first.write_text(text.replace("valid_to: 2026", "valid_to: 2023"), "utf-8")
    later = text.replace("valid_from: 2022-01-01", "valid_from: 2024-01-01").replace(
        ": kbnn-2022-01.5", ": kbnn-2024-01"
    )
    later = later.replace("supersedes: kbnn-2022-01.4\n", "")
    (config / "rules" / "2024-01.yaml").write_text(later.replace("rank: 30", "rank: 100"), "utf-8")
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    assert steps.plan(MONTH).rules.rule_set_code == "kbnn-2022-01.5"
    assert steps.plan("2024-02").rules.rule_set_code == "kbnn-2024-01"


def test_a_forgotten_key_of_the_pseudonyms_stops_the_run_before_it_begins(
    fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HAILONG_PSEUDONYM_KEY")
    with pytest.raises(Misdeclared, match="HAILONG_PSEUDONYM_KEY"):
        steps.plan(MONTH)
    assert query("select * from ops.run") == []


def test_a_warehouse_belongs_to_one_network(
    fresh_warehouse: str, estate: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.plan(MONTH)
    config = tmp_path / "config"
    shutil.copytree(settings.read().config, config)
    path = config / "network.yaml"
    path.write_text(path.read_text("utf-8").replace("code: kbnn", "code: other"), "utf-8")
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    with pytest.raises(Misdeclared, match="belongs to the network 'kbnn'"):
        steps.plan(MONTH)


def test_sources_are_only_read(branch: sa.Engine) -> None:
    month, zone = SurveyMonth.parse(MONTH), ZoneInfo("Asia/Ho_Chi_Minh")
    deletes = "delete from survey_answer returning *"
    for sql in (deletes, f"with gone as ({deletes}) select * from gone"):
        query = Query("here", sql, frozenset(), month.bounds(zone), zone)
        with pytest.raises(HailongError):
            list(Snapshot(url_of(SICK), query, Limits(5, 100)))
    with branch.connect() as connection:
        assert connection.scalar(sa.text("select count(*) from survey_answer"))


def test_refusal_and_absence_have_their_exit_codes() -> None:
    assert (Unavailable.exit_code, Refused.exit_code, Misdeclared.exit_code) == (3, 4, 5)
