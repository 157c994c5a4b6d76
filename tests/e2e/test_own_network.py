"""A network of one's own as ``hailong init`` begins it: it runs at once, and what a list of offices lacks is told."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest

from etl import registry
from etl.periods import SurveyMonth
from tests.lib import kept
from tests.lib.command_line import Result, hailong

WRONG = [
    # file                                           | is told
    ("code,name\n01,Một\n,Hai\n01,Ba\na b,Bốn\n",     ["3: code or name", "4: the code 01 stands", "5: 'a b'"]),
    ("code,name\n",                                   [": it lists no office"]),
    ("mã;tên\n01;Một\n",                              ["2: code or name is empty"]),
    ("code,name\n01,M\xff\n",                         [" cannot be read as CSV in UTF-8"]),
]  # fmt: skip


def last_month() -> str:
    """The month that the example offices have answers of."""
    return str(SurveyMonth.before(dt.datetime.now(dt.UTC), registry.Registry.configured().zone()))


def done(*words: str) -> Result:
    """What a command said; it must end well."""
    result = hailong(*words)
    assert result.exit_code == 0, result.stderr
    return result


def test_a_new_network_runs_at_once(fresh_warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, month = tmp_path / "mine", last_month()
    said = done("init", str(target)).stdout
    assert f"hailong run {month}" in said
    connections = target / ".hailong" / "connections.yaml"
    assert stat.S_IMODE(connections.stat().st_mode) == 0o600
    kept.enter(monkeypatch, fresh_warehouse, tmp_path)
    monkeypatch.setenv("HAILONG_CONNECTIONS", str(connections))
    config = ("--config", str(target / "config"))
    assert f"{month} is final: 2 of 2 treasuries are in" in done(*config, "run", month).stderr
    shown = done(*config, "ranking", month).stdout
    assert ("Văn phòng phía Bắc" in shown, "Văn phòng phía Nam" in shown) == (True, True)
    again = hailong("init", str(target))
    assert (again.exit_code, "is there and is not empty" in again.stderr) == (5, True)


def test_the_offices_are_those_of_a_list(tmp_path: Path) -> None:
    listed = tmp_path / "offices.csv"
    lines = [f"{number:03d},Điểm {number},Point {number},{'east' if number % 2 else 'west'}" for number in range(700)]
    listed.write_text("\n".join(["code,name_vi,name_en,region", *lines]), "utf-8-sig")
    done("init", str(tmp_path / "mine"), "--offices", str(listed))
    offices = registry.load(tmp_path / "mine" / "config").treasuries
    assert [(office.code, office.name_vi, office.region) for office in offices[:2]] == [
        ("000", "Điểm 0", "west"),
        ("001", "Điểm 1", "east"),
    ]
    assert len(offices) == 700
    assert sorted(file.name for file in (tmp_path / "mine" / "databases").iterdir()) == ["000.sqlite", "001.sqlite"]


@pytest.mark.parametrize(("content", "told"), WRONG)
def test_every_fault_of_a_list_is_told_with_its_line(content: str, told: list[str], tmp_path: Path) -> None:
    listed = tmp_path / "offices.csv"
    listed.write_bytes(content.encode("latin-1" if "\xff" in content else "utf-8"))
    said = hailong("init", str(tmp_path / "mine"), "--offices", str(listed))
    assert said.exit_code == 5
    for what in told:
        assert f"{listed}{'' if what.startswith((' ', ':')) else ':'}{what}" in said.stderr
    assert not (tmp_path / "mine").exists()
