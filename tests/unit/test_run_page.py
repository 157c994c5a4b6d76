"""The validation page: who is missing, why and what to do; whole in one file; and where it is written."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from etl.errors import Misdeclared, Unavailable
from etl.reports import run_page
from etl.reports.run_findings import Run

STARTED = dt.datetime(2023, 8, 1, 6, 0, 14, tzinfo=dt.timezone(dt.timedelta(hours=7)))
AWAY = "91 KBNN Kiên Giang, 2023-07: the database is away"
REFUSED = "64 KBNN Gia Lai, 2023-07: most_units_known (437 of 3079 rows)"
VOID_TAGS = {"meta", "input", "wbr"}

# fmt: off
STATES = [
    # code | name              | state        | message | next action
    ("34",   "KBNN Thái Bình",   "loaded",      None,     None),
    ("04",   "KBNN Cao Bằng",    "no_data",     None,     None),
    ("64",   "KBNN Gia Lai",     "refused",     REFUSED,  "ask the treasury to correct its answers"),
    ("91",   "KBNN Kiên Giang",  "unavailable", AWAY,     "see that the server runs"),
]

FINDINGS = [
    # door    | treasury | rule               | fault  | passed | judged | at fault | keys
    ("landed",  "34",      "answers_arrived",   "batch", True,    1234567,  0,         []),
    ("landed",  "04",      "answers_arrived",   "batch", True,    0,        0,         []),
    ("landed",  "64",      "answers_arrived",   "batch", True,    3079,     0,         []),
    ("answers", "34",      "unit_known",        "row",   False,   1234567,  2500,      ["TB-001", "#17"]),
    ("answers", "64",      "unit_known",        "row",   False,   3079,     437,       ["GL-9"]),
    ("answers", "34",      "time_readable",     "row",   True,    1234567,  0,         []),
    ("answers", "64",      "time_readable",     "row",   True,    3079,     0,         []),
    ("answers", "34",      "comment_readable",  "note",  False,   1234567,  3,         ["TB-444"]),
    ("answers", "34",      "most_units_known",  "batch", True,    1234567,  2500,      []),
    ("answers", "64",      "most_units_known",  "batch", False,   3079,     437,       []),
    ("scores",  "all",     "ranks_begin_at_1",  "batch", True,    2874,     0,         []),
]

OUTCOMES = [
    # rule              | what stands beside it
    ("most_units_known",  "batch · warning ✕ failed"),
    ("unit_known",        "row · warning ▲ rows turned away"),
    ("comment_readable",  "note · warning ● noted"),
    ("time_readable",     "row · warning ✓ held everywhere"),
]

UNSAFE_RUN_IDS = [
    # run id                                     | what its directory begins with
    ("scheduled__2023-08-01T06:00:00.1+07:00",     "scheduled__2023-08-01T06-00-00-1-07-00-"),
    ("../../x",                                    "x-"),
    ("..",                                         "run-"),
    (".",                                          "run-"),
    ("",                                           "run-"),
    ("/etc/passwd",                                "etc-passwd-"),
    ("..\\x\0y\n",                                 "x-y-"),
    ("validation.html",                            "validation-html-"),
    ("tháng 7",                                    "th-ng-7-"),
    ("a" * 400,                                    "aaaa"),
]
# fmt: on


def one_line(text: str) -> str:
    """A text as a browser lays it out: a gap is one space. The narrow space within a number is no gap."""
    return re.sub(r"[ \n\t]+", " ", text).strip()


class Read(HTMLParser):
    """A page as a reader sees it: its words, its tags, and the cells of its tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID_TAGS:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data

    @property
    def text(self) -> str:
        """All words, each gap one space."""
        return one_line("".join(self.texts))

    def row(self, beginning: str) -> list[str]:
        """The cells of the only row that begins so."""
        (row,) = [row for row in self.rows if f"{one_line(row[0])} ".startswith(f"{beginning} ")]
        return [one_line(cell) for cell in row]


def state(code: str, name: str, is_in: str, message: str | None = None, action: str | None = None) -> dict[str, Any]:
    return {
        "treasury_code": code,
        "treasury_name_vi": name,
        "treasury_state": is_in,
        "error_message": message,
        "next_action": action,
    }


