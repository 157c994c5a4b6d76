"""The workbook says what the content says, cell by cell, and an office program recalculates it to the same."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from etl import escape
from etl.reports.bulletin.content import SYSTEM, Content, Row, Rows
from etl.reports.bulletin.tables import todos
from etl.reports.bulletin.workbook import workbook
from etl.reports.bulletin.workbook.writer import HEADER_ROW

FIGURES = {
    "Responses": "response_count",
    "Satisfied answers": "satisfied_count",
    "Answers": "answer_count",
    "Satisfaction rate": "satisfaction_rate",
    "Lower limit": "rate_low",
    "Upper limit": "rate_high",
}
PLACES = {"Possible rank, from": "rank_low", "Possible rank, to": "rank_high", "Among": "ranked_count"}
CHANGE = {"Change (points)": "change_points"}
TREASURY = {"Treasury code": "treasury_code", "Treasury (vi)": "treasury_name_vi"}
UNITS = "Đơn vị trực thuộc"
FIELDS: dict[str, dict[str, str]] = {
    "Xếp hạng": {
        "Rank": "rank", "Code": "treasury_code", "Treasury (vi)": "treasury_name_vi", "Treasury": "treasury_name_en",
        **FIGURES, **PLACES, **CHANGE,
    },
    UNITS: {
        **TREASURY, "Unit code": "unit_code", "Unit (vi)": "unit_name_vi", "Unit": "unit_name_en",
        "Rank in the treasury": "rank", **FIGURES, **PLACES, **CHANGE,
    },
    "Tiêu chí": {"Code": "area_code", "Item (vi)": "member_name_vi", "Item": "member_name_en", **FIGURES},
    "Yếu tố": {"Code": "area_code", "Item (vi)": "member_name_vi", "Item": "member_name_en", **FIGURES},
    "Thủ tục": {"Code": "area_code", "Item (vi)": "member_name_vi", **FIGURES},
    "Kênh và đối tượng": {"Code": "area_code", "Item (vi)": "member_name_vi", **FIGURES},
    "Điểm yếu": {
        **TREASURY, "Unit code": "unit_code", "Criterion (vi)": "criterion_name_vi", "Criterion": "criterion_name_en",
        "Satisfied answers": "satisfied_count", "Answers": "answer_count", "Satisfaction rate": "satisfaction_rate",
        "Gap to the network (points)": "gap_points", "Gap, lower limit": "gap_low_points",
        "Gap, upper limit": "gap_high_points", "Periods in a row": "lasting_count", "Place in the area": "gap_position",
    },
    "Nên làm gì": {
        **TREASURY, "Place": "todo_position", "Criterion (vi)": "criterion_name_vi",
        "Where, since when (vi)": "what_vi", "Where, since when": "what_en",
    },
    "Chất lượng số liệu": {
        **TREASURY, "Month": "survey_month", "Responses read": "read_count", "Responses loaded": "loaded_count",
        "Turned away": "turned_away_count",
    },
    "Chú thích": {"Code": "footnote_code", "Footnote (vi)": "footnote_text_vi", "Footnote": "footnote_text_en"},
}  # fmt: skip
BREAKDOWNS = {
    "Tiêu chí": ("criterion",),
    "Yếu tố": ("factor",),
    "Thủ tục": ("procedure",),
    "Kênh và đối tượng": ("channel", "respondent_type"),
}
TEMPTING = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.org")', "\t=1+1"]


def expected(content: Content, sheet: str) -> Rows:
    """The rows of the content that a sheet must have, in no order of their own for figures."""
    plain = {"Xếp hạng": content.ranking, UNITS: content.units, "Điểm yếu": content.weaknesses}
    plain |= {"Nên làm gì": todos.rows(content)}
    plain |= {"Chất lượng số liệu": content.quality, "Chú thích": content.footnotes}
    if sheet in plain:
        return plain[sheet]
    levels = ("system", "region", "treasury")
    return [row for row in content.figures if row["area_level"] in levels and row["breakdown"] in BREAKDOWNS[sheet]]


def cells(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet's table, by the English headings."""
    page = book[sheet]
    header, *rows = page.iter_rows(min_row=HEADER_ROW + 1, values_only=True)
    names = [str(heading).split("\n")[-1] for heading in header]
    return [dict(zip(names, row, strict=True)) for row in rows]


def is_same(cell: Any, value: Any) -> bool:
    """Whether a cell holds a value: a rate to ten decimals, a day as a day."""
    if isinstance(value, Decimal):
        return isinstance(cell, int | float) and abs(cell - float(value)) < 1e-9
    if isinstance(cell, datetime) and isinstance(value, date):
        return cell.date() == value
    return type(cell) is type(value) and cell == value


