"""Lines of a server's log: which are reads, whoever would have them look otherwise."""

from __future__ import annotations

import csv
import io
import json

import pytest

from etl.operation import read_log

LINE = {
    "timestamp": "2026-11-30 21:23:35.980 UTC", "user": "anna", "dbname": "warehouse", "remote_host": "10.0.0.7",
    "session_id": "6b0de955.256e", "line_num": 5, "error_severity": "LOG", "message": "hailong.read own.comment",
}  # fmt: skip
READ = {
    "session_id": "6b0de955.256e", "line_number": 5, "read_at": "2026-11-30 21:23:35.980 UTC", "login_name": "anna",
    "relation": "own.comment", "client_name": "10.0.0.7", "database_name": "warehouse",
}  # fmt: skip
FAKE = json.dumps({**LINE, "user": "binh"})
FAKE_ROW = '2026-11-30 21:23:35 UTC,"binh","warehouse",1,"h","s",9,"",,,,LOG,,"hailong.read own.case"\n'
NO_READS = [
    # a line that differs by          | because
    {"message": "hailong.read"},
    {"message": "hailong.read mart.comment"},
    {"message": "hailong.read own.comment "},
    {"message": "hailong.read own.comment\n"},
    {"message": "say hailong.read own.comment"},
    {"message": f"hailong.read own.comment\n{FAKE}"},
    {"message": "hailong.read own.comment where officer = 'CB-1'"},
    {"error_severity": "ERROR"},
    {"user": ""},
    {"line_num": "x"},
]


def as_json(*lines: dict[str, object]) -> bytes:
    """Lines as jsonlog writes them."""
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def as_csv(*lines: dict[str, object]) -> bytes:
    """Lines as csvlog writes them: 26 columns."""
    paper = io.StringIO(newline="")
    places = {
        "timestamp": 0,
        "user": 1,
        "dbname": 2,
        "session_id": 5,
        "line_num": 6,
        "error_severity": 11,
        "message": 13,
    }
    for line in lines:
        row = [""] * 26
        for name, place in places.items():
            row[place] = str(line[name])
        row[4] = f"{line['remote_host']}:50123"
        row[22] = str(line.get("application_name", ""))
        csv.writer(paper, lineterminator="\n").writerow(row)
    return paper.getvalue().encode()


@pytest.mark.parametrize(("written", "is_csv"), [(as_json, False), (as_csv, True)], ids=["json", "csv"])
def test_a_line_of_a_read_is_one_and_what_looks_like_one_is_not(written: object, is_csv: bool) -> None:
    assert callable(written)
    assert read_log.reads(written(LINE), is_csv) == [READ]
    for other in NO_READS:
        assert read_log.reads(written({**LINE, **other}), is_csv) == [], other


@pytest.mark.parametrize("name", [f'x"\n{FAKE}\n', f'x","\n{FAKE_ROW}'], ids=["json", "csv"])
def test_a_name_or_message_that_is_made_to_look_like_a_line_is_no_line(name: str) -> None:
    for line in ({**LINE, "application_name": name, "message": "x"}, {**LINE, "message": name}):
        assert read_log.reads(as_csv(line), is_csv=True) == []
        assert read_log.reads(as_json(line), is_csv=False) == []


def test_a_record_that_is_not_whole_waits() -> None:
    whole = as_csv(LINE, {**LINE, "message": "two\nlines"})
    for cut in range(len(whole)):
        end = read_log.complete(whole[:cut], is_csv=True)
        assert end in (0, len(as_csv(LINE)))
    assert read_log.complete(whole, is_csv=True) == len(whole)
    lines = as_json(LINE, LINE)
    assert {read_log.complete(lines[:cut], is_csv=False) for cut in range(len(lines))} == {0, len(lines) // 2}


def test_a_line_that_was_cut_when_the_server_went_down_costs_itself_alone() -> None:
    assert read_log.reads(as_json(LINE)[:40] + b"hailong.read \xff\n" + as_json(LINE), is_csv=False) == [READ]