def finding(*values: Any) -> dict[str, Any]:
    names = "door treasury_code rule_code fault is_passed element_count unexpected_count offending_keys"
    row = dict(zip(names.split(), values, strict=True))
    return {**row, "severity": "warning", "why": f"Why {row['rule_code']} is asked."}


def made(run_id: str = "run-1", started_at: dt.datetime = STARTED, **changed: Any) -> Run:
    run = {
        "run_id": run_id,
        "survey_month": dt.date(2023, 7, 1),
        "started_at": started_at,
        "code_version": "0.1.0",
        "rule_set_code": "kbnn-2022-01",
        "questionnaire_code": "sipas-2022",
    }
    rows = {"findings": [finding(*row) for row in FINDINGS], "states": [state(*row) for row in STATES]}
    return Run(run, **{**rows, **changed})


def read(**changed: Any) -> Read:
    return Read(run_page.page(made(**changed)))


def test_says_how_many_are_in_and_which_run_it_was() -> None:
    page = read()
    for words in ("✕ 2 of 4 treasuries are in; 2 missing", "July 2023", "tháng 7/2023", "2023-08-01 06:00 UTC+07:00"):
        assert words in page.text
    for words in ("run-1", "0.1.0", "kbnn-2022-01", "sipas-2022"):
        assert words in page.text


@pytest.mark.parametrize("row", [row for row in STATES if row[3]], ids=lambda row: row[0])
def test_names_each_missing_treasury_with_message_and_next_action(row: tuple[str, ...]) -> None:
    text = read().text
    attention = text[text.index("What needs attention") : text.index("Treasuries and rules")]
    for words in (f"{row[0]} {row[1]}", row[2], row[3], row[4]):
        assert words in attention
    assert "KBNN Thái Bình" not in attention


def test_says_in_words_why_a_month_was_refused() -> None:
    text = read().text
    attention = text[text.index("What needs attention") : text.index("Treasuries and rules")]
    assert attention.count("most_units_known: Why most_units_known is asked.") == 1


def test_says_what_every_rule_found_in_every_treasury() -> None:
    page = read()
    assert page.row("Treasury") == [
        *("Treasury đơn vị", "Rows judged", "landed answers_arrived", "answers most_units_known", "answers unit_known"),
        *("answers comment_readable", "answers time_readable", "Rows turned away"),
    ]
    assert page.row("34 KBNN Thái Bình")[1:] == [
        *("1\u202f234\u202f567", "✓ held", "✓ held", "2\u202f500 turned away", "● 3 noted", "✓ held", "2\u202f500"),
    ]
    assert page.row("64 KBNN Gia Lai")[1:] == [
        *("3\u202f079", "✓ held", "✕ 437 refused", "437 turned away", "–", "✓ held", "437"),
    ]
    assert page.row("04 KBNN Cao Bằng")[1:] == ["0", "✓ held", "–", "–", "–", "–", ""]
    assert page.row("91 KBNN Kiên Giang")[1:] == ["–", "–", "–", "–", "–", "–", ""]
    assert page.row("All treasuries")[1:] == [
        *("1\u202f237\u202f646", "", "1 month", "2\u202f937", "3", "0", "2\u202f937"),
    ]
    assert "Of the 2 rules on rows, 1 was broken; the other 1 held in every treasury judged." in page.text


def test_shades_a_cell_by_the_share_of_the_rows_at_fault() -> None:
    shares = {"01": 1, "02": 2, "03": 6}
    rows = [finding("answers", code, "unit_known", "row", False, 100, faults, []) for code, faults in shares.items()]
    states = [state(code, f"KBNN {code}", "loaded") for code in shares]
    page = read(findings=rows, states=states)
    cells = [attributes["class"] for tag, attributes in page.tags if tag == "td" and "class" in attributes]
    assert [cell for cell in cells if cell not in ("number soft", "number total")][:3] == [
        "number",
        "number some",
        "number many",
    ]


