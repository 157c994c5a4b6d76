"""DuckDB: both databases attached, one ``create table … as select``; the extensions come from their PyPI packages."""

import os
from pathlib import Path

import duckdb
from duckdb_extensions import import_extension

KINDS = {"postgresql": "postgres", "mariadb": "mysql", "sqlite": "sqlite"}

kind = KINDS[os.environ["ENGINE"]]
address = {
    "postgres": os.environ["SOURCE"],
    "mysql": "host={SOURCE_HOST} port={SOURCE_PORT} user={SOURCE_USER} passwd={SOURCE_PASSWORD} db={SOURCE_DATABASE}",
    "sqlite": os.environ["SOURCE_DATABASE"],
}[kind].format(**os.environ)
connection = duckdb.connect(config={"extension_directory": str(Path("extensions").resolve())})
for name in {kind, "postgres"}:
    import_extension(f"{name}_scanner", con=connection)
    connection.load_extension(f"{name}_scanner")
connection.execute(f"attach '{address}' as source (type {kind}, read_only)")
connection.execute(f"attach '{os.environ['TARGET']}' as target (type postgres)")
connection.execute("create table target.peer.survey_response as select * from source.survey_response")