@pytest.fixture(scope="module")
def some(content: Content) -> Content:
    """The content of a few treasuries, two of which are not as the others: to open a large sheet takes long."""
    hidden = dict.fromkeys(("rank", "response_count", "answer_count", "satisfied_count", "satisfaction_rate"))
    rows = [dict(row) for row in content.ranking[:15]]
    rows[-1] |= hidden | {"rate_low": None, "rate_high": None, "footnote_codes": ["suppressed"]}
    rows[-2] |= hidden | {"treasury_state": "refused", "footnote_codes": ["source_refused"]}
    codes = {row["treasury_code"] for row in rows} | {None}
    regions = {row["region_code"] for row in rows}
    figures = [
        row for row in content.figures if row["treasury_code"] in codes and row["region_code"] in regions | {None}
    ]
    units = [row for row in content.units if row["treasury_code"] in codes]
    assert any(row["satisfied_count"] is None for row in figures)
    gaps = content.weaknesses[:300]
    weak = next(row["treasury_code"] for row in gaps if row["treasury_code"] in codes)
    gaps = [row | {"is_weak": True, "lasting_count": 1} if row["treasury_code"] == weak else row for row in gaps]
    return replace(content, ranking=rows, figures=figures, units=units, weaknesses=gaps)


@pytest.fixture(scope="module")
def made(some: Content) -> bytes:
    return workbook(some)


@pytest.fixture(scope="module")
def values(made: bytes) -> Workbook:
    """The workbook as whoever opens it sees it."""
    return openpyxl.load_workbook(io.BytesIO(made), data_only=True)


@pytest.fixture(scope="module")
def formulas(made: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(made))


@pytest.fixture(scope="module")
def tempting(some: Content) -> bytes:
    """A workbook with names that a program would take for formulas."""
    rows: Rows = [row | {"treasury_name_vi": name} for row, name in zip(some.ranking, TEMPTING, strict=False)]
    bare = replace(some, ranking=rows, figures=[], units=[], weaknesses=[], quality=[])
    return workbook(bare)


@pytest.fixture(scope="module")
def recalculated(
    made: bytes, formulas: Workbook, tempting: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Workbook]]:
    """Workbooks by name as LibreOffice saves them: as made, without any stored result, and with tempting names."""
    place = tmp_path_factory.mktemp("office")
    (place / "made.xlsx").write_bytes(made)
    (place / "tempting.xlsx").write_bytes(tempting)
    formulas.save(place / "bare.xlsx")
    profile = f"-env:UserInstallation={(place / 'profile').as_uri()}"
    files = [str(place / f"{name}.xlsx") for name in ("made", "bare", "tempting")]
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(place / "out"), *files],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    yield lambda name: openpyxl.load_workbook(place / "out" / f"{name}.xlsx", data_only=True)
    shutil.rmtree(place)


@pytest.mark.parametrize("sheet", FIELDS)
def test_every_cell_is_that_of_the_content(values: Workbook, some: Content, sheet: str) -> None:
    told, rows = cells(values, sheet), expected(some, sheet)
    if sheet in BREAKDOWNS:  # by area in the workbook, by level and breakdown in the content
        key = ("area_level", "area_code", "breakdown", "member_position", "member_code")
        assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)
        order = {row["Code"]: place for place, row in reversed(list(enumerate(told)))}
        rows = sorted(rows, key=lambda row: (order[row["area_code"]], row["breakdown"]))
    assert len(told) == len(rows) > 0
    for cell, row in zip(told, rows, strict=True):
        wrong = {name: (cell[name], row[field]) for name, field in FIELDS[sheet].items() if cell[name] != row[field]}
        assert not {name: pair for name, pair in wrong.items() if not is_same(*pair)}, cell


def test_a_rate_is_a_formula_of_the_counts_beside_it(formulas: Workbook, values: Workbook) -> None:
    told = {name: cells(formulas, name) for name in FIELDS}
    rates = [row["Satisfaction rate"] for rows in told.values() for row in rows if row.get("Satisfied answers")]
    assert len(rates) > 700
    assert all(re.fullmatch(r"=[A-Z]+\d+/[A-Z]+\d+", rate) for rate in rates)
    first = cells(values, "Xếp hạng")[0]
    assert first["Satisfaction rate"] == first["Satisfied answers"] / first["Answers"]


def test_other_definitions_and_weighted_totals_are_values(some: Content) -> None:
    rules = some.rules | {"rate": some.rules["rate"] | {"factor_weights": {"access": 1}}}
    figures = some.of_area(SYSTEM, "criterion")
    bare = replace(some, figures=figures, units=[], weaknesses=[], quality=[], rules=rules)
    weighted = openpyxl.load_workbook(io.BytesIO(workbook(bare)))
    assert isinstance(cells(weighted, "Xếp hạng")[0]["Satisfaction rate"], float)
    assert str(cells(weighted, "Tiêu chí")[0]["Satisfaction rate"]).startswith("=")
    other = replace(bare, period=some.period | {"definition_code": "share_of_persons"}, rules=some.rules)
    persons = openpyxl.load_workbook(io.BytesIO(workbook(other)))
    assert isinstance(cells(persons, "Tiêu chí")[0]["Satisfaction rate"], float)


