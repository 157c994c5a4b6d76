"""A session is ours, whatever the office's server and role say of it; what is refused is told by its reason."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pymysql
import pytest
import sqlalchemy as sa

from etl.errors import HailongError, Misdeclared, Refused, Unavailable
from etl.source.address import url_of
from etl.source.queries import Limits
from etl.source.snapshot import probe
from etl.warehouse import embedded
from tests.lib.asking import PLACE, query, read, select
from tests.lib.mariadb import GUEST, MariaDB
from tests.lib.slots import Slot


class Office:
    """A PostgreSQL database and a role of its own: ``run`` is its owner, ``uri`` the role's connection."""

    def __init__(self, slot: Slot) -> None:
        self.slot, self.name = slot, f"manners_{secrets.token_hex(4)}"
        self.role = f"guest_{self.name}"
        self.run_on_server(f"create database {self.name}", f"create role {self.role} login password 'p'")
        self.run("create table answer (id integer, words text)", "insert into answer values (1, 'a'), (2, 'b')")
        self.run(f"grant select on answer to {self.role}")
        owner = sa.make_url(embedded.url(slot.state, "branches", self.name))
        self.uri = owner.set(username=self.role, password="p").render_as_string(hide_password=False)

    def run_on_server(self, *statements: str) -> None:
        self.slot.run(*statements, server="branches")

    def run(self, *statements: str) -> list[object]:
        return self.slot.run(*statements, server="branches", database=self.name)


@pytest.fixture
def office(slot: Slot) -> Iterator[Office]:
    made = Office(slot)
    yield made
    made.run_on_server(f"drop database {made.name} with (force)", f"drop role {made.role}")


def refusal(uri: str, sql: str, **limits: int) -> HailongError:
    """The error of a read; the check of a source ends in the same one."""
    with pytest.raises(HailongError) as caught:
        read(uri, query(sql), **limits)
    with pytest.raises(HailongError) as checked:
        probe(url_of("48", uri), query(sql), Limits(30, 10), 10)
    assert str(checked.value) == str(caught.value)
    assert caught.value.message.startswith(f"{PLACE}: ")
    return caught.value


SHOWN = {
    # a setting of the role      | what the query shows                                              | in our session
    "DateStyle": ("German", "date '2023-07-05'::text", "2023-07-05"),
    "IntervalStyle": ("iso_8601", "interval '1 day 2 hours'::text", "1 day 02:00:00"),
    "extra_float_digits": ("-10", "(0.1::float8 + 0.2::float8)::text", "0.30000000000000004"),
    "bytea_output": ("escape", "'\\x01'::bytea::text", "\\x01"),
    "standard_conforming_strings": ("off", "'a\\\\b'", "a\\\\b"),
    "transform_null_equals": ("on", "coalesce((null::text = null)::text, 'unknown')", "unknown"),
    "TimeZone": ("America/Lima", "timestamptz '2023-07-05 00:00+00'::text", "2023-07-05 07:00:00+07"),
    "timezone_abbreviations": ("India", "timestamptz '2023-07-05 12:00 IST' - '2023-07-05 12:00Z'", "-02:00:00"),
    "xmlbinary": ("hex", "current_setting('xmlbinary')", "base64"),
    "gin_fuzzy_search_limit": ("1", "current_setting('gin_fuzzy_search_limit')", "0"),
    "default_transaction_isolation": ("serializable", "current_setting('transaction_isolation')", "repeatable read"),
    "default_transaction_read_only": ("off", "current_setting('transaction_read_only')", "on"),
    "row_security": ("on", "current_setting('row_security')", "off"),
    "search_path": ("nowhere", "words", "a"),
    "lc_numeric": ("POSIX", "to_char(1234.5, 'FM9G999D0')", "1,234.5"),
    "statement_timeout": ("5s", "current_setting('statement_timeout')", "30s"),
}  # fmt: skip


@pytest.mark.parametrize("setting", SHOWN)
def test_the_settings_of_a_role_change_nothing(office: Office, setting: str) -> None:
    value, expression, shown = SHOWN[setting]
    office.run(f"alter role {office.role} set {setting} = '{value}'")
    rows = read(office.uri, query(select("answer where id = 1", comment=f"({expression})::text")))
    assert [row["comment"] for row in rows] == [shown]


