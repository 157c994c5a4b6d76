"""The pages say what the content says, cell by cell, to everybody: by eye, by ear, on a phone, on paper, offline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from etl.reports.bulletin import main_points, page
from etl.reports.bulletin.content import SYSTEM, Content, Row
from etl.reports.bulletin.tables.ratings import RANKING
from etl.reports.words import ENGLISH, LANGUAGES, VIETNAMESE, Language
from tests.lib.browser import ON_A_TELEPHONE
from tests.lib.vietnamese_words import foreign

ONE = "34"
EVIL = 'KBNN <b onclick="x()">&\'"</style></script>{{ 7*7 }}'
FIGURES = ("rate", "count", "rank", "grade", "points", "change", "movement", "effective", "funnel", "error", "bayes")
EDGES = ("nothing ranked", "hidden", "missing", "no trend, maps, criteria", "few statistics", "few", "markup")
LANGUAGE = pytest.mark.parametrize("language", LANGUAGES.values(), ids=list(LANGUAGES))


@pytest.fixture(scope="session")
def directory(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bulletin and two treasuries' pages as files."""
    made = tmp_path_factory.mktemp("bulletin")
    for language in LANGUAGES.values():
        (made / f"index.{language.code}.html").write_text(page.bulletin(content, language), "utf-8")
        (made / f"quality.{language.code}.html").write_text(page.quality_report(content, language), "utf-8")
        for code in (ONE, content.ranking[-1]["treasury_code"]):
            file = made / f"treasury-{code}.{language.code}.html"
            file.write_text(page.treasury(content, code, language), "utf-8")
    return made


@pytest.fixture
def tab(chromium: Browser, directory: Path) -> Iterator[Page]:
    """The Vietnamese bulletin, opened from disk."""
    opened = chromium.new_page()
    opened.goto(f"{directory.as_uri()}/index.vi.html")
    yield opened
    opened.close()


def parsed(html: str) -> Any:
    """A page by the strict parser: markup that a browser would have to mend raises."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def words(element: Any) -> str:
    """What stands in an element, each gap one space but the no-break ones kept."""
    return re.sub(r"[ \n]+", " ", "".join(element.itertext())).strip()


def table(html: str, identifier: str) -> list[list[str]]:
    """The cells of a table's body."""
    (found,) = [one for one in parsed(html).iter("table") if one.get("id") == identifier]
    return [[words(cell) for cell in row] for row in found.find("tbody")]


def hidden(row: Row) -> Row:
    """A row whose figures may not be shown."""
    gone = {name: None for name in row if any(word in name for word in FIGURES) and name != "treasury_code"}
    return {**row, **gone, "rate_low": None, "rate_high": None, "footnote_codes": ["suppressed"]}


def edges(content: Content) -> dict[str, Content]:
    """Contents that a real month seldom has."""
    first, *rest = content.ranking
    missing = {**hidden(first), "footnote_codes": ["source_unavailable"], "treasury_state": "unavailable"}
    unranked = [
        {**row, **dict.fromkeys(("rank", "rank_low", "rank_high", "grade_code", "funnel_flag", "movement")),
         "footnote_codes": ["small_n"]}
        for row in content.ranking
    ]  # fmt: skip
    plain = ("funnel", "rank_", "tie", "movement", "bayes")
    bare = [
        {name: None if any(word in name for word in plain) else row[name] for name in row} for row in content.ranking
    ]
    sections = dict.fromkeys(("rank_sets", "movement", "funnel", "suppression", "weakness", "signals"))
    evil = [{**row, "treasury_name_vi": EVIL, "treasury_name_en": EVIL} for row in content.ranking]
    units = [{**row, "unit_name_vi": EVIL, "unit_name_en": EVIL} for row in content.units]
    return {
        "nothing ranked": replace(content, ranking=unranked),
        "hidden": replace(content, ranking=[hidden(first), *rest], units=[hidden(row) for row in content.units]),
        "missing": replace(content, ranking=[*rest, missing]),
        "no trend, maps, criteria": replace(content, trend=[], drawings=(), figures=[], weaknesses=[]),
        "few statistics": replace(
            content,
            ranking=bare,
            drawings=(replace(content.drawings[0], rows=bare),),
            weaknesses=[],
            signals=[],
            rules={**content.rules, **sections},
        ),
        "few": replace(content, ranking=content.ranking[:1], drawings=()),
        "markup": replace(content, ranking=evil, units=units),
    }


