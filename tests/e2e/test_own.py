"""Each login sees what is its own, and nothing else: by rows, by columns, by drafts, and where it writes."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import settings
from etl.errors import Misdeclared
from etl.operation import logins, migrate
from etl.operation.login_kinds import LoginKind, Scope
from tests.lib import scoped_house
from tests.lib.command_line import hailong
from tests.lib.scoped_house import FULL_UNIT, UNIT, ScopedHouse
from tests.lib.slots import Slot

UNCOVERED = """
    select v.relname::text from pg_class as v
    where
        v.relnamespace = 'restricted'::regnamespace
        and (
            pg_get_viewdef(v.oid) !~ 'access.noted'
            or exists (
                select from pg_attribute as a
                where
                    a.attrelid = v.oid
                    and (a.attname = 'treasury_code' or (a.attname = 'case_number' and a.attnum = 1))
                    and to_regclass(format('own.%I', v.relname)) is null
            )
        )
"""
KEYS = {
    "officer_month": "treasury_code, unit_code, answer_count",
    "harassment_report": "treasury_code, unit_code, procedure_code",
    "comment": "treasury_code, unit_code, comment_text",
    "case": "case_number",
    "case_event": "event_number",
    "claim": "event_number",
    "recommendation": "treasury_code, unit_code, month_effective_responses, month_reliability",
    "officer_evidence": "treasury_code, unit_code, step_code, way_code, criterion_code, effective_responses",
    "officer_effect": "treasury_code, unit_code, event_number, before_count, after_count",
    "objection": "objection_number, treasury_code",
}
"""Columns that every login sees of a view, by which its rows are told apart."""
OF_CASES = "case_number in (select c.case_number from guarded.case as c where c.{})"
CASE_OF_19 = "select min(case_number) from guarded.case where treasury_code = '19' and ground_code = '{}'"
HEIR = "(select treasury_id from core.dim_treasury where treasury_code = 'KV07_202507')"
# fmt: off
ROWS = [
    # view               | login       | has
    ("officer_month",      "director",   "treasury_code = '34'"),
    ("officer_month",      "other",      "treasury_code = '19'"),
    ("officer_month",      "head",       f"treasury_code = '34' and unit_code = '{UNIT}'"),
    ("officer_month",      "worker",     "false"),
    ("officer_month",      "inspector",  "false"),
    ("officer_month",      "analyst",    "true"),
    ("officer_month",      "nobody",     "false"),
    ("officer_month",      "central",    "true"),
    ("harassment_report",  "director",   "treasury_code = '34'"),
    ("harassment_report",  "head",       "false"),
    ("harassment_report",  "worker",     "false"),
    ("harassment_report",  "inspector",  "true"),
    ("harassment_report",  "analyst",    "true"),
    ("harassment_report",  "nobody",     "false"),
    ("comment",            "director",   f"treasury_code = '34' and unit_code = '{FULL_UNIT}'"),
    ("comment",            "other",      "unit_code = '19.12'"),
    ("comment",            "head",       "false"),
    ("comment",            "worker",     "false"),
    ("comment",            "analyst",    "false"),
    ("comment",            "nobody",     "false"),
    ("comment",            "central",    "true"),
    ("case",               "director",   "treasury_code = '34'"),
    ("case",               "other",      "treasury_code = '19'"),
    ("case",               "head",       f"unit_code = '{UNIT}' and ground_code = 'petition'"),
    ("case",               "worker",     "treasury_code = '34'"),
    ("case",               "inspector",  "ground_code = 'harassment'"),
    ("case",               "analyst",    "true"),
    ("case",               "case_worker", "true"),
    ("case",               "nobody",     "false"),
    ("case_event",         "director",   OF_CASES.format("treasury_code = '34'")),
    ("case_event",         "inspector",  OF_CASES.format("ground_code = 'harassment'")),
    ("case_event",         "nobody",     "false"),
    ("claim",              "director",   "treasury_code = '34'"),
    ("claim",              "other",      "treasury_code = '19'"),
    ("claim",              "head",       OF_CASES.format(f"unit_code = '{UNIT}' and c.ground_code = 'petition'")),
    ("claim",              "worker",     "treasury_code = '34'"),
    ("claim",              "inspector",  OF_CASES.format("ground_code = 'harassment'")),
    ("claim",              "analyst",    "true"),
    ("claim",              "case_worker", "true"),
    ("claim",              "nobody",     "false"),
    ("objection",          "director",   "treasury_code = '34'"),
    ("objection",          "other",      "treasury_code = '19'"),
    ("objection",          "worker",     "treasury_code = '34'"),
    ("objection",          "head",       "false"),
    ("objection",          "inspector",  "false"),
    ("objection",          "case_worker", "true"),
    ("objection",          "nobody",     "false"),
    ("recommendation",     "director",   "treasury_code = '34'"),
    ("recommendation",     "head",       f"treasury_code = '34' and unit_code = '{UNIT}'"),
    ("recommendation",     "worker",     "treasury_code = '34'"),
    ("recommendation",     "inspector",  "false"),
    ("recommendation",     "analyst",    "true"),
    ("recommendation",     "case_worker", "true"),
    ("recommendation",     "nobody",     "false"),
    ("officer_evidence",   "director",   "treasury_code = '34'"),
    ("officer_evidence",   "head",       f"treasury_code = '34' and unit_code = '{UNIT}'"),
    ("officer_evidence",   "worker",     "false"),
    ("officer_evidence",   "inspector",  "false"),
    ("officer_evidence",   "analyst",    "true"),
    ("officer_effect",     "director",   "treasury_code = '34'"),
    ("officer_effect",     "head",       f"treasury_code = '34' and unit_code = '{UNIT}'"),
    ("officer_effect",     "analyst",    "true"),
    ("officer_effect",     "worker",     "false"),
    ("officer_effect",     "inspector",  "false"),
]
EMPTY = [
    # view               | column                     | of whom it has no value
    ("officer_month",      "officer_code",              ("analyst",)),
    ("officer_month",      "harassment_report_count",   ("head",)),
    ("harassment_report",  "officer_code",              ("analyst",)),
    ("harassment_report",  "response_key",              ("director", "other", "analyst")),
    ("harassment_report",  "submitted_at",              ("director", "other", "analyst")),
    ("harassment_report",  "comment_text",              ("director", "analyst")),
    ("comment",            "response_key",              ("director", "other")),
    ("case",               "officer_code",              ("worker", "analyst", "case_worker")),
    ("case",               "owner_name",                ("analyst",)),
    ("case",               "opened_by",                 ("analyst",)),
    ("case_event",         "response_key",              ("director", "worker", "head", "analyst", "case_worker")),
    ("case_event",         "note",                      ("analyst",)),
    ("case_event",         "petition_number",           ("analyst",)),
    ("claim",              "note",                      ("analyst",)),
    ("claim",              "claimed_by",                ("analyst",)),
    ("claim",              "capacity",                  ("analyst",)),
    ("recommendation",     "officer_code",              ("worker", "analyst", "case_worker")),
    ("officer_evidence",   "officer_code",              ("analyst",)),
    ("officer_effect",     "officer_code",              ("analyst",)),
    ("objection",          "said",                      ("analyst",)),
]
SEEN = [
    # view               | column                     | who sees it
    ("officer_month",      "officer_code",              ("director", "head", "central")),
    ("officer_month",      "harassment_report_count",   ("director", "analyst")),
    ("harassment_report",  "response_key",              ("inspector", "central")),
    ("case",               "officer_code",              ("director", "inspector", "central")),
    ("case",               "person_id",                 ("worker", "analyst", "case_worker")),
    ("case_event",         "response_key",              ("inspector", "central")),
    ("case_event",         "note",                      ("other", "central")),
    ("claim",              "capacity",                  ("director", "other", "head", "worker", "inspector")),
    ("recommendation",     "officer_code",              ("director", "head", "central")),
    ("officer_evidence",   "officer_code",              ("director", "head", "central")),
    ("objection",          "said",                      ("director", "other", "worker", "case_worker", "central")),
]
NEW_VIEWS = {
    "due": """create view restricted.due as select * from (values
        ('2023-07', '34', '34.15', 'CB-1', 7, 'late', null::bigint), ('2023-07', '34', '34.16', 'CB-2', 8, 'slow', 3),
        ('2023-07', '19', '19.12', 'CB-1', 9, 'rude', 1)
    ) as v (period_code, treasury_code, unit_code, officer_code, person_id, said, case_number);
    grant select on restricted.due to hailong_case_worker;""",
    "post": """create view restricted.post as select * from (values
        ('34', 'CB-1', date '2020-01-01'), ('19', 'CB-1', date '2020-01-01'), ('19', 'CB-9', date '2026-01-01')
    ) as v (treasury_code, officer_code, valid_from);""",
    "undated": "create view restricted.undated as select * from (values ('34', 1), ('19', 2)) as v (treasury_code, a);",
    "no_treasury": "create view restricted.no_treasury as select 1 as a;",
}
FIRST = ("2023-07", "34", "34.15", "CB-1", 7, "late", None)
SECOND = ("2023-07", "34", "34.16", "CB-2", 8, "slow", 3)
THIRD = ("2023-07", "19", "19.12", "CB-1", 9, "rude", 1)
NEW_ROWS = [
    # login        | view      | rows
    ("director",     "due",      [FIRST, SECOND]),
    ("other",        "due",      [THIRD]),
    ("head",         "due",      [FIRST]),
    ("worker",       "due",      [(*FIRST[:3], None, *FIRST[4:]), (*SECOND[:3], None, *SECOND[4:])]),
    ("case_worker",  "due",      [(*row[:3], None, *row[4:]) for row in (THIRD, FIRST, SECOND)]),
    ("analyst",      "due",      [(*row[:3], None, row[4], None, row[6]) for row in (THIRD, FIRST, SECOND)]),
    ("inspector",    "due",      []),
    ("nobody",       "due",      []),
    ("director",     "post",     [("34", "CB-1", dt.date(2020, 1, 1))]),
    ("other",        "post",     [("19", "CB-1", dt.date(2020, 1, 1))]),  # the other one is of another office
    ("head",         "post",     []),
    ("worker",       "post",     []),
    ("director",     "undated",  [("34", 1)]),
    ("other",        "undated",  []),  # two offices had this code
]
# fmt: on


@pytest.fixture(scope="module")
def house(slot: Slot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScopedHouse]:
    """A warehouse with a login of each kind."""
    with scoped_house.made(slot, tmp_path_factory.mktemp("scoped")) as made:
        yield made


def test_every_restricted_view_notes_who_reads_it_and_has_its_own_part(house: ScopedHouse) -> None:
    assert house.run("owner", UNCOVERED) == []
    with sa.create_engine(house.urls["owner"].replace("postgresql", "postgresql+psycopg")).connect() as connection:
        connection.exec_driver_sql("create view restricted.bare as select treasury_code from core.dim_treasury")
        assert connection.exec_driver_sql(UNCOVERED.replace("%", "%%")).all() == [("bare",)]


@pytest.mark.parametrize(("view", "login", "condition"), ROWS)
def test_a_login_sees_the_rows_of_its_own(house: ScopedHouse, view: str, login: str, condition: str) -> None:
    expected = house.run("owner", f'select {KEYS[view]} from guarded."{view}" where {condition}')
    assert sorted(house.run(login, f'select {KEYS[view]} from own."{view}"')) == sorted(expected)
    assert bool(expected) is (condition != "false")


@pytest.mark.parametrize(("view", "column", "of"), EMPTY)
def test_a_column_is_empty_of_whom_it_is_not_for(
    house: ScopedHouse, view: str, column: str, of: tuple[str, ...]
) -> None:
    for login in of:
        assert house.run(login, f'select distinct {column} from own."{view}" where {column} is not null') == []


@pytest.mark.parametrize(("view", "column", "of"), SEEN)
def test_a_column_is_there_for_whom_it_is(house: ScopedHouse, view: str, column: str, of: tuple[str, ...]) -> None:
    for login in of:
        assert house.run(login, f'select distinct {column} from own."{view}" where {column} is not null') != []


def test_no_login_but_the_central_one_has_a_customer_s_key(house: ScopedHouse) -> None:
    keys = house.run("owner", "select distinct response_key from guarded.harassment_report")
    hashes = house.run(
        "owner", "select distinct respondent_hash from core.fact_response where respondent_hash is not null"
    )
    views = house.run("owner", "select viewname from pg_views where schemaname = 'own'")
    for login in ("director", "other", "head", "worker", "analyst"):
        text = repr([house.run(login, f'select * from own."{view}"') for (view,) in views if _may(house, login, view)])
        assert [key for (key,) in (*keys, *hashes) if repr(str(key)) in text] == []


def _may(house: ScopedHouse, login: str, view: str) -> bool:
    """Whether a login may ask for a view of own."""
    return house.run("owner", f"select has_table_privilege('{house.names[login]}', 'own.\"{view}\"', 'select')")[0][0]


@pytest.mark.parametrize(
    ("login", "show", "codes"),
    [
        ("director", "draft", ["34"]), ("director", "latest", ["34"]), ("director", "", ["34"]),
        ("other", "draft", ["19"]), ("head", "draft", []), ("inspector", "draft", []), ("analyst", "draft", []),
        ("analyst", "0", []), ("nobody", "draft", []), ("central", "draft", []), ("central", "", ["19", "34"]),
    ],
)  # fmt: skip
def test_an_office_sees_the_draft_of_its_own(house: ScopedHouse, login: str, show: str, codes: list[str]) -> None:
    with house.connection(login) as connection:
        connection.execute("select set_config('hailong.show', %s, false)", (show,))
        found = connection.execute(
            "select treasury_code, revision_number from own.treasury_ranking order by 1"
        ).fetchall()
        assert [code for code, _ in found] == codes
        assert {number for _, number in found} <= ({None} if show in ("draft", "0") else {1})
        officers = {code for (code,) in connection.execute("select treasury_code from own.officer_month")}
        assert officers == ({"19", "34"} if login == "analyst" and not show else set(codes) | _of_unit(login))
        for view in ("recommendation", "officer_evidence"):
            asked = f"select distinct treasury_code from own.{view}".encode()
            assert {code for (code,) in connection.execute(asked)} == officers
        assert connection.execute("select count(*) from mart.treasury_ranking").fetchone() == (
            0 if show in ("draft", "0") else 2,
        )
        assert connection.execute("show hailong.show").fetchone() == (show,)


def _of_unit(login: str) -> set[str]:
    """The treasury of which a login sees a unit alone."""
    return {"34"} if login == "head" else set()


def test_a_scope_is_dated_and_ends(house: ScopedHouse) -> None:
    asked = "select count(*) from own.case"
    ((before,),) = house.run("director", asked)
    assert before > 0
    named = f"login_name = '{house.names['director']}'"
    house.run("owner", f"update access.scope set valid_from = current_date + 9 where {named}")
    assert house.run("director", asked) == [(0,)]
    house.run(
        "owner", f"update access.scope set valid_from = current_date - 9, valid_to = current_date - 2 where {named}"
    )
    assert house.run("director", asked) == [(0,)]
    house.run("owner", f"update access.scope set valid_to = null where {named}")
    assert house.run("director", asked) == [(before,)]


def test_what_a_merged_treasury_had_goes_to_its_successor(house: ScopedHouse) -> None:
    assert {code for (code,) in house.run("other", "select treasury_code from own.officer_month")} == {"19"}
    with house.connection("owner") as owner:
        owner.execute(f"insert into core.succession values (1, {HEIR})".encode())
        try:
            assert house.run("other", "select treasury_code from own.officer_month") == []
            owner.execute(
                f"update access.scope set treasury_id = {HEIR} where login_name = '{house.names['other']}'".encode()
            )
            assert {code for (code,) in house.run("other", "select treasury_code from own.officer_month")} == {"19"}
            assert house.run("other", "select distinct opened_in_treasury_code, treasury_code from own.case") == [
                ("19", "KV07_202507")
            ]
        finally:
            owner.execute("delete from core.succession where treasury_id = 1")
            owner.execute(
                f"update access.scope set treasury_id = 1 where login_name = '{house.names['other']}'".encode()
            )


def test_a_code_that_is_another_s_today_shows_nothing_of_who_had_it_before(
    house: ScopedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.enter("owner", monkeypatch)
    name = f"later_{house.names['director'].rpartition('_')[2]}"
    made = logins.make(name, LoginKind.treasury, Scope("19"))  # of a plan of 2025: another office than that of 2023
    try:
        house.urls["later"] = str(made.url)
        for view in ("officer_month", "comment", "harassment_report", "case", "case_event", "treasury_ranking"):
            assert house.run("later", f'select count(*) from own."{view}"') == [(0,)]
    finally:
        house.run("owner", f"delete from access.login where login_name = '{name}'")
        house.run("owner", f"drop owned by {name}")
        house.run("owner", f"drop role {name}")


def test_a_login_of_two_units_sees_both(house: ScopedHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house.enter("owner", monkeypatch)
    assert logins.make(house.names["head"], LoginKind.unit, Scope("34", FULL_UNIT)).url is None
    assert set(house.run("head", "select unit_code from own.officer_month")) == {(UNIT,), (FULL_UNIT,)}
    assert house.run("head", "select distinct unit_code from own.comment") == [(FULL_UNIT,)]
    house.run("owner", f"delete from access.scope where unit_code = '{FULL_UNIT}'")


def test_a_director_s_case_worker_works_in_her_own_cases_alone(
    house: ScopedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((foreign,),) = house.run("owner", "select min(case_number) from guarded.case where treasury_code = '19'")
    ((own,),) = house.run("owner", "select min(case_number) from guarded.case where treasury_code = '34'")
    house.enter("worker", monkeypatch)
    listed = hailong("case", "list", "--format", "csv")
    assert listed.exit_code == 0, listed.stderr
    assert ",34," in listed.stdout
    assert ",19," not in listed.stdout
    assert hailong("case", "show", str(foreign)).stderr == hailong("case", "show", "999").stderr.replace(
        "999", str(foreign)
    )
    assert hailong("case", "acknowledge", str(own), "--owner", "Phòng 1").exit_code == 0
    told = hailong("case", "acknowledge", str(foreign))
    assert told.exit_code != 0
    assert f"there is no case {foreign}" in told.stderr


@pytest.mark.parametrize("login", ["director", "worker", "head", "inspector", "analyst", "nobody"])
def test_no_function_that_writes_takes_what_is_another_s(house: ScopedHouse, login: str) -> None:
    ((foreign,),) = house.run("owner", CASE_OF_19.format("petition"))
    functions = house.run(
        "owner",
        "select p.proname, oidvectortypes(p.proargtypes) from pg_proc as p"
        " where p.pronamespace = 'action'::regnamespace and p.prorettype != 'trigger'::regtype"
        " and has_function_privilege('hailong_scoped', p.oid, 'execute') order by 1",
    )
    said = '{"treasury_id": 1, "officer_code": "19.02-CB02", "happened_on": "2023-08-01", "ground_code": "petition"}'
    arguments = {
        "jsonb": f"'{said}'",
        "bigint, text, jsonb": f"{foreign}, 'noted', '{said}'",
        "integer": "1",
        "integer, timestamp with time zone": "1, '2023-08-01'",
    }
    refusals = {}
    for name, types in functions:
        if name == "form_read_at":
            assert house.run(login, f"select action.form_read_at('{'0' * 64}')") == [(None,)]
            continue
        if name == "measured_of_case":
            assert house.run(login, f"select * from action.measured_of_case({foreign})") == []
            continue
        refusals[name] = house.refused(login, f"select action.{name}({arguments[types]})")
    assert {"add_event", "open_case", "take_in", "case_numbers", "hold_claims", "forms_since"} <= set(refusals)
    assert {told[:5] for told in refusals.values()} == {"HL001"}
    assert refusals.pop("add_event").endswith(f"there is no case {foreign}")
    assert set(refusals.values()) == {"HL001 the login is not for this treasury"}


def test_no_form_of_one_s_own_treasury_reaches_a_case_of_another(house: ScopedHouse) -> None:
    ((foreign,),) = house.run("owner", CASE_OF_19.format("petition"))
    ((own,),) = house.run("owner", "select min(case_number) from guarded.case where treasury_code = '34'")
    said = (
        "select action.take_in(jsonb_build_object('treasury_id', 2, 'case_number', {}, 'event_kind', 'noted', 'note',"
        " 'seen', 'claimed_by', 'Lan', 'form_digest', repeat('1', 64), 'form_row', 2,"
        " 'happened_on', (now() at time zone 'Asia/Ho_Chi_Minh')::date))"
    )
    for login in ("director", "worker"):
        assert "the treasury has no such case" in house.refused(login, said.format(foreign))
        numbers = {number for (number,) in house.run(login, "select action.case_numbers(2)")}
        assert (own in numbers, foreign in numbers) == (True, False)
    assert house.run("director", said.format(own)) == [("loaded",)]
    assert house.run("worker", said.format(own)) == [("known",)]
    assert house.refused("director", "select action.record_register('{\"treasury_id\": 2}')").startswith("42501")


def test_the_inspectorate_writes_to_the_harassment_line_alone(house: ScopedHouse) -> None:
    ((case,),) = house.run("owner", CASE_OF_19.format("harassment"))
    said = f"select action.add_event({case}, 'noted', jsonb_build_object('happened_on', current_date, 'note', 'seen'))"
    assert house.run("inspector", said)
    assert house.refused("director", said).endswith(f"there is no case {case}")


def test_who_is_of_another_kind_or_sees_more_gets_no_scope(house: ScopedHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house.enter("owner", monkeypatch)
    for login, kind, scope, says in (
        ("director", LoginKind.analyst, Scope(), "is of the kind treasury"),
        ("central", LoginKind.treasury, Scope("34"), "may see more than its own"),
        ("case_worker", LoginKind.worker, Scope("34"), "may see more than its own"),
        ("nobody", LoginKind.treasury, Scope("34"), "does not log who read what"),
        ("director", LoginKind.treasury, Scope("34", UNIT), "is not for this"),
        ("analyst", LoginKind.analyst, Scope("34"), "is not for this"),
        ("head", LoginKind.unit, Scope("34", "34.99"), "has no unit"),
        ("director", LoginKind.treasury, Scope("99"), "no treasury has the code '99'"),
    ):
        with pytest.raises(Misdeclared, match=says):
            logins.make(house.names[login], kind, scope)
    for name in ("x" * 64, "Anna", "anna'", "1", "a b", ""):
        with pytest.raises(Misdeclared, match="cannot be called"):
            logins.make(name, LoginKind.analyst, Scope())


def test_the_commands_make_list_and_end_a_login(house: ScopedHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house.enter("owner", monkeypatch)
    name = f"made_{house.names['director'].rpartition('_')[2]}"
    try:
        made = hailong("login", "make", name, "--for", "treasury", "--treasury", "Thái Bình")
        assert made.exit_code == 0, made.stderr
        house.urls["made"] = made.stdout.strip().splitlines()[-1]
        assert house.run("made", "select count(*) > 0 from own.case") == [(True,)]
        assert "KBNN Thái Bình" in made.stdout + made.stderr
        assert name in hailong("login", "list").stdout
        assert hailong("login", "end", name).exit_code == 0
        assert house.run("made", "select count(*) from own.case") == [(0,)]
        assert "is for nothing" in hailong("login", "end", name).stderr
    finally:
        house.run("owner", f"delete from access.login where login_name = '{name}'")
        house.run("owner", f"drop owned by {name}")
        house.run("owner", f"drop role {name}")


def test_a_view_that_is_new_is_divided_without_a_word_about_it(
    house: ScopedHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.enter("owner", monkeypatch)
    with pytest.MonkeyPatch.context() as environment:
        environment.setattr(settings, "SQL", Path(shutil.copytree(settings.SQL, tmp_path / "sql")))
        for name, text in NEW_VIEWS.items():
            (settings.SQL / "marts" / "restricted" / f"{name}.sql").write_text(text, "utf-8")
        assert "views" in migrate.up()
        assert house.run("owner", UNCOVERED) == []
        for login, view, rows in NEW_ROWS:
            assert sorted(house.run(login, f"select * from own.{view}"), key=repr) == rows, (login, view)
        for login in ("director", "head", "worker", "inspector", "analyst", "nobody"):
            assert house.refused(login, "select * from restricted.due").startswith("42501")
            assert house.refused(login, "select * from own.no_treasury").startswith("42P01")
    assert "views" in migrate.up()


def test_what_is_due_is_told_to_each_login_of_its_own(house: ScopedHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    for login in ("central", "director", "other", "worker", "inspector", "nobody"):
        house.enter(login, monkeypatch)
        said = hailong("case", "due", "--all", "--format", "json")
        assert said.exit_code == 0, said.stderr
        found[login] = [(row["treasury_code"], row["officer_code"]) for row in json.loads(said.stdout)]
    assert {code for code, _ in found["central"]} == {"19", "34"}
    for login, code in (("director", "34"), ("other", "19")):
        assert sorted(found[login]) == sorted(row for row in found["central"] if row[0] == code)
    assert sorted(found["worker"]) == [("34", None)] * len(found["director"])
    assert found["inspector"] == found["nobody"] == []
    house.enter("analyst", monkeypatch)
    assert hailong("case", "due", "--all").exit_code == 0


def test_an_office_s_draft_does_not_tell_how_the_others_stand(house: ScopedHouse) -> None:
    told = {"training_need": "gap_points", "treasury_ranking": "rank", "weakness": "gap_points", "unit_rating": "rank"}
    for view, column in told.items():
        asked = f"select count(*) > 0, count({column}) > 0 from own.{view}"
        assert house.run("director", asked) == [(True, True)], view
        with house.connection("director", options="-c hailong.show=draft") as connection:
            assert connection.execute(asked.encode()).fetchall() == [(True, False)], view
        with house.connection("owner", options="-c hailong.show=draft") as connection:
            assert connection.execute(asked.encode()).fetchall() == [(True, True)], view


def test_an_office_objects_withdraws_and_opens_for_itself_alone(house: ScopedHouse) -> None:
    house.run("owner", "update score.rating set response_count = response_count + 1 where revision_number = 0")
    house.run("owner", "insert into ops.preview (period_code, treasury_id, treasury_digest, offered_at)"
              " select '2023-07', treasury_id, digest, now() from score.treasury_digests('2023-07')")  # fmt: skip
    said = {"period_code": "2023-07", "treasury_id": 2, "about": "landing", "said": "x", "way": "command"}
    call = f"select ops.object_to('{json.dumps(said)}')"
    numbers = {login: house.run(login, call)[0][0] for login in ("director", "worker")}
    for login in ("other", "head", "analyst", "inspector", "nobody"):
        assert "the login is not for this treasury" in house.refused(login, call)
        assert "there is no objection" in house.refused(
            login, f"select ops.end_objection({numbers['worker']}, 'withdrawn', 'x')"
        )
    assert "only the network's centre" in house.refused(
        "director", f"select ops.end_objection({numbers['worker']}, 'upheld', 'x')"
    )
    assert house.refused("director", f"select ops.end_objection({numbers['worker']}, 'withdrawn', 'x')") == ""
    assert house.refused("case_worker", f"select ops.end_objection({numbers['director']}, 'dismissed', 'x')") == ""
    assert house.refused("central", "select ops.open_preview('2023-07', 2)") == ""
    assert house.run("owner", "select * from ops.preview_opening") == []
    house.run("director", "select ops.open_preview('2023-07', 2)")
    seen = {login: [(row[1], row[5] is not None) for row in house.run(login, "select * from ops.previews('2023-07')")]
            for login in ("director", "other", "head", "analyst", "nobody", "case_worker")}  # fmt: skip
    assert seen == {
        "director": [("34", True)], "other": [("19", False)], "head": [], "analyst": [], "nobody": [],
        "case_worker": [("19", False), ("34", True)],
    }  # fmt: skip
    assert house.refused("director", "select * from ops.objection").startswith("42501")
