"""Attacks on what is restricted, by each login on each relation of the catalogue: none tells of what is not its own.

The warehouse has two treasuries. Everything that a login is answered, rows, errors, notices, plans and copies, is
looked through for what only the other treasury has: its officers, its units, its comments, its customers.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from etl.warehouse import embedded
from tests.lib import scoped_house
from tests.lib.cases import first
from tests.lib.scoped_house import FOREIGN, UNIT, ScopedHouse
from tests.lib.slots import Slot

ROOMS = ("core", "score", "ops", "action", "access", "guarded", "restricted", "own", "shown", "migration")
MAY_READ = {
    # role                   | schemas whose relations it reads, beside mart; or single relations
    "hailong_reader":         set(),
    "hailong_draft_reader":   set(),
    "hailong_scoped":         {"own", "core.network", "core.dim_treasury", "core.dim_unit"},
    "hailong_restricted":     {"restricted", "own"},
    "hailong_case_worker":    {"restricted.case", "restricted.case_event", "restricted.claim", "own.case",
                               "own.case_event", "own.claim", "core.network", "core.dim_treasury", "core.dim_unit",
                               "action.form", "action.register", "action.register_row",
                               "own.recommendation", "restricted.recommendation",
                               "own.objection", "restricted.objection"},
}  # fmt: skip
PRIVILEGES = """
    select g.rolname::text, n.nspname || '.' || c.relname
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    cross join pg_roles as g
    where
        c.relkind in ('r', 'p', 'v', 'm', 'f') and g.rolname ~ '^hailong_' and not g.rolcanlogin
        and n.nspname = any (%s)
        and (
            has_any_column_privilege(g.oid, c.oid, 'select')
            or has_table_privilege(g.oid, c.oid, 'insert, update, delete, truncate')
        )
        and has_schema_privilege(g.oid, n.oid, 'usage')
"""
FUNCTIONS = """
    select format('%I.%I(%s)', n.nspname, p.proname, (
        select string_agg(format('null::%s', t::regtype), ', ') from unnest(p.proargtypes) as t
    ))
    from pg_proc as p inner join pg_namespace as n on p.pronamespace = n.oid
    where n.nspname !~ '^(pg_|information_schema)' and p.prorettype != 'trigger'::regtype