def test_what_is_built_in_comes_before_a_function_of_the_office(office: Office) -> None:
    office.run(
        "create schema own",
        "create function own.upper(text) returns text language sql immutable as $$ select 'theirs' $$",
        "create table own.answer as select 7 as id, 'own' as words",
        f"grant usage on schema own to {office.role}",
        f"grant select on own.answer to {office.role}",
        f"alter role {office.role} set search_path = own, pg_catalog, public",
    )
    rows = read(office.uri, query(select("answer", comment="upper(words)")))
    assert [(row["response_key"], row["comment"]) for row in rows] == [("7", "OWN")]


def test_a_policy_that_hides_rows_is_told_instead(office: Office) -> None:
    office.run("alter table answer enable row level security", "create policy a_few on answer using (id = 1)")
    told = refusal(office.uri, select("answer"))
    assert isinstance(told, Refused)
    assert f"row-level security would hide rows from the role '{office.role}'" in told.message
    assert '"answer"' in told.message
    assert f"alter role {office.role} bypassrls" in told.next_action
    office.run("create view whole as select * from answer", f"grant select on whole to {office.role}")
    assert len(read(office.uri, query(select("whole")))) == 2
    office.run(f"alter role {office.role} bypassrls")
    assert len(read(office.uri, query(select("answer")))) == 2


def test_a_view_that_writes_is_told_as_one(office: Office) -> None:
    office.run(
        "create table seen (at timestamptz)",
        "create function note() returns integer language sql volatile security definer"
        " as $$ insert into seen values (now()); select 1 $$",
        "create view noting as select a.id, note() as n from answer as a",
        f"grant select on noting to {office.role}",
    )
    told = refusal(office.uri, select("noting", comment="n::text"))
    assert isinstance(told, Refused)
    assert "writes to the database (ReadOnlySqlTransaction, 25006)" in told.message


def test_what_a_function_of_theirs_says_is_not_passed_on(office: Office) -> None:
    office.run(
        "create function spill() returns text language plpgsql stable as"
        " $$ begin raise exception 'khách 0912345678' using errcode = '42501', detail = 'Key (a)=(geheim)'; end $$"
    )
    told = refusal(office.uri, select("answer", comment="spill()"))
    assert "0912345678" not in str(told)
    assert "geheim" not in str(told)
    told = refusal(office.uri, select("answer", comment="words::integer::text"))
    assert isinstance(told, Refused)
    assert "InvalidTextRepresentation, 22P02" in told.message
    assert '"a"' not in str(told)


def test_a_right_that_is_missing_is_told_with_the_table(office: Office) -> None:
    office.run("create table customer (id integer)")
    told = refusal(office.uri, select("customer"))
    assert isinstance(told, Refused)
    assert f"the role '{office.role}' may not read all that the source query reads" in told.message
    assert "customer" in told.message


def test_odd_names_of_theirs_do_nothing_in_a_message(office: Office) -> None:
    name = "\\u202e<b>[red]\\x1b[2J" + "x" * 30
    told = refusal(office.uri, select(f'"{name.encode().decode("unicode_escape")}"'))
    assert "does not fit the database" in told.message
    assert told.message.isprintable()
    assert not set(told.message) & set("<>[]\u202e\x1b")


def test_who_may_not_come_in_is_told_why(office: Office) -> None:
    url = sa.make_url(office.uri)

    def through(**parts: str) -> str:
        return url.set(**parts).render_as_string(hide_password=False)

    told = refusal(through(database="nowhere"), select("answer"))
    assert isinstance(told, Misdeclared)
    assert "does not know the database 'nowhere'" in told.message
    told = refusal(through(username="stranger"), select("answer"))
    assert isinstance(told, Misdeclared)
    assert "refuses the role 'stranger'" in told.message
    told = refusal(f"{through()}?sslmode=geheim", select("answer"))
    assert isinstance(told, Misdeclared)
    assert "does not understand an option of the connection ('sslmode')" in told.message
    assert "geheim" not in str(told)
    told = refusal(through(host="no-such-host.invalid"), select("answer"))
    assert isinstance(told, Unavailable)
    assert "leads to no address" in told.message
    office.run(f"alter role {office.role} connection limit 0")
    told = refusal(through(), select("answer"))
    assert isinstance(told, Unavailable)
    assert "takes no more connections now" in told.message
    assert "HAILONG_SOURCE_CONNECTIONS" in told.next_action
    office.run(f"alter role {office.role} connection limit -1")
    office.run_on_server(f"alter database {office.name} with allow_connections false")
    told = refusal(through(), select("answer"))
    office.run_on_server(f"alter database {office.name} with allow_connections true")
    assert isinstance(told, Unavailable)
    assert "closed the database" in told.message