@LANGUAGE
def test_the_ranking_has_the_contents_figures_cell_by_cell(
    content: Content, directory: Path, language: Language
) -> None:
    rows = table((directory / f"index.{language.code}.html").read_text("utf-8"), "treasuries")
    assert len(rows) == len(content.ranking) > 60
    for cells, row in zip(rows, content.ranking, strict=True):
        assert cells[:5] == [
            *(language.number(row["rank"]), language.name(row, "treasury"), language.number(row["response_count"])),
            *(language.percent(row["satisfaction_rate"]), language.interval(row["rate_low"], row["rate_high"])),
        ]
        assert cells[5] == (language.name(row, "grade") or "–")
        assert cells[6] == language.ranks(row["rank_low"], row["rank_high"])
        assert cells[7].strip("()▲▼ ") == language.points(row["change_points"])


def flag(unit: Row, total: Decimal, language: Language) -> str:
    """What stands behind the name of a unit whose whole interval lies on one side of the network's rate."""
    if unit["rate_high"] is not None and unit["rate_high"] < total:
        return language.say(" ▼ thấp hơn toàn hệ thống", " ▼ below the network")
    if unit["rate_low"] is not None and unit["rate_low"] > total:
        return language.say(" ▲ cao hơn toàn hệ thống", " ▲ above the network")
    return ""


@LANGUAGE
def test_the_units_and_the_levels_have_the_contents_figures(
    content: Content, directory: Path, language: Language
) -> None:
    html = (directory / f"treasury-{ONE}.{language.code}.html").read_text("utf-8")
    units, total = content.units_of(ONE), content.total()["satisfaction_rate"]
    for cells, row in zip(table(html, "units-table"), units, strict=True):
        is_hidden = "suppressed" in row["footnote_codes"]
        assert cells[:5] == [
            *(language.number(row["rank"]), f"{language.name(row, 'unit')}{flag(row, total, language)}"),
            language.say("ẩn", "hidden") if is_hidden else language.number(row["response_count"]),
            language.say("ẩn", "hidden") if is_hidden else language.percent(row["satisfaction_rate"]),
            language.interval(row["rate_low"], row["rate_high"]),
        ]
    low = [unit for unit in units if flag(unit, total, language).startswith(" ▼")]
    assert low
    head = words(next(one for one in parsed(html).iter("section") if one.get("aria-labelledby") == "weak"))
    assert [unit["unit_code"] for unit in low if language.name(unit, "unit") not in head] == []
    levels = {cells[0]: cells for cells in table(html, "levels-table")}
    assert len(levels) == 1 + len(content.of_area(SYSTEM, "factor")) + len(content.of_area(SYSTEM, "criterion"))
    for breakdown in ("factor", "criterion"):
        for row in content.of_area(("treasury", ONE), breakdown):
            cells = levels[language.name(row, "member")]
            assert cells[2].removeprefix("▼ ") == language.number(100 * row["satisfaction_rate"], 1)
            assert cells[3] == language.interval(row["rate_low"], row["rate_high"], 1)
            assert len(cells) == 4 + len(units)