def test_keeps_the_rules_that_found_nothing_out_of_sight_until_they_are_asked_for() -> None:
    page = read()
    kept = {
        attributes["class"]
        for tag, attributes in page.tags
        if tag in ("th", "td") and "kept" in (attributes.get("class") or "")
    }
    assert kept == {"number kept", "number held kept", "number soft kept"}
    columns = page.row("Treasury")
    number = sum("kept" in (attributes.get("class") or "") for tag, attributes in page.tags if tag == "th")
    assert number == len([name for name in columns if name in ("landed answers_arrived", "answers time_readable")])
    assert "Also the 2 rules that found nothing" in page.text


def test_a_treasury_where_all_rules_held_is_quiet_and_a_missing_one_never() -> None:
    page = read()
    quiet = [attributes.get("class") for tag, attributes in page.tags if tag == "tr"]
    begin = next(i for i, row in enumerate(page.rows) if row and one_line(row[0]).startswith("34 KBNN Thái Bình"))
    assert quiet[begin : begin + 4] == [None, "quiet", None, None]


def test_shows_each_rule_with_its_sentence_and_counts() -> None:
    page = read()
    for rule_code in {row[2] for row in FINDINGS}:
        assert f"Why {rule_code} is asked." in page.text
    assert page.row("unit_known")[1:] == ["1\u202f237\u202f646", "2\u202f937", "2 of 2"]
    assert page.row("comment_readable")[1:] == ["1\u202f234\u202f567", "3", "1 of 1"]
    assert page.row("ranks_begin_at_1")[1:] == ["2\u202f874", "0", "none"]


@pytest.mark.parametrize(("rule_code", "words"), OUTCOMES)
def test_marks_what_became_of_a_rule(rule_code: str, words: str) -> None:
    assert f"{rule_code} {words}" in read().row(rule_code)[0]


def test_a_failed_batch_rule_concerns_only_the_treasuries_that_it_refused() -> None:
    row = read().row("most_units_known")
    assert row[0].endswith("Refused: 64 KBNN Gia Lai")
    assert row[3] == "1 of 2"


def test_a_batch_rule_within_its_share_has_not_failed() -> None:
    rows = [finding("answers", "34", "most_units_known", "batch", True, 100, 4, [])]
    row = read(findings=rows).row("most_units_known")
    assert "✓ within the allowed share" in row[0]
    assert row[1:] == ["100", "4", "0 of 1"]


def test_an_empty_batch_that_failed_has_no_row_at_fault() -> None:
    rows = [finding("landed", "64", "answers_arrived", "batch", False, 0, 1, [])]
    row = read(findings=rows).row("answers_arrived")
    assert row[1:] == ["0", "0", "1 of 1"]


def test_shows_the_offending_keys_of_each_treasury_and_how_many_more_there_are() -> None:
    page = read()
    assert "34 KBNN Thái Bình 2\u202f500 rows, the first 2 TB-001 #17" in page.text
    assert "64 KBNN Gia Lai 437 rows, the first 1 GL-9" in page.text
    assert [tag for tag, _ in page.tags].count("details") == 2


def test_explains_the_kinds_of_fault() -> None:
    text = read().text
    for words in ("row loại từng phiếu A row that", "batch từ chối cả tháng The rule", "note chỉ ghi nhận It is"):
        assert words in text


def test_says_so_when_everything_is_in() -> None:
    rows = [finding(*row) for row in FINDINGS if row[2] in ("answers_arrived", "time_readable", "ranks_begin_at_1")]
    text = read(states=[state(*row) for row in STATES[:2]], findings=rows).text
    assert "✓ All 2 treasuries are in" in text
    assert "✓ Nothing." in text
    assert "✓ No row was turned away: all 1 rule on rows held in every treasury judged." in text
    assert "✕" not in text


def test_lists_the_treasuries_that_were_never_run_together() -> None:
    rows = [state(*STATES[0]), state("01", "KBNN Hà Nội", "not_run"), state("02", "KBNN Hà Giang", "not_run")]
    text = read(states=rows).text
    assert "2 treasuries … not run" in text
    assert "01 KBNN Hà Nội 02 KBNN Hà Giang run the month for them" in text


