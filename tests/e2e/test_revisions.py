"""Publication: a draft is frozen, never changes, is compared, and is made again from what had landed."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from etl import settings, warehouse
from etl.cli.app import app
from etl.errors import Disagreement, HailongError, Misdeclared, Unavailable, Unfit
from etl.operation import steps
from etl.publishing import diff, publish, revisions, verify
from etl.publishing.publish import Decision
from etl.registry import Registry
from etl.warehouse import embedded, statements
from tests.lib.cases import first
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import query, run_month
from tests.lib.networks import small_network

MONTH, LATE = "2023-07", "34"
NETWORK = ("19", "34", "48", "64", "79")
ANNA = Decision("anna", "the month is complete")

ROUNDS = """\
rounds:
- {code: spring, name_vi: đợt xuân, name_en: spring round, first_month: 2023-05, last_month: 2023-06, source: this test}
- {code: summer, name_vi: đợt hè, name_en: summer round, first_month: 2023-07, last_month: 2023-08, source: this test}
"""


def network(directory: Path) -> Path:
    """KBNN with five of its 63 treasuries, and rounds of two months."""
    return small_network(directory, NETWORK, ROUNDS)


def july() -> None:
    """July 2023 of the small network, rated and not yet published."""
    run_month(MONTH)


def july_and_spring() -> None:
    """Two months before as well, but for the round that they are."""
    for code in (MONTH, "2023-05", "2023-06"):
        run_month(code)


JULY, JULY_AND_SPRING = Kept("five in July", july, network), Kept("five in July and spring", july_and_spring, network)


@pytest.fixture
def branch(state: Path, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    """A copy of one treasury's database that a test may add to, with a superuser's engine."""
    name = f"branch_{secrets.token_hex(4)}"
    server = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template treasury_{LATE}")
    url = sa.make_url(embedded.url(state, "branches", name))
    monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{LATE}", url.render_as_string(hide_password=False))
    yield sa.create_engine(url, poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")


@pytest.fixture
def month(copy_of: Callable[[Kept], Copy], branch: sa.Engine) -> Path:
    """July 2023 of the small network; its directory."""
    return copy_of(JULY).home


@pytest.fixture
def spring(copy_of: Callable[[Kept], Copy], branch: sa.Engine) -> Path:
    """The same with the months of a round; its directory."""
    return copy_of(JULY_AND_SPRING).home


@pytest.fixture
def config(month: Path) -> Path:
    """The configuration of the small network, which a test may change."""
    return month / "config"


def add_late_answers(branch: sa.Engine, number: int = 3) -> None:
    """Customers who answer late, each with two answers, neither of them satisfied."""
    with branch.begin() as connection:
        for place in range(number):
            key = 999_000 + place
            connection.exec_driver_sql(
                "insert into survey_response (response_id, submitted_at, unit_code, procedure_code, channel_code,"
                f" respondent_type_code) values ({key}, '2023-07-31 10:00+07', '34.01', 'account_open', 'online',"
                " 'individual')"
            )
            connection.exec_driver_sql(
                f"insert into survey_answer values ({key}, 'access_seats', 1), ({key}, 'officers_polite', 2)"
            )


def ranking(*arguments: str) -> dict[str, dict[str, Any]]:
    """The ranking as other programs get it, by treasury."""
    printed = hailong("ranking", MONTH, "--format", "json", *arguments)
    assert printed.exit_code == 0, printed.stderr
    return {row["treasury_code"]: row for row in json.loads(printed.stdout)}


def refusal(code: str = MONTH, decision: Decision = ANNA) -> HailongError:
    """The error with which a publication is refused, after which nothing is published."""
    with pytest.raises(HailongError) as caught:
        publish.publish(code, decision)
    assert query("select * from score.revision where revision_number > 0") == []
    assert query("select * from score.rating where revision_number > 0") == []
    return caught.value


@pytest.mark.usefixtures("month")
def test_late_answers_make_a_new_revision_beside_the_old_one(branch: sa.Engine) -> None:
    first = hailong("publish", MONTH, "--by", "anna", "--why", "the month is complete")
    assert (first.exit_code, "revision 1 is published" in first.stdout + first.stderr) == (0, True), first.stderr
    published = ranking()
    add_late_answers(branch)
    again = hailong("run", MONTH)
    assert again.exit_code == 0, again.stderr
    assert ranking() == published  # the draft is shown only where it is asked for
    assert ranking("--draft")[LATE]["footnote_codes"] == ["late"]

    second = hailong("publish", MONTH, "--by", "binh", "--why", "three late answers")
    assert "revision 2 is published" in second.stdout + second.stderr
    revised = ranking()
    assert (published[LATE]["revision"], revised[LATE]["revision"]) == (1, 2)
    assert revised[LATE]["response_count"] == published[LATE]["response_count"] + 3
    assert ranking("--revision", "1") == published

    shown = hailong("diff", MONTH)
    assert shown.exit_code == 0, shown.stderr
    head, line = shown.stdout.splitlines()
    assert head == f"{MONTH}, revision 1 → revision 2: 1 treasury differs"
    before, after = (f"{one[LATE]['satisfaction_pct']:.2f}".replace(".", ",") for one in (published, revised))
    assert line == f"34 KBNN Thái Bình: published {before} → revised {after}; because 3 responses came in later"
    assert before == "93,64"

    verified = hailong("verify", MONTH)
    same = "the same figures and names; not signed"
    assert verified.stdout.splitlines() == [f"✓ {MONTH} revision {number}: {same}" for number in (1, 2)]
    listed = json.loads(hailong("revisions", MONTH, "--format", "json").stdout)
    assert [(one["revision_number"], one["published_by"], one["reason"]) for one in listed] == [
        (0, None, None),
        (1, "anna", "the month is complete"),
        (2, "binh", "three late answers"),
    ]
    assert len({one["input_digest"] for one in listed[1:]} | {one["figures_digest"] for one in listed[1:]}) == 4


@pytest.mark.usefixtures("month")
def test_readers_see_what_is_published_and_a_draft_only_where_they_ask(branch: sa.Engine) -> None:
    def seen(show: str | None = None) -> list[tuple[Any, ...]]:
        with sa.create_engine(warehouse.url(), poolclass=sa.NullPool).connect() as reader:
            reader.exec_driver_sql("set role hailong_draft_reader")
            if show:
                reader.exec_driver_sql(f"set hailong.show = '{show}'")
            where = "select revision_number, response_count from mart.treasury_ranking where treasury_code = '34'"
            return [tuple(row) for row in reader.exec_driver_sql(where)]

    assert (seen(), seen("latest")) == ([], [(None, 263)])
    publish.publish(MONTH, ANNA)
    add_late_answers(branch)
    run_month(MONTH)
    assert (seen(), seen("latest"), seen("draft")) == ([(1, 263)], [(1, 263)], [(None, 266)])
    publish.publish(MONTH, ANNA)
    assert (seen(), seen("1"), seen("2"), seen("7"), seen("nonsense")) == (
        [(2, 266)],
        [(1, 263)],
        [(2, 266)],
        [],
        [(2, 266)],
    )


@pytest.mark.usefixtures("month")
def test_nobody_changes_what_is_published() -> None:
    publish.publish(MONTH, ANNA)
    for table in ("revision", "revision_input", "rating", "standing", "mix", "weakness", "officer"):
        assert query(f"select count(*) as n from score.{table} where revision_number = 1")[0]["n"] > 0
        attempts = [
            f"update score.{table} set revision_number = 9 where revision_number = 1",
            f"delete from score.{table} where revision_number = 1",
            f"truncate score.{table} cascade",
            f"insert into score.{table} select * from score.{table} where revision_number = 1 limit 1",
            f"update score.{table} set revision_number = 1 where revision_number = 0",
        ]
        if table == "revision_input":
            attempts.pop()  # a draft has none
        for attempt in attempts:
            with pytest.raises(Misdeclared, match="refuses a statement"), warehouse.transaction() as connection:
                connection.exec_driver_sql(attempt)
    assert verify.verify(MONTH) == [1]


@pytest.mark.usefixtures("month")
def test_a_draft_that_says_the_same_is_not_published_again() -> None:
    assert publish.publish(MONTH, ANNA) == 1
    run_month(MONTH)
    assert publish.publish(MONTH, ANNA) is None
    said = hailong("publish", MONTH, "--why", "again")
    assert (said.exit_code, "nothing to publish" in said.stdout + said.stderr) == (0, True)
    assert [one["revision_number"] for one in revisions.of_period(Registry.configured().period(MONTH))] == [0, 1]


@pytest.mark.usefixtures("month")
def test_of_two_who_publish_at_once_one_finds_nothing_to_publish() -> None:
    with ThreadPoolExecutor(2) as pool:
        numbers = list(pool.map(lambda who: publish.publish(MONTH, Decision(who, "at once")), ["anna", "binh"]))
    assert sorted(numbers, key=str) == [1, None]


@pytest.mark.usefixtures("month")
@pytest.mark.deep
@pytest.mark.thorough
def test_a_provisional_month_is_published_only_on_request_and_says_so(
    branch: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TREASURY_48", "postgresql://u:p@127.0.0.1:1/nowhere")
    run_month(MONTH)
    error = refusal()
    assert (type(error), "4 of 5 treasuries are in" in error.message) == (Unfit, True)
    assert "--provisional" in error.next_action
    assert publish.publish(MONTH, Decision("anna", "the bulletin is due", is_provisional_allowed=True)) == 1
    assert verify.verify(MONTH) == [1]
    monkeypatch.delenv("AIRFLOW_CONN_TREASURY_48")
    run_month(MONTH, ["48"])
    assert publish.publish(MONTH, ANNA) == 2
    rows = {row["treasury_code"]: row for row in diff.diff(Registry.configured().period(MONTH), 1, 2).rows}
    assert rows["48"]["reason"] == "it was unavailable and is loaded"
    assert {row["reason"] for code, row in rows.items() if code != "48"} <= {"the figures of other treasuries moved"}
    assert verify.verify(MONTH) == [1, 2]


@pytest.mark.usefixtures("month")
def test_a_draft_older_than_the_answers_is_not_published(branch: sa.Engine) -> None:
    add_late_answers(branch)
    planned = steps.plan(MONTH, [LATE])
    steps.land(planned, LATE)
    steps.admit(planned, [LATE])
    error = refusal()
    assert (type(error), "34 KBNN Thái Bình" in error.message) == (Unfit, True)
    assert error.next_action == f"rate it again: hailong rate {MONTH}"
    steps.rate(MONTH)
    assert publish.publish(MONTH, ANNA) == 1


@pytest.mark.usefixtures("month")
@pytest.mark.thorough
def test_a_landed_file_is_kept_for_its_revision_and_others_are_not(branch: sa.Engine) -> None:
    def files() -> set[str]:
        return {file.name for file in (Path(settings.read().landing) / MONTH / LATE).glob("*.parquet")}

    (first,) = files()
    run_month(MONTH)
    (second,) = files() - {first}  # the first was core's until the second was taken in
    publish.publish(MONTH, ANNA)
    add_late_answers(branch)
    for _ in range(3):
        run_month(MONTH)
    assert first not in files()
    assert second in files()
    assert len(files()) == 3  # that of the revision, core's, and the newest
    (Path(settings.read().landing) / MONTH / LATE / second).unlink()
    with pytest.raises(Unavailable, match=f"{second} is gone"):
        verify.verify(MONTH)


@pytest.mark.usefixtures("month")
def test_a_landed_file_that_was_changed_or_lost_is_told() -> None:
    (file,) = (Path(settings.read().landing) / MONTH / LATE).glob("*.parquet")
    content = file.read_bytes()
    file.unlink()
    error = refusal()
    assert (type(error), "34 KBNN Thái Bình, 2023-07" in error.message) == (Unfit, True)
    file.write_bytes(content)
    publish.publish(MONTH, ANNA)
    file.write_bytes(content + b" ")
    with pytest.raises(Unavailable, match="treasury 34, 2023-07: the landed file is not the receipt's"):
        verify.verify(MONTH)


@pytest.mark.usefixtures("month")
def test_a_rule_file_edited_after_use_is_refused_by_name(config: Path) -> None:
    publish.publish(MONTH, ANNA)
    file = config / "rules" / "2022-01.5.yaml"
    file.write_text(file.read_text("utf-8").replace("from_pct: 90", "from_pct: 91").replace("to_pct: 90", "to_pct: 91"))
    for act in (lambda: run_month(MONTH), lambda: verify.verify(MONTH), lambda: publish.publish(MONTH, ANNA)):
        with pytest.raises(Misdeclared, match=r"the rule set kbnn-2022-01\.5 was edited after it was used"):
            act()
    file.unlink()
    (config / "rules" / "2027-01.yaml").unlink()  # beside it the fourth would stand again, and has no end
    with pytest.raises(Misdeclared, match=r"the rule set kbnn-2022-01\.5 is gone"):
        verify.verify(MONTH)


@pytest.mark.usefixtures("month")
@pytest.mark.deep
@pytest.mark.thorough
def test_a_later_rule_set_moves_no_month_before_it_and_one_that_supersedes_says_so(config: Path) -> None:
    publish.publish(MONTH, ANNA)
    shipped = config / "rules" / "2022-01.5.yaml"
    text = shipped.read_text("utf-8")
    shipped.write_text(text.replace("valid_to: 2026", "valid_to: 2023"), "utf-8")
    later = text.replace("kbnn-2022-01.5", "kbnn-2024-01").replace("supersedes: kbnn-2022-01.4\n", "")
    later = later.replace("2022-01-01", "2024-01-01").replace("satisfied_levels: [4, 5]", "satisfied_levels: [5]")
    (config / "rules" / "2024-01.yaml").write_text(later, "utf-8")
    steps.rate(MONTH)
    assert publish.publish(MONTH, ANNA) is None

    stricter = text.replace("code: kbnn-2022-01.5", "code: kbnn-2022-01.6")
    stricter = stricter.replace("supersedes: kbnn-2022-01.4\n", "supersedes: kbnn-2022-01.5\n")
    stricter = stricter.replace("valid_to: 2026", "valid_to: 2023")
    stricter = stricter.replace("satisfied_levels: [4, 5]", "satisfied_levels: [5]")
    (config / "rules" / "2022-01.6.yaml").write_text(stricter, "utf-8")
    steps.rate(MONTH)
    assert publish.publish(MONTH, Decision("anna", "only the best level counts")) == 2
    reasons = {row["reason"] for row in diff.diff(Registry.configured().period(MONTH)).rows}
    assert reasons == {"the rule set changed from kbnn-2022-01.5 to kbnn-2022-01.6"}
    assert verify.verify(MONTH) == [1, 2]


@pytest.mark.usefixtures("month")
@pytest.mark.thorough
def test_codes_declared_later_do_not_change_what_a_revision_was_made_from(config: Path) -> None:
    publish.publish(MONTH, ANNA)
    file = config / "codes.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("labels: [ONLINE, web]", "labels: [ONLINE, web, telegraph]"), "utf-8")
    assert file.read_text("utf-8") != text
    run_month(MONTH)
    assert publish.publish(MONTH, Decision("anna", "telegraph is a channel")) == 2
    assert any("came in later" in row["reason"] for row in diff.diff(Registry.configured().period(MONTH), 1, 2).rows)
    assert verify.verify(MONTH) == [1, 2]


@pytest.mark.usefixtures("month")
@pytest.mark.parametrize(
    ("forgery", "told"),
    [
        ("update score.rating set rank = 1 where revision_number = 1", "the stored figures are not those"),
        ("delete from score.officer where revision_number = 1", "the stored figures are not those"),
        (
            "update score.revision_input set sha256 = 'x' where treasury_state = 'loaded'",
            "what is kept about its inputs",
        ),
    ],
)
def test_a_forged_figure_is_found(forgery: str, told: str) -> None:
    publish.publish(MONTH, ANNA)
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")  # a superuser, past the triggers
        connection.exec_driver_sql(forgery)
    with pytest.raises(Disagreement, match=told):
        verify.verify(MONTH)


@pytest.mark.usefixtures("month")
def test_figures_that_come_out_differently_are_found() -> None:
    """Both digests fit a forged revision, but the answers do not."""
    publish.publish(MONTH, ANNA)
    key = {"period_code": MONTH, "revision_number": 1}
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        connection.exec_driver_sql(
            "update score.rating set satisfied_count = satisfied_count - 1 where area_code = '34'"
        )
        digest = warehouse.rows(connection, "scoring/figures_digest", **key)[0]["figures_digest"]
        connection.execute(
            sa.text("update score.revision set figures_digest = :d where revision_number = 1"), {"d": digest}
        )
        connection.exec_driver_sql("select mart.refresh_star(array[date '2023-07-01'])")
    with pytest.raises(Disagreement, match="made again, [0-9]+ figures differ; the first: rating treasury 34"):
        verify.verify(MONTH)


@pytest.mark.usefixtures("month")
@pytest.mark.thorough
def test_making_a_revision_again_leaves_the_warehouse_as_it_was(branch: sa.Engine) -> None:
    publish.publish(MONTH, ANNA)
    add_late_answers(branch)
    run_month(MONTH)

    def everything() -> list[dict[str, Any]]:
        tables = ("core.fact_response", "score.rating", "score.standing", "score.weakness", "ops.treasury_month")
        tables += ("ops.turned_away", "ops.validation", "score.revision", "score.revision_input")
        each = [f"select '{t}' as t, md5(string_agg(r::text, '|' order by r::text)) as d from {t} as r" for t in tables]
        return query(" union all ".join(each) + " order by t")

    before = everything()
    assert verify.verify(MONTH) == [1]
    assert everything() == before


@pytest.mark.usefixtures("month")
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("publish", "2023-06", "--why", "x"), 5, "hailong run 2023-06"),
        (("publish", "autumn", "--why", "x"), 5, "the rounds are spring, summer"),
        (("publish", MONTH), 2, "--why"),
        (("verify", MONTH), 5, f"hailong publish {MONTH}"),
        (("diff", MONTH), 5, "no revision of 2023-07 is published"),
        (("revisions", "2023-06"), 5, "hailong run 2023-06"),
        (("ranking", MONTH, "--revision", "3"), 5, "hailong revisions 2023-07"),
        (("ranking", MONTH, "--revision", "3", "--as-of", "2025-07-01"), 5, "2023-07 has no revision 3"),
        (("ranking", MONTH, "--revision", "-1"), 2, "--revision"),
        (("ranking", MONTH, "--revision", "1", "--draft"), 2, "only one of --draft and --revision"),
        (("ranking", "spring", "--as-of", "2025-07-01"), 5, "hailong"),
        (("publish", MONTH, "--why", " "), 2, "it says nothing"),
        (("publish", "spring", "--why", "x"), 5, "hailong rate spring"),
        (("ranking", MONTH, "--as-of", "soon"), 2, "YYYY-MM-DD"),
        (("ranking", MONTH, "--as-of", "2001-01-01"), 5, "cannot be re-based"),
        (("rate", "spring"), 5, "hailong run 2023-05"),
    ],
)
def test_a_mistake_is_told_in_words_and_by_the_exit_code(arguments: tuple[str, ...], code: int, says: str) -> None:
    printed = hailong(*arguments)
    shown = " ".join((printed.stdout + printed.stderr).split())
    assert (printed.exit_code, says in shown) == (code, True), shown
    assert "Traceback" not in shown


@pytest.mark.usefixtures("spring")
@pytest.mark.deep
def test_a_round_is_rated_as_its_months_together(capsys: pytest.CaptureFixture[str]) -> None:
    app(["rate", "spring"], standalone_mode=False)
    assert "spring is final: 5 of 5" in "".join(capsys.readouterr())
    counts = "sum(response_count) as r, sum(answer_count) as a, sum(satisfied_count) as k"
    key = "area_level, area_code, breakdown, member_code"
    months = query(
        f"select {key}, {counts} from score.rating where period_code in ('2023-05', '2023-06')"
        f" group by {key} order by {key}"
    )
    assert (
        query(f"select {key}, {counts} from score.rating where period_code = 'spring' group by {key} order by {key}")
        == months
    )
    assert steps.check("spring") == [promise.name for promise in statements.in_room("checks")]
    assert publish.publish("spring", ANNA) == 1
    assert verify.verify("spring") == [1]
    rows = query(
        "select period_code, survey_month, rank_low, rank, rank_high from mart.treasury_ranking"
        " where period_code = 'spring'"
    )
    assert (len(rows), {row["survey_month"] for row in rows}) == (5, {None})
    assert all(row["rank_low"] <= row["rank"] <= row["rank_high"] for row in rows)


@pytest.mark.usefixtures("month")
@pytest.mark.thorough
def test_who_is_missing_in_one_month_of_a_round_is_missing_in_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    run_month("2023-05")
    monkeypatch.setenv("AIRFLOW_CONN_TREASURY_48", "postgresql://u:p@127.0.0.1:1/nowhere")
    run_month("2023-06")
    assert steps.rate("spring")["month_status"] == "provisional"
    rows = query(
        "select treasury_code, treasury_state, rank, footnote_codes from mart.treasury_ranking"
        " where period_code = 'spring'"
    )
    states = {row["treasury_code"]: row["treasury_state"] for row in rows}
    assert states == {**dict.fromkeys(NETWORK, "loaded"), "48": "unavailable"}
    (missing,) = (row for row in rows if row["treasury_code"] == "48")
    assert (missing["rank"], missing["footnote_codes"]) == (None, ["source_unavailable", "provisional"])


@pytest.mark.usefixtures("month")
def test_a_month_between_rounds_has_no_data_and_no_fault(config: Path) -> None:
    """The estate has no answers in July 2023 of a treasury whose database is emptied; here nobody was asked."""
    assert sys.version_info  # the months of the estate end in July 2023
    rounds = ROUNDS.replace("2023-07, last_month: 2023-08", "2023-10, last_month: 2023-11")
    (config / "rounds.yaml").write_text(rounds, "utf-8")
    planned = run_month("2023-08")
    assert steps.verdict(planned) == []
    rows = query(
        "select treasury_state, footnote_codes, month_status from mart.treasury_ranking where period_code = '2023-08'"
    )
    assert {(row["treasury_state"], *row["footnote_codes"], row["month_status"]) for row in rows} == {
        ("no_data", "no_data", "final")
    }


@pytest.mark.usefixtures("month")
@pytest.mark.thorough
def test_a_response_rate_is_given_where_the_handled_files_are_known(config: Path) -> None:
    (config / "handled_files").mkdir()
    file = config / "handled_files" / f"{MONTH}.yaml"
    file.write_text('source: this test\nhandled_files: {"34": 526, "19": 0}\n', "utf-8")
    run_month(MONTH)
    rows = ranking()
    assert (rows["34"]["handled_count"], rows["34"]["response_rate"]) == (526, 0.5)
    assert (rows["19"]["handled_count"], rows["19"]["response_rate"]) == (0, None)
    assert (rows["79"]["handled_count"], rows["79"]["response_rate"]) == (None, None)
    publish.publish(MONTH, ANNA)
    file.write_text("source: this test\nhandled_files: {}\n", "utf-8")
    run_month(MONTH)
    assert verify.verify(MONTH) == [1]  # it kept what was known then


@pytest.mark.usefixtures("month")
@pytest.mark.thorough
def test_a_landing_that_came_after_the_figures_is_not_taken_for_what_they_were_made_from(branch: sa.Engine) -> None:
    """A task that is cleared lands again in the same run; core still holds the first landing."""
    planned = steps.plan(MONTH)
    for code in planned.treasury_codes:
        steps.land(planned, code)
    steps.admit(planned, planned.treasury_codes)
    steps.score(planned)
    add_late_answers(branch)
    steps.land(planned, LATE)
    publish.publish(MONTH, ANNA)
    assert verify.verify(MONTH) == [1]
    steps.admit(planned, [LATE])
    steps.score(planned)
    assert publish.publish(MONTH, ANNA) == 2
    assert verify.verify(MONTH) == [1, 2]


@pytest.mark.usefixtures("month")
@pytest.mark.parametrize(
    ("text", "edited", "told"),
    [
        (
            "region: red_river_delta",
            "region: southeast",
            "treasury 34 from 2008-08-01 has another region than red_river",
        ),
        ("valid_to: 2025-03-14", "valid_to: 2023-06-30", "treasury 19 from 2008-08-01 ends before 2023-07"),
        ("valid_from: 2008-08-01", "valid_from: 2009-08-01", "treasury 19 from 2008-08-01 is gone"),
    ],
)
def test_the_organisation_of_published_figures_is_not_rewritten(
    text: str, edited: str, told: str, config: Path
) -> None:
    publish.publish(MONTH, ANNA)
    file = config / "treasuries.yaml"
    before, _, after = file.read_text("utf-8").partition("name_vi: KBNN Thái Bình")
    start = before.rindex("- code:")
    file.write_text(
        before[:start] + (before[start:] + "name_vi: KBNN Thái Bình" + after).replace(text, edited, 1), "utf-8"
    )
    with pytest.raises(Misdeclared, match=told):
        steps.rate(MONTH)
    assert ranking()["34"]["region_code"] == "red_river_delta"


@pytest.mark.usefixtures("spring")
@pytest.mark.deep
def test_a_round_that_was_rated_keeps_its_months(spring: Path) -> None:
    steps.rate("spring")
    (spring / "config" / "rounds.yaml").write_text(
        ROUNDS.replace("last_month: 2023-06", "last_month: 2023-05"), "utf-8"
    )
    for act in (lambda: steps.rate("spring"), lambda: publish.publish("spring", ANNA)):
        with pytest.raises(Misdeclared, match="spring was edited after it was"):
            act()


@pytest.mark.usefixtures("spring")
@pytest.mark.deep
def test_a_round_hides_what_its_months_hide() -> None:
    steps.rate("spring")
    key = "area_level, area_code, breakdown, member_code"
    bare = query(
        f"select {key} from score.rating where period_code in ('2023-05', '2023-06') and is_suppressed except"
        f" select {key} from score.rating where period_code = 'spring' and is_suppressed"
    )
    assert bare == []
    publish.publish("spring", ANNA)
    assert verify.verify("spring") == [1]


@pytest.mark.usefixtures("month")
@pytest.mark.deep
@pytest.mark.thorough
def test_a_month_is_not_published_beside_an_unpublished_one_that_it_is_compared_with() -> None:
    run_month("2023-06")
    run_month(MONTH)
    error = refusal()
    assert (type(error), error.message) == (Unfit, "2023-07 is compared with 2023-06, which is not published")
    assert publish.publish("2023-06", ANNA) == 1
    assert publish.publish(MONTH, ANNA) == 1
    rows = query("select movement, change_p_value, change_points, previous_rank from mart.treasury_ranking"
                 " where period_code = '2023-07'")  # fmt: skip
    assert all(row["movement"] in ("up", "down", "unclear") and 0 <= row["change_p_value"] <= 1 for row in rows)
    assert all(row["change_points"] is not None and row["previous_rank"] for row in rows)
    assert verify.verify(MONTH) == [1]


@pytest.mark.usefixtures("month")
@pytest.mark.parametrize("definition", first(1, ["share_of_persons", "all_minus_complaints"]))
@pytest.mark.thorough
def test_another_official_definition_rates_ranks_publishes_and_verifies(definition: str, config: Path) -> None:
    persons = {code: row[f"{definition}_rate"] for code, row in ranking().items()}
    file = config / "rules" / "2022-01.5.yaml"
    other = file.read_text("utf-8").replace("definition: share_of_answers", f"definition: {definition}")
    other = other.replace("code: kbnn-2022-01.5", "code: persons").replace(
        "supersedes: kbnn-2022-01.4\n", "supersedes: kbnn-2022-01.5\n"
    )
    (config / "rules" / "persons.yaml").write_text(other, "utf-8")
    steps.rate(MONTH)
    rows = ranking()
    assert {code: row["satisfaction_rate"] for code, row in rows.items()} == persons
    assert [row["treasury_code"] for row in rows.values()] == sorted(persons, key=persons.__getitem__, reverse=True)
    assert all(row["rate_low"] <= row["satisfaction_rate"] <= row["rate_high"] for row in rows.values())
    assert all(abs(row["standardised_rate"] - row["satisfaction_rate"]) < 0.05 for row in rows.values())
    # a person is one answer, and one who comes back is not two
    assert all(0 < row["effective_count"] <= row["response_count"] for row in rows.values())
    publish.publish(MONTH, ANNA)
    assert verify.verify(MONTH) == [1]


@pytest.mark.usefixtures("month")
@pytest.mark.thorough
def test_weighted_factors_rate_rank_publish_and_verify(config: Path) -> None:
    file = config / "rules" / "2022-01.5.yaml"
    weights = {"access": 10, "procedures": 20, "officers": 40, "results": 20, "feedback": 10}
    other = file.read_text("utf-8").replace("factor_weights: {}", f"factor_weights: {json.dumps(weights)}")
    other = other.replace("against: sums_and_bounds", "against: sums")
    other = other.replace("code: kbnn-2022-01.5", "code: weighted").replace(
        "supersedes: kbnn-2022-01.4\n", "supersedes: kbnn-2022-01.5\n"
    )
    (config / "rules" / "weighted.yaml").write_text(other, "utf-8")
    steps.rate(MONTH)
    factors = query(
        "select treasury_code, member_code, satisfied_count, answer_count from mart.breakdown_rating"
        " where area_level = 'treasury' and breakdown = 'factor' and period_code = '2023-07'"
    )
    for code, row in ranking().items():
        own = [one for one in factors if one["treasury_code"] == code]
        expected = sum(weights[one["member_code"]] * one["satisfied_count"] / one["answer_count"] for one in own) / 100
        assert row["satisfaction_rate"] == pytest.approx(expected, abs=1e-9)
        assert row["share_of_answers_rate"] == pytest.approx(row["satisfied_count"] / row["answer_count"])
        assert row["rate_low"] < row["satisfaction_rate"] < row["rate_high"]
    assert {row["footnote_codes"][0] if row["footnote_codes"] else None for row in ranking().values()} == {None}
    publish.publish(MONTH, ANNA)
    assert verify.verify(MONTH) == [1]


@pytest.mark.usefixtures("month")
def test_new_rules_make_nobody_late(config: Path) -> None:
    publish.publish(MONTH, ANNA)
    file = config / "rules" / "2022-01.5.yaml"
    other = file.read_text("utf-8").replace("satisfied_levels: [4, 5]", "satisfied_levels: [5]")
    other = other.replace("code: kbnn-2022-01.5", "code: best").replace(
        "supersedes: kbnn-2022-01.4\n", "supersedes: kbnn-2022-01.5\n"
    )
    (config / "rules" / "best.yaml").write_text(other, "utf-8")
    steps.rate(MONTH)
    assert {note for row in ranking("--draft").values() for note in row["footnote_codes"]} == set()


@pytest.mark.usefixtures("month")
@pytest.mark.deep
def test_an_office_that_nobody_carries_on_is_not_lost_in_silence(config: Path) -> None:
    offices = config / "treasuries.yaml"
    declared = yaml.safe_load(offices.read_text("utf-8"))
    for one in declared["treasuries"]:
        if one["code"] == LATE:
            one.pop("succeeded_by", None)
    offices.write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
    steps.rate(MONTH)
    said = hailong("ranking", MONTH, "--as-of", "2025-04-01")
    shown = " ".join((said.stdout + said.stderr).split())
    assert (said.exit_code, "treasury 34 KBNN Thái Bình has no successor that is open on 2025-04-01" in shown) == (
        5,
        True,
    )


@pytest.mark.usefixtures("month")
def test_a_divided_office_is_carried_on_by_its_units_or_not_at_all(config: Path) -> None:
    """Thái Bình goes into KV05 and KV06 instead of KV05 alone; its departments say to which, its districts do not."""
    offices, units = config / "treasuries.yaml", config / "units.yaml"
    declared = yaml.safe_load(offices.read_text("utf-8"))
    for one in declared["treasuries"]:
        if one["code"] == LATE and one.get("succeeded_by"):
            one["succeeded_by"] = [*one["succeeded_by"], "KV06"]
    offices.write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
    steps.rate(MONTH)
    rows = {
        row["treasury_code"]: row
        for row in json.loads(hailong("ranking", MONTH, "--as-of", "2025-04-01", "--format", "json").stdout)
    }
    assert [rows[code]["satisfaction_rate"] for code in ("KV06", "KV05")] == [None, None]
    assert rows["KV06"]["footnote_codes"] == ["divided", "rebased"]
    assert rows["KV07"]["satisfaction_rate"] is not None

    listed = yaml.safe_load(units.read_text("utf-8"))["units"]
    for unit in listed[LATE]:
        unit["succeeded_by"] = "KV06" if unit["code"] < "34.10" else "KV05"
    units.write_text(yaml.safe_dump({"units": listed}, allow_unicode=True), "utf-8")
    own = query(
        "select unit_code, response_count, is_suppressed from score.rating where area_level = 'unit'"
        " and breakdown = 'total' and revision_number = 0 and area_code like '34/%' order by unit_code"
    )
    rows = {
        row["treasury_code"]: row
        for row in json.loads(hailong("ranking", MONTH, "--as-of", "2025-04-01", "--format", "json").stdout)
    }
    if any(unit["unit_code"] == "unstated" or unit["is_suppressed"] for unit in own):
        assert [rows[code]["response_count"] for code in ("KV06", "KV05")] == [None, None]
    else:
        departments = sum(unit["response_count"] for unit in own if unit["unit_code"] < "34.10")
        assert rows["KV06"]["response_count"] == departments
        assert rows["KV05"]["response_count"] == sum(unit["response_count"] for unit in own) - departments


def test_a_reason_of_blanks_is_none() -> None:
    with pytest.raises(Misdeclared, match="a revision needs somebody who publishes it, and a reason"):
        Decision("anna", "  ")
