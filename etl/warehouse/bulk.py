"""Load many rows into a table of the warehouse with COPY."""

from __future__ import annotations

from typing import Any

import pgpq
import psycopg
import pyarrow as pa
import pyarrow.csv

from etl.warehouse import Connection

_OPTIONS = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")


def copy_text(connection: Connection, table: tuple[str, str], batch: pa.Table) -> None:
    """COPY a batch into a table (schema, name) as text.

    As text: each value may be written in any way that the column's type reads.
    """
    text = pa.BufferOutputStream()
    pyarrow.csv.write_csv(batch, text, _OPTIONS)
    with _copying(connection, table, batch.schema.names, "csv") as copy:
        copy.write(text.getvalue().to_pybytes())


def copy_binary(connection: Connection, table: tuple[str, str], batch: pa.RecordBatch) -> None:
    """COPY a batch of the table's own types in binary form.

    This is the fast way, for responses.
    """
    encoder = pgpq.ArrowToPostgresBinaryEncoder(batch.schema)
    with _copying(connection, table, batch.schema.names, "binary") as copy:
        copy.write(encoder.write_header() + encoder.write_batch(batch) + encoder.finish())


def _copying(connection: Connection, table: tuple[str, str], columns: list[str], form: str) -> Any:
    """A COPY into some columns of a table, inside the connection's transaction."""
    guest = connection.connection.driver_connection
    assert isinstance(guest, psycopg.Connection)
    command = psycopg.sql.SQL("copy {} ({}) from stdin (format {})").format(
        psycopg.sql.Identifier(*table),
        psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, columns)),
        psycopg.sql.SQL(form),
    )
    return guest.cursor().copy(command)
