"""Truth values that a MariaDB keeps as bits reach core as what they are, from the office's table on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lib import libraries
from tests.lib.mariadb import MariaDB
from tests.lib.months import query, run_month


@pytest.mark.needs("mariadb")
@pytest.mark.usefixtures("fresh_warehouse")
@pytest.mark.parametrize("harassed", ["s.harassed", "cast(s.harassed as char)"])
def test_reports_of_harassment_kept_as_bits_are_loaded(
    mariadb_server: MariaDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harassed: str
) -> None:
    name = "east_bits"
    uri = mariadb_server.url(name)
    try:
        mariadb_server.execute(name, "create table slip (no int primary key, at datetime, harassed bit(1))")
        mariadb_server.execute(
            name,
            "insert into slip select seq, '2023-05-10 09:30:00', if(seq <= 3, b'1', if(seq <= 5, null, b'0'))"
            " from seq_1_to_60",
        )
        asked = libraries.slips("cast(s.no as char)", "cast(s.at as char)", harassed)
        libraries.enter(monkeypatch, tmp_path, asked, "mysql")
        libraries.connect(tmp_path, {"east": uri})
        run_month("2023-05", ["east"])
        loaded = query(
            "select is_harassment_reported as is_reported, count(*) as n from core.fact_response"
            " group by is_harassment_reported order by n"
        )
    finally:
        mariadb_server.execute("mysql", f"drop database if exists {name}")
    assert [(row["is_reported"], row["n"]) for row in loaded] == [(None, 2), (True, 3), (False, 55)]