@LANGUAGE
def test_the_headline_says_how_sure_it_is(content: Content, directory: Path, language: Language) -> None:
    row, total = content.treasury(ONE), content.total()
    assert row is not None
    assert total is not None
    own = words(parsed((directory / f"treasury-{ONE}.{language.code}.html").read_text("utf-8")))
    rank, count, low, high = (row[name] for name in ("rank", "ranked_count", "rank_low", "rank_high"))
    vi = f"Hạng {rank} trên {count}, có thể từ hạng {low} đến {high}: "
    en = f"Rank {rank} of {count}, could be anywhere from {low} to {high}: "
    assert language.say(vi, en) in own
    whole = words(parsed((directory / f"index.{language.code}.html").read_text("utf-8")))
    for text in (own, whole):
        assert text.startswith(language.say("DỰ THẢO – CHƯA CÔNG BỐ", "DRAFT – NOT PUBLISHED"))
    low, high = language.percent(total["rate_low"]), language.percent(total["rate_high"])
    assert language.say(f"có thể từ {low} đến {high}.", f"could be from {low} to {high}.") in whole


@LANGUAGE
def test_the_page_opens_with_the_main_points(content: Content, directory: Path, language: Language) -> None:
    html = (directory / f"index.{language.code}.html").read_text("utf-8")
    (points,) = [one for one in parsed(html).iter("section") if one.get("class") == "points"]
    said = [words(one) for one in points.iter("li")]
    assert said == main_points.of_bulletin(content, language)
    assert html.index('class="points"') < html.index('id="treasuries"')
    lowest = min(content.ranking, key=lambda row: row["satisfaction_rate"])
    first, second, *rest = content.ranking
    apart = {**lowest, "funnel_flag": "below_action"}
    rest = [apart if row is lowest else row for row in rest]
    moved = replace(content, ranking=[{**first, "movement": "up"}, {**second, "movement": "down"}, *rest])
    gap = {**content.weaknesses[0], **lowest, "area_level": "treasury", "is_weak": True, "lasting_count": 4}
    wide = {"gap_points": Decimal(-99), "criterion_name_vi": "đúng hẹn", "criterion_name_en": "in time"}
    moved = replace(moved, weaknesses=[*content.weaknesses, {**gap, **wide}])
    below, changed, lasting = main_points.of_bulletin(moved, language)
    assert language.name(lowest, "treasury").removeprefix("KBNN ").removesuffix(" State Treasury") in below
    assert language.say("tăng rõ rệt: Thái Nguyên; giảm rõ rệt:", "clearly up: Thai Nguyen; clearly down:") in changed
    assert language.say("“đúng hẹn”: −99,0 điểm so với toàn hệ thống, 4 kỳ", "“in time”: −99.0 points") in lasting


def test_each_chart_states_a_finding_and_leads_to_its_data(content: Content) -> None:
    made = frozenset({"bulletin.xlsx", "data/treasury_ranking.csv", f"treasury-{ONE}.vi.html", "index.vi.html"})
    html = page.bulletin(replace(content, files=made), VIETNAMESE)
    charts = list(parsed(html).iter("figure"))
    findings = [words(next(one for one in chart.iter("p") if one.get("class") == "finding")) for chart in charts]
    assert [finding for finding in findings if not re.search(r"\d", finding)] == []
    assert len(findings) == 4
    sources = [words(next(one for one in chart.iter("span") if one.get("class") == "source")) for chart in charts]
    assert [source for source in sources if "Kho bạc Nhà nước, Tháng 7/2023, DỰ THẢO" not in source] == []
    assert links(html) == made - {"index.vi.html"}
    assert "Hạn công bố kỳ tiếp theo: 10/9/2023." in words(parsed(html))
    contact = replace(content, period={**content.period, "contact": "phòng Tổ chức <1>"})
    assert "Liên hệ: phòng Tổ chức <1>" in words(parsed(page.bulletin(contact, VIETNAMESE)))
    assert main_points.title(content, "members", ENGLISH, ONE) == "No factor is clearly different from the network."
    assert "Furthest from the network in" in main_points.title(content, "members", ENGLISH, "08")
    alone = page.treasury(replace(content, files=frozenset({f"treasury-{ONE}.vi.html"})), ONE, VIETNAMESE)
    assert links(alone) == set()


