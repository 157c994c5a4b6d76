"""After the doors: whoever alone cannot be rated is left out by name, the others are rated, and nothing is lost.

Where it cannot be told who is at fault, the month ends as it always did: an error that names it, and the earlier draft.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from etl import warehouse
from etl.errors import Disagreement, HailongError, Misdeclared, Refused
from etl.operation import steps
from etl.publishing import publish, verify
from etl.publishing.publish import Decision
from etl.reports import notices, run_note, run_page
from etl.warehouse import statements
from tests.lib.cases import first
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import fingerprint, query, run_month
from tests.lib.networks import small_network

MONTH, ROUND, SICK = "2023-07", "summer", "48"
NETWORK = ("19", "34", "48", "64", "79")
WELL = tuple(code for code in NETWORK if code != SICK)
ANNA = Decision("anna", "as far as it goes", is_provisional_allowed=True)
ROUNDS = """\
rounds:
- {code: summer, name_vi: đợt hè, name_en: summer round, first_month: 2023-06, last_month: 2023-07, source: this test}
"""
ONE = f"treasury_id = (select min(treasury_id) from core.dim_treasury where treasury_code = '{SICK}')"

# fmt: off
CONTRADICTIONS = {
    # what contradicts the figures of one treasury: how it comes about
    "rates_recounted": f"update core.unit_count set satisfied_count = satisfied_count - 1 where {ONE}"
                       " and breakdown = 'total' and satisfied_count > 0",
    "rows_accounted_for": f"update ops.treasury_month set read_count = read_count + 1 where {ONE}",
    "keys_resolve": f"delete from core.dim_officer where {ONE}",
    "children_sum_to_parents": f"update core.unit_count set answer_count = answer_count + 1 where {ONE}"
                               " and breakdown = 'channel'",
}
# fmt: on


def network(directory: Path) -> Path:
    """KBNN with five of its treasuries, and a round of two months."""
    return small_network(directory, NETWORK, ROUNDS)


def two_months() -> None:
    """June and July 2023 of the small network, rated."""
    for month in ("2023-06", MONTH):
        run_month(month)


TWO_MONTHS = Kept("five in June and July", two_months, network)


@pytest.fixture
def months(copy_of: Callable[[Kept], Copy], estate: dict[str, str]) -> None:
    """June and July of five treasuries, rated and not published."""
    copy_of(TWO_MONTHS)


pytestmark = pytest.mark.usefixtures("months")


def spoil(*sql: str) -> None:
    with warehouse.transaction() as connection:
        for statement in sql:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def id_of(code: str) -> int:
    """The key of a treasury of before the mergers."""
    return int(query(f"select min(treasury_id) as id from core.dim_treasury where treasury_code = '{code}'")[0]["id"])


def ranking(period: str = MONTH) -> dict[str, dict[str, Any]]:
    rows = query(f"select * from mart.treasury_ranking where period_code = '{period}'")
    return {row["treasury_code"]: row for row in rows}


def outcome(code: str = SICK) -> dict[str, Any]:
    return query(f"select * from mart.month_quality where treasury_code = '{code}' and survey_month = '2023-07-01'")[0]


def signals() -> dict[str, int]:
    """How many signals each treasury has in the month."""
    rows = query("select treasury_code as code from mart.answer_signal where period_code = '2023-07'")
    return dict(Counter(row["code"] for row in rows))


def raising(table: str, what: str = "raise exception 'no'") -> str:
    """A trigger that fails on every row of one treasury in a table of figures; it may be listed without any."""
    given = " and new.answer_count > 0" if table == "rating" else ""
    return f"""
        create function score.fail_{table}() returns trigger language plpgsql as $$ begin {what}; end $$;
        create trigger fails before insert on score.{table} for each row
        when (new.treasury_id = {id_of(SICK)}{given}) execute function score.fail_{table}();
    """


def mended(table: str) -> str:
    return f"drop function score.fail_{table} cascade"


def assert_only_the_sick_one_is_left_out(says: str) -> None:
    """The others are ranked among themselves; it has no figure, and its outcome says why and what to do."""
    rows = ranking()
    assert sorted(rows[code]["rank"] for code in WELL) == [1, 2, 3, 4]
    assert {rows[code]["ranked_count"] for code in WELL} == {4}
    assert {row["month_status"] for row in rows.values()} == {"provisional"}
    assert (rows[SICK]["treasury_state"], rows[SICK]["rank"], rows[SICK]["satisfaction_rate"]) == (
        "refused",
        None,
        None,
    )
    found = outcome()
    assert found["treasury_state"] == "refused"
    assert found["error_message"].startswith(f"{SICK} KBNN Đà Nẵng, {MONTH}: ")
    assert says in found["error_message"]
    assert "report this as a defect" in found["next_action"]
    assert f"hailong rate {MONTH}" in found["next_action"]


@pytest.mark.parametrize("check", first(1, list(CONTRADICTIONS), "thorough"))
def test_who_breaks_a_check_is_left_out_and_the_others_are_rated(check: str) -> None:
    before = query("select count(*) as n from core.fact_response")
    spoil(CONTRADICTIONS[check])
    rated = steps.rate(MONTH)
    assert (rated["month_status"], rated["open_count"], rated["loaded_count"]) == ("provisional", 5, 4)
    (error,) = rated["left_out"]
    assert isinstance(error, Disagreement)
    assert_only_the_sick_one_is_left_out(f"checks/{check} found")
    assert query("select count(*) as n from core.fact_response") == before
    assert steps.check(MONTH) == [promise.name for promise in statements.in_room("checks")]


@pytest.mark.parametrize("table", first(1, ["rating", "standing", "mix", "weakness", "officer"], "thorough"))
@pytest.mark.deep
def test_whose_figures_cannot_be_written_is_left_out_and_comes_back_when_that_is_mended(table: str) -> None:
    before = fingerprint()
    spoil(raising(table))
    steps.rate(MONTH)
    assert_only_the_sick_one_is_left_out("rating it ends in an unexpected RaiseException (P0001)")
    spoil(mended(table))
    assert steps.rate(MONTH)["left_out"] == ()
    assert fingerprint() == before
    assert (outcome()["treasury_state"], outcome()["error_message"]) == ("loaded", None)


@pytest.mark.thorough
def test_a_run_tells_whom_its_scoring_left_out_and_running_again_heals() -> None:
    spoil(raising("rating"))
    planned = run_month(MONTH, ["19"])
    (missing,) = steps.verdict(planned)
    assert missing["treasury_code"] == SICK
    page = run_page.of_run(planned.run_id)
    assert page is not None
    assert "it is left out, and the others are rated" in run_page.page(page)
    (notice,) = notices.of_run(planned.run_id)
    assert (notice.treasuries, "report this as a defect" in notice.text) == ((SICK,), True)
    status = hailong("status", MONTH, "--format", "json").stdout
    assert "it is left out, and the others are rated" in status
    spoil(mended("rating"))
    assert steps.verdict(run_month(MONTH)) == []


@pytest.mark.thorough
def test_the_command_says_who_is_left_out_and_what_to_do() -> None:
    spoil(raising("rating"))
    said = hailong("rate", MONTH)
    assert said.exit_code == Refused.exit_code
    assert f"✗ left out: {SICK} KBNN Đà Nẵng, {MONTH}: " in said.stderr
    assert "report this as a defect" in said.stderr


@pytest.mark.thorough
def test_what_was_published_of_the_others_is_provisional_and_is_made_again_the_same() -> None:
    spoil(CONTRADICTIONS["rates_recounted"])
    steps.rate(MONTH)
    assert publish.publish(MONTH, ANNA) == 1
    (revision,) = query(
        f"select month_status, loaded_count from score.revision where period_code = '{MONTH}' and revision_number = 1"
    )
    assert revision == {"month_status": "provisional", "loaded_count": 4}
    assert verify.verify(MONTH) == [1]
    run_month(MONTH)
    assert publish.publish(MONTH, ANNA) == 2
    assert verify.verify(MONTH) == [1, 2]
    assert ranking()[SICK]["month_status"] == "final"


@pytest.mark.thorough
def test_a_round_leaves_out_whom_it_cannot_rate_and_no_month_does() -> None:
    july = fingerprint()
    spoil(raising("standing", f"if new.period_code = '{ROUND}' then raise exception 'no'; end if; return new"))
    rated = steps.rate(ROUND)
    assert (rated["month_status"], rated["loaded_count"], len(rated["left_out"])) == ("provisional", 4, 1)
    rows = ranking(ROUND)
    assert {code: row["treasury_state"] for code, row in rows.items()} == {
        **dict.fromkeys(NETWORK, "loaded"),
        SICK: "refused",
    }
    assert outcome()["treasury_state"] == "loaded"
    assert f"| {SICK} KBNN Đà Nẵng | không đạt kiểm tra · refused | đã có số liệu các tháng" in run_note.of_draft(ROUND)
    assert (steps.rate(MONTH)["left_out"], fingerprint()) == ((), july)
    for month in ("2023-06", MONTH):
        publish.publish(month, ANNA)
    assert publish.publish(ROUND, ANNA) == 1
    assert verify.verify(ROUND) == [1]
    spoil(mended("standing"))
    assert steps.rate(ROUND)["month_status"] == "final"


@pytest.mark.parametrize("table", first(1, ["unit_count", "rating"], "thorough"))
@pytest.mark.deep
def test_more_than_three_are_the_fault_of_the_program(table: str) -> None:
    before = fingerprint()
    if table == "rating":
        spoil(raising("rating").replace(f"new.treasury_id = {id_of(SICK)}", f"new.treasury_id != {id_of(SICK)}"))
        kind: type[HailongError] = Misdeclared
    else:
        four = f"treasury_id in (select treasury_id from core.dim_treasury where treasury_code in {WELL})"
        spoil(CONTRADICTIONS["rates_recounted"].replace(ONE, four))
        kind = Disagreement
    with pytest.raises(kind, match=MONTH) as caught:
        steps.rate(MONTH)
    assert caught.value.next_action
    assert fingerprint() == before
    assert outcome("19")["treasury_state"] == "loaded"


def test_what_names_nobody_stops_the_month_and_the_earlier_draft_stays() -> None:
    before = fingerprint()
    spoil("""
        create function score.lift() returns trigger language plpgsql as $$
        begin new.satisfied_count = new.satisfied_count - 1; return new; end $$;
        create trigger lifts before insert on score.rating for each row
        when (new.area_level = 'system' and new.breakdown = 'total') execute function score.lift();
    """)
    with pytest.raises(Disagreement, match=f"{MONTH}: checks/children_sum_to_parents found") as caught:
        steps.rate(MONTH)
    assert caught.value.treasuries == {}
    assert fingerprint() == before


@pytest.mark.deep
def test_a_second_contradiction_stops_the_month() -> None:
    before = fingerprint()
    spoil(
        CONTRADICTIONS["rates_recounted"],
        f"""
        create function score.lower() returns trigger language plpgsql as $$
        begin
            if exists (select from ops.treasury_month where treasury_state = 'refused') then
                new.satisfied_count = new.satisfied_count - 1;
            end if;
            return new;
        end $$;
        create trigger lowers before insert on score.rating for each row
        when (new.treasury_id = {id_of("19")} and new.area_level = 'treasury' and new.breakdown = 'total'
            and new.satisfied_count > 0)
        execute function score.lower();
    """,
    )
    with pytest.raises(Disagreement, match=MONTH):
        steps.rate(MONTH)
    assert fingerprint() == before
    assert outcome()["treasury_state"] == "loaded"


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the statements that run."""
    names: list[str] = []
    named = statements.named

    def noting(name: str) -> statements.Statement:
        names.append(name)
        return named(name)

    with monkeypatch.context() as patched:
        patched.setattr(statements, "named", noting)
        yield names


