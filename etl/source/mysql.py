"""Read MySQL and MariaDB by CSV lines that the server writes.

The guest holds no lock on rows; one on the tables' definition, as every reader: a change of a table's columns waits for
as long as the read takes. Tables of MyISAM and Aria know no snapshot, and who writes them waits for a reader. What a
killed worker has asked for, the server finds out when it next sends a row, or at the statement's timeout.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
import ssl
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from etl.errors import Misdeclared, Refused
from etl.source import mysql_line, replica
from etl.source.blocks import BLOCK_BYTES, Parser
from etl.source.guest import Guest, connected, engine_of
from etl.source.queries import LOCK_SECONDS, Column, Limits, Query

_UNKNOWN_ZONE = 1298
_NOT_TO_BE_SET = (1193, 1227, 1231, 1232, 1238)  # unknown, not for our role, of another kind, or read only
_SQL_MODE = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
"""How statements are read and counted, whatever the server says: no mode of Oracle's, of ANSI's or of old versions."""
_ALL = 18446744073709551615
"""Rows after which a server may end every read, and every list of its own variables."""
_SESSION = {
    "sql_big_selects": 1,
    "sql_auto_is_null": 0,
    "div_precision_increment": 4,
    "default_week_format": 0,
    "lc_time_names": "en_US",
    "lc_messages": "en_US",
    "completion_type": "NO_CHAIN",
    "wsrep_dirty_reads": 0,
}
_LONGEST_ANSWERS = 1 << 20
_BYTES = 63
"""The number of the character set of what is no text."""
_TYPES = {
    0: "decimal", 1: "tinyint", 2: "smallint", 3: "int", 4: "float", 5: "double", 6: "null", 7: "timestamp",
    8: "bigint", 9: "mediumint", 10: "date", 11: "time", 12: "datetime", 13: "year", 15: "varchar", 16: "bit",
    245: "json", 246: "decimal", 247: "enum", 248: "set", 249: "tinyblob", 250: "mediumblob", 251: "longblob",
    252: "blob or text", 253: "varchar", 254: "char",
}  # fmt: skip


@contextlib.contextmanager
def visit(url: sa.URL, query: Query, limits: Limits) -> Iterator[Guest]:
    """Be a guest for one read: read-only, one snapshot, timeouts."""
    own: dict[str, Any] = {"connect_timeout": limits.connect_seconds}
    _refuse_doubtful_tls(url, query)
    if url.get_driver_name() == "pymysql":
        own |= {
            "program_name": "hailong",
            "read_timeout": limits.connect_seconds,
            "write_timeout": limits.silent_seconds,
            "charset": "utf8mb4",
            "collation": None,
        }
    engine = engine_of(url, query, connect_args=own, paramstyle="pyformat")
    sa.event.listen(engine, "do_connect", _connect)
    with connected(engine, query, limits) as connection:
        raw: Any = connection.connection.driver_connection
        if url.get_driver_name() == "pymysql":
            raw._read_timeout = limits.silent_seconds  # it had to greet us sooner
        _set_session(connection, limits)
        _set_zone(connection, query)
        connection.exec_driver_sql("set session transaction isolation level repeatable read")
        moment = replica.applied_until(connection, query)
        connection.exec_driver_sql("start transaction with consistent snapshot, read only")
        yield Guest(connection, query, limits, data_at=moment)


def now(guest: Guest) -> dt.datetime:
    """The moment of the data: of the snapshot by the server's clock; on a replica, until when it has followed."""
    moment: dt.datetime = guest.data_at or guest.connection.execute(sa.text("select utc_timestamp(6)")).scalar_one()
    return moment.replace(tzinfo=dt.UTC)