def test_ratings_that_were_not_judged_need_attention() -> None:
    text = read(findings=[finding(*row) for row in FINDINGS if row[0] != "scores"]).text
    assert "The ratings ✕ not judged" in text
    assert "read the log of the step score" in text


def test_shows_the_columns_that_changed_and_nothing_of_it_where_none_did() -> None:
    names = ("treasury_code", "table_name", "column_name", "drift_kind", "from_type", "to_type")
    drifted = [
        ("34", "survey_answer", "<score>", "retyped", "smallint", "text"),
        ("64", "survey_answer", "remark", "new", None, "text"),
    ]
    page = read(drift=[dict(zip(names, row, strict=True)) for row in drifted])
    found = [[one_line(cell) for cell in row] for row in page.rows if "survey_answer" in " ".join(row)]
    assert found == [
        ["34 KBNN Thái Bình", "survey_answer.<score>", "retyped", "smallint", "text"],
        ["64 KBNN Gia Lai", "survey_answer.remark", "new", "", "text"],
    ]
    assert "Sources that changed their shape Nguồn thay đổi cấu trúc" in page.text
    assert "Sources that changed their shape" not in read().text


def test_a_treasury_whose_data_are_older_than_the_month_is_named() -> None:
    moment = dt.datetime(2023, 7, 31, 9, 30, tzinfo=dt.UTC)
    page = read(early=[{"treasury_code": "34", "snapshot_at": moment}])
    assert "Read of a moment before the month was over" in page.text
    assert "2023-07-31 09:30:00+00:00" in page.text
    assert "Read of a moment" not in read().text


def test_shows_first_what_must_be_known_about_the_run() -> None:
    note = "This run has not closed <yet>."
    page = read(notes=(note,))
    assert page.text.index(note) < page.text.index("Roll call")
    assert [attributes for tag, attributes in page.tags if attributes.get("class") == "note"] == [{"class": "note"}]


@pytest.mark.parametrize("changed", [{"findings": []}, {"states": []}, {"findings": [], "states": []}])
def test_a_run_that_left_nothing_has_a_page(changed: dict[str, Any]) -> None:
    assert "Data validation" in read(**changed).text


def test_escapes_what_others_wrote() -> None:
    evil = "<script>alert('1')</script> & <img src=x onerror=\"y\">"
    rows = [finding("answers", "34", "unit_known", "row", False, 9, 1, [evil])]
    run = made(run_id=evil, states=[state("34", evil, "refused", evil, evil)], findings=rows)
    html = run_page.page(run)
    page = Read(html)
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert page.text.count(evil) >= 5
    assert "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &lt;img" in html