@pytest.mark.thorough
def test_a_failure_at_any_statement_of_a_rating_leaves_the_earlier_draft_and_heals(
    ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.rate(MONTH)
    before, named = fingerprint(), statements.named
    of_scoring = [name for name in dict.fromkeys(ran) if name.startswith(("scoring/", "admission/", "checks/"))]
    of_scoring.remove("scoring/signal")  # a signal stops no month
    assert {"scoring/count", "scoring/keep_draft", "checks/keys_resolve", "admission/validation"} < set(of_scoring)
    for wanted in of_scoring:

        def failing(name: str, wanted: str = wanted) -> statements.Statement:
            if name == wanted:
                raise RuntimeError("quotes an answer")
            return named(name)

        with monkeypatch.context() as patched:
            patched.setattr(statements, "named", failing)
            with pytest.raises(HailongError, match=MONTH) as caught:
                steps.rate(MONTH)
        assert caught.value.next_action, wanted
        assert "quotes" not in str(caught.value)
        assert fingerprint() == before, wanted
        assert outcome()["treasury_state"] == "loaded", wanted
    steps.rate(MONTH)
    assert fingerprint() == before


@pytest.mark.deep
@pytest.mark.thorough
def test_a_failure_at_a_statement_about_one_treasury_leaves_out_that_one(
    ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, sick, about = warehouse.rows, id_of(SICK), set()

    def noting(connection: warehouse.Connection, name: str, **parameters: Any) -> warehouse.Rows:
        about.update({name} if sick in parameters.get("treasury_ids", ()) else ())
        return rows(connection, name, **parameters)

    with monkeypatch.context() as patched:
        patched.setattr(warehouse, "rows", noting)
        steps.rate(MONTH)
    assert {"scoring/count", "scoring/uncounted"} < about
    for wanted in sorted(about):

        def failing(
            connection: warehouse.Connection, name: str, wanted: str = wanted, **parameters: Any
        ) -> warehouse.Rows:
            if name == wanted and sick in parameters.get("treasury_ids", ()):
                raise ZeroDivisionError("quotes an answer")
            return rows(connection, name, **parameters)

        with monkeypatch.context() as patched:
            patched.setattr(warehouse, "rows", failing)
            rated = steps.rate(MONTH)
        if wanted.startswith("signal/"):
            assert rated["month_status"] == "final"
        else:
            assert_only_the_sick_one_is_left_out("rating it ends in an unexpected ZeroDivisionError")


def test_a_signal_that_fails_stops_no_month_and_is_told() -> None:
    spoil(raising("signal"))
    before = signals()
    planned = run_month(MONTH)
    assert steps.verdict(planned) == []
    assert signals() == {code: number for code, number in before.items() if code != SICK}
    page = run_page.of_run(planned.run_id)
    assert page is not None
    told = {row["rule_code"]: row["offending_keys"] for row in page.findings if row["rule_code"].startswith("signal_")}
    assert told == {rule: [SICK] for rule in told} != {}
    assert "The signal could not be made" in run_page.page(page)
