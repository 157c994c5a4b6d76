"""What people work with reads the marts: psql, ODBC, JDBC (as DBeaver does) and pandas, all as a reader."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from etl import settings
from tests.lib import needs
from tests.lib.readers import MONTH, Published

ASKED = (
    "select treasury_name_vi as name, satisfied_count as satisfied, answer_count as answers, satisfaction_pct as pct"
    f" from mart.treasury_ranking where period_code = '{MONTH}' and treasury_name_vi = 'KBNN Thái Bình'"
)
FOUND = ("KBNN Thái Bình", 5213, 5567, Decimal("93.64"))


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


@pytest.mark.needs("psql")
def test_psql_shows_the_figures_and_explains_the_columns(published: Published) -> None:
    psql = needs.require("psql")
    found = output(published, psql, "--no-psqlrc", "--csv", "--tuples-only", "--command", ASKED)
    assert found == "KBNN Thái Bình,5213,5567,93.64\n"
    described = output(published, psql, "--no-psqlrc", "--command", r"\d+ mart.treasury_ranking")
    assert "tỷ lệ hài lòng" in next(line for line in described.splitlines() if "satisfaction_pct" in line)
    listed = output(published, psql, "--no-psqlrc", "--command", r"\dtv+ mart.*")
    assert "bảng xếp hạng kho bạc tỉnh" in listed


@pytest.mark.needs("odbc")
def test_odbc_reads_names_and_exact_numbers(published: Published) -> None:
    import pyodbc  # cannot be imported without the system's ODBC library

    driver = needs.require("odbc")
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


@pytest.mark.needs("java", "jdbc")
def test_jdbc_is_told_of_tables_comments_and_keys(published: Published) -> None:
    java, driver = needs.require("java"), needs.require("jdbc")
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