@pytest.mark.parametrize(("edge", "language"), list(zip(EDGES, 4 * tuple(LANGUAGES.values()), strict=False)))
def test_what_is_missing_is_said_and_names_are_escaped(content: Content, edge: str, language: Language) -> None:
    told = edges(content)[edge]
    code = told.ranking[-1 if edge == "missing" else 0]["treasury_code"]
    pages = [page.bulletin(told, language), page.treasury(told, code, language)]
    whole, own = (words(parsed(html)) for html in pages)
    say = language.say
    expected = {
        "nothing ranked": (
            say("Không đơn vị nào được xếp hạng", "Nobody is ranked"),
            say("Không xếp hạng.", "Not ranked."),
        ),
        "hidden": (say("Số liệu được ẩn", "Hidden so that"), say("Số liệu được ẩn", "Hidden so that")),
        "missing": (say("Số liệu là tạm tính", "provisional"), say("không lấy được số liệu", "could not be read")),
        "no trend, maps, criteria": (
            say("chưa vẽ được xu hướng", "no trend yet"),
            say("chưa vẽ được xu hướng", "no trend yet"),
        ),
        "few statistics": (
            say("chưa tính thứ hạng chắc đến đâu", "how sure the ranks are was not computed"),
            say("Hạng 1 trên 63.", "Rank 1 of 63."),
        ),
        "few": (language.name(told.ranking[0], "treasury"), language.name(told.ranking[0], "treasury")),
        "markup": (EVIL, EVIL),
    }[edge]
    assert (expected[0] in whole, expected[1] in own) == (True, True)
    assert 'onclick="x()"' not in "".join(pages)
    if edge == "few statistics":
        assert say("Bộ quy tắc không tính điểm yếu", "computes no weaknesses") in own
        assert say("không khác mức chung", "not clearly different") not in whole
    assert not edge.startswith("no trend") or 'id="maps"' not in pages[0]


@LANGUAGE
def test_a_treasury_that_is_weak_in_all_leads_with_the_three_largest_gaps(content: Content, language: Language) -> None:
    criteria = content.of_area(SYSTEM, "criterion")
    gap = {**content.weaknesses[0], "area_level": "treasury", "area_code": ONE, "is_weak": True}
    weak = [
        {**gap, "criterion_code": row["member_code"], "gap_points": Decimal(at - 50),
         "criterion_name_vi": row["member_name_vi"], "criterion_name_en": row["member_name_en"]}
        for at, row in enumerate(criteria)
    ]  # fmt: skip
    told = words(parsed(page.treasury(replace(content, weaknesses=weak), ONE, language)))
    count, names = len(criteria), [language.name(row, "member") for row in criteria]
    largest = "; ".join(
        f"{name} ({points} {language.say('điểm', 'points')})"
        for name, points in zip(names, (language.points(gap, 1) for gap in (-50, -49, -48)), strict=False)
    )
    said = f"Weak in {count} of {count} criteria; the three largest gaps: {largest}."
    assert language.say(f"Yếu ở {count} trên {count} tiêu chí; ba khoảng cách lớn nhất: {largest}.", said) in told
    few = words(parsed(page.treasury(replace(content, weaknesses=weak[:3]), ONE, language)))
    assert language.say("ba khoảng cách lớn nhất", "three largest gaps") not in few


NAMES = {
    *("Wilson", "Clopper", "Pearson", "Mogstad", "Shaikh", "Wilhelm", "Romano", "Benjamini", "Hochberg"),
    "Spiegelhalter",
    *("KBNN", "PDF", "XLSX", "CSV", "English", "SIPAS", "Asia", "hailong", "verify", "Khmer", "Stiêng"),
    *("Đắk", "Lắk", "Kon", "QĐ", "TTg", "BNV", "sipas", "kbnn", "TP", "Lăk", "Krông", "Plông"),
}
"""Names, and words of the trade."""


