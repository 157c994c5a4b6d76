"""Whom cases are about: reports of harassment, persons behind codes that pass on, offices that were merged."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from etl import warehouse
from etl.acting import cases, harassment, records
from etl.acting.moment import Moment
from etl.errors import Misdeclared, Unfit
from etl.periods import SurveyMonth
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.slots import PROJECT, Slot

JULY = SurveyMonth(2023, 7)
DECISION = {"outcome": "accepted", "action_code": "talk", "capacity": "Giám đốc", "legal_basis": "NĐ 170/2025"}


@pytest.fixture(scope="module")
def house(slot: Slot, migrated: str) -> Iterator[House]:
    with case_house.made(slot, migrated) as made:
        yield made


@pytest.fixture
def by(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Work as a login from now on."""
    return lambda login: house.enter(login, monkeypatch)


def of_harassment(by: Callable[[str], None]) -> list[dict[str, object]]:
    """The cases of harassment that are open, as anna sees them, by number."""
    by("anna")
    found = [row for row in cases.listed() if row["ground_code"] == "harassment"]
    return sorted(found, key=lambda row: int(row["case_number"]))


def test_one_report_is_a_case_and_the_same_never_opens_two(house: House, by: Callable[[str], None]) -> None:
    house.report("r1")
    by("loader")
    assert [harassment.open_reported(JULY), harassment.open_reported(JULY)] == [1, 0]
    (opened,) = of_harassment(by)
    assert (opened["subject_kind"], opened["officer_code"], opened["case_state"]) == ("person", "CB-1", "new")
    (event,) = cases.events(int(str(opened["case_number"])))
    assert (event["response_key"], event["evidence_kind"]) == ("r1", "harassment_report")
    with warehouse.transaction() as connection:
        calendar = Moment.now(connection)
    assert opened["due_date"] == calendar.due(1)
    cases.add(int(str(opened["case_number"])), "acknowledged")
    assert cases.case(int(str(opened["case_number"])))["due_date"] == calendar.due(5)


def test_a_second_report_on_the_same_officer_is_evidence_and_on_others_a_case(
    house: House, by: Callable[[str], None]
) -> None:
    before = len(of_harassment(by))
    house.report("r2")
    house.report("r3", officer="CB-2")
    house.report("r4", officer="unstated")
    house.report("r5", officer="unstated", unit="unstated")
    house.report("r6", officer="CB-1", unit="unstated", treasury=2)
    by("loader")
    assert harassment.open_reported(JULY) == 5
    found = of_harassment(by)
    assert len(found) == before + 4
    assert [(row["subject_kind"], row["treasury_code"], row["unit_code"]) for row in found] == [
        ("person", "34", "34.01"), ("person", "34", "34.01"), ("person", "19", None), ("unit", "34", "34.01"),
        ("treasury", "34", None),
    ]  # fmt: skip
    persons = [row["person_id"] for row in found if row["person_id"]]
    assert len(set(persons)) == 3  # CB-1 of 34 and CB-1 of 19 are two
    assert cases.case(int(str(found[0]["case_number"])))["evidence_count"] == 2


def test_a_report_that_comes_again_after_a_closed_case_is_a_new_one_only_if_it_is_new(
    house: House, by: Callable[[str], None]
) -> None:
    number = int(str(next(row for row in of_harassment(by) if row["subject_kind"] == "treasury")["case_number"]))
    cases.add(number, "acknowledged")
    cases.add(number, "closing_proposed", {"root_cause": "not known", "no_action_reason": "no officer was named"})
    by("binh")
    cases.confirm(number)
    by("loader")
    assert harassment.open_reported(JULY) == 0
    house.report("r7", officer="unstated", unit="unstated")
    assert harassment.open_reported(JULY) == 1
    assert [row["case_number"] for row in of_harassment(by) if row["subject_kind"] == "treasury"] != [number]


