"""What a treasury should know and do: the same sentences on its page and on its paper for the conference."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from etl.reports.bulletin import main_points, page, what_to_do
from etl.reports.bulletin.content import Content, Row
from etl.reports.bulletin.paper import of_conference
from etl.reports.words import ENGLISH, LANGUAGES, VIETNAMESE, Language

OWN = "34"
BOTH = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)


def gap(content: Content, criterion: str, points: float, **other: Any) -> Row:
    """A row of weaknesses of Thái Bình, weak where it is below 0."""
    (row,) = [one for one in content.weaknesses_of("treasury", OWN) if one["criterion_code"] == criterion]
    at, half = Decimal(str(points)), Decimal(2)
    limits = {"gap_points": at, "gap_low_points": at - half, "gap_high_points": at + half}
    return {**row, **limits, "is_weak": points < 0, "lasting_count": int(points < 0), "footnote_codes": [], **other}


def of_unit(content: Content, criterion: str, points: float, number: int = 0) -> Row:
    """The same of one of its units."""
    unit = content.units_of(OWN)[number]["unit_code"]
    return gap(content, criterion, points, area_level="unit", unit_code=unit, area_code=f"{OWN}/{unit}")


def elsewhere(content: Content, criterion: str, points: float, code: str, **other: Any) -> Row:
    """The same of another treasury."""
    names = {name: content.treasury(code)[name] for name in ("treasury_name_vi", "treasury_name_en")}  # type: ignore[index]
    return gap(content, criterion, points, treasury_code=code, area_code=code, **names, **other)


def told(content: Content, *rows: Row) -> Content:
    """The content with only these weaknesses, and something to try."""
    tried = {"procedures_time": ("Theo dõi mỗi sáng.", "Look each morning.")}
    return replace(content, weaknesses=list(rows), suggestions=tried)


def close(text: str) -> str:
    """A text without spaces and hyphens: both are the layout's."""
    return "".join(text.replace("\N{SOFT HYPHEN}", "").replace("-", "").split())


def words(pdf: bytes) -> str:
    """The text of a paper, so closed."""
    return close("".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf)).pages))


@pytest.fixture
def weak(content: Content) -> Content:
    """Thái Bình weak in four criteria, one of them for long, and in a unit of its own."""
    lasting = gap(content, "procedures_time", -4, lasting_count=3)
    earlier = [
        {
            **content.period,
            **content.treasury(OWN),
            "period_name_vi": f"Tháng {month}/2023",
            "period_name_en": f"2023-{month}",
        }  # type: ignore[dict-item]
        for month in (5, 6)
    ]
    rows = (
        *(gap(content, code, points) for code, points in (("access_seats", -9), ("officers_listen", -6))),
        *(lasting, of_unit(content, "procedures_time", -12), of_unit(content, "results_on_time", -20)),
        *(elsewhere(content, "procedures_time", points, code) for points, code in ((5, "19"), (9, "01"), (3, "38"))),
    )
    return replace(told(content, *rows), trend=earlier)


@BOTH
def test_what_lasts_comes_first_then_the_largest_gaps_and_never_more_than_three(
    weak: Content, language: Language
) -> None:
    todos = what_to_do.of_treasury(weak, OWN)
    assert [todo.first["criterion_code"] for todo in todos] == ["procedures_time", "access_seats", "officers_listen"]
    said = what_to_do.what(weak, todos[0], language)
    unit = language.name(weak.units_of(OWN)[0], "unit")
    assert said.startswith(language.say(f"cả đơn vị (nhất là {unit}): ", f"the whole treasury (above all {unit}): "))
    assert language.say("thấp hơn hệ thống 4,0 điểm", "4.0 points below the network") in said
    assert said.endswith(language.say("từ tháng 5/2023 (3 kỳ liên tiếp)", "since 2023-5 (3 periods in a row)"))
    assert what_to_do.what(weak, todos[1], language).endswith(language.say("từ kỳ này", "since this period"))
    assert what_to_do.suggestion(weak, todos[0], language) == language.say("Theo dõi mỗi sáng.", "Look each morning.")
    assert what_to_do.suggestion(weak, todos[1], language) == ""


def test_the_example_is_the_surest_of_those_clearly_above_and_never_hidden(content: Content) -> None:
    own = gap(content, "procedures_time", -4)
    best, next_best = (elsewhere(content, "procedures_time", points, code) for points, code in ((9, "01"), (5, "19")))
    near = elsewhere(content, "procedures_time", 1.5, "38")
    hidden = {**best, "satisfaction_rate": None, "footnote_codes": ["suppressed"]}

    def named(*rows: Row) -> str:
        shown = told(content, own, *rows)
        return what_to_do.example(shown, what_to_do.of_treasury(shown, OWN)[0], ENGLISH)

    assert named(next_best, best).startswith(best["treasury_name_en"])
    assert named(next_best, hidden).startswith(next_best["treasury_name_en"])
    assert named(near) == ""
    own_unit = of_unit(content, "procedures_time", 8)
    assert named(own_unit).startswith(content.units_of(OWN)[0]["unit_name_en"])
    assert named(own_unit, next_best).startswith(next_best["treasury_name_en"])