def columns(guest: Guest) -> list[Column]:
    """The columns that the query yields, without running it."""
    asked = f"select * from ({guest.sql}) as asked limit 0"  # noqa: S608
    cursor: Any = guest.connection.execute(sa.text(asked), guest.query.local()).cursor
    described = cursor._result.fields if guest.connection.dialect.driver == "pymysql" else ()
    charsets = {field.name: field.charsetnr for field in described}
    return [Column(name, _type_of(code, charsets.get(name))) for name, code, *_ in cursor.description]


def _type_of(code: int, charset: int | None) -> str:
    """The name of a type; texts and bytes of one length have one number, and only their character sets differ."""
    name = _TYPES.get(code, str(code))
    if charset is None or "blob" not in name:
        return name
    return name.removesuffix(" or text") if charset == _BYTES else name.removeprefix("blob or ").replace("blob", "text")


def batches(guest: Guest, yielded: list[Column]) -> Iterator[pa.RecordBatch]:
    """The rows that the query yields, in batches."""
    null = secrets.token_hex(8)  # stands for null, for a text that is too long to be quoted becomes null
    parser = Parser(yielded, guest.query, null)
    asked = sa.text(guest.sql).columns(*(sa.column(column.name) for column in yielded)).subquery("asked")
    charsets = {} if guest.query.encoding else _charsets(guest, asked)
    line = mysql_line.of_row(asked, yielded, charsets, null)
    yield from parser.batches(_blocks(guest, sa.select(line).limit(guest.limits.most_rows)))


def _blocks(guest: Guest, statement: sa.Select[Any]) -> Iterator[bytearray]:
    """The lines of a statement, gathered into blocks."""
    block, rows = bytearray(), 0
    for line in _lines(guest, statement):
        if line is None:
            raise Refused(
                f"{guest.query.place}: a row is longer than the server sends (max_allowed_packet)",
                next_action="ask the treasury to raise max_allowed_packet, or shorten the texts in the source query",
            )
        block += line
        block += b"\n"
        rows += 1
        if len(block) >= BLOCK_BYTES or rows >= guest.limits.batch_rows:
            yield block
            block, rows = bytearray(), 0
    if block:
        yield block


def _lines(guest: Guest, statement: sa.Select[Any]) -> Iterator[Any]:
    """The one text of each row, as it arrives."""
    dialect: Any = guest.connection.dialect
    if dialect.driver != "pymysql":
        streamed = guest.connection.execution_options(stream_results=True)
        yield from (row[0] for row in streamed.execute(statement, guest.query.local()))
        return
    compiled = statement.compile(dialect=dialect)
    cursor = guest.connection.connection.cursor(dialect.loaded_dbapi.cursors.SSCursor)
    try:
        cursor.execute(str(compiled), compiled.construct_params(guest.query.local()))
        yield from _packets(cursor)
    except dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError(None, None, error) from None


def _packets(cursor: Any) -> Iterator[Any]:
    """The text of each row, from the packets that PyMySQL receives.

    Its own rows cost as much again.
    """
    connection, result = cursor.connection, cursor._result
    try:
        while True:
            packet = connection._read_packet()
            if packet.is_eof_packet():
                return
            data = packet.get_all_data()
            match data[0]:  # a text's length comes first, in one byte or behind one that says in how many
                case 0xFB:
                    yield None
                case 0xFC:
                    yield memoryview(data)[3:]
                case 0xFD:
                    yield memoryview(data)[4:]
                case 0xFE:
                    yield memoryview(data)[9:]
                case _:
                    yield memoryview(data)[1:]
    finally:
        result.unbuffered_active = False  # else the cursor would look for rows that were taken past it


def _charsets(guest: Guest, asked: sa.Subquery) -> dict[str, str]:
    """The character set of each column, without running the query."""
    none = sa.select(asked).limit(0).subquery("none")
    single = sa.select(sa.literal_column("1").label("one")).subquery("one")
    joined = single.outerjoin(none, sa.literal_column("1") == sa.literal_column("1"))
    asked_for = sa.select(*(sa.func.charset(column).label(column.name) for column in none.c)).select_from(joined)
    return dict(guest.connection.execute(asked_for, guest.query.local()).mappings().one())


