"""Late and corrected answers: a run reads the months before once more, and takes in what changed and nothing else."""

from __future__ import annotations

import json
import os
import secrets
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import settings
from etl.landing import zone
from etl.operation import look_back, steps
from etl.operation.plan import Plan
from etl.publishing import diff, publish, verify
from etl.publishing.publish import Decision
from etl.registry import Registry
from etl.warehouse import embedded
from tests.lib.cases import first
from tests.lib.children import in_a_child
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import query, run_month
from tests.lib.networks import small_network

MONTH, BEFORE = "2023-07", "2023-06"
LATE, ALSO_LATE, AWAY = "34", "19", "48"
NETWORK = (ALSO_LATE, LATE, AWAY)
ANNA = Decision("anna", "the month is complete")
TRACE = "select treasury_code, added_count, changed_count, deleted_count, is_from_core from ops.change"
NOWHERE = "postgresql://u:p@127.0.0.1:1/nowhere"


def network(directory: Path) -> Path:
    """KBNN with three of its 63 treasuries."""
    return small_network(directory, NETWORK)


def of_june() -> Plan:
    """June 2023, run and rated before July is."""
    return run_month(BEFORE)


def of_july() -> Plan:
    """July 2023, run and rated after June was; its look-back is still to come."""
    run_month(BEFORE)
    return run_month(MONTH)


JUNE, JULY = Kept("three in June", of_june, network), Kept("three in July after June", of_july, network)


Branches = dict[str, sa.Engine]


@pytest.fixture
def branches(state: Path, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Branches]:
    """Copies of two treasuries' databases that a test may write to, with a superuser's engine each."""
    server = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    made: Branches = {}
    for code in (LATE, ALSO_LATE):
        name = f"branch_{secrets.token_hex(4)}"
        with server.connect() as connection:
            connection.exec_driver_sql(f"create database {name} template treasury_{code}")
        url = sa.make_url(embedded.url(state, "branches", name))
        monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{code}", url.render_as_string(hide_password=False))
        made[code] = sa.create_engine(url, poolclass=sa.NullPool)
    yield made
    with server.connect() as connection:
        for engine in made.values():
            connection.exec_driver_sql(f"drop database {engine.url.database} with (force)")


@pytest.fixture
def june(copy_of: Callable[[Kept], Copy], branches: Branches) -> Plan:
    """June 2023, run and rated before July is."""
    plan: Plan = copy_of(JUNE).result
    return plan


@pytest.fixture
def planned(copy_of: Callable[[Kept], Copy], branches: Branches) -> Plan:
    """July 2023, run and rated after June was; its look-back is still to come."""
    plan: Plan = copy_of(JULY).result
    return plan


