"""Pages, paper and workbook say the same, and none of them says what is not for those to whom it is passed on."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import html5lib
import openpyxl
import pytest
from pypdf import PdfReader

from etl.reports.bulletin import page, terms
from etl.reports.bulletin.content import SYSTEM, Content, Row, Rows
from etl.reports.bulletin.paper import paper
from etl.reports.bulletin.paper.chapters import chapters
from etl.reports.bulletin.workbook import workbook
from etl.reports.bulletin.workbook.writer import HEADER_ROW
from etl.reports.words import VIETNAMESE

ONE = ("treasury", "34")
NAME, HOST = "Nguyễn Thị Hài Lòng", "db34.kbnn.example:5432"


def words(text: str) -> str:
    """A text with single spaces."""
    return " ".join(text.split())


def of_page(html: str) -> str:
    return words("".join(html5lib.parse(html, namespaceHTMLElements=False).itertext()))


def of_paper(content: Content) -> str:
    pdf = PdfReader(io.BytesIO(paper(content, VIETNAMESE, {})))
    return words(" ".join(one.extract_text() for one in pdf.pages))


def of_workbook(content: Content) -> str:
    book = openpyxl.load_workbook(io.BytesIO(workbook(content)), data_only=True)
    return words(" ".join(str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None))


FORMS: dict[str, Callable[[Content], str]] = {
    "page": lambda content: of_page(page.bulletin(content, VIETNAMESE)),
    "own page": lambda content: of_page(page.treasury(content, ONE[1], VIETNAMESE)),
    "paper": of_paper,
    "workbook": of_workbook,
}
FORM = pytest.mark.parametrize("form", FORMS)


@pytest.fixture(scope="module")
def few(content: Content) -> Content:
    """The content of one treasury and the network without what makes a form large."""
    figures = [row for row in content.figures if (row["area_level"], row["area_code"]) in (ONE, SYSTEM)]
    ranking = [row for row in content.ranking if row["treasury_code"] == ONE[1]]
    quality = [row for row in content.quality if row["treasury_code"] == ONE[1]]
    units = content.units_of(ONE[1])
    return replace(
        content, ranking=ranking, figures=figures, units=units, quality=quality, weaknesses=[], signals=[], drawings=()
    )


def published(content: Content) -> Content:
    """The content as a revision that somebody published."""
    kept: Row = {
        "revision_number": 1, "published_by": NAME, "published_at": content.period["scored_at"], "reason": "lần đầu"
    }  # fmt: skip
    own: Row = {
        "objection_count": 0,
        "over_objections_reason": None,
        "rule_set_code": "r",
        "figures_digest": "ae635d",
        "is_current": True,
    }
    return replace(content, period={**content.period, **kept, "last_number": 1}, revisions=[{**kept, **own}])


def missing(content: Content) -> Content:
    """The content of a treasury whose source could not be read."""
    none = dict.fromkeys(
        ("rank", "rank_low", "rank_high", "satisfaction_rate", "rate_low", "rate_high", "response_count",
         "grade_code", "movement", "change_points", "funnel_flag")
    )  # fmt: skip
    state = {"treasury_state": "unavailable"}
    error = {"error_message": f"no answer from {HOST}", "next_action": f"ask who keeps {HOST}"}
    counts = dict.fromkeys(("read_count", "loaded_count", "turned_away_count", "turned_away_by_rule"))
    return replace(
        content,
        ranking=[{**row, **none, **state, "footnote_codes": ["source_unavailable"]} for row in content.ranking],
        quality=[{**row, **counts, **state, **error} for row in content.quality],
    )


@FORM
def test_nobody_and_no_machine_is_named(few: Content, form: str) -> None:
    told = FORMS[form](published(missing(few)))
    assert NAME not in told
    assert HOST not in told
    assert "Lần công bố 1" in told
    assert "không lấy được số liệu" in told.lower()
    if form != "workbook":
        assert "không đọc được dữ liệu của đơn vị" in told
    if form != "own page":
        assert "lần đầu" in told


@FORM
def test_what_could_not_be_judged_is_not_called_free_of_faults(few: Content, form: str) -> None:
    least = few.rules["signals"]["least_responses"]
    small = replace(few, ranking=[{**row, "response_count": least - 1} for row in few.ranking])
    told = FORMS[form](small)
    assert terms.NOT_ENOUGH[0].removesuffix(".") in told
    assert "Không có tiêu chí nào" not in told
    assert "Không có tín hiệu bất thường" not in told
    assert "Không có điểm yếu nào" not in told
    if form != "workbook":
        assert f"Tín hiệu trên câu trả lời: {terms.NOT_ENOUGH[0]}" in told
        assert "Không có tín hiệu bất thường" in FORMS[form](few)


@FORM
def test_only_a_draft_speaks_of_signals(few: Content, form: str) -> None:
    named = {"treasury_code": ONE[1], "treasury_name_vi": "KBNN Thái Bình", "treasury_name_en": "Thai Binh"}
    signal = {"signal_code": "burst", "unit_code": "all", "signal_value": 20, "threshold": 15, "footnote_codes": []}
    raised = replace(few, signals=[{**named, **signal}])
    assert terms.SIGNALS["burst"][0] in FORMS[form](raised)
    told = FORMS[form](published(few)).lower()
    assert [word for word in ("tín hiệu", "signals on") if word in told] == []


def shares(content: Content, form: str) -> list[str]:
    """The shares of the channels that a form gives."""
    if form == "workbook":
        header, *rows = openpyxl.load_workbook(io.BytesIO(workbook(content)), data_only=True)[
            "Kênh và đối tượng"
        ].iter_rows(min_row=HEADER_ROW + 1, values_only=True)
        place = [str(one).split("\n")[-1] for one in header].index("Share of responses")
        own = [row[place] for row in rows if str(row[0]).startswith("đơn vị") and "kênh / channel" in row]
        return [VIETNAMESE.percent(share, 1) for share in own]
    if form == "paper":
        blocks = [block for _, blocks in chapters(content, VIETNAMESE, ()) for block in blocks]
        (table,) = [block for block in blocks if block.get("header", [""])[0] == "Kênh"]
        return [row[table["header"].index("Tỷ trọng")] for row in table["rows"]]
    made = page.bulletin(content, VIETNAMESE) if form == "page" else page.treasury(content, ONE[1], VIETNAMESE)
    (found,) = [
        one
        for one in html5lib.parse(made, namespaceHTMLElements=False).iter("table")
        if "".join(one.find("caption").itertext()).startswith("Kênh trả lời")
    ]
    return ["".join(row[2].itertext()) for row in found.find("tbody")]


@pytest.mark.parametrize("is_hidden", [False, True])
@FORM
def test_a_share_is_given_only_where_the_whole_is_known(few: Content, form: str, is_hidden: bool) -> None:
    figures: Rows = [dict(row) for row in few.figures]
    for area in (ONE, SYSTEM) if is_hidden else ():
        first = next(
            row for row in figures if (row["area_level"], row["area_code"], row["breakdown"]) == (*area, "channel")
        )
        first |= {"response_count": None, "satisfaction_rate": None, "rate_low": None, "rate_high": None}
        first |= {"satisfied_count": None, "answer_count": None, "footnote_codes": ["suppressed"]}
    found = shares(replace(few, figures=figures), form)
    assert len(found) > 1
    if is_hidden:
        assert set(found) == {"–"}
    else:
        assert abs(sum(float(share[:-2].replace(",", ".")) for share in found) - 100) < 0.2


def test_page_and_paper_have_the_same_notes_with_the_same_letters(few: Content) -> None:
    figures: Rows = [dict(row) for row in few.figures]
    figures[-1]["footnote_codes"] = ["suppressed"]
    marked = replace(few, ranking=[{**few.ranking[0], "footnote_codes": ["late", "small_n"]}], figures=figures)
    tree: Any = html5lib.parse(page.bulletin(marked, VIETNAMESE), namespaceHTMLElements=False)
    notes = ["".join(one.itertext()) for one in next(one for one in tree.iter("ol") if one.get("class") == "notes")]
    blocks = dict(chapters(marked, VIETNAMESE, ()))
    on_paper = blocks["Chú thích"][0]["lines"]
    assert on_paper == [[mark, note] for mark, note in zip("abc", notes, strict=False)]
    assert len(notes) == len(marked.bulletin_notes) >= 2
    row = next(one for one in tree.iter("tr") if any(cell.get("data-sort") for cell in one))
    cell = blocks["Bảng xếp hạng"][1]["rows"][0][2]
    assert [one.text for one in row.iter("sup") for one in one] == cell["marks"].split(",")