def _refuse_doubtful_tls(url: sa.URL, query: Query) -> None:
    """Raise Misdeclared where TLS options would check less than they say.

    SQLAlchemy hands it ``ssl_ca`` in one way and ``ssl_verify_…`` in another, and the second makes it forget the first.
    """
    doubtful = sorted(name for name in url.query if name.startswith("ssl_verify_"))
    if doubtful:
        raise Misdeclared(
            f"{query.place}: the connection says {' and '.join(doubtful)}, which would undo its ssl_ca",
            next_action="write only ssl_ca=<file with the CA's certificate>: it verifies the certificate and its name",
        )
    if authority := url.query.get("ssl_ca"):
        try:
            ssl.create_default_context(cafile=str(authority))
        except OSError:
            raise Misdeclared(
                f"{query.place}: the file with the CA's certificate is not there or cannot be read",
                next_action="put it where the connection's ssl_ca says, readable to the user under which we run",
            ) from None


def _connect(dialect: Any, _: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Connect, and set how statements are read before the first one is."""
    connection = dialect.connect(*arguments, **options)
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(f"set session sql_mode = '{_SQL_MODE}', session sql_select_limit = {_ALL}")
    return connection


def _settings(limits: Limits) -> dict[str, Any]:
    """Session settings of a guest, of which a server knows some."""
    return {
        "max_statement_time": limits.seconds,  # MariaDB
        "max_execution_time": limits.seconds * 1000,  # MySQL
        "lock_wait_timeout": LOCK_SECONDS,
        "innodb_lock_wait_timeout": LOCK_SECONDS,
        "net_write_timeout": limits.seconds,
        "wait_timeout": limits.seconds,
        "idle_transaction_timeout": limits.seconds,
        "group_concat_max_len": _LONGEST_ANSWERS,  # 1024 on MySQL: answers would be cut off in silence
        **_SESSION,
    }


def _set_session(connection: sa.Connection, limits: Limits) -> None:
    """Set the session's variables that the server knows."""
    wanted = _settings(limits)
    asked = sa.text("show session variables where variable_name in :names")
    known = connection.execute(asked.bindparams(sa.bindparam("names", expanding=True)), {"names": list(wanted)})
    names = [name for name in (row[0].lower() for row in known) if name in wanted]
    try:
        every = ", ".join(f"session {name} = :{name}" for name in names)
        connection.execute(sa.text(f"set {every}"), {name: wanted[name] for name in names})
    except sa.exc.DBAPIError as error:
        if _number(error) not in _NOT_TO_BE_SET:
            raise
        for name in names:
            _set(connection, name, wanted[name])


def _set(connection: sa.Connection, name: str, value: Any) -> None:
    """Set a session variable, unless the server does not let us."""
    try:
        connection.execute(sa.text(f"set session {name} = :value"), {"value": value})
    except sa.exc.DBAPIError as error:
        if _number(error) not in _NOT_TO_BE_SET:
            raise


def _set_zone(connection: sa.Connection, query: Query) -> None:
    """Show moments in local time: by offset where there is one."""
    offsets = {moment.astimezone(query.zone).strftime("%z") for moment in query.bounds}
    first = offsets.pop()
    try:
        value = query.zone.key if offsets else f"{first[:3]}:{first[3:5]}"
        connection.execute(sa.text("set session time_zone = :value"), {"value": value})
    except sa.exc.DBAPIError as error:
        if _number(error) != _UNKNOWN_ZONE:
            raise
        raise Refused(
            f"{query.place}: the clocks change in this month, and the server does not know {query.zone.key}",
            next_action="ask the treasury to load the time zone tables (mysql_tzinfo_to_sql)",
        ) from None


def _number(error: sa.exc.DBAPIError) -> Any:
    """The server's number of an error."""
    return error.orig.args[0] if error.orig and error.orig.args else None