"""
TELLS = "language plpgsql cost 0.0001 as $$ begin raise notice '%', $1; return true; end $$"
# fmt: off
ATTACKS = [
    # statements, parted by ;; where they are several; {view} is a view of own, {bare} its name
    "select * from {view}",
    "select count(*), min(t::text), max(t::text) from {view} as t",
    "select * from {view} as t where t::text like '%{secret}%'",
    "select * from {view} as t where 1 / (case when t::text like '%{secret}%' then 0 else 1 end) = 1",
    "select * from {view} as t where cast(t::text as integer) = 1",
    "select cast(string_agg(t::text, ',') as integer) from {view} as t",
    "select * from {view} as t order by length(t::text) offset 0",
    "select t.*, lead(t) over () from {view} as t",
    "select * from (select * from {view} union all select * from {view}) as t",
    "select * from own.read_{bare}()",
    "explain (analyze, verbose, buffers) select * from {view} as t where t::text like '%{secret}%'",
    "explain (generic_plan, verbose) select * from {view}",
    "prepare p as select * from {view} as t where t::text like $1;; execute p('%{secret}%')",
    "begin;; declare c cursor for select * from {view};; fetch all from c;; rollback",
    "begin;; savepoint s;; select * from {view};; rollback to s;; commit",
    "create temporary table mine as select * from {view}",
    "select * into mine from {view}",
    "create view own.mine as select * from {view}",
    f"create function own.mine(text) returns boolean {TELLS}",
    f"create function pg_temp.mine(text) returns boolean {TELLS}",
    "do $$ declare r record; begin for r in select * from {view} loop raise notice '%', r; end loop; end $$",
    "do $$ begin execute 'select * from guarded.\"{bare}\"'; end $$",
    "table restricted.\"{bare}\"",
    "table guarded.\"{bare}\"",
    "select * from {view} for update",
    "insert into {view} select * from {view}",
    "set search_path = guarded, restricted, core, own;; select * from \"{bare}\"",
    "set search_path = pg_temp, own;; set role none;; select * from {view}",
    "set hailong.show = 'draft';; select * from {view}",
    "set hailong.show = '0';; select * from {view}",
    "set hailong.show = 'latest';; select * from mart.treasury_ranking",
    "set hailong.show = 'draft';; select * from mart.treasury_ranking",
    "set plan_cache_mode = force_generic_plan;; select * from {view} as a, {view} as b limit 50",
    "select * from pg_stats where schemaname in ('guarded', 'core', 'score', 'action', 'access')",
    "select * from pg_statistic",
    "select * from pg_stats_ext",
    "select query, application_name from pg_stat_activity",
    "select * from pg_prepared_statements",
    "select lo_from_bytea(0, t::text::bytea) from {view} as t",
    "select lo_export(1, 'x')",
    "select pg_read_file('postgresql.conf')",
    "select pg_ls_logdir()",
    "select access.noted('own.case')",
    "select access.log_part('x', 0, 1)",
    "select session_user, current_user",
    "listen case_file;; notify case_file, 'x'",
    "select * from core.fact_response",
    "select * from core.dim_officer",
    "select * from action.case_file",
    "select * from action.case_standing",
    "select * from access.scope",
    "insert into access.scope (login_name, treasury_id, valid_from) values (session_user, 1, '2000-01-01')",
    "update access.login set login_kind = 'analyst'",
    "set session authorization postgres",
    "select set_config('session_authorization', 'postgres', false)",
    "select set_config('role', 'hailong_restricted', false)",
    "grant hailong_restricted to current_user",
    "alter role current_user createrole",
    "comment on view {view} is 'mine'",
    "alter view {view} reset (security_barrier)",
    "lock table guarded.\"{bare}\" in access share mode",
    "select pg_get_viewdef('{view}'::regclass), pg_get_functiondef('own.read_{bare}'::regproc)",
    "select query_to_xml('select * from guarded.\"{bare}\"', true, true, '')",
    "select table_to_xml('guarded.\"{bare}\"', true, true, '')",
    "select schema_to_xml('own', true, true, '')",
    "select * from dblink('dbname=postgres', 'select 1') as t (a integer)",
    "analyze verbose core.fact_response",
    "load 'auto_explain'",
    "set client_min_messages = log;; select * from {view}",
    "set debug_print_plan = on;; set client_min_messages = log;; select * from {view}",
]
# fmt: on
LOGINS = ("director", "head", "analyst", "worker", "nobody", "reader")
ROOMS_OF_OWN = ("guarded", "mart")
OWN_VIEWS = """
    select o.viewname::text from pg_views as o inner join pg_views as v on o.viewname = v.viewname
    where o.schemaname = 'own' and v.schemaname = '{}' order by 1