ENDS = [";", " ;\n", " -- the end: now", "\n/* end */ ;", " -- it's\n;"]
LITERAL = """'{"done":true,"at":"10:30"}'"""


@pytest.mark.parametrize("end", ENDS)
def test_colons_and_comments_of_a_query_are_its_own(office: Office, end: str) -> None:
    sql = "/* first: this; */ -- :that\n" + select("answer where id = 1", comment=LITERAL, unit_code="'5%'::text") + end
    assert [(row["comment"], row["unit_code"]) for row in read(office.uri, query(sql))] == [(LITERAL[1:-1], "5%")]
    probe(url_of("48", office.uri), query(sql), Limits(30, 10), 10)


OPTIONS = ["sslmode=geheim", "target_session_attrs=geheim", "options=geheim", "options=-cgeheim%3D1",
           "options=-cwork_mem%3Dgeheim", "service=geheim", "gssencmode=geheim", "keepalives=geheim"]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS)
def test_a_value_that_the_client_does_not_understand_is_ours_to_mend(office: Office, option: str) -> None:
    told = refusal(f"{office.uri}?{option}", select("answer"))
    assert isinstance(told, Misdeclared), told
    assert "an option of the connection" in told.message
    assert "geheim" not in str(told)


@pytest.mark.needs("mariadb")
@pytest.mark.parametrize("option", ["read_timeout=geheim", "ssl_cipher=geheim&ssl_ca=/nowhere.pem", "ssl_key=/geheim"])
def test_a_value_that_the_client_of_mariadb_does_not_understand_is_ours_to_mend(maria: str, option: str) -> None:
    told = refusal(f"{maria}?{option}", select("answer"))
    assert isinstance(told, Misdeclared), told
    assert "geheim" not in str(told)


@pytest.fixture
def maria(mariadb_server: MariaDB) -> Iterator[str]:
    """The guest's connection to a MariaDB database with a table ``answer``."""
    name = f"manners_{secrets.token_hex(4)}"
    uri = mariadb_server.url(name)
    mariadb_server.execute(name, "create table answer (id int, words varchar(90), fixed char(10)) charset utf8mb4")
    mariadb_server.execute(name, "insert into answer values (1, '', 'a'), (2, 'x', 'b')")
    yield uri
    for setting in ("sql_mode", "sql_select_limit", "sql_big_selects", "div_precision_increment", "lc_time_names"):
        mariadb_server.execute("mysql", f"set global {setting} = default")
    mariadb_server.execute("mysql", f"drop database {name}")


MODES = [
    "EMPTY_STRING_IS_NULL", "PIPES_AS_CONCAT", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PAD_CHAR_TO_FULL_LENGTH",
    "HIGH_NOT_PRECEDENCE", "IGNORE_SPACE", "REAL_AS_FLOAT", "ORACLE", "ANSI", "TRADITIONAL", "MSSQL", "DB2", "MAXDB",
]  # fmt: skip


@pytest.mark.needs("mariadb")
@pytest.mark.parametrize("mode", MODES)
def test_the_modes_of_a_server_change_nothing(maria: str, mariadb_server: MariaDB, mode: str) -> None:
    mariadb_server.execute("mysql", f"set global sql_mode = '{mode}'")
    sql = select(
        "answer where id = 1", comment="words", unit_code="concat(fixed, '|')", officer_code=r"""'a\'b' """,
        channel_code='"text"', procedure_code="(not 1 between -5 and 5)", respondent_ref="('0' || '1')",
    )  # fmt: skip
    (row,) = read(maria, query(sql))
    assert {name: value for name, value in row.items() if value is not None} == {
        "response_key": "1", "comment": "", "unit_code": "a|", "officer_code": "a'b", "channel_code": "text",
        "procedure_code": "0", "respondent_ref": "1",
    }  # fmt: skip