@pytest.fixture
def config(fresh_warehouse: str, branches: Branches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration that a test may write to, and a fresh warehouse."""
    made = network(tmp_path)
    monkeypatch.setenv("HAILONG_CONFIG", str(made))
    return made


def change(branch: sa.Engine, added: int = 0, corrected: int = 0, deleted: int = 0) -> None:
    """Let a treasury's June change: late answers, answers put right, answers taken out."""
    in_june = "from survey_response where submitted_at >= '2023-06-05' and submitted_at < '2023-06-25'"
    with branch.begin() as connection:
        ids = list(connection.exec_driver_sql(f"select response_id {in_june} order by 1").scalars())
        for place in range(added):
            connection.exec_driver_sql(
                "insert into survey_response (response_id, submitted_at, unit_code, procedure_code, channel_code,"
                f" respondent_type_code) select {888_000 + place}, '2023-06-30 10:00+07', unit_code, procedure_code,"
                f" channel_code, respondent_type_code from survey_response where response_id = {ids[0]}"
            )
            connection.exec_driver_sql(
                f"insert into survey_answer select {888_000 + place}, criterion_code, 1 from survey_answer"
                f" where response_id = {ids[0]}"
            )
        for one in ids[1 : 1 + corrected]:
            connection.exec_driver_sql(
                f"update survey_answer set score = case score when 1 then 5 else 1 end where response_id = {one}"
            )
        for one in ids[-deleted:] if deleted else []:
            connection.exec_driver_sql(f"delete from survey_answer where response_id = {one}")
            connection.exec_driver_sql(f"delete from survey_response where response_id = {one}")


def traces() -> list[tuple[Any, ...]]:
    """What ``ops.change`` says, by treasury."""
    joined = f"{TRACE} as c join core.dim_treasury as t using (treasury_id) order by treasury_code, found_at"
    return [tuple(row.values()) for row in query(joined)]


def responses(month: str = BEFORE) -> dict[str, int]:
    """How many responses core has of each treasury in a month."""
    rows = query(
        f"select treasury_code, count(*) as n from core.fact_response join core.dim_treasury using (treasury_id)"
        f" where survey_month = '{month}-01' group by 1 order by 1"
    )
    return {row["treasury_code"]: row["n"] for row in rows}


def core() -> str:
    """A digest of all responses of June in core."""
    return str(query("select md5(string_agg(f::text, '|' order by treasury_id, response_key)) as digest"
                     " from core.fact_response as f where survey_month = '2023-06-01'")[0]["digest"])  # fmt: skip


def drafted_at(month: str = BEFORE) -> Any:
    """When a month's draft was made."""
    return query(f"select scored_at from score.revision where period_code = '{month}' and revision_number = 0")[0]


def landed(code: str, month: str = BEFORE) -> set[str]:
    """The files in the landing zone of a treasury's month."""
    return {file.name for file in (Path(settings.read().landing) / month / code).iterdir()}


def tally(back: look_back.LookBack) -> tuple[str, int, str, bool, int]:
    """What a look-back says, without its errors' words."""
    return back.month, back.treasury_count, str(back.counts), back.is_rated, len(back.errors)


@pytest.mark.usefixtures("june")
def test_the_run_of_a_month_takes_in_what_changed_in_the_month_before_and_says_so(branches: Branches) -> None:
    before, loaded = responses(), query("select treasury_id, run_id from ops.treasury_month order by 1")
    change(branches[LATE], added=3, deleted=1)
    change(branches[ALSO_LATE], corrected=2)
    ran = hailong("run", MONTH)
    assert ran.exit_code == 0, ran.stderr
    assert f"{BEFORE}: 2 treasuries changed (3 added, 2 corrected, 1 deleted): new draft" in ran.stdout + ran.stderr
    assert responses() == {**before, LATE: before[LATE] + 2}
    assert traces() == [(ALSO_LATE, 0, 2, 0, True), (LATE, 3, 0, 1, True)]
    ids = {row["treasury_id"]: row["run_id"] for row in loaded}
    now = query("select treasury_id, run_id from ops.treasury_month where survey_month = '2023-06-01' order by 1")
    assert [row["run_id"] == ids[row["treasury_id"]] for row in now] == [False, False, True]  # 48 was left in peace
    for code in (LATE, ALSO_LATE):
        assert landed(code) == {"receipt.json", landing_of(code)}  # the old file went with the old rows
    # the figures are those of a run of June from nothing else than what the sources hold now
    taken = core(), query("select area_code, breakdown, member_code, answer_count, satisfied_count from score.rating"
                          " where period_code = '2023-06' order by 1, 2, 3")  # fmt: skip
    run_month(BEFORE)
    again = core(), query("select area_code, breakdown, member_code, answer_count, satisfied_count from score.rating"
                          " where period_code = '2023-06' order by 1, 2, 3")  # fmt: skip
    assert taken == again


def landing_of(code: str) -> str:
    """The file that core was made from."""
    (row,) = query("select landing_path from ops.treasury_month join core.dim_treasury using (treasury_id)"
                   f" where treasury_code = '{code}' and survey_month = '2023-06-01'")  # fmt: skip
    return Path(row["landing_path"]).name


@pytest.mark.deep
def test_where_nothing_changed_nothing_is_loaded_rated_or_kept(planned: Plan) -> None:
    before = core(), drafted_at(), drafted_at(MONTH), {code: landed(code) for code in NETWORK}
    runs = query("select count(*) as n from ops.run")
    assert look_back.run(planned) == []
    assert (core(), drafted_at(), drafted_at(MONTH), {code: landed(code) for code in NETWORK}) == before
    assert query("select count(*) as n from ops.run") == runs
    assert traces() == []


@pytest.mark.thorough
def test_looking_back_twice_equals_once(planned: Plan, branches: Branches) -> None:
    change(branches[LATE], added=2, corrected=1)
    assert list(map(tally, look_back.run(planned))) == [(BEFORE, 1, "2 added, 1 corrected, 0 deleted", True, 0)]
    once = core(), drafted_at(), landed(LATE), traces()
    assert look_back.run(planned) == []
    assert (core(), drafted_at(), landed(LATE), traces()) == once


@pytest.mark.deep
@pytest.mark.thorough
def test_a_month_that_is_compared_with_a_changed_one_is_rated_anew(planned: Plan, branches: Branches) -> None:
    change_of = (
        f"select change_points from mart.treasury_ranking where period_code = '{MONTH}' and treasury_code = '34'"
    )
    before = query(change_of)
    change(branches[LATE], corrected=30)
    look_back.run(planned)
    assert query(change_of) != before
    assert steps.check(MONTH)
    assert steps.check(BEFORE)


@pytest.mark.deep
@pytest.mark.thorough
def test_a_source_that_is_away_leaves_the_earlier_month_as_it_was(
    planned: Plan, branches: Branches, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = core(), query("select treasury_state, error_message from ops.treasury_month order by 1")
    monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{LATE}", NOWHERE)
    monkeypatch.setenv("HAILONG_RETRY_SECONDS", "1")
    change(branches[ALSO_LATE], added=1)
    (back,) = look_back.run(planned)
    assert tally(back) == (BEFORE, 1, "1 added, 0 corrected, 0 deleted", True, 1)
    assert back.errors[0].message.startswith(f"{LATE} KBNN Thái Bình, {BEFORE}")
    assert query("select treasury_state, error_message from ops.treasury_month order by 1") == before[1]
    assert query(f"select month_status from ops.survey_month where survey_month = '{BEFORE}-01'") == [
        {"month_status": "final"}
    ]
    said = hailong("run", MONTH, "--only", ALSO_LATE)
    assert (said.exit_code, "looking back" in said.stdout + said.stderr) == (0, False)  # only what was asked for


@pytest.mark.usefixtures("planned")
@pytest.mark.deep
def test_the_first_rating_of_a_month_notes_the_same_signals_as_the_next() -> None:
    signals = "select treasury_id, unit_code, signal_code, signal_value, is_raised from score.signal where period_code"
    first = query(f"{signals} = '{MONTH}' order by 1, 2, 3")
    assert "channel_shift" in {row["signal_code"] for row in first}  # which compares with the draft of this month
    steps.rate(MONTH)
    assert query(f"{signals} = '{MONTH}' order by 1, 2, 3") == first


@pytest.mark.parametrize("content", [b"", b'{"row_count": 1, "la', b"\x00" * 99], ids=repr)
@pytest.mark.deep
def test_a_receipt_left_half_by_a_loss_of_power_is_removed_and_the_month_is_looked_at_again(
    content: bytes, planned: Plan, branches: Branches
) -> None:
    left = Path(settings.read().landing, BEFORE, LATE, "look_back.json")
    left.write_bytes(content)
    news = look_back.run(planned)
    assert [error for month in news for error in month.errors] == []
    assert not left.exists()


@pytest.mark.thorough
def test_what_landed_aside_for_a_published_revision_is_never_removed(planned: Plan, branches: Branches) -> None:
    change(branches[LATE], added=1)
    with pytest.MonkeyPatch.context() as cut:  # taken in, but killed before its landing stood
        cut.setattr(look_back, "settle", lambda case: None)
        look_back.run(planned)
    published = query(
        "select landing_path from ops.treasury_month as o join core.dim_treasury as t using (treasury_id)"
        f" where o.survey_month = '{BEFORE}-01' and t.treasury_code = '{LATE}'"
    )[0]["landing_path"]
    assert publish.publish(BEFORE, ANNA) == 1
    run_month(BEFORE)
    look_back.run(planned)
    assert zone.is_kept(published, settings.read().landing)
    assert verify.verify(BEFORE) == [1]


@pytest.mark.thorough
def test_a_month_that_breaks_a_rule_now_stays_as_it_was_and_the_others_go_on(planned: Plan, branches: Branches) -> None:
    before = responses()
    with branches[LATE].begin() as connection:  # somebody emptied June
        connection.exec_driver_sql(
            "delete from survey_answer where response_id in (select response_id from survey_response"
            " where submitted_at < '2023-07-01')"
        )
        connection.exec_driver_sql("delete from survey_response where submitted_at < '2023-07-01'")
    change(branches[ALSO_LATE], deleted=1)
    (back,) = look_back.run(planned)
    assert tally(back) == (BEFORE, 1, "0 added, 0 corrected, 1 deleted", True, 1)
    assert responses() == {**before, ALSO_LATE: before[ALSO_LATE] - 1}
    assert traces() == [(ALSO_LATE, 0, 0, 1, True)]
    assert landed(LATE) == {"receipt.json", landing_of(LATE)}


@pytest.mark.usefixtures("june")
@pytest.mark.deep
def test_a_published_month_gets_a_new_draft_and_the_next_revision_says_what_changed(branches: Branches) -> None:
    assert publish.publish(BEFORE, ANNA) == 1
    change(branches[LATE], added=3, corrected=1)
    look_back.run(run_month(MONTH))
    change(branches[LATE], corrected=2, deleted=2)
    look_back.run(run_month(MONTH))
    assert publish.newest(BEFORE) == 1  # nothing is published by itself
    assert publish.publish(BEFORE, Decision("binh", "late answers")) == 2
    shown = hailong("diff", BEFORE)
    (line,) = [line for line in shown.stdout.splitlines() if line.startswith(LATE)]
    # one response was corrected in both look-backs, and counts once: what the two revisions pin is compared
    assert line.endswith("because 3 responses came in later, 2 responses were corrected, 2 responses were taken back")
    (row,) = [row for row in json.loads(hailong("diff", BEFORE, "--format", "json").stdout)
              if row["treasury_code"] == LATE]  # fmt: skip
    assert (row["added_count"], row["changed_count"], row["deleted_count"]) == (3, 2, 2)
    assert verify.verify(BEFORE) == [1, 2]
    period = Registry.configured().period(BEFORE)
    assert diff.diff(period, 1, 2) == diff.diff(period)


@pytest.mark.usefixtures("june")
@pytest.mark.thorough
def test_a_month_that_is_run_again_leaves_the_same_trace(branches: Branches) -> None:
    change(branches[LATE], added=1, corrected=2, deleted=3)
    run_month(BEFORE)
    run_month(BEFORE)
    assert traces() == [(LATE, 1, 2, 3, True)]
    (row,) = json.loads(hailong("status", BEFORE, "--format", "json").stdout)[1:2]
    assert (row["treasury_code"], row["added_count"]) == (LATE, None)  # against the landing before, nothing changed


@pytest.mark.usefixtures("june")
@pytest.mark.thorough
def test_what_was_refused_or_away_is_healed_by_a_later_run(branches: Branches, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setenv(f"AIRFLOW_CONN_TREASURY_{LATE}", NOWHERE)
        run_month(BEFORE)
    assert steps.verdict(steps.plan(BEFORE))[0]["treasury_state"] == "unavailable"
    planned = run_month(MONTH)
    (back,) = look_back.run(planned)
    assert (back.treasury_count, back.is_rated, back.errors) == (1, True, ())
    assert query(f"select month_status from ops.survey_month where survey_month = '{BEFORE}-01'") == [
        {"month_status": "final"}
    ]


@pytest.mark.usefixtures("config")
@pytest.mark.deep
def test_months_that_were_never_run_are_left_alone() -> None:
    planned = run_month(MONTH)
    assert look_back.run(planned) == []
    assert query("select distinct survey_month::text from ops.treasury_month") == [{"survey_month": "2023-07-01"}]
    assert not (Path(settings.read().landing) / BEFORE).exists()


@pytest.mark.thorough
def test_rules_that_do_not_speak_of_late_answers_look_back_at_nothing(config: Path, branches: Branches) -> None:
    for file in (config / "rules").glob("*.yaml"):
        text = file.read_text("utf-8")
        file.write_text(text.replace("late_answers: {look_back_months: 2}", ""), "utf-8")
    run_month(BEFORE)
    change(branches[LATE], added=1)
    planned = run_month(MONTH)
    assert look_back.run(planned) == []
    assert traces() == []


def deadly(module: Any, name: str, after: bool) -> Callable[..., Any]:
    """A function that kills its run, with all workers, before or after it has done its work."""
    real, run = getattr(module, name), os.getpid()

    def killed(*arguments: Any, **named: Any) -> Any:
        if after:
            real(*arguments, **named)
        os.kill(run, signal.SIGKILL)
        signal.pause()  # a worker dies with its run

    return killed


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("module", "name", "after"),
    first(
        2,
        [
            (zone, "keep", True),  # landed aside, not yet compared
            (look_back, "_take_in", False),  # compared, not yet taken in
            (look_back, "_take_in", True),  # taken in, not yet committed
            (zone, "stand", False),  # committed, the receipt not yet in its place
            (steps, "rate", False),  # all taken in, not yet rated
        ],
        "thorough",
    ),
    ids=lambda value: value if isinstance(value, str) else getattr(value, "__name__", str(value)),
)
def test_a_look_back_that_is_killed_heals_with_the_next(
    planned: Plan, branches: Branches, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, after: bool
) -> None:
    monkeypatch.setenv("HAILONG_WORKERS", "2")
    before = responses()
    change(branches[LATE], added=2)

    def killed() -> None:
        monkeypatch.setattr(module, name, deadly(module, name, after))
        look_back.run(planned)

    assert in_a_child(killed) == -signal.SIGKILL
    assert responses()[LATE] in (before[LATE], before[LATE] + 2)  # never half a month
    look_back.run(steps.plan(MONTH))
    assert responses()[LATE] == before[LATE] + 2
    assert traces() == [(LATE, 2, 0, 0, True)]
    assert landed(LATE) >= {"receipt.json", landing_of(LATE)}  # and a file, where the kill came before its receipt
    assert zone.receipt(zone.Place(settings.read().landing, BEFORE, LATE)).landing_path.endswith(landing_of(LATE))
    assert publish.publish(BEFORE, ANNA) == 1  # its draft holds what core holds


@pytest.mark.thorough
def test_a_worker_that_dies_costs_its_treasury_s_look_back_and_nothing_else(
    planned: Plan, branches: Branches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WORKERS", "2")
    change(branches[LATE], added=2)
    before = core(), drafted_at(), drafted_at(MONTH)
    with monkeypatch.context() as broken:
        broken.setattr(look_back, "_take_in", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        (back,) = look_back.run(planned)
    (error,) = back.errors
    assert error.message.startswith(f"{LATE} ")
    assert error.message.endswith(f"{BEFORE}, read again: its worker process died")
    assert (core(), drafted_at(), drafted_at(MONTH)) == before
    assert list(map(tally, look_back.run(planned))) == [(BEFORE, 1, "2 added, 0 corrected, 0 deleted", True, 0)]
