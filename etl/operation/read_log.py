"""The log of reads: who read what is restricted, collected from the server's own log.

A line of the log is believed for the login that the server names in it, for its session and its time. What a login can
write into its own lines (``raise log``) adds reads to its own name and takes none away. The server keeps each file of
its log until it is overwritten: upkeep collects each day.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from etl import warehouse
from etl.errors import Misdeclared
from etl.warehouse import Row

_CHUNK_BYTES = 4 << 20
_HEAD_BYTES = 4096
_MESSAGE = re.compile(r"hailong\.read ((?:own|restricted)\.[a-z][a-z0-9_]{0,62})")
_MARK = b"hailong.read "
_CSV_COLUMNS = {"timestamp": 0, "user": 1, "dbname": 2, "remote_host": 4, "session_id": 5, "line_num": 6}
_CSV_COLUMNS |= {"error_severity": 11, "message": 13}


def collect() -> int:
    """Keep what the server's log tells of reads since the last time; how many there were.

    A log that cannot be read raises Misdeclared: of a managed server, or one that is not written for programs.
    """
    try:
        with warehouse.transaction() as connection:
            log_files = warehouse.rows(connection, "operation/log_files")
            is_here = bool(log_files) and bool(_part(connection, log_files[-1], 0, 1))
    except Misdeclared as error:
        raise Misdeclared(
            f"the server's log cannot be read, and so not who read what: {error.message}",
            next_action="let the server's superuser run sql/guest/server_log.postgresql.sql; of a managed server export"
            " its log and look there for 'hailong.read'",
        ) from None
    if not is_here:
        raise Misdeclared(
            "the server writes no log that a program can read, and so nobody can tell who read what",
            next_action="set logging_collector to on and log_destination to jsonlog (or csvlog), and restart it; the"
            " embedded one has that after 'hailong down'",
        )
    return sum(_collected(file) for file in log_files)


def reads(content: bytes, is_csv: bool) -> list[dict[str, Any]]:
    """The reads that complete records of a log tell of; what is not of ours, or is made to look so, is left out."""
    records = _csv_records(content) if is_csv else _json_records(content)
    return [read for record in records if (read := _read(record))]


def complete(content: bytes, is_csv: bool) -> int:
    """How many bytes of a part of a log are whole records: in CSV a record may have line ends within quotes."""
    end = content.rfind(b"\n") + 1
    quotes = content.count(b'"', 0, end) if is_csv else 0
    while quotes % 2:
        earlier = content.rfind(b"\n", 0, end - 1) + 1
        quotes -= content.count(b'"', earlier, end)
        end = earlier
    return end


def _collected(file: Row) -> int:
    """Keep the reads of a file since the last time; how many."""
    is_csv, count, size = file["file_name"].endswith(".csv"), 0, _CHUNK_BYTES
    with warehouse.transaction() as connection:
        head, newline, _ = _part(connection, file, 0, _HEAD_BYTES).partition(b"\n")
    first_bytes = hashlib.sha256(head).hexdigest()
    if not newline and len(head) < _HEAD_BYTES:
        return 0  # its first line is being written
    is_same = file["first_bytes"] == first_bytes and file["read_bytes"] <= file["byte_count"]
    position = file["read_bytes"] if is_same else 0
    while True:
        with warehouse.transaction() as connection:
            content = _part(connection, file, position, size)
            whole = complete(content, is_csv)
            if whole:
                position += whole
                told = json.dumps(reads(content[:whole], is_csv))
                count += len(warehouse.rows(connection, "operation/keep_reads", reads=told))
                kept = {"file_name": file["file_name"], "first_bytes": first_bytes, "read_bytes": position}
                warehouse.run(connection, "operation/keep_log_position", kept)
        if len(content) < size:
            return count
        size = _CHUNK_BYTES if whole else 2 * size  # one record is longer than that


def _part(connection: warehouse.Connection, file: Row, first_byte: int, byte_count: int) -> bytes:
    """A part of a file of the log; nothing where it has just gone."""
    asked = {"file_name": file["file_name"], "first_byte": first_byte, "byte_count": byte_count}
    return bytes(warehouse.rows(connection, "operation/log_part", **asked)[0]["log_part"] or b"")


def _json_records(content: bytes) -> Iterator[dict[str, Any]]:
    """The records of a jsonlog that may be ours, one a line."""
    for line in content.split(b"\n"):
        if _MARK in line:
            try:
                record = json.loads(line.decode("utf-8", "replace"))
            except ValueError:
                continue  # cut when the server went down
            if isinstance(record, dict):
                yield record


def _csv_records(content: bytes) -> Iterator[dict[str, Any]]:
    """The records of a csvlog that may be ours."""
    csv.field_size_limit(max(csv.field_size_limit(), len(content) + 1))
    for row in csv.reader(io.StringIO(content.decode("utf-8", "replace").replace("\0", ""), newline="")):
        if len(row) > max(_CSV_COLUMNS.values()):
            record: dict[str, Any] = {name: row[number] for name, number in _CSV_COLUMNS.items()}
            yield record | {"remote_host": row[4].rpartition(":")[0] or row[4]}


def _read(record: dict[str, Any]) -> dict[str, Any] | None:
    """What a record tells of a read; None where it tells of none."""
    said = {name: str(record.get(name) or "") for name in _CSV_COLUMNS}
    message = _MESSAGE.fullmatch(said["message"])
    if message is None or said["error_severity"] != "LOG" or not said["line_num"].isdecimal() or not said["user"]:
        return None
    return {
        "session_id": said["session_id"],
        "line_number": int(said["line_num"]),
        "read_at": said["timestamp"],
        "login_name": said["user"],
        "relation": message[1],
        "client_name": said["remote_host"] or None,
        "database_name": said["dbname"],
    }