"""


@pytest.fixture(scope="module")
def house(slot: Slot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScopedHouse]:
    """A warehouse with a login of each kind."""
    with scoped_house.made(slot, tmp_path_factory.mktemp("attacked")) as made:
        yield made


@pytest.fixture(scope="module")
def secrets(house: ScopedHouse) -> dict[str, set[str]]:
    """What each login must never be told, as texts that stand nowhere else."""
    keys = house.run(
        "owner", "select respondent_hash from core.fact_response where respondent_hash is not null limit 500"
    )
    reports = house.run("owner", "select response_key from guarded.harassment_report")
    customers = {str(key) for (key,) in (*keys, *reports)}
    officers = house.run(
        "owner", "select treasury_id, officer_code from core.dim_officer where officer_code != 'unstated'"
    )
    of_19 = {code for treasury, code in officers if treasury == 1} | {FOREIGN}
    of_34 = {code for treasury, code in officers if treasury == 2}
    comments = {
        text
        for (text,) in house.run("owner", "select comment_text from core.fact_response where comment_text is not null")
    }
    of_units = {code for code in of_34 if not code.startswith(UNIT)}
    return {
        "director": customers | of_19,
        "head": customers | of_19 | of_units | comments,
        "worker": customers | of_19 | of_34 | comments,
        "analyst": customers | of_19 | of_34 | comments,
        "nobody": customers | of_19 | of_34 | comments,
        "reader": customers | of_19 | of_34 | comments,
    }


def answered(connection: psycopg.Connection[Any], statements: str) -> str:
    """Everything that statements are answered: rows, errors with all their fields, and notices."""
    said: list[str] = []
    connection.add_notice_handler(lambda notice: said.append(repr(_fields(notice))))
    for statement in statements.split(";; "):
        try:
            done = connection.execute(statement.encode())
            said += [repr(row) for row in done.fetchall()] if done.description else []
        except psycopg.Error as error:
            said.append(repr(_fields(error.diag)))
    return "\n".join(said)


def _fields(told: Any) -> list[str]:
    """What an error or a notice says, with its context."""
    names = ("sqlstate", "message_primary", "message_detail", "message_hint", "context", "internal_query")
    return [str(getattr(told, name)) for name in names]


@pytest.mark.parametrize(("login", "made_of"), first(3, [(login, room) for room in ROOMS_OF_OWN for login in LOGINS]))
def test_no_attack_tells_a_login_of_what_is_not_its_own(
    house: ScopedHouse, secrets: dict[str, set[str]], login: str, made_of: str
) -> None:
    views = [name for (name,) in house.run("owner", OWN_VIEWS.format(made_of))]
    assert len(views) >= 5
    asked = dict.fromkeys(
        attack.replace("{view}", f'own."{view}"').replace("{bare}", view).replace("{secret}", FOREIGN)
        for view in views
        for attack in ATTACKS
    )
    assert len(asked) > 200
    assert [(attack, secret) for attack in asked for secret in _told(house, login, attack) & secrets[login]] == []


def _told(house: ScopedHouse, login: str, attack: str) -> set[str]:
    """The words that an attack of a login is answered with, and whether the other treasury's mark stands among them."""
    with house.connection(login) as connection:
        text = answered(connection, attack)
    marks = {FOREIGN} if re.search(rf"(?<!%){FOREIGN}(?!%)", text) else set()
    return marks | set(re.findall(r"[\w.-]+", text)) | set(re.findall(r"comment [0-9a-f]{32}", text))


def test_what_is_looked_for_is_found_where_it_may_be_read(house: ScopedHouse, secrets: dict[str, set[str]]) -> None:
    with house.connection("central") as connection:
        text = answered(connection, 'select * from restricted.officer_month;; select * from restricted."comment"')
    assert FOREIGN in text
    assert len([one for one in secrets["nobody"] if one in text]) > 20


def test_the_rights_of_every_role_on_every_relation_are_those_that_are_declared(house: ScopedHouse) -> None:
    with house.connection("owner") as connection:
        found = connection.execute(PRIVILEGES, (list(ROOMS),)).fetchall()
        relations = connection.execute(
            "select n.nspname || '.' || c.relname from pg_class as c"
            " inner join pg_namespace as n on c.relnamespace = n.oid"
            " where c.relkind in ('r', 'p', 'v') and n.nspname = any (%s)",
            (list(ROOMS),),
        ).fetchall()
    for role, declared in MAY_READ.items():
        allowed = {name for (name,) in relations if name in declared or name.partition(".")[0] in declared}
        assert {name for holder, name in found if holder == role} == allowed, role
    closed = {"guarded", "restricted", "own"}
    others = {holder for holder, name in found if name.partition(".")[0] in closed}
    assert others == {"hailong_scoped", "hailong_restricted", "hailong_case_worker"}


