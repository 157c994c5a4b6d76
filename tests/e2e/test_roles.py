"""Who may do what, on real servers with real logins: the loader loads, the publisher publishes, the pages read."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pymysql
import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.errors import Misdeclared
from etl.operation import migrate, steps, upkeep
from etl.publishing import approval, publish, questions, verify
from etl.publishing.publish import Decision
from etl.publishing.questions import Question
from etl.reports import run_note, run_page
from etl.scoring import drafts
from etl.warehouse import embedded
from tests.lib.asking import query, read, select
from tests.lib.command_line import hailong
from tests.lib.mariadb import MariaDB
from tests.lib.months import run_month
from tests.lib.networks import small_network
from tests.lib.readers import reader_script

MONTH, BEFORE = "2023-07", "2023-06"
LOGINS = ("loader", "publisher", "pages", "restricted", "draft_reader", "case_worker", "scoped")
GROUPS = ("hailong_reader", *(f"hailong_{login}" for login in LOGINS))
READERS = {"reader": ("mart",), "draft_reader": ("mart",), "restricted": ("mart", "restricted", "own")}
DECISION = Decision("anna", "complete", is_provisional_allowed=True)
DENIED = "InsufficientPrivilege, 42501"
PASSWORD = secrets.token_hex(12)
TABLES = ("survey_response", "survey_answer", "customer")
HELD = ("revision", "revision_input", "rating", "standing", "mix", "weakness", "officer")

# fmt: off
REFUSED = [
    # login      | may not
    ("loader",     "select comment_text from core.fact_response"),
    ("loader",     "select comment_text from core.fact_response_2023_07"),
    ("loader",     "select is_harassment_reported from core.fact_response"),
    ("loader",     "select * from restricted.officer_month"),
    ("loader",     "update core.fact_response set officer_code = 'x'"),
    ("loader",     "truncate core.fact_response"),
    ("loader",     "insert into ops.decision overriding system value select * from ops.decision"),
    ("loader",     "insert into score.revision_input select * from score.revision_input"),
    ("loader",     "insert into score.footnote values ('mine', '', '')"),
    ("loader",     "create table ops.mine (a integer)"),
    ("loader",     "create schema mine"),
    ("loader",     "drop table core.fact_response_2023_07"),
    ("loader",     "alter table score.rating disable trigger all"),
    ("loader",     "set role hailong_publisher"),
    ("publisher",  "select comment_text from core.fact_response"),
    ("publisher",  "select respondent_hash from core.fact_response"),
    ("publisher",  "select count(*) from core.fact_response_2023_07"),
    ("publisher",  "delete from core.fact_response"),
    ("publisher",  "insert into core.dim_region values ('x', 'x', 'x')"),
    ("publisher",  "update core.network set publish_by_day = 1"),
    ("publisher",  "select core.ensure_month('2030-01-01')"),
    ("publisher",  "update score.rating set rank = 1"),
    ("publisher",  "delete from score.rating"),
    ("publisher",  "delete from score.revision"),
    ("publisher",  "insert into score.revision select * from score.revision"),
    ("publisher",  "update ops.answer set is_approved = true"),
    ("loader",     f"insert into ops.question (period_code, run_id, figures_digest) values ('{MONTH}', 'x', 'x')"),
    ("loader",     "insert into ops.answer (question_number, is_approved, is_provisional_allowed, answered_by, comment)"
                   " values (1, true, true, 'x', 'x')"),
    ("publisher",  "update mart.fact_treasury set rank = 1"),
    ("publisher",  "update score.revision set published_by = 'binh'"),
    ("publisher",  "update score.rule_set set digest = 'x'"),
    ("publisher",  "update ops.decision set comment = 'x'"),
    ("publisher",  "delete from ops.decision"),
    ("publisher",  "insert into ops.verification values ('2023-07', 1, now(), null)"),
    ("publisher",  "set role hailong_loader"),
    ("pages",      "select * from core.fact_response"),
    ("pages",      "select * from core.dim_officer"),
    ("pages",      "select * from core.unit_count"),
    ("pages",      "select * from ops.turned_away"),
    ("pages",      "select * from ops.code_book"),
    ("pages",      "select * from score.rating"),
    ("pages",      "select * from score.officer"),
    ("pages",      "select * from score.figure"),
    ("pages",      "select * from restricted.comment"),
    ("pages",      "update ops.run set run_id = 'x'"),
    ("pages",      "delete from ops.validation"),
    ("pages",      "insert into ops.survey_month select * from ops.survey_month"),
]
FORBIDDEN = [
    # what no reader may, whatever his session says of reading only
    "create table mart.mine (a integer)",
    "create table public.mine (a integer)",
    "create temporary table mine (a integer)",
    "create schema mine",
    "create view mart.mine as select 1 as a",
    "create function pg_temp.mine(text) returns boolean language sql as 'select true'",
    "create function public.mine() returns integer language sql as 'select 1'",
    "copy mart.treasury_ranking to '/tmp/ranking.csv'",
    "copy (select * from mart.treasury_ranking) to program 'cat'",
    "select pg_read_file('postgresql.conf')",
    "select core.ensure_month('2030-01-01')",
    "comment on view mart.revision is 'mine'",
    "set role hailong_loader",
    "set session authorization postgres",
    "alter role current_user superuser",
    "grant hailong_loader to current_user",
    "select lo_create(0)",
    "select lo_from_bytea(0, 'x')",
    "select lowrite(0, 'x')",
    "select lo_unlink(1)",
]
SEEN = [
    # login           | hailong.show | revision numbers of the treasuries that it sees; None: a draft
    ("reader",          None,          [1, 1]),
    ("reader",          "draft",       []),
    ("reader",          "latest",      [1, 1]),
    ("reader",          "0",           []),
    ("reader",          "1",           [1, 1]),
    ("restricted",      "draft",       []),
    ("pages",           "draft",       []),
    ("draft_reader",    None,          [1, 1]),
    ("draft_reader",    "draft",       [None, None]),
    ("draft_reader",    "0",           [None, None]),
    ("loader",          "draft",       [None, None]),
    ("publisher",       "draft",       [None, None]),
    ("owner",           "draft",       [None, None]),
]
# fmt: on


@dataclass(frozen=True)
class Warehouse:
    """A warehouse of its own database, with the URL of its owner and of each login."""

    urls: dict[str, str]

    def enter(self, login: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Work as this login from now on."""
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", self.urls[login])

    def run(self, login: str, statement: str) -> list[tuple[object, ...]]:
        """Run one statement as a login; its rows."""
        with sa.create_engine(self.urls[login], poolclass=sa.NullPool).begin() as connection:
            found = connection.exec_driver_sql(statement)
            return [tuple(row) for row in found] if found.returns_rows else []

    def attempts(self, login: str, statements: list[str]) -> dict[str, str | None]:
        """Try statements, each by itself, as a login that would not only read; the SQLSTATE of each, None: it may."""
        outcomes: dict[str, str | None] = {}
        engine = sa.create_engine(self.urls[login], isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("set default_transaction_read_only = off")
            for statement in statements:
                try:
                    connection.exec_driver_sql(statement, execution_options={"no_parameters": True}).close()
                    outcomes[statement] = None
                except sa.exc.DBAPIError as error:
                    outcomes[statement] = getattr(error.orig, "sqlstate", "")
        return outcomes

    def relations(self, kinds: str, schemas: str = "true") -> list[str]:
        """Every relation of some kinds that is no part of PostgreSQL itself."""
        own = "n.nspname !~ '^(pg_|information_schema)'"
        found = self.run(
            "owner",
            "select format('%%I.%%I', n.nspname, c.relname) from pg_class as c inner join pg_namespace as n"
            f" on c.relnamespace = n.oid where {own} and {schemas} and position(c.relkind in '{kinds}') > 0",
        )
        return sorted(str(name) for (name,) in found)


@pytest.fixture(scope="module")
def server(state: Path) -> sa.Engine:
    """A superuser's engine of the warehouse's server."""
    url = embedded.url(state, "warehouse")
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)


