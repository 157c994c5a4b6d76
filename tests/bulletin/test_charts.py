"""The charts: what is drawn and what is left uncoloured, in the numbers of each language, apart from each other."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from etl.reports.bulletin import terms
from etl.reports.bulletin.charts import selection, short_names
from etl.reports.bulletin.charts.funnel import funnel
from etl.reports.bulletin.charts.ranks import ranks
from etl.reports.bulletin.charts.svg import FILLS, themed
from etl.reports.bulletin.charts.tile_map import tile_map
from etl.reports.bulletin.charts.trend import trend
from etl.reports.bulletin.content import Content, Row
from etl.reports.words import ENGLISH, LANGUAGES, VIETNAMESE, Language

LANGUAGE = pytest.mark.parametrize("language", LANGUAGES.values(), ids=list(LANGUAGES))
SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    """The texts of a chart."""
    return ["".join(one.itertext()) for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def past(content: Content, *codes: str) -> Content:
    """The content with earlier periods, each asked with a questionnaire of a code."""
    now = content.total()
    assert now is not None
    rows: list[Row] = [
        {**content.period, **now, "treasury_id": None, "questionnaire_code": code,
         "first_month": content.period["first_month"].replace(month=month)}
        for month, code in enumerate(codes, start=1)
    ]  # fmt: skip
    return replace(content, trend=rows)


@LANGUAGE
def test_each_chart_says_what_it_is_and_names_nothing_twice(content: Content, language: Language) -> None:
    made = selection.of_bulletin(past(content, "sipas-2022"), language)
    assert set(made) == {"ranks", "funnel", "map-provinces_2008", "map-provinces_2025", "trend", "members"}
    for svg in made.values():
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert len(root.get("aria-label") or "") > 40
        assert [one for one in root.iter() if one is not root and (one.get("aria-label") or one.get("role"))] == []
        assert "http" not in svg.replace("http://www.w3.org/", "")
    identifiers = [found for svg in made.values() for found in re.findall(r' id="([^"]+)"', svg)]
    assert len(identifiers) == len(set(identifiers))


def test_every_rank_is_drawn_once(content: Content) -> None:
    names = short_names.of_treasuries(content.ranking, VIETNAMESE)
    wanted = [f"{names[row['treasury_code']]} {row['rank']}" for row in content.ranking]
    found = [" ".join(text.split()) for text in texts(ranks(content, VIETNAMESE, "34"))]
    assert [text for text in found if text in set(wanted)] == wanted


def test_the_funnel_names_who_lies_outside_and_nobody_else(content: Content) -> None:
    names = short_names.of_treasuries(content.ranking, VIETNAMESE)
    outside = {names[row["treasury_code"]] for row in content.ranking if row["funnel_flag"] != "within"}
    assert outside
    assert set(texts(funnel(content, VIETNAMESE))) & set(names.values()) == outside


@LANGUAGE
def test_the_map_has_every_rate_and_colours_only_those_outside_of_the_limits(
    content: Content, language: Language
) -> None:
    for drawing in content.drawings:
        svg = tile_map(drawing, language)
        found = texts(svg)
        rates = [language.percent(row["satisfaction_rate"], 1) for row in drawing.rows]
        assert sorted(text for text in found if text.endswith("%")) == sorted(rates)
        assert {"Hoàng Sa", "Trường Sa"} < set(found)
        drawn = re.findall(r'<path[^>]*fill="(#[0-9a-f]{6})"[^>]*stroke="#dde1e6"', svg)
        for flag, fill in FILLS.items():
            assert drawn.count(fill) == sum((row["funnel_flag"] or "within") == flag for row in drawing.rows), flag


def test_a_treasury_without_data_is_seen_to_have_none(content: Content) -> None:
    drawing = content.drawings[0]
    first, second, *rest = drawing.rows
    hidden = {**second, "satisfaction_rate": None, "footnote_codes": ["suppressed"]}
    missing = {**first, "satisfaction_rate": None, "footnote_codes": ["not_run"]}
    found = texts(tile_map(replace(drawing, rows=[hidden, *rest, missing]), VIETNAMESE))
    assert (found.count("chưa có số liệu"), found.count("ẩn")) == (1, 1)
    assert len([text for text in found if text.endswith("%")]) == len(rest)


@pytest.mark.parametrize(
    ("codes", "lines"),
    [
        # each line joins the periods with one questionnaire; the last one is this period's
        (("sipas-2022", "sipas-2022"), 1),
        (("sipas-2019", "sipas-2019"), 2),
        (("sipas-2019", "sipas-2022", "sipas-2019"), 4),
    ],
)
def test_only_what_is_counted_alike_is_joined(content: Content, codes: tuple[str, ...], lines: int) -> None:
    svg = trend(past(content, *codes), VIETNAMESE)
    drawn = [path for path in re.findall(r'<path d="([^"]+)"[^>]*stroke-width="2"', svg) if path.startswith("M")]
    assert len(drawn) == lines


@LANGUAGE
def test_numbers_are_written_as_the_language_writes_them(content: Content, language: Language) -> None:
    found = " ".join(texts(funnel(content, language)))
    assert language.say("1.000", "1,000") in found.split()
    assert re.search(r"\d\N{NO-BREAK SPACE}%", found)


def test_a_page_decides_on_every_colour(content: Content) -> None:
    for svg in selection.of_bulletin(content, ENGLISH).values():
        assert re.findall(r'(?:fill|stroke)="#', themed(svg)) == []
        assert "var(--line, #dde1e6)" in themed(svg)


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["KBNN Thái Bình", "KBNN Hà Nam"], ["Thái Bình", "Hà Nam"]),
        (["Hanoi State Treasury", "Ha Nam State Treasury"], ["Hanoi", "Ha Nam"]),
        (["KBNN", "KBNN Hà Nam"], ["KBNN", "KBNN Hà Nam"]),
        (["KBNN Hà Nam"], ["KBNN Hà Nam"]),
        (["A B", "A B"], ["B", "B"]),
        ([], []),
    ],
)
def test_a_short_name_leaves_out_what_all_have_in_common(names: list[str], short: list[str]) -> None:
    rows = [{"treasury_code": str(at), "treasury_name_vi": name} for at, name in enumerate(names)]
    assert list(short_names.of_treasuries(rows, VIETNAMESE).values()) == short


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Hà Nội", ("Hà Nội", "")),
        ("Thừa Thiên Huế", ("Thừa", "Thiên Huế")),
        ("Longestnameever", ("Longestnameever", "")),
    ],
)
def test_a_long_name_is_broken_in_two(name: str, lines: tuple[str, str]) -> None:
    assert short_names.two_lines(name) == lines


def test_every_position_has_a_colour_and_a_word() -> None:
    assert list(terms.POSITIONS) == list(FILLS)