def test_refers_to_nothing_outside() -> None:
    html = run_page.page(made())
    page = Read(html)
    assert not {"link", "script", "img", "iframe", "object", "embed", "base"} & {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        assert not {"src", "srcset", "action", "ping", "background"} & set(attributes), tag
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"https?:|@import|url\(|['\"(=]\s*//", html)
    policy = {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"}
    assert ("meta", policy) in page.tags


def test_every_link_leads_somewhere_once() -> None:
    page = read()
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    wanted = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    named = {attributes["aria-labelledby"] for _, attributes in page.tags if "aria-labelledby" in attributes}
    of_a_treasury = {f"#rule-{row[0]}-{row[2]}" for row in FINDINGS if row[0] != "scores"}
    assert wanted == {"#missing-64", "#missing-91", *of_a_treasury}
    assert {str(link)[1:] for link in wanted} | named <= set(ids)


def test_can_be_heard_as_well_as_seen() -> None:
    page = read()
    tags = [tag for tag, _ in page.tags]
    assert tags.count("caption") == tags.count("table") == 4
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    assert ("html", {"lang": "en"}) in page.tags
    assert not page.open


def test_vietnamese_is_marked_and_composed() -> None:
    html = run_page.page(made())
    assert unicodedata.is_normalized("NFC", html)
    assert '<span lang="vi">KBNN Thái Bình</span>' in html
    assert '<span class="vi" lang="vi">Kiểm tra dữ liệu</span>' in html


def test_writes_the_page_of_the_run_and_the_newest(tmp_path: Path) -> None:
    path = run_page.write(tmp_path / "2023-07", made())
    assert path == tmp_path / "2023-07" / "run-1" / "validation.html"
    assert path.read_text("utf-8") == run_page.page(made())
    assert (tmp_path / "2023-07" / "validation.html").read_text("utf-8") == path.read_text("utf-8")


def test_a_second_run_replaces_the_newest_page_and_not_the_first_run_s(tmp_path: Path) -> None:
    first = run_page.write(tmp_path, made("run-1"))
    second = run_page.write(tmp_path, made("run-2", STARTED + dt.timedelta(hours=1)))
    newest = (tmp_path / "validation.html").read_text("utf-8")
    assert newest == second.read_text("utf-8") != first.read_text("utf-8")


def test_an_earlier_run_reported_again_does_not_pass_for_the_newest(tmp_path: Path) -> None:
    second = run_page.write(tmp_path, made("run-2", STARTED + dt.timedelta(hours=1)))
    first = run_page.write(tmp_path, made("run-1", STARTED.astimezone(dt.UTC)))
    assert "run-1" in first.read_text("utf-8")
    assert (tmp_path / "validation.html").read_text("utf-8") == second.read_text("utf-8")


def test_the_same_run_reported_again_leaves_the_same_files(tmp_path: Path) -> None:
    for _ in range(2):
        run_page.write(tmp_path, made())
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["run-1/validation.html", "validation.html"]


@pytest.mark.parametrize(("run_id", "beginning"), UNSAFE_RUN_IDS)
def test_an_unsafe_run_id_makes_a_safe_path(tmp_path: Path, run_id: str, beginning: str) -> None:
    directory = tmp_path / "a" / "b"
    path = run_page.write(directory, made(run_id))
    assert path.resolve().parent.parent == directory.resolve()
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,120}", path.parent.name)
    assert path.parent.name.startswith(beginning)
    assert path.is_file()


def test_run_ids_that_differ_only_in_unsafe_characters_stay_apart(tmp_path: Path) -> None:
    paths = {run_page.write(tmp_path, made(run_id)) for run_id in ("a:b", "a+b", "a-b", "á-b")}
    assert len(paths) == 4


def test_a_directory_that_takes_no_page_is_ours_to_mend(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where the directory should be", "utf-8")
    with pytest.raises(Misdeclared) as caught:
        run_page.write(tmp_path / "reports", made())
    assert "2023-07: the validation page cannot be written" in caught.value.message
    assert "HAILONG_REPORTS" in caught.value.next_action


def test_a_failed_move_leaves_the_earlier_page_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = run_page.write(tmp_path, made())
    before = path.read_text("utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Unavailable, match="No space left on device"):
        run_page.write(tmp_path, made(findings=[]))
    assert path.read_text("utf-8") == before
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["validation.html", "validation.html"]


def test_a_cause_and_what_to_do_stand_in_vietnamese_before_the_english() -> None:
    message = "34 KBNN Thái Bình, 2023-07: the database refuses the role 'guest' or its password"
    action = "check the treasury's connection and its role in the database"
    html = run_page.page(made(states=[state("34", "KBNN Thái Bình", "unavailable", message, action)]))
    text = Read(html).text
    said = "34 KBNN Thái Bình, 2023-07: cơ sở dữ liệu không nhận tài khoản 'guest' hoặc mật khẩu"
    assert f"{said} {message}" in text
    assert f"kiểm tra kết nối của kho bạc và tài khoản trong cơ sở dữ liệu {action}" in text
    assert '<span class="said" lang="vi">34 KBNN Thái Bình' in html


def test_a_page_without_a_run_speaks_both_languages() -> None:
    _, html = run_page.tab_of_another("publish_ratings")
    text = Read(html).text
    assert "Lần chạy của publish_ratings không tự đọc và xét số liệu tháng của kho bạc nào." in text
    assert "A run of publish_ratings reads and judges no treasury's month of its own." in text
    assert text.index("mở thẻ này trên") < text.index("open this tab on")
