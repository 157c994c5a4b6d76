"""The benchmark against other loaders: everyone in it is pinned and has a script, and its page leaves nobody out."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from benchmarks.peers import catalogue, page
from benchmarks.peers.catalogue import REQUIREMENTS, WAYS

PEERS = catalogue.peers()
RUN: dict[str, Any] = {
    "made_on": "2026-01-31",
    "command": "python -m benchmarks.peers --rows 10 100",
    "machine": {"cores": 2, "memory_gib": 24, "system": "Linux x86_64", "python": "3.11.0"},
    "servers": {"PostgreSQL": "18.4"},
    "peers": [
        {"code": "copy", "name": "raw copy", "role": "limit", "way": "copy.sh", "processes": 2, "note": "",
         "versions": {}},
        {"code": "ours_loaded", "name": "Hài Lòng, all of it", "role": "ours", "way": "ours.py load", "processes": 2,
         "note": "", "versions": {}},
        {"code": "quick", "name": "Quick", "role": "peer", "way": "quick.py", "processes": 1, "note": "no checks",
         "versions": {"quick": "1.2.3"}},
        {"code": "slow", "name": "Slow", "role": "peer", "way": "slow.py", "processes": 1, "note": "",
         "versions": {"slow": "4.5"}},
    ],
    "lines": [
        {"engine": "postgresql", "rows": 100, "code": "copy", "seconds": [2.0, 1.0, 9.0], "peak_mb": [10, 20, 30],
         "said": [{}, {}, {}], "problem": None},
        {"engine": "postgresql", "rows": 100, "code": "ours_loaded", "seconds": [6.0], "peak_mb": [400],
         "said": [{"import": 2.0, "plan": 0.5, "land": 1.0, "admit": 2.0, "loaded": 97, "turned_away": 3}],
         "problem": None},
        {"engine": "postgresql", "rows": 100, "code": "quick", "seconds": [3.0], "peak_mb": [500], "said": [{}],
         "problem": None},
        {"engine": "postgresql", "rows": 100, "code": "slow", "seconds": [600.0], "peak_mb": [1], "said": [{}],
         "problem": "did not finish in 600 s"},
        {"engine": "sqlite", "rows": 100, "code": "copy", "seconds": [], "peak_mb": [], "said": [],
         "problem": "did not run: sqlite3 is not here (Debian: sqlite3)"},
        {"engine": "sqlite", "rows": 100, "code": "quick", "seconds": [3.0], "peak_mb": [500], "said": [{}],
         "problem": None},
        {"engine": "postgresql", "rows": 10, "code": "copy", "seconds": [0.5], "peak_mb": [9], "said": [{}],
         "problem": None},
    ],
}  # fmt: skip


def rows_of(text: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    lines = text.split(f"## {heading}", maxsplit=1)[1].split("\n\n")[1].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_shows_ratios_of_medians_and_those_without_a_figure_with_the_reason() -> None:
    found = rows_of(page.text(RUN, {}), "PostgreSQL to PostgreSQL, 100 responses")
    assert found == [
        ["raw copy", "1.00", "2.00", "50", "20", "2", "3"],
        ["Quick", "1.50", "3.00", "33", "500", "1", "1"],
        ["**Hài Lòng, all of it**", "3.00", "6.00", "17", "400", "2", "1"],
        ["Slow: *did not finish in 600 s*", "", "", "", "", "", ""],
    ]


def test_the_page_shows_seconds_without_a_ratio_where_the_limit_has_none() -> None:
    found = rows_of(page.text(RUN, {}), "SQLite to PostgreSQL, 100 responses")
    assert [row[:3] for row in found] == [["Quick", "", "3.00"], [f"raw copy: *{RUN['lines'][4]['problem']}*", "", ""]]


def test_the_terminal_shows_the_same_figures_in_columns() -> None:
    first, *lines = page.table(RUN).splitlines()
    assert first == "PostgreSQL to PostgreSQL, 100 responses"
    assert lines[:3] == [
        "way                  × limit  seconds  responses a second  peak MB  processes  turns",
        "raw copy                1.00     2.00                  50       20          2      3",
        "Quick                   1.50     3.00                  33      500          1      1",
    ]
    assert lines[4] == "Slow: did not finish in 600 s"


def test_the_page_says_who_does_better_than_ours() -> None:
    text = page.text(RUN, {})
    assert "- PostgreSQL, all of it: faster are Quick (2.0 ×) of the 1 others that ran" in text
    assert "- PostgreSQL, all of it: smaller in memory are none of the 1 others that ran" in text
    assert "its steps: import 2.00 s, plan 0.50 s, land 1.00 s, admit 2.00 s; without" in text
    assert "its imports 1.75 × the limit; 97 rows loaded, 3 turned away" in text
    lost = copy.deepcopy(RUN)
    lost["lines"][1]["problem"] = "failed: of shame"
    assert "- PostgreSQL, all of it: no result (failed: of shame)" in page.text(lost, {})


def test_the_page_names_versions_machine_command_and_plots() -> None:
    text = page.text(RUN, {"growth": "a-growth.svg", "memory": "a-memory.svg"})
    for told in ("Quick | [quick.py]", "quick 1.2.3", "no checks", "slow 4.5", "PostgreSQL 18.4", "2 cores with 24 GiB",
                 RUN["command"], "](a-growth.svg)", "](a-memory.svg)", "## PostgreSQL, 10 responses"):  # fmt: skip
        assert told in text


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.code)
def test_everyone_measured_has_a_script_and_its_versions_pinned(peer: catalogue.Peer) -> None:
    assert peer.script.is_file()
    pinned = {name: version for one in peer.environments for name, version in catalogue.pins(one).items()}
    assert set(peer.versions) <= set(pinned)
    if peer.role == "peer":
        assert (peer.environments and peer.versions) or peer.programs


def test_what_is_wanted_is_what_is_pinned_and_all_of_it_is_used() -> None:
    used = {name for peer in PEERS for name in peer.environments} | {"page"}
    assert (
        {file.stem for file in REQUIREMENTS.glob("*.in")} == {file.stem for file in REQUIREMENTS.glob("*.txt")} == used
    )
    for name in used:
        wanted = dict(line.split("==") for line in (REQUIREMENTS / f"{name}.in").read_text("utf-8").split())
        assert wanted.items() <= catalogue.pins(name).items()
    assert {file.name for file in WAYS.iterdir() if file.is_file()} == {peer.script.name for peer in PEERS}
    assert "://" not in "".join(file.read_text("utf-8") for file in REQUIREMENTS.iterdir())


def test_nobody_is_in_it_twice_and_every_engine_has_a_limit() -> None:
    assert len({peer.code for peer in PEERS}) == len(PEERS) == len({peer.name for peer in PEERS})
    limits = [peer for peer in PEERS if peer.role == "limit"]
    assert [set(peer.sources) for peer in limits] == [{"postgresql", "mariadb", "sqlite"}]
