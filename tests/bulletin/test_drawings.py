"""What is drawn on a map of provinces: what is known of their regional treasuries, or the sums of the former ones."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from etl import registry
from etl.periods import Period, SurveyMonth
from etl.registry import Registry
from etl.reports.bulletin import drawings, sentences
from etl.reports.bulletin.charts.tile_map import tile_map
from etl.reports.bulletin.content import Content, Drawing, Row
from etl.reports.words import ENGLISH, LANGUAGES, PROVINCES, VIETNAMESE

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def kbnn() -> Registry:
    """The shipped registry."""
    return registry.load(Path(__file__).parents[2] / "config")


@pytest.fixture(scope="module")
def regional(kbnn: Registry) -> Drawing:
    """August 2025 on its map: each regional treasury with a rate of its own."""
    period = Period.of_month(SurveyMonth(2025, 8))
    ranking: list[Row] = [
        {
            **{"treasury_code": t.code, "treasury_name_vi": t.name_vi, "treasury_name_en": t.name_en},
            **{"satisfaction_rate": 0.8 + 0.005 * place, "funnel_flag": "within", "footnote_codes": []},
        }
        for place, t in enumerate(kbnn.treasuries_in(period), start=1)
    ]
    (drawing,) = drawings.of_period(kbnn, period, ranking, [])
    return drawing


def texts(drawing: Drawing) -> list[str]:
    """The texts of a map in English."""
    root = ElementTree.fromstring(tile_map(drawing, ENGLISH))
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


def test_a_province_has_the_rate_of_the_region_that_a_source_names_and_else_says_unknown(regional: Drawing) -> None:
    rates = {row["treasury_code"]: row["satisfaction_rate"] for row in regional.rows}
    assert (regional.kind, len(rates)) == ("regional", 34)
    assert rates["38"] == rates["40"] == pytest.approx(0.8 + 0.005 * 11)
    assert {code for code, rate in rates.items() if rate is not None} == {
        *("01", "79", "38", "40", "44", "56", "66", "51", "75", "96")
    }
    assert [code for code in ("42", "46", "48", "52") if rates[code] is not None] == []  # only inferred
    assert [code for code in ("19", "68") if rates[code] is not None] == []  # of these only the seat is known


def test_the_map_shows_what_is_not_known_as_unknown_and_the_page_says_why(regional: Drawing) -> None:
    shown = texts(regional)
    assert shown.count("region unknown") == 34 - 10
    assert len([text for text in shown if text.endswith("%")]) == 10
    assert "no data" not in shown
    assert "(XI)" in " ".join(shown)
    assert "is not known" in sentences.of_map(regional, ENGLISH)
    assert "chưa rõ KV" in sentences.of_map(regional, VIETNAMESE)


def test_an_old_month_is_drawn_by_province_of_today_without_a_judgement(content: Content) -> None:
    assert [(one.map.code, one.kind) for one in content.drawings] == [
        ("provinces_2008", "treasuries"),
        ("provinces_2025", "former"),
    ]
    former = content.drawings[1]
    assert len(former.rows) == 34
    assert {row["funnel_flag"] for row in former.rows} == {None}
    for language in LANGUAGES.values():
        assert sentences.of_map(former, language) == language.say(*PROVINCES)


def test_a_month_of_the_regions_of_march_2025_has_no_map(kbnn: Registry) -> None:
    assert list(drawings.of_period(kbnn, Period.of_month(SurveyMonth(2025, 4)), [], [])) == []
