"""The printed bulletin says what the content says, in letters that can be searched and heard, on pages in order."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from etl.reports.bulletin.content import Content
from etl.reports.bulletin.paper import paper
from etl.reports.words import ENGLISH, VIETNAMESE

CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Thứ hạng &amp; khoảng" width="200" height="60" '
    'viewBox="0 0 200 60"><rect width="200" height="60" fill="#d3e0f0"/>'
    '<text x="10" y="30" font-family="system-ui, sans-serif" font-size="12">Đắk Lắk ở đây</text></svg>'
)
CHARTS = {"ranks": CHART, "map-provinces_2025": CHART.replace('width="200"', 'width="100"')}
MARKUP = '#panic("x") $x$ *đậm* @nguồn <nhãn> \\u{41} [c] `m` _n_ "q" // - = ~'
DRAFT = "DỰ THẢO – CHƯA CÔNG BỐ"


def close(text: str) -> str:
    """A text without its spaces, and with one kind of hyphen: both are the layout's."""
    return "".join(text.replace("\N{SOFT HYPHEN}", "-").split())


@cache
def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return close("".join(pages(pdf)))


@pytest.fixture(scope="module")
def vietnamese(content: Content) -> bytes:
    return paper(content, VIETNAMESE, CHARTS)


@pytest.fixture(scope="module")
def english(content: Content) -> bytes:
    return paper(content, ENGLISH, CHARTS)


@pytest.mark.parametrize("language", [VIETNAMESE, ENGLISH], ids=["vi", "en"])
def test_every_treasury_stands_in_order_with_its_figures(
    content: Content, language: Any, request: pytest.FixtureRequest
) -> None:
    told = text(request.getfixturevalue("vietnamese" if language.is_vietnamese else "english"))
    place = 0
    for row in content.ranking:
        line = close(
            f"{row['rank']}{language.ranks(row['rank_low'], row['rank_high'])}{language.name(row, 'treasury')}"
            f"{language.number(row['response_count'])}{language.percent(row['satisfaction_rate'])}"
            f"{language.interval(row['rate_low'], row['rate_high'])}{language.name(row, 'grade')}"
        )
        found = told.find(line, place)
        assert found >= 0, line
        place = found + len(line)


def test_the_headline_never_comes_without_how_sure_it_is(content: Content, vietnamese: bytes) -> None:
    total = content.total()
    assert total is not None
    first = close(pages(vietnamese)[0])
    assert close(VIETNAMESE.percent(total["satisfaction_rate"])) in first
    assert close(VIETNAMESE.interval(total["rate_low"], total["rate_high"])) in first
    assert close(f"từ {VIETNAMESE.number(total['response_count'])} phiếu") in first
    assert close("kho bạc tỉnh trước đây nằm trên địa bàn tỉnh ngày nay, cộng lại") in text(vietnamese)
    assert close("Không có số liệu kỳ trước để so sánh.") in first


def test_it_is_tagged_named_and_carries_its_fonts(vietnamese: bytes, english: bytes) -> None:
    for pdf, language, title in ((vietnamese, "vi", "Bản tin mức độ hài lòng"), (english, "en", "Satisfaction")):
        reader = PdfReader(io.BytesIO(pdf))
        root = reader.root_object
        assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == (language, True)
        assert "/StructTreeRoot" in root
        assert reader.metadata is not None
        assert str(reader.metadata.title).startswith(title)
        assert "2023-07" in str(reader.metadata["/Keywords"])
        metadata = root["/Metadata"].get_object().get_data()
        assert all(standard in metadata for standard in (b"pdfuaid:part", b"pdfaid:part"))
        fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
        kept = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
        assert fonts
        assert all("/FontFile3" in one or "/FontFile2" in one for one in kept)
        assert 4 <= len(reader.pages) <= 14


def test_vietnamese_letters_survive_also_in_charts(content: Content, vietnamese: bytes) -> None:
    told = text(vietnamese)
    assert close("Đắk Lắk ở đây") in told
    for row in content.ranking:
        assert close(normalize("NFC", row["treasury_name_vi"])) in told
    letters = "KBNN Nguyễn ưỡng ẵẳẫẩỗổỡởữửỷỹỵ ẰẲẴẶỜỞỠỢỪỬỮỰ Đđ"
    named = [row | {"treasury_name_vi": letters} for row in content.ranking[:1]]
    assert close(letters) in text(paper(replace(content, ranking=named, quality=[], figures=[]), VIETNAMESE, {}))