@pytest.mark.parametrize("name", ["index", f"treasury-{ONE}"])
def test_a_vietnamese_page_has_no_english_words(directory: Path, name: str) -> None:
    tree = parsed((directory / f"{name}.vi.html").read_text("utf-8"))
    for tag in ("style", "script"):
        for one in tree.iter(tag):
            one.text = ""
    text = normalize("NFC", " ".join(tree.itertext()))
    assert "hài" in text.lower()
    assert foreign("of general knowledge") == {"of", "general", "knowledge"}
    assert foreign(text) - NAMES == set()


@pytest.mark.parametrize(("last", "is_replaced"), [(1, False), (2, True)])
def test_a_published_revision_says_why_it_was_published_and_whether_it_still_stands(
    content: Content, last: int, is_replaced: bool
) -> None:
    when = content.period["scored_at"]
    kept = {"revision_number": 1, "published_at": when, "reason": "đủ <b>63</b> đơn vị"}
    bands = {"rule_set_code": "r", "figures_digest": "ae635d", "is_current": not is_replaced, "objection_count": 0}
    bands["over_objections_reason"] = None
    period = {**content.period, **kept, "last_number": last}
    html = page.bulletin(replace(content, period=period, revisions=[{**kept, **bands}]), VIETNAMESE)
    text = words(parsed(html))
    assert ("Đã được thay bằng lần công bố 2" in text) == is_replaced
    assert "DỰ THẢO" not in text
    assert text.count("đủ <b>63</b> đơn vị") == 2
    assert "hailong verify 2023-07" in text


def test_a_treasury_that_is_not_there_has_no_page(content: Content) -> None:
    with pytest.raises(KeyError, match="no treasury 99"):
        page.treasury(content, "99", VIETNAMESE)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