@pytest.mark.needs("mariadb")
@pytest.mark.parametrize(
    ("setting", "value", "expression", "shown"),
    [
        ("sql_select_limit", "1", "words", ["", "x"]),
        ("div_precision_increment", "0", "cast(1 / 3 as char)", ["0.3333"] * 2),
        ("lc_time_names", "'vi_VN'", "date_format('2023-07-05', '%M')", ["July"] * 2),
    ],
)
def test_the_variables_of_a_server_change_nothing(
    maria: str, mariadb_server: MariaDB, setting: str, value: str, expression: str, shown: list[str]
) -> None:
    mariadb_server.execute("mysql", f"set global {setting} = {value}")
    assert [row["comment"] for row in read(maria, query(select("answer", comment=expression)))] == shown


@pytest.mark.needs("mariadb")
@pytest.mark.parametrize("end", [*ENDS, " # the end: now"])
def test_colons_and_comments_of_a_query_of_mariadb_are_its_own(maria: str, end: str) -> None:
    sql = "# first: this;\n" + select("answer where id = 1", comment=LITERAL, unit_code="(@n := 7)") + end
    assert [(row["comment"], row["unit_code"]) for row in read(maria, query(sql))] == [(LITERAL[1:-1], "7")]


@pytest.mark.needs("mariadb")
def test_what_mariadb_refuses_is_told_by_its_reason(maria: str, mariadb_server: MariaDB) -> None:
    name = sa.make_url(maria).database
    assert name
    for statement in (
        "create table customer (id int)",
        "create function note() returns int modifies sql data"
        " begin insert into answer values (3, '', ''); return 1; end",
        f"grant execute on function {name}.note to {GUEST}@'127.0.0.1'",
        "create function spill() returns int deterministic"
        " begin signal sqlstate '45000' set message_text = 'khách 0912345678'; return 1; end",
        f"grant execute on function {name}.spill to {GUEST}@'127.0.0.1'",
    ):
        mariadb_server.execute(name, statement)
    told = refusal(maria, select("answer", comment="note()"))
    assert isinstance(told, Refused)
    assert "writes to the database (OperationalError, 1792)" in told.message
    told = refusal(maria, select("answer", comment="spill()"))
    assert isinstance(told, Refused)
    assert "fails in the database (OperationalError, 1644)" in told.message
    assert "0912345678" not in str(told)
    mariadb_server.execute("mysql", f"revoke select on {name}.* from {GUEST}@'127.0.0.1'")
    mariadb_server.execute("mysql", f"grant select on {name}.answer to {GUEST}@'127.0.0.1'")
    told = refusal(maria, select("customer"))
    assert isinstance(told, Refused)
    assert f"the role '{GUEST}' may not read all that the source query reads" in told.message
    assert "customer" in told.message
    told = refusal(f"{maria}?ssl_ca=/nowhere.pem", select("answer"))
    assert isinstance(told, Misdeclared)


@pytest.mark.needs("mariadb")
def test_a_way_of_proving_oneself_that_needs_a_package_says_which(
    maria: str, mariadb_server: MariaDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(*_: object) -> bytes:
        raise RuntimeError("'pynacl' package is required for ed25519_password auth method")

    monkeypatch.setattr(pymysql.connections._auth, "ed25519_password", lacking)
    mariadb_server.execute("mysql", "install soname 'auth_ed25519'")
    user = f"ed_{secrets.token_hex(3)}"
    mariadb_server.execute("mysql", f"create user {user}@'127.0.0.1' identified via ed25519 using password('p')")
    try:
        uri = sa.make_url(maria).set(username=user, password="p").render_as_string(hide_password=False)
        told = refusal(uri, select("answer"))
    finally:
        mariadb_server.execute("mysql", f"drop user {user}@'127.0.0.1'")
    assert isinstance(told, Misdeclared)
    assert f"wants the role '{user}' to prove itself in a way that the driver does not know ('ed25519" in told.message
    assert "pip install 'pymysql[ed25519]'" in told.next_action
