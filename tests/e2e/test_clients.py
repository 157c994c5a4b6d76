"""What people work with reads the marts: psql, ODBC, JDBC (as DBeaver does) and pandas, all as a reader."""

from __future__ import annotations

import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyodbc
import pytest
import sqlalchemy as sa

from etl import settings
from tests.e2e.conftest import MONTH, Published

ODBC_DRIVERS = ("/usr/lib/x86_64-linux-gnu/odbc/psqlodbcw.so", "/usr/lib/aarch64-linux-gnu/odbc/psqlodbcw.so")
JDBC_DRIVER = "/usr/share/java/postgresql.jar"
ASKED = (
    "select treasury_name_vi as name, satisfied_count as satisfied, answer_count as answers, satisfaction_pct as pct"
    f" from mart.treasury_ranking where period_code = '{MONTH}' and treasury_name_vi = 'KBNN Thái Bình'"
)
FOUND = ("KBNN Thái Bình", 5213, 5567, Decimal("93.64"))


def need(path: str | None, package: str) -> str:
    """A program or a driver; a machine without it skips its tests, but never on CI."""
    if path and Path(path).exists():
        return path
    if os.environ.get("CI"):
        pytest.fail(f"install {package}")
    pytest.skip(f"install {package}")


def environment(url: sa.URL) -> dict[str, str]:
    """What libpq and our Java program read: no password on a command line."""
    login = {"PGHOST": url.host, "PGPORT": url.port, "PGDATABASE": url.database, "PGUSER": url.username}
    login |= {"PGPASSWORD": url.password, "PGCLIENTENCODING": "UTF8"}
    return settings.environment(**{name: str(value) for name, value in login.items()})


def output(published: Published, *command: str) -> str:
    """What a program prints that was let in as the reader."""
    done = subprocess.run(
        command, env=environment(published.reader), capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_psql_shows_the_figures_and_explains_the_columns(published: Published) -> None:
    psql = need(shutil.which("psql"), "postgresql-client")
    found = output(published, psql, "--no-psqlrc", "--csv", "--tuples-only", "--command", ASKED)
    assert found == "KBNN Thái Bình,5213,5567,93.64\n"
    described = output(published, psql, "--no-psqlrc", "--command", r"\d+ mart.treasury_ranking")
    assert "tỷ lệ hài lòng" in next(line for line in described.splitlines() if "satisfaction_pct" in line)
    listed = output(published, psql, "--no-psqlrc", "--command", r"\dtv+ mart.*")
    assert "bảng xếp hạng kho bạc tỉnh" in listed


def test_odbc_reads_names_and_exact_numbers(published: Published) -> None:
    driver = need(next((one for one in ODBC_DRIVERS if Path(one).exists()), None), "odbc-postgresql")
    url = published.reader
    login = f"Server={url.host};Port={url.port};Database={url.database};Uid={url.username};Pwd={url.password}"
    with pyodbc.connect(f"Driver={driver};{login};SSLmode=prefer", readonly=True) as connection:
        (row,) = connection.execute(ASKED).fetchall()
        assert tuple(row) == FOUND
        (asked,) = connection.execute(
            f"{ASKED.partition(' and ')[0]} and treasury_name_vi = ?", "KBNN Thái Nguyên"
        ).fetchall()
        assert asked.pct == Decimal("98.19")
        names = {(one.table_name, one.table_type) for one in connection.cursor().tables(schema="mart")}
        assert ("treasury_ranking", "VIEW") in names
        keys = {one.column_name for one in connection.cursor().primaryKeys("fact_treasury", schema="mart")}
        assert keys == {"survey_month", "treasury_id"}


def test_jdbc_is_told_of_tables_comments_and_keys(published: Published) -> None:
    java, driver = need(shutil.which("java"), "default-jdk-headless"), need(JDBC_DRIVER, "libpostgresql-jdbc-java")
    url = published.reader
    address = f"jdbc:postgresql://{url.host}:{url.port}/{url.database}"
    program = str(Path(__file__).with_name("Shown.java"))
    printed = output(published, java, "-cp", driver, "--source", "17", program, address, ASKED)
    told: dict[str, list[tuple[str, ...]]] = {}
    for line in printed.splitlines():
        what, *parts = line.split("\t")
        told.setdefault(what, []).append(tuple(parts))
    assert told["row"] == [tuple(map(str, FOUND))]
    assert "bảng xếp hạng kho bạc tỉnh" in dict(told["table"])["treasury_ranking"]
    assert {name for name, remark in told["table"] if remark == "null"} == set()
    columns = {name: (kind, remark) for name, kind, remark in told["column"]}
    assert columns["satisfaction_pct"][0] == "numeric"
    assert "tỷ lệ hài lòng" in columns["satisfaction_pct"][1]
    assert {name for name, (_, remark) in columns.items() if remark == "null"} == set()
    assert {name for (name,) in told["key"]} == {"survey_month", "treasury_id"}
    assert {("survey_month", "dim_month"), ("treasury_id", "dim_treasury")} <= set(told["leads"])


def test_pandas_reads_a_mart(published: Published) -> None:
    frame = pd.read_sql(sa.text(ASKED), sa.create_engine(published.reader, poolclass=sa.NullPool))
    assert [tuple(row) for row in frame.itertuples(index=False)] == [(*FOUND[:3], float(FOUND[3]))]