def test_no_estimate_tells_a_login_what_is_there(house: ScopedHouse) -> None:
    views = house.run("owner", "select viewname::text from pg_views where schemaname = 'own'")

    def estimate(view: str, value: str) -> str:
        with house.connection("director") as connection:
            asked = (
                f"explain (format json) select * from own.\"{view}\" as t where t::text = '{value}' or '{value}' = 'x'"
            )
            (plan,) = connection.execute(asked.encode()).fetchone() or ()
        return json.dumps(plan).replace(f"'{value}'", "value")

    for (view,) in views:
        assert estimate(view, "19") == estimate(view, "34") == estimate(view, "99")
        assert "Function Scan" in estimate(view, "19")
    for value in ("19", "34", "99"):  # by a column of which the server keeps the commonest values
        plans = [
            house.run("director", f"explain select * from own.officer_month where treasury_code = '{code}'")
            for code in ("19", value)
        ]
        assert [line.replace(value, "19") for (line,) in plans[1]] == [line for (line,) in plans[0]]


def test_a_login_calls_no_function_that_tells_of_others(house: ScopedHouse, secrets: dict[str, set[str]]) -> None:
    called = [call for (call,) in house.run("owner", FUNCTIONS)]
    assert len(called) > 40
    may: set[str] = set()
    for call in called:
        with house.connection("director") as connection:
            text = answered(connection, f"select * from {call} as t")
        assert [secret for secret in secrets["director"] if secret in text] == []
        may |= set() if "42501" in text else {call.partition("(")[0]}
    of_ops = {name for name in may if name.startswith("ops.")}
    assert of_ops == {f"ops.{name}" for name in ("drafts", "end_objection", "object_to", "open_preview", "previews")}
    assert {name.partition(".")[0] for name in may - of_ops} <= {"own", "action"}
    assert not may & {"own.mine", "access.kind"}


def test_a_role_that_is_set_is_not_whose_rows_are_seen(house: ScopedHouse) -> None:
    """Whoever is let into another's login by a grant still sees what is her own alone."""
    house.run("owner", f"grant {house.names['other']} to {house.names['director']}")
    try:
        with house.connection("director") as connection:
            connection.execute(f"set role {house.names['other']}".encode())
            found = connection.execute(
                "select distinct treasury_code, current_user = session_user from own.officer_month"
            )
            assert found.fetchall() == [("34", False)]
    finally:
        house.run("owner", f"revoke {house.names['other']} from {house.names['director']}")


def test_a_copy_has_what_is_one_s_own(house: ScopedHouse, secrets: dict[str, set[str]]) -> None:
    asked = "copy (select * from own.officer_month) to stdout"
    with house.connection("director") as connection, connection.cursor().copy(asked) as copy:
        text = b"".join(bytes(block) for block in copy).decode()
    assert "34.15" in text
    assert [secret for secret in secrets["director"] if secret in text] == []


def test_a_dump_by_a_login_holds_nothing_of_others(house: ScopedHouse, secrets: dict[str, set[str]]) -> None:
    for login in ("director", "nobody"):
        target = conninfo_to_dict(house.urls[login])
        for what in (("-n", "own"), ("-n", "restricted"), ("--data-only",), ("-t", "core.fact_response")):
            dumped = subprocess.run(
                [str(embedded._programs() / "pg_dump"), *what, "-h", str(target["host"]), "-p", str(target["port"]),
                 "-U", str(target["user"]), str(target["dbname"])],
                env={"PGPASSWORD": str(target["password"])}, capture_output=True, text=True, check=False, timeout=120,
            )  # fmt: skip
            text = dumped.stdout + dumped.stderr
            assert [secret for secret in secrets[login] if secret in text] == []
            assert dumped.returncode == 0 or "permission denied" in dumped.stderr


@pytest.mark.parametrize("login", ["director", "head", "central", "case_worker"])
def test_what_runs_with_the_owner_s_rights_heeds_no_path_of_the_login(house: ScopedHouse, login: str) -> None:
    with house.connection(login) as connection:
        connection.execute("set search_path = pg_temp, own, action")
        assert connection.execute('select count(*) from own."case"').fetchone()
    found = house.run("owner", "select proconfig, prosecdef from pg_proc where pronamespace = 'own'::regnamespace")
    assert found
    assert {(tuple(config), is_definer) for config, is_definer in found} == {
        (("search_path=pg_catalog, pg_temp",), True)
    }