def test_a_hidden_weakness_is_not_named(content: Content) -> None:
    row = {**gap(content, "procedures_time", -4), "satisfaction_rate": None, "footnote_codes": ["suppressed"]}
    assert what_to_do.of_treasury(told(content, row), OWN) == []


def test_a_weak_unit_alone_is_named_with_its_own_figure(content: Content) -> None:
    shown = told(content, of_unit(content, "procedures_time", -5), of_unit(content, "procedures_time", -8, 1))
    (todo,) = what_to_do.of_treasury(shown, OWN)
    first, second = (content.units_of(OWN)[number]["unit_name_en"] for number in (1, 0))
    assert what_to_do.what(shown, todo, ENGLISH).startswith(f"{first} (also in {second}): ")
    assert "8.0 points below" in what_to_do.what(shown, todo, ENGLISH)


@BOTH
def test_where_nothing_is_weak_nothing_is_asked_for(content: Content, language: Language) -> None:
    fine = replace(told(content, gap(content, "access_seats", 1), gap(content, "officers_rules", 0)), units=[])
    said = what_to_do.nothing(fine, OWN, language)
    assert said.endswith(language.say("không đòi hỏi việc gì.", "ask for nothing to be done."))
    low = replace(fine, weaknesses=[{**gap(content, "access_seats", -1), "is_weak": False}])
    assert language.say("có thể do ngẫu nhiên", "may be chance") in what_to_do.nothing(low, OWN, language)
    unit = {**content.units_of(OWN)[0], "compared_with_system": "below"}
    assert language.name(unit, "unit") in what_to_do.nothing(replace(low, units=[unit]), OWN, language)
    assert what_to_do.nothing(replace(fine, rules={**fine.rules, "weakness": None}), OWN, language) == ""
    none = language.say("Chưa đủ phiếu", "There are not enough answers")
    assert what_to_do.nothing(replace(fine, weaknesses=[]), OWN, language).startswith(none)


@BOTH
def test_page_and_paper_say_the_same(weak: Content, language: Language) -> None:
    html = page.treasury(weak, OWN, language)
    paper = words(of_conference(weak, OWN, language))
    points = main_points.of_treasury(weak, OWN, language)
    assert len(points) == 3
    said = [what_to_do.what(weak, todo, language) for todo in what_to_do.of_treasury(weak, OWN)]
    for sentence in (*points, *said):
        assert sentence in html
        assert close(sentence) in paper
    assert html.index('id="know"') < html.index('id="todo"') < html.index('id="weak"')


@BOTH
def test_the_paper_has_every_unit_and_criterion_and_room_to_write(weak: Content, language: Language) -> None:
    pdf = of_conference(weak, OWN, language)
    assert pdf == of_conference(weak, OWN, language)
    assert 2 <= len(PdfReader(io.BytesIO(pdf)).pages) <= 4
    told = words(pdf)
    names = [language.name(unit, "unit") for unit in weak.units_of(OWN)]
    names += [language.name(row, "member") for row in weak.by_factor()]
    assert [name for name in names if close(name) not in told] == []
    for heading in (
        language.say("Thống nhất tại hội nghị này", "Agreed at this conference"),
        language.say("Hệ thống chưa ghi nhận hội nghị", "No conference, plan or training"),
        language.say("DỰ THẢO – CHƯA CÔNG BỐ", "DRAFT – NOT PUBLISHED"),
    ):
        assert close(heading) in told


def test_the_paper_says_what_was_done(weak: Content) -> None:
    import datetime as dt

    held = {"action_kind": "conference", "action_count": 2, "last_date": dt.date(2023, 8, 8)}
    done = [{"treasury_code": OWN, **held}, {"treasury_code": "19", **held, "action_count": 7}]
    said = words(of_conference(replace(weak, done=done), OWN, VIETNAMESE))
    assert "Hộinghị:2,gầnnhất8/8/2023." in said
    assert "Hệthốngchưaghinhận" not in said


@BOTH
def test_a_hidden_treasury_and_odd_names_are_set(content: Content, language: Language) -> None:
    evil = '#panic("x") $x$ *b* <i> \\u{41}'
    own = {**content.treasury(OWN), "treasury_name_vi": evil, "treasury_name_en": evil}  # type: ignore[dict-item]
    gone = {name: None for name in own if "rate" in name or name.endswith("_count") or name.startswith("rank")}
    hidden = {**own, **gone, "grade_code": None, "footnote_codes": ["suppressed"]}
    odd = replace(content, ranking=[hidden], weaknesses=[], figures=[], units=[])
    assert close(evil) in words(of_conference(odd, OWN, language))
    assert main_points.of_treasury(odd, OWN, language) == []
    assert 'id="todo"' not in page.treasury(odd, OWN, language)
    with pytest.raises(KeyError):
        of_conference(odd, "99", language)