def test_two_who_load_at_once_open_each_case_once(house: House, by: Callable[[str], None]) -> None:
    before = house.run("owner", "select count(*) from action.case_event")
    for number in range(10):
        house.report(f"at-once-{number}", officer="CB-2")
    by("loader")
    with ThreadPoolExecutor(2) as both:
        assert sum(both.map(lambda _: harassment.open_reported(JULY), range(2))) == 10
    assert house.run("owner", "select count(*) from action.case_event") == [(before[0][0] + 10,)]


def test_what_was_reported_before_there_were_cases_opens_none(
    house: House, by: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.report("known-before", officer="CB-2")
    house.run("owner", "insert into action.earlier_report values (1, '2023-07-01', 'known-before')")
    house.report("came-late", officer="CB-2")
    by("loader")
    assert [harassment.open_reported(JULY), harassment.open_reported(JULY)] == [1, 0]
    house.report("too-old", officer="CB-2")
    monkeypatch.setenv("HAILONG_CONFIG", str(shutil.copytree(PROJECT / "config", tmp_path / "config")))
    with (tmp_path / "config" / "cases.yaml").open("a", encoding="utf-8") as file:
        file.write("reported_since: 2023-07-06\n")
    assert harassment.open_reported(JULY) == 0
    terms = (tmp_path / "config" / "cases.yaml").read_text("utf-8")
    (tmp_path / "config" / "cases.yaml").write_text(terms.replace("2023-07-06", "2023-07-05"), "utf-8")
    assert harassment.open_reported(JULY) == 1


def test_who_loads_may_not_read_what_was_reported(house: House) -> None:
    assert house.refused("loader", "select is_harassment_reported from core.fact_response").startswith("42501")
    assert house.refused("loader", "select * from restricted.case").startswith("42501")
    call = "select action.open_harassment_cases('2023-07-01', now()::date, now()::date, null)"
    assert house.refused("anna", call).startswith("42501")


def test_who_may_not_see_officers_sees_a_number(house: House, by: Callable[[str], None]) -> None:
    codes = {str(row["officer_code"]) for row in of_harassment(by) if row["person_id"]}
    assert codes == {"CB-1", "CB-2"}
    by("binh")
    rows = [row for row in cases.listed() if row["person_id"]]
    assert rows
    assert {row["officer_code"] for row in rows} == {None}
    assert {event["response_key"] for row in rows for event in cases.events(row["case_number"])} == {None}


def test_a_code_that_passes_to_another_is_another_person(house: House, by: Callable[[str], None]) -> None:
    by("anna")
    petition = {"evidence_kind": "petition", "petition_number": "1"}
    earlier = {"treasury_code": "34", "officer_code": "CB-1"}
    first = cases.open_case("petition", earlier, {**petition, "happened_on": dt.date(2024, 1, 5)})
    successor = records.assign("34", {"officer_code": "CB-1", "valid_from": dt.date(2024, 6, 1)})
    second = cases.open_case("petition", earlier, {**petition, "happened_on": dt.date(2024, 7, 1)})
    assert (first != second, cases.case(second)["person_id"]) == (True, successor)
    assert cases.open_case("petition", earlier, {**petition, "happened_on": dt.date(2024, 5, 31)}) == first
    cases.add(first, "acknowledged")
    cases.add(first, "review_begun")
    by("binh")
    with pytest.raises(Unfit, match="the officer's assignment has ended by"):
        cases.decide(first, DECISION, {"legal_bars": "none"}, is_urgent=False)
    by("anna")
    person = cases.case(first)["person_id"]
    records.assign("19", {"officer_code": "CB-8", "valid_from": dt.date(2024, 6, 1), "person_id": person})
    by("binh")
    assert cases.decide(first, DECISION, {"legal_bars": "none"}, is_urgent=False)


def test_a_code_whose_assignment_has_ended_opens_no_case(house: House, by: Callable[[str], None]) -> None:
    by("anna")
    ended = {"officer_code": "CB-5", "valid_from": dt.date(2023, 1, 1), "valid_to": dt.date(2023, 12, 31)}
    records.assign("34", ended)
    officer = {"treasury_code": "34", "officer_code": "CB-5"}
    with pytest.raises(Unfit, match="no officer of the treasury has this code on"):
        cases.open_case("petition", officer, {"note": "x"})
    assert cases.open_case("petition", officer, {"note": "x", "happened_on": dt.date(2023, 5, 1)})


def test_a_merged_treasury_s_cases_go_to_its_successor(house: House, by: Callable[[str], None]) -> None:
    house.report("r8", officer="CB-9", unit="unstated", treasury=3)
    by("loader")
    assert harassment.open_reported(JULY) == 1
    by("anna")
    moved = cases.case(max(int(str(row["case_number"])) for row in of_harassment(by)))
    assert (moved["treasury_code"], moved["opened_in_treasury_code"]) == ("34", "26")
    with pytest.raises(Misdeclared, match="no treasury has the code '26'"):
        cases.open_case("petition", {"treasury_code": "26"}, {"note": "x"})


def test_a_correction_is_answered_by_its_own_due_date(house: House, by: Callable[[str], None]) -> None:
    by("anna")
    number = cases.open_case("petition", {"treasury_code": "34", "officer_code": "CB-2"}, {"note": "x"})
    due = cases.case(number)["due_date"]
    cases.add(number, "acknowledged")
    cases.add(number, "closing_proposed", {"root_cause": "x", "no_action_reason": "x"})
    by("binh")
    cases.confirm(number)
    asked = cases.add(number, "correction_requested", {"note": "it was not me"})
    assert number in [row["case_number"] for row in cases.listed()]
    standing = cases.case(number)
    assert (standing["due_date"] > due, standing["correction_due"] > today()) == (True, True)
    with pytest.raises(Unfit, match="no request for a correction"):
        cases.add(number, "correction_answered", {"note": "corrected", "about_event": asked - 1})
    cases.add(number, "correction_answered", {"note": "corrected", "about_event": asked})
    assert cases.case(number)["correction_due"] is None
    assert number not in [row["case_number"] for row in cases.listed()]


@pytest.mark.parametrize(("days", "is_overdue"), [(-1, True), (0, False), (1, False)])
def test_a_case_is_overdue_from_the_day_after_its_last(
    house: House, by: Callable[[str], None], days: int, is_overdue: bool
) -> None:
    by("anna")
    unit = {"treasury_code": "34", "unit_code": f"u{days + 2}"}
    said = {"acknowledge_by": today() + dt.timedelta(days), "note": "x"}
    assert cases.case(cases.open_case("lasting_weakness", unit, said))["is_overdue"] is is_overdue


def test_the_marts_tell_of_cases_only_in_the_whole_network_and_only_from_five(house: House) -> None:
    (row,) = house.run("reader", "select is_suppressed, opened_count >= 5, closed_count, median_closing_days"
                                 " from mart.action_summary")  # fmt: skip
    assert row == (False, True, None, None)  # one case is closed
    with house.connection("owner") as connection:
        definition = connection.exec_driver_sql(
            "select string_agg(attname, ' ') from pg_attribute where attrelid = 'mart.action_summary'::regclass"
        ).scalar_one()
    assert not {"treasury_code", "ground_code", "unit_code"} & set(str(definition).split())


@pytest.mark.parametrize(
    ("opened", "overdue", "closed", "told"),
    [
        (4, 0, 0, (True, None, None, None)),
        (5, 0, 0, (False, 5, 0, 0)),
        (5, 0, 4, (False, 5, None, None)),  # one is open: nothing of it may be had by subtracting
        (5, 0, 5, (False, 5, 0, 5)),
        (6, 0, 5, (False, 6, None, None)),
        (9, 0, 5, (False, 9, None, None)),
        (10, 0, 5, (False, 10, 0, 5)),
        (10, 5, 0, (False, 10, 5, 0)),
        (10, 6, 0, (False, 10, None, 0)),
        (10, 4, 0, (False, 10, None, 0)),
        (11, 5, 5, (False, 11, None, 5)),  # one is open and in time
        (10, 5, 5, (False, 10, 5, 5)),
    ],
)
def test_no_count_of_cases_can_be_had_by_subtracting(
    house: House, opened: int, overdue: int, closed: int, told: tuple[object, ...]
) -> None:
    """The view's own statement, over cases that stand as the table says."""
    text = (PROJECT / "sql/marts/views/action_summary.sql").read_text("utf-8")
    query = text[text.index("with opened") : text.index(";\n\ncomment")]
    standing = (
        f"(select now() as opened_at, now() as closed_at, n <= {overdue} as is_overdue, 0 as reopened_count,"
        f" case when n > {opened} - {closed} then 'closed' else 'new' end as case_state"
        f" from generate_series(1, {opened}) as n)"
    )
    said = query.replace("action.case_standing", standing)
    columns = "is_suppressed, opened_count, overdue_count, closed_count"
    (row,) = house.run("owner", f"select {columns} from ({said}) as summary")
    assert row == told


def test_the_actions_of_an_office_tell_of_no_case(house: House, by: Callable[[str], None]) -> None:
    by("anna")
    number = cases.open_case("petition", {"treasury_code": "19"}, {"note": "x"})
    item = {"item_text": "x", "owner_name": "y", "due_date": dt.date(2027, 1, 4)}
    before = house.run("reader", "select * from mart.treasury_action")
    records.plan("19", item, number)
    records.plan("34", {**item, "unit_code": "34.01"})
    assert house.run("reader", "select * from mart.treasury_action") == before
    records.plan("34", item)
    held = {"held_on": dt.date(2023, 8, 8), "unit_codes": [], "topic": "giao tiếp", "attendance_count": 40}
    records.training("34", held)
    with pytest.raises(Unfit, match="no such revision was published"):
        records.conference("34", {"held_on": dt.date(2023, 8, 8), "period_code": "2023-07", "revision_number": 1,
                                  "unit_codes": [], "attendance_count": 5, "agreed_text": "x"})  # fmt: skip
    seen = house.run("reader", "select treasury_code, action_kind, action_count from mart.treasury_action order by 2")
    assert seen == [("34", "plan", 1), ("34", "training", 1)]


def test_two_who_load_two_months_at_once_never_wait_for_each_other_both(
    house: House, by: Callable[[str], None]
) -> None:
    """Two persons, of whom each month has the reports in another order by treasury and code."""
    house.run("owner", "select core.ensure_month('2023-08-01')")
    by("anna")
    for code in "AB":
        records.assign("34", {"officer_code": f"O-{code}", "valid_from": dt.date(2020, 1, 1)})
    persons = [row[0] for row in house.run("owner", "select person_id from action.person order by 1 desc limit 2")]
    for code, person in zip("BA", reversed(persons), strict=True):
        records.assign("19", {"officer_code": f"P-{code}", "valid_from": dt.date(2020, 1, 1), "person_id": person})
    for turn in range(8):
        for month, codes in (("07", ("O-A", "P-A")), ("08", ("O-B", "P-B"))):
            for treasury, code in zip((1, 2), codes, strict=True):
                made = case_house.REPORT.format(
                    treasury=treasury, key=f"{turn}-{code}", officer=code, unit="unstated", is_reported=True
                )
                house.run("owner", made.replace("2023-07", f"2023-{month}"))
        by("loader")
        with ThreadPoolExecutor(2) as both:
            months = [SurveyMonth(2023, 7), SurveyMonth(2023, 8)]
            assert list(both.map(harassment.open_reported, months)) == [2, 2]