def test_a_draft_says_so_on_every_page_and_a_revision_which_one(content: Content, vietnamese: bytes) -> None:
    assert all(DRAFT in page for page in pages(vietnamese))
    now = content.period["scored_at"]
    period = content.period | {"revision_number": 3, "published_at": now, "figures_digest": "e" * 64}
    told = pages(paper(replace(content, period=period), VIETNAMESE, {}))
    assert all("Lần công bố 3" in page and DRAFT not in page for page in told)
    assert "e" * 64 in close("".join(told))
    assert all(f"Trang {number}/{len(told)}" in page for number, page in enumerate(told, start=1))


@pytest.mark.needs("poppler")
def test_pages_are_not_blank(vietnamese: bytes, tmp_path: Path) -> None:
    subprocess.run(
        ["pdftoppm", "-gray", "-r", "40", "-", str(tmp_path / "page")], input=vietnamese, check=True, timeout=60
    )
    drawn = sorted(tmp_path.glob("page*.pgm"))
    assert len(drawn) == len(pages(vietnamese))
    for file in drawn:
        _, size, _, pixels = file.read_bytes().split(b"\n", 3)
        assert size == b"331 468"
        assert sum(pixel < 200 for pixel in pixels) > 300, file.name


def test_names_are_text_whatever_they_hold(content: Content) -> None:
    rows = [row | {"treasury_name_vi": MARKUP} for row in content.ranking[:2]]
    period = content.period | {"network_name_vi": MARKUP, "period_name_vi": MARKUP}
    told = text(paper(replace(content, ranking=rows, period=period), VIETNAMESE, {}))
    assert told.count(close(MARKUP)) > 4


def test_what_is_hidden_missing_or_not_ranked_is_said(content: Content) -> None:
    none = dict.fromkeys(
        ["rank", "rank_low", "rank_high", "satisfaction_rate", "rate_low", "rate_high", "response_count", "grade_code",
         "grade_name_vi", "grade_name_en", "movement", "change_points", "funnel_flag", "answer_count"]
    )  # fmt: skip
    hidden, refused, small = (dict(row) for row in content.ranking[:3])
    hidden |= none | {"footnote_codes": ["suppressed"]}
    refused |= none | {"treasury_state": "refused", "footnote_codes": ["source_refused"]}
    small |= {"rank": None, "rank_low": None, "rank_high": None, "footnote_codes": ["small_n"]}
    period = content.period | {"loaded_count": 2, "open_count": 3, "month_status": "provisional"}
    rules = {name: part for name, part in content.rules.items() if name not in ("rank_sets", "funnel", "weakness")}
    poor = replace(
        content, ranking=[hidden, refused, small], figures=[], units=[], weaknesses=[], trend=[], quality=[],
        period=period, rules=rules, drawings=(),
    )  # fmt: skip
    told = text(paper(poor, VIETNAMESE, {}))
    notes = {note["footnote_code"]: note["footnote_text_vi"] for note in content.footnotes}
    for said in (
        "Chưa đơn vị nào được xếp hạng",
        f"Không đạt kiểm tra: {refused['treasury_name_vi']}.",
        "ẩn",
        notes["suppressed"],
        notes["source_refused"],
        notes["small_n"],
        "Mới có số liệu của 2 trong 3 đơn vị: số liệu tạm tính.",
        "Chưa có tỷ lệ của toàn hệ thống.",
        "số liệu tạm tính",
    ):
        assert close(said) in told, said
    assert not [chapter for chapter in ("Bản đồ", "Thứ hạng chắc đến đâu", "Điểm yếu") if close(chapter) in told]


def test_a_rule_set_without_rank_sets_says_so(content: Content) -> None:
    rules = {name: part for name, part in content.rules.items() if name != "rank_sets"}
    bare = [row | {"rank_low": None, "rank_high": None} for row in content.ranking]
    told = text(paper(replace(content, ranking=bare, rules=rules), ENGLISH, {}))
    assert close("does not compute which ranks are possible") in told
    assert close("How sure the ranks are") not in told


def test_the_same_content_gives_the_same_bytes(content: Content, vietnamese: bytes) -> None:
    assert paper(content, VIETNAMESE, CHARTS) == vietnamese