def test_libreoffice_counts_the_same(recalculated: Callable[[str], Workbook], values: Workbook) -> None:
    for name in ("made", "bare"):
        book = recalculated(name)
        assert book.sheetnames == values.sheetnames
        for sheet in values.sheetnames:
            told, ours = list(book[sheet].values), list(values[sheet].values)
            assert len(told) == len(ours)
            for line, row in zip(told, ours, strict=True):
                wrong = [pair for pair in zip(line, row, strict=True) if pair[0] != pair[1]]
                assert all(isinstance(mine, float) and abs(theirs - mine) < 1e-12 for theirs, mine in wrong), wrong
                assert not any(isinstance(cell, str) and cell.startswith("#") for cell in line)


def test_names_are_never_formulas(tempting: bytes, recalculated: Callable[[str], Workbook]) -> None:
    ours = openpyxl.load_workbook(io.BytesIO(tempting))
    for book in (ours, recalculated("tempting")):
        named = [book["Xếp hạng"].cell(HEADER_ROW + 2 + place, 3) for place in range(len(TEMPTING))]
        assert [cell.data_type for cell in named] == ["s"] * len(TEMPTING)
        assert [str(cell.value).strip() for cell in named] == [escape.visible(name) for name in TEMPTING]
    assert all(ours["Xếp hạng"].cell(HEADER_ROW + 2 + place, 3).quotePrefix for place in range(len(TEMPTING)))


def test_every_table_filters_stays_and_prints(formulas: Workbook, some: Content) -> None:
    for page in formulas:
        assert page.freeze_panes
        assert int(re.sub(r"\D", "", page.freeze_panes)) == HEADER_ROW + 2
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        assert page.print_title_rows == f"${HEADER_ROW + 1}:${HEADER_ROW + 1}"
        assert "&P" in page.oddFooter.right.text
        assert "DỰ THẢO" in page.oddHeader.right.text
        assert page["A2"].value.startswith("DỰ THẢO – CHƯA CÔNG BỐ / DRAFT")
        if not {"Tín hiệu": some.signals, "Hành động": some.effects}.get(page.title, [page]):
            assert page.cell(HEADER_ROW + 2, 1).value == "Không có / None"
            continue
        (table,) = page.tables.values()
        assert table.autoFilter.ref == table.ref
        assert table.ref.endswith(f"{page.max_row}")


def test_what_is_hidden_or_missing_is_empty_and_says_why(values: Workbook, some: Content) -> None:
    refused, hidden = cells(values, "Xếp hạng")[-2:]
    texts = {note["footnote_code"]: note["footnote_text_vi"] for note in some.footnotes}
    for row, why in ((hidden, "suppressed"), (refused, "source_refused")):
        assert [row[name] for name in ("Rank", "Responses", "Answers", "Satisfaction rate")] == [None] * 4
        assert texts[why] in row["Notes"]
    assert refused["State"].startswith("không đạt kiểm tra")


def test_it_says_which_revision_and_how_to_verify_it(content: Content) -> None:
    now = content.period["scored_at"]
    why = {"reason": "đã đủ số liệu", "published_at": now, "figures_digest": "f" * 64}
    published: Row = content.period | why | {"revision_number": 2}
    bare = replace(content, period=published, figures=[], units=[], weaknesses=[], ranking=[], quality=[])
    book = openpyxl.load_workbook(io.BytesIO(workbook(bare)))
    told = " ".join(str(cell) for row in cells(book, "Phương pháp") for cell in row.values())
    for said in ("Lần công bố 2", "Revision 2", "f" * 64, "đã đủ số liệu", "hailong verify 2023-07", "90\u00a0%"):
        assert said in told
    assert not book["Xếp hạng"].oddHeader.right.text
    assert book["Xếp hạng"]["A5"].value == "Không có / None"
    assert book.properties.creator == content.period["network_name_vi"]
    assert book.properties.created == now.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    assert workbook(bare) == workbook(bare)


def test_a_unit_is_named_by_its_treasury_and_its_code(some: Content) -> None:
    first, second, *_ = some.ranking
    of = [{"treasury_code": row["treasury_code"], "treasury_name_vi": row["treasury_name_vi"]} for row in some.ranking]
    units = [
        {**some.units[0], **of[place], "unit_code": "P1", "unit_name_vi": name, "unit_name_en": name}
        for place, name in ((0, "Phòng Kế toán"), (1, "Phòng Kiểm soát chi"))
    ]
    gaps = [{**some.weaknesses[0], **of[place], "area_level": "unit", "unit_code": "P1"} for place in (1, 0)]
    signal = {"signal_code": "burst", "signal_value": 1, "threshold": 1, "footnote_codes": []}
    levels = (("unit", "P1"), ("treasury", "all"), ("unit", "P9"))
    signals = [{**of[1], **signal, "area_level": level, "unit_code": code} for level, code in levels]
    bare = replace(some, units=units, weaknesses=gaps, signals=signals, figures=[], quality=[])
    book = openpyxl.load_workbook(io.BytesIO(workbook(bare)))
    assert [row["Unit (vi)"] for row in cells(book, "Điểm yếu")] == ["Phòng Kiểm soát chi", "Phòng Kế toán"]
    assert [row["Unit (vi)"] for row in cells(book, "Tín hiệu")] == ["Phòng Kiểm soát chi", None, "P9"]
    assert first["treasury_code"] != second["treasury_code"]