@pytest.mark.parametrize("name", ["index.vi", f"treasury-{ONE}.en"])
def test_everybody_can_read_it(chromium: Browser, directory: Path, name: str, scheme: Any, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    opened, asked, wrong = context.new_page(), [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.goto(f"{directory.as_uri()}/{name}.html")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(opened)
    context.close()
    assert (asked, wrong) == ([f"{directory.as_uri()}/{name}.html"], [])
    faults = [one for one in found.response["violations"] if one["impact"] in ("serious", "critical", "moderate")]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in faults] == []


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_telephone_nothing_is_cut_and_a_rank_stands_with_its_set(
    content: Content, chromium: Browser, directory: Path, width: int
) -> None:
    opened = chromium.new_page(viewport={"width": width, "height": 800})
    for name, charts in (("index.vi", 4), (f"treasury-{ONE}.vi", 1)):
        opened.goto(f"{directory.as_uri()}/{name}.html")
        seen = opened.evaluate(ON_A_TELEPHONE)
        assert (len(seen["charts"]), seen["sideways"]) == (charts, []), name
        assert [chart for chart in seen["charts"] if not chart["fits"] or chart["cut"] or chart["letters"] < 6] == []
        ranked = [row for row in content.ranking if row["rank"]] if name == "index.vi" else content.units_of(ONE)
        assert seen["ranked"] == sum(row["rank"] is not None for row in ranked)
        assert seen["apart"] == []
    opened.close()


def test_the_table_is_sorted_by_each_column_by_keyboard(content: Content, tab: Page) -> None:
    heads, names = tab.locator("#treasuries thead th"), tab.locator("#treasuries tbody th")
    expect(heads.first).to_have_attribute("aria-sort", "ascending")
    button = heads.nth(2).get_by_role("button")
    button.focus()
    tab.keyboard.press("Enter")
    expect(heads.nth(2)).to_have_attribute("aria-sort", "ascending")
    fewest = min(content.ranking, key=lambda row: row["response_count"])
    assert names.first.text_content() == fewest["treasury_name_vi"]
    tab.keyboard.press("Enter")
    most = max(content.ranking, key=lambda row: row["response_count"])
    assert names.first.text_content() == most["treasury_name_vi"]
    heads.nth(1).get_by_role("button").click()
    assert heads.nth(2).get_attribute("aria-sort") is None
    in_order = [str(name).removeprefix("KBNN ") for name in names.all_text_contents()]
    assert in_order.index("Cà Mau") < in_order.index("Cao Bằng") < in_order.index("Cần Thơ") < in_order.index("Đà Nẵng")
    assert in_order.index("Đồng Tháp") < in_order.index("Gia Lai")


def test_one_treasury_is_highlighted_everywhere_and_set_beside_others(
    content: Content, chromium: Browser, directory: Path
) -> None:
    opened = chromium.new_page()
    opened.goto(f"{directory.as_uri()}/index.vi.html?me={ONE}&with=19")
    assert opened.locator("#treasuries tr.me th").all_text_contents() == ["KBNN Thái Bình"]
    for chart in ("ranks", "map-provinces_2008"):
        (text,) = opened.locator(f"[data-chart={chart}] .wide text.me").all_text_contents()
        assert text.startswith("Thái Bình")
    places = [row["treasury_code"] for row in content.ranking].index(ONE)
    for chart in ("funnel", "ranks"):
        dots = opened.locator(f"[data-chart={chart}] .wide .mark-symbol.role-mark > path")
        assert "me" in str(dots.nth(places).get_attribute("class"))
    own = content.treasury(ONE)
    assert own is not None
    names = opened.locator("#beside tbody th[scope=row]").all_text_contents()
    region = {row["treasury_name_vi"] for row in content.ranking if row["region_code"] == own["region_code"]}
    assert names[:2] == ["KBNN Thái Bình", "KBNN Thái Nguyên"]
    assert set(names[2:-4]) == region - {"KBNN Thái Bình"}
    counts = {row["treasury_name_vi"]: row["response_count"] for row in content.ranking}
    assert max(abs(counts[name] - own["response_count"]) for name in names[-4:]) < 60
    assert opened.locator("#beside thead button").count() == 0
    opened.locator("#me").select_option("")
    assert opened.locator(".me").count() == 0
    assert not opened.locator("#beside").is_visible()
    opened.close()


@pytest.mark.parametrize(("typed", "found"), [("dak", ["Đắk Lắk", "Đắk Nông"]), ("Thái B", ["Thái Bình"]), ("xyz", [])])
def test_the_search_does_not_ask_for_diacritics(tab: Page, typed: str, found: list[str]) -> None:
    tab.get_by_label("Tìm đơn vị").fill(typed)
    shown = tab.locator("#treasuries tbody tr:visible th").all_text_contents()
    assert sorted(str(name).removeprefix("KBNN ") for name in shown) == found
    expect(tab.locator("output")).to_have_text(f"{len(found)} / 63")


def links(html: str) -> set[str]:
    """The other files that a page leads to; a place in the page itself must be there."""
    tree = parsed(html)
    found = {one.get("href") for tag in ("a", "link") for one in tree.iter(tag)}
    places = {one.get("id") for one in tree.iter()}
    assert {link for link in found if link.startswith("#")} <= {f"#{place}" for place in places}
    return {link.partition("#")[0] for link in found} - {""}


@pytest.mark.parametrize("is_alone", [False, True])
def test_every_link_leads_to_a_file_that_is_there(content: Content, directory: Path, is_alone: bool) -> None:
    own = {f"treasury-{row['treasury_code']}.{code}.html" for row in content.ranking for code in LANGUAGES}
    whole = {
        "index.vi.html",
        "index.en.html",
        "quality.vi.html",
        "quality.en.html",
        "bulletin.xlsx",
        "bulletin.vi.pdf",
        "bulletin.en.pdf",
        *(f"conference-{row['treasury_code']}.{code}.pdf" for row in content.ranking for code in LANGUAGES),
    }
    if is_alone:
        for language in LANGUAGES.values():
            html = page.treasury(content, ONE, language, is_alone=True)
            assert links(html) == {f"treasury-{ONE}.{other}.html" for other in LANGUAGES if other != language.code}
            assert language.say("của bản tin toàn hệ thống", "in the bulletin of the network") in words(parsed(html))
        return
    for file in directory.iterdir():
        code = file.name.split(".")[1]
        other = ENGLISH if code == "vi" else VIETNAMESE
        found = links(file.read_text("utf-8"))
        assert file.name.replace(f".{code}.", f".{other.code}.") in found
        assert found <= own | whole
    index = links((directory / "index.vi.html").read_text("utf-8"))
    assert {name for name in own if ".vi." in name} | {"bulletin.xlsx", "bulletin.vi.pdf"} <= index
    assert "index.en.html" in links((directory / f"treasury-{ONE}.en.html").read_text("utf-8"))


def test_the_lowest_criteria_stand_out(content: Content) -> None:
    rate = {
        "low": (0.80, 0.70, 0.96),
        "near": (0.92, 0.90, 0.94),
        "over": (0.95, 0.945, 0.98),
        "apart": (0.98, 0.97, 0.99),
    }
    first, *_ = content.of_area(SYSTEM, "criterion")
    factor = content.of_area(SYSTEM, "factor")[0]
    figures = [factor] + [
        {**first, "factor_code": factor["member_code"], "member_code": name, "member_name_vi": name,
         "satisfaction_rate": at, "rate_low": low, "rate_high": high}
        for name, (at, low, high) in rate.items()
    ]  # fmt: skip
    tree = parsed(page.bulletin(replace(content, figures=figures), VIETNAMESE))
    rows = [row for row in tree.iter("tr") if "part" in (row.get("class") or "").split()]
    bold = [words(row[0]) for row in rows if "low" in row.get("class").split()]
    assert (len(rows), bold) == (4, ["low", "near", "over"])


def test_the_highest_grade_has_no_upper_end(content: Content) -> None:
    tree = parsed(page.bulletin(content, VIETNAMESE))
    (bands,) = [one for one in tree.iter("table") if "chưa làm tròn" in words(one.find("caption"))]
    ends = [words(row[2]) for row in bands.find("tbody")]
    assert ends == ["", *(VIETNAMESE.percent(band["to_pct"] / 100, 0) for band in content.rules["grades"][1:])]


def test_the_printed_page_repeats_the_head_of_the_table_and_the_draft_mark(
    content: Content, chromium: Browser, directory: Path
) -> None:
    """In English, whose letters every font has, and without spaces: where a line breaks depends on the fonts here."""
    opened = chromium.new_page()
    opened.goto(f"{directory.as_uri()}/index.en.html")
    printed = PdfReader(BytesIO(opened.pdf(prefer_css_page_size=True)))
    opened.close()
    pages = [close(sheet.extract_text()) for sheet in printed.pages]
    assert [number for number, text in enumerate(pages) if "DRAFT–NOTPUBLISHED" not in text] == []
    head = close("".join(column.heading[1] for column in RANKING.page))
    rows = [
        close(f"{row['rank']} {row['treasury_name_en']} {ENGLISH.number(row['response_count'])}")
        for row in content.ranking
    ]
    of_row = {row: [number for number, text in enumerate(pages) if row in text] for row in rows}
    assert [row for row, numbers in of_row.items() if len(numbers) != 1] == []
    with_rows = {numbers[0] for numbers in of_row.values()}
    assert len(with_rows) > 1
    assert [number for number in with_rows if head not in pages[number]] == []


def close(text: str) -> str:
    """A text without its spaces and ligatures, which are the font's."""
    return "".join(normalize("NFKC", text).split())