@pytest.fixture(scope="module")
def house(server: sa.Engine, estate: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse whose owner may make no roles; the loader has run two months of two treasuries."""
    mark, directory = secrets.token_hex(4), tmp_path_factory.mktemp("roles")
    base, database = sa.make_url(server.url), f"test_{mark}"
    names = {login: f"{login}_{mark}" for login in ("owner", *LOGINS)}
    with server.connect() as connection:
        known = set(connection.exec_driver_sql("select rolname from pg_roles").scalars())
        for group in set(GROUPS) - known:
            connection.exec_driver_sql(f"create role {group} nologin")
        for login, name in names.items():
            group = "" if login == "owner" else f" in role hailong_{login}"
            connection.exec_driver_sql(f"create role {name} login password 'only for {mark}'{group}")
        connection.exec_driver_sql(f"create database {database} owner {names['owner']}")
        connection.exec_driver_sql(f"revoke all on database {database} from public")
        connection.exec_driver_sql(f"grant connect on database {database} to {', '.join(names.values())}")
        names["reader"] = f"reader_{mark}"
    inside = sa.create_engine(base.set(database=database), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with inside.connect() as connection:
        for statement in reader_script(names["reader"], f"only for {mark}", database):
            connection.exec_driver_sql(statement)
    urls = {
        login: base.set(username=name, password=f"only for {mark}", database=database).render_as_string(False)
        for login, name in names.items()
    }
    made = Warehouse(urls)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "HAILONG_PSEUDONYM_KEY": "a key for tests, long enough to pass",
            "HAILONG_CONFIG": str(small_network(directory)),
            "HAILONG_LANDING": str(directory / "landing"),
            "HAILONG_REPORTS": str(directory / "reports"),
            "HAILONG_WORKERS": "1",
        }.items():
            environment.setenv(name, value)
        made.enter("owner", environment)
        migrate.up()
        made.enter("loader", environment)
        for month in (BEFORE, MONTH):
            planned = run_month(month)
            assert steps.verdict(planned) == []
        yield made
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {database} with (force)")
        for name in names.values():
            connection.exec_driver_sql(f"drop role {name}")  # refused while it owned anything, or was granted anything


@pytest.fixture(scope="module")
def published(house: Warehouse) -> Warehouse:
    """The same, after the loader was refused and the publisher has published both months."""
    with pytest.MonkeyPatch.context() as environment:
        for month in (BEFORE, MONTH):
            house.enter("loader", environment)
            with pytest.raises(Misdeclared, match=DENIED):
                publish.publish(month, DECISION)
            assert (
                house.run(
                    "owner", f"select * from score.revision where revision_number > 0 and period_code = '{month}'"
                )
                == []
            )
            house.enter("publisher", environment)
            assert publish.publish(month, DECISION) == 1
            approval.record(month, approval.Decision("anna", "complete"), True)
            house.enter("loader", environment)
            steps.rate(MONTH)  # compared with what is published now
    return house


@pytest.mark.deep
@pytest.mark.thorough
def test_the_loader_runs_a_month_from_the_command_line(published: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    published.enter("loader", monkeypatch)
    run = hailong("run", MONTH)
    assert run.exit_code == 0, run.stderr
    assert "2 of 2 treasuries are in" in run.stdout + run.stderr
    assert "WARNING" not in run.stderr


@pytest.mark.thorough
def test_the_loader_verifies_what_is_published_and_keeps_the_warehouse_up(
    published: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.enter("loader", monkeypatch)
    assert verify.verify(MONTH) == [1]
    done = hailong("upkeep", "--revisions", "2")
    assert done.exit_code == 0, done.stderr
    assert published.run("owner", "select period_code, error_message from ops.verification order by period_code") == [
        (BEFORE, None), (MONTH, None),
    ]  # fmt: skip


@pytest.mark.deep
def test_the_loader_s_statistics_are_made(published: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    published.enter("loader", monkeypatch)
    analyzed = "select coalesce(max(last_analyze), 'epoch') from pg_stat_user_tables where relname = 'unit_count'"
    ((before,),) = published.run("owner", analyzed)
    assert "core.fact_response" in upkeep.statistics()
    ((after,),) = published.run("owner", analyzed)
    assert before < after
    with pytest.raises(Misdeclared), warehouse.transaction() as connection:
        warehouse.run(connection, "operation/analyze_table", {"qualified_name": "pg_catalog.pg_class"})


def test_what_was_decided_names_its_revision(published: Warehouse) -> None:
    columns = "period_code, is_approved, revision_number, decided_by, comment"
    found = published.run("publisher", f"select {columns} from ops.decision order by 1")
    assert found == [(BEFORE, True, 1, "anna", "complete"), (MONTH, True, 1, "anna", "complete")]


def test_the_publisher_asks_describes_and_takes_the_answer(
    published: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.enter("publisher", monkeypatch)
    question = Question(approval.Candidate.of(MONTH), "a run")
    question.ask()
    assert MONTH in run_note.of_draft(MONTH)
    question.answer(approval.Answer("anna", "complete", is_approved=True))
    decided = questions.decision("a run", ["binh"])
    assert decided == approval.Decision(
        "anna", "complete", figures_digest=question.candidate.figures_digest, seen_objections=[]
    )


@pytest.mark.parametrize("held", HELD)
def test_neither_the_loader_nor_the_publisher_writes_a_revision(published: Warehouse, held: str) -> None:
    ((names,),) = published.run(
        "owner",
        "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute"
        f" where attrelid = 'score.{held}'::regclass and attnum > 0 and attname != 'revision_number'",
    )
    for login, number in (("loader", 2), ("publisher", 2), ("publisher", 0)):
        copied = f"select {number}, {names} from score.{held} where revision_number = 1"
        with pytest.raises(sa.exc.ProgrammingError) as caught:
            published.run(login, f"insert into score.{held} (revision_number, {names}) {copied}")
        assert isinstance(caught.value.orig, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize(("login", "statement"), REFUSED, ids=[f"{login}: {text[:60]}" for login, text in REFUSED])
def test_a_login_may_not(published: Warehouse, login: str, statement: str) -> None:
    with pytest.raises(sa.exc.ProgrammingError) as caught:
        published.run(login, statement)
    assert isinstance(caught.value.orig, psycopg.errors.InsufficientPrivilege)


def test_the_publisher_runs_no_month(published: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    published.enter("publisher", monkeypatch)
    for work in (lambda: steps.plan(MONTH), lambda: steps.rate(MONTH)):
        with pytest.raises(Misdeclared, match=DENIED):
            work()


def test_the_loader_discards_a_draft_and_the_publisher_does_not(
    published: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.enter("publisher", monkeypatch)
    with pytest.raises(Misdeclared, match=DENIED):
        drafts.discard(BEFORE)
    published.enter("loader", monkeypatch)
    assert drafts.discard(BEFORE)["last_number"] == 1
    with pytest.raises(sa.exc.ProgrammingError, match="revision 1 of 2023-06 stays what it is"):
        published.run("loader", f"delete from score.revision where period_code = '{BEFORE}'")


def test_the_pages_read_what_is_shown_of_a_run(published: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    ((run_id,),) = published.run("owner", f"select run_id from ops.survey_month where survey_month = '{BEFORE}-01'")
    published.enter("pages", monkeypatch)
    found = run_page.of_run(str(run_id))
    assert found is not None
    assert [state["treasury_state"] for state in found.states] == ["loaded", "loaded"]
    assert found.findings
    assert found.early == []
    views = published.run("owner", "select viewname from pg_views where schemaname = 'mart'")
    for (view,) in views:
        published.run("pages", f"select * from mart.{view} limit 1")


@pytest.mark.parametrize("login", READERS)
def test_a_reader_reads_every_relation_of_his_rooms_and_nothing_else(published: Warehouse, login: str) -> None:
    everything = published.relations("rpvmfS")
    assert {name.split(".")[0] for name in everything} >= {
        "core",
        "score",
        "shown",
        "ops",
        "migration",
        *READERS[login],
    }
    outcomes = published.attempts(login, [f"select * from {name} limit 1" for name in everything])
    mine = {f"select * from {name} limit 1" for name in everything if name.split(".")[0] in READERS[login]}
    assert {statement for statement, state in outcomes.items() if state is None} == mine
    assert {state for state in outcomes.values() if state} == {"42501"}
    functions = published.run(
        "owner",
        "select format('select %%s(%%s)', p.oid::regproc, (select string_agg(format('null::%%s', t::regtype), ', ')"
        " from unnest(p.proargtypes) as t)) from pg_proc as p inner join pg_namespace as n on p.pronamespace = n.oid"
        " where n.nspname !~ '^(pg_|information_schema)'",
    )
    assert functions
    calls = published.attempts(login, [str(call) for (call,) in functions])
    # what the views of its rooms ask, and the ways to object, by which it is told what it may see anyway
    of_ops = ("drafts", "end_objection", "object_to", "open_preview", "previews", "refuse_change")
    ours = ("select own.", "select access.noted(", *(f"select ops.{name}(" for name in of_ops))
    ours = ours if login == "restricted" else ()
    assert {call for call, state in calls.items() if state != "42501"} == {
        call for call in calls if call.startswith(ours)
    }


@pytest.mark.parametrize("login", READERS)
def test_a_reader_changes_and_makes_nothing(published: Warehouse, login: str) -> None:
    assert set(published.attempts(login, FORBIDDEN).values()) == {"42501"}
    rooms = f"n.nspname = any(string_to_array('{' '.join(READERS[login])}', ' '))"
    verbs = (
        "insert into {} default values",
        "delete from {}",
        "truncate {}",
        "drop table {}",
        "alter table {} rename to x",
    )
    tables = [verb.format(name) for name in published.relations("rp", rooms) for verb in verbs]
    assert set(published.attempts(login, tables).values()) <= {"42501"}
    views = [
        verb.format(name).replace(" table ", " view ") for name in published.relations("v", rooms) for verb in verbs
    ]
    # some views could be written by nobody, and TRUNCATE is for tables
    assert set(published.attempts(login, views).values()) == {"42501", "55000", "42809"}


@pytest.mark.parametrize("room", ["treasury_ranking", "breakdown_rating", "treasury_trend"])
def test_no_plan_tells_a_reader_of_a_draft(published: Warehouse, telling: int, room: str) -> None:
    def plan(guess: int) -> str:
        asked = f"select 1 from mart.{room} where period_code = '{MONTH}' and satisfied_count = {guess}"
        explained = published.run("reader", f"explain (analyze, timing off, summary off, buffers off) {asked}")
        return "\n".join(line for (line,) in explained).replace(str(guess), "guess")

    assert plan(telling) == plan(telling + 1)


@pytest.mark.parametrize(("login", "show", "numbers"), SEEN)
def test_who_sees_drafts(published: Warehouse, login: str, show: str | None, numbers: list[int | None]) -> None:
    with sa.create_engine(published.urls[login], poolclass=sa.NullPool).connect() as connection:
        if show:
            connection.exec_driver_sql(f"set hailong.show = '{show}'")
        seen = "select revision_number from mart.treasury_ranking where period_code = '2023-07'"
        assert list(connection.exec_driver_sql(seen).scalars()) == numbers


@pytest.fixture
def telling(published: Warehouse) -> Iterator[int]:
    """A count that only a draft has."""
    where = f"where revision_number = 0 and period_code = '{MONTH}' and area_level = 'treasury' and breakdown = 'total'"
    ((before,),) = published.run("owner", f"select satisfied_count from score.rating {where} and area_code = '34'")
    published.run("owner", f"update score.rating set satisfied_count = 5000 {where} and area_code = '34'")
    yield 5000
    published.run("owner", f"update score.rating set satisfied_count = {before} {where} and area_code = '34'")


def test_no_error_message_tells_a_reader_of_a_draft(published: Warehouse, telling: int) -> None:
    # a plan that would look at the drafts before the view holds them back: a reader may ask for one
    plan = [f"set enable_{name} = off" for name in ("nestloop", "mergejoin", "indexscan", "bitmapscan")]
    fails_on_it = f"select * from mart.treasury_ranking where 1 / (satisfied_count - {telling}) = 2"
    told = [("draft_reader", "draft", "22012"), *(("reader", show, None) for show in ("draft", "latest", "1"))]
    for login, show, state in told:
        outcomes = published.attempts(login, [*plan, f"set hailong.show = '{show}'", fails_on_it])
        assert outcomes.pop(fails_on_it) == state
        assert set(outcomes.values()) == {None}
    views = "select count(*) from pg_class where relnamespace = 'mart'::regnamespace and relkind = 'v'"
    barred = f"{views} and 'security_barrier=true' = any(reloptions)"
    assert published.run("owner", barred) == published.run("owner", views)


def test_a_reader_s_login_is_made_with_limits(published: Warehouse) -> None:
    limits = (
        "default_transaction_read_only",
        "statement_timeout",
        "idle_in_transaction_session_timeout",
        "lock_timeout",
    )
    assert [published.run("reader", f"show {name}") for name in limits] == [
        [("on",)],
        [("1min",)],
        [("1min",)],
        [("10s",)],
    ]
    assert published.run(
        "reader",
        "select rolconnlimit, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles where rolname = user",
    ) == [(10, False, False, False, False)]


def test_nobody_but_the_owner_owns_anything(published: Warehouse) -> None:
    made = "|".join((*LOGINS, "reader"))
    members = f"pg_roles as r where r.rolname like 'hailong_%%' or r.rolname ~ '^({made})_'"
    for catalogue, owner in (("pg_class", "relowner"), ("pg_proc", "proowner"), ("pg_namespace", "nspowner")):
        assert (
            published.run(
                "owner", f"select c.oid::text from {catalogue} as c where {owner} in (select oid from {members})"
            )
            == []
        )


def test_what_runs_with_the_owner_s_rights_has_a_fixed_path_and_is_not_for_everybody(published: Warehouse) -> None:
    found = published.run(
        "owner",
        "select p.proname, p.proconfig, has_function_privilege('public', p.oid, 'execute'),"
        " has_function_privilege('hailong_loader', p.oid, 'execute'),"
        " has_function_privilege('hailong_publisher', p.oid, 'execute') from pg_proc as p"
        " where p.prosecdef and p.pronamespace != 'own'::regnamespace order by 1",  # those of own: test_role_attack.py
    )
    path = ["search_path=pg_catalog, pg_temp"]
    assert found == [
        # function           | everybody | loader | publisher
        ("actions_known",    path, False, True,  False),
        ("actions_taken",    path, False, True,  False),
        ("add_event",        path, False, False, False),
        ("analyze_month",    path, False, True,  False),
        ("analyze_table",    path, False, True,  False),
        ("answer_erasure",   path, False, False, False),
        ("assign",           path, False, False, False),
        ("assignments_known", path, False, True, False),
        ("case_counts",      path, False, True,  False),
        ("case_numbers",     path, False, True,  False),
        ("drafts",           path, False, True,  False),
        ("end_objection",    path, False, False, False),
        ("ensure_month",     path, False, True,  False),
        ("events_known",     path, False, True,  False),
        ("expire_reads",     path, False, True,  False),
        ("expire_texts",     path, False, True,  False),
        ("form_read_at",     path, False, True,  False),
        ("forms_since",      path, False, True,  False),
        ("has_month",        path, False, False, False),
        ("hold_claims",      path, False, True,  False),
        ("is_anyone_erased_since", path, False, True, False),
        ("keep_words",       path, False, True,  False),
        ("known_now",        path, False, True,  False),
        ("log_files",        path, False, True,  False),
        ("log_part",         path, False, True,  False),
        ("log_processing",   path, False, True,  False),
        ("measured_of_case", path, False, False, False),
        ("object_to",        path, False, True,  False),
        ("old_forms",        path, False, True,  False),
        ("open_case",        path, False, False, False),
        ("open_harassment_cases", path, False, True, False),
        ("open_objections",  path, False, True,  True),
        ("open_preview",     path, False, False, False),
        ("open_recommendation_cases", path, False, True, True),
        ("open_weakness_cases", path, False, True, True),
        ("overdue_cases",    path, False, True,  False),
        ("previews",         path, False, True,  True),
        ("propose_erasure",  path, False, False, False),
        ("publish_draft",    path, False, False, True),
        ("record_conference", path, False, False, False),
        ("record_form",      path, False, True,  False),
        ("record_plan",      path, False, False, False),
        ("record_register",  path, False, True,  False),
        ("record_training",  path, False, False, False),
        ("redact",           path, False, True,  False),
        ("refresh_star",     path, False, False, False),
        ("sign_revision",    path, False, False, True),
        ("star_differences", path, False, True,  True),
        ("take_in",          path, False, True,  False),
    ]  # fmt: skip


def script(dialect: str, database: str) -> list[str]:
    """The statements for an office's administrator, with the office's own names."""
    text = (settings.SQL / "guest" / f"guest.{dialect}.sql").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    own = {"a-long-password": PASSWORD, "office_database": database, "office_schema": "office"}
    own |= {"hailong_guest": f"guest_of_{database}"}
    for example, name in own.items():
        lines = [line.replace(example, name) for line in lines]
    return [one.strip() for one in "\n".join(lines).split(";") if one.strip()]


@pytest.fixture
def office(state: Path) -> Iterator[str]:
    """An office's PostgreSQL database in which its guest was made; the guest's URL."""
    name = f"office_{secrets.token_hex(4)}"
    url = sa.make_url(embedded.url(state, "branches", name))
    branches = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with branches.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    own = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with own.connect() as connection:
        for statement in (
            "create schema office",
            *(f"create table office.{table} (id integer primary key)" for table in TABLES),
            "insert into office.survey_response values (1)",
            *script("postgresql", name),
        ):
            connection.exec_driver_sql(statement)
    yield url.set(username=f"guest_of_{name}", password=PASSWORD).render_as_string(False)
    with branches.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
        connection.exec_driver_sql(f"drop role guest_of_{name}")


def test_a_guest_of_postgresql_reads_the_tables_of_the_query_and_no_more(office: str) -> None:
    assert [row["response_key"] for row in read(office, query(select("office.survey_response")))] == ["1"]
    engine = sa.create_engine(office, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as guest:
        limits = ("default_transaction_read_only", "statement_timeout", "idle_in_transaction_session_timeout")
        shown = [guest.exec_driver_sql(f"show {name}").scalar() for name in (*limits, "lock_timeout")]
        assert shown == ["on", "10min", "10min", "10s"]
        guest.exec_driver_sql("set default_transaction_read_only = off")
        for statement in (
            "select * from office.customer",
            "insert into office.survey_response values (2)",
            "update office.survey_response set id = 3",
            "create table office.mine (id integer)",
            "create schema mine",
        ):
            with pytest.raises(sa.exc.ProgrammingError) as caught:
                guest.exec_driver_sql(statement)
            assert isinstance(caught.value.orig, psycopg.errors.InsufficientPrivilege)
    held = [engine.connect() for _ in range(4)]
    with pytest.raises(sa.exc.OperationalError, match="too many connections"):
        engine.connect()
    for connection in held:
        connection.close()


@pytest.fixture
def mysql_office(mariadb_server: MariaDB) -> Iterator[str]:
    """An office's MariaDB database in which its guest was made; the guest's URL."""
    name = f"office_{secrets.token_hex(4)}"
    mariadb_server.execute("mysql", f"create database {name}")
    for table in TABLES:
        mariadb_server.execute(name, f"create table {table} (id int primary key) engine=innodb")
    mariadb_server.execute(name, "insert into survey_response values (1)")
    for statement in script("mysql", name):
        mariadb_server.execute("mysql", statement)
    yield sa.URL.create(
        "mysql+pymysql", f"guest_of_{name}", PASSWORD, "127.0.0.1", mariadb_server.port, name
    ).render_as_string(False)
    mariadb_server.execute("mysql", f"drop user guest_of_{name}@'127.0.0.1'")
    mariadb_server.execute("mysql", f"drop database {name}")


def test_a_guest_of_mariadb_reads_the_tables_of_the_query_and_no_more(mysql_office: str) -> None:
    assert [row["response_key"] for row in read(mysql_office, query(select("survey_response")))] == ["1"]
    engine = sa.create_engine(mysql_office, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as guest:
        limits = guest.exec_driver_sql("select @@max_statement_time, @@max_user_connections").one()
        assert tuple(map(int, limits)) == (600, 4)
        for statement in (
            "select * from customer",
            "insert into survey_response values (2)",
            "update survey_response set id = 3",
            "create table mine (id int)",
            "drop table survey_answer",
        ):
            with pytest.raises(sa.exc.OperationalError, match="denied"):
                guest.exec_driver_sql(statement)
    held = [engine.connect() for _ in range(4)]
    with pytest.raises(sa.exc.OperationalError) as caught:
        engine.connect()
    assert isinstance(caught.value.orig, pymysql.err.OperationalError)
    assert "max_user_connections" in str(caught.value.orig)
    for connection in held:
        connection.close()
