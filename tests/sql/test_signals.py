"""Each signal of ``sql/signal`` finds what it says it finds: small months by hand, and hundreds of responses by chance.

A response is written ``1/a 07-15 08:00 an 54. ×3``: treasury and unit, day, time, customer, levels (a point: not
answered) and how many alike; what is left out is as in ``RESPONSE``. Counts that were rated are written
``1/a web 06:40``: treasury and unit (or all), channel unless it is the total, and responses by month.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.warehouse import statements

JULY, AUGUST = dt.date(2023, 7, 1), dt.date(2023, 8, 1)
LOADED = [1, 3]
HANOI = dt.timezone(dt.timedelta(hours=7))
RESPONSE = {"area": "1/a", "day": "07-15", "time": "08:00", "customer": None, "levels": "54", "copies": "×1"}
TOKENS = {
    "area": r"\d/\w+", "day": r"\d\d-\d\d", "time": r"\d\d:\d\d(:\d\d)?", "customer": r"[a-z]+", "levels": r"[0-5.]+",
    "copies": r"×\d+",
}  # fmt: skip
SETTINGS: dict[str, dict[str, int]] = {
    "straight_lining": {"least_answers": 2},
    "burst": {"window_minutes": 10},
    "repeated_respondent": {"most_responses": 3},
    "response_collapse": {"month_count": 6},
    "item_non_response": {},
    "channel_shift": {"month_count": 6},
}
TO_AUGUST = {"last_month": AUGUST}

# fmt: off
ANSWERED = [
    # signal | case
    #        | responses, other parameters, and by treasury and unit: responses looked at, value

    ("straight_lining", "all answers alike",
     ["1/a 555"], {}, {"1/all": (1, 1), "1/a": (1, 1)}),
    ("straight_lining", "one answer differs",
     ["1/a 5554"], {}, {"1/all": (1, 0), "1/a": (1, 0)}),
    ("straight_lining", "what was not answered is no level",
     ["1/a .5.5", "1/a 5.4."], {}, {"1/all": (2, 1 / 2), "1/a": (2, 1 / 2)}),
    ("straight_lining", "do not know is a level",
     ["1/a 000", "1/a 055"], {}, {"1/all": (2, 1 / 2), "1/a": (2, 1 / 2)}),
    ("straight_lining", "one answer only tells nothing",
     ["1/a 5.."], {}, {}),
    ("straight_lining", "one answer only, and one is enough",
     ["1/a 5.."], {"least_answers": 1}, {"1/all": (1, 1), "1/a": (1, 1)}),
    ("straight_lining", "no answer at all",
     ["1/a ..."], {"least_answers": 1}, {}),
    ("straight_lining", "just as many answers as are needed",
     ["1/a 55.", "1/a 555"], {"least_answers": 3}, {"1/all": (1, 1), "1/a": (1, 1)}),
    ("straight_lining", "units of their own, and together",
     ["1/a 55 ×3", "1/b 54 ×2", "1/unstated 44"], {},
     {"1/all": (6, 4 / 6), "1/a": (3, 1), "1/b": (2, 0), "1/unstated": (1, 1)}),
    ("straight_lining", "a unit of the same code elsewhere",
     ["1/a 55", "3/a 54"], {}, {"1/all": (1, 1), "1/a": (1, 1), "3/all": (1, 0), "3/a": (1, 0)}),
    ("straight_lining", "two months",
     ["1/a 55", "1/a 08-02 54"], TO_AUGUST, {"1/all": (2, 1 / 2), "1/a": (2, 1 / 2)}),
    ("straight_lining", "the month after",
     ["1/a 55", "1/a 08-02 54"], {}, {"1/all": (1, 1), "1/a": (1, 1)}),
    ("straight_lining", "nobody answered",
     [], {}, {}),

    ("burst", "one response",
     ["1/a"], {}, {"1/all": (1, 1), "1/a": (1, 1)}),
    ("burst", "exactly the window apart",
     ["1/a 08:00", "1/a 08:10"], {}, {"1/all": (2, 2), "1/a": (2, 2)}),
    ("burst", "a second more",
     ["1/a 08:00", "1/a 08:10:01"], {}, {"1/all": (2, 1), "1/a": (2, 1)}),
    ("burst", "many at both edges of the window",
     ["1/a 08:00 ×2", "1/a 08:05", "1/a 08:10 ×3"], {}, {"1/all": (6, 6), "1/a": (6, 6)}),
    ("burst", "the fullest window is a late one",
     ["1/a 08:00", "1/a 08:06", "1/a 08:12", "1/a 08:13"], {}, {"1/all": (4, 3), "1/a": (4, 3)}),
    ("burst", "another window",
     ["1/a 08:00", "1/a 08:06", "1/a 08:12", "1/a 08:13"], {"window_minutes": 1}, {"1/all": (4, 2), "1/a": (4, 2)}),
    ("burst", "the treasury is as its busiest unit, not as the sum",
     ["1/a ×2", "1/b ×3"], {}, {"1/all": (5, 3), "1/a": (2, 2), "1/b": (3, 3)}),
    ("burst", "one pseudonym in three units",
     ["1/a an", "1/b an", "1/c an"], {}, {"1/all": (3, 3), "1/a": (1, 1), "1/b": (1, 1), "1/c": (1, 1)}),
    ("burst", "no pseudonym is not one pseudonym",
     ["1/a", "1/b"], {}, {"1/all": (2, 1), "1/a": (1, 1), "1/b": (1, 1)}),
    ("burst", "no unit is not one unit",
     ["1/unstated an ×3", "1/unstated bo ×2"], {}, {"1/all": (5, 3), "1/unstated": (5, 3)}),
    ("burst", "neither unit nor pseudonym",
     ["1/unstated ×5"], {}, {}),
    ("burst", "neither unit nor pseudonym, among others",
     ["1/unstated ×5", "1/unstated an", "1/a"], {}, {"1/all": (2, 1), "1/a": (1, 1), "1/unstated": (1, 1)}),
    ("burst", "one pseudonym with and without a unit",
     ["1/unstated an", "1/a an"], {}, {"1/all": (2, 2), "1/a": (1, 1), "1/unstated": (1, 1)}),
    ("burst", "one pseudonym in two treasuries",
     ["1/a an", "3/a an"], {}, {"1/all": (1, 1), "1/a": (1, 1), "3/all": (1, 1), "3/a": (1, 1)}),
    ("burst", "over the end of a month",
     ["1/a 07-31 23:55", "1/a 08-01 00:05"], TO_AUGUST, {"1/all": (2, 2), "1/a": (2, 2)}),
    ("burst", "the month after",
     ["1/a 07-31 23:55", "1/a 08-01 00:05"], {}, {"1/all": (1, 1), "1/a": (1, 1)}),
    ("burst", "nobody answered",
     [], {}, {}),

    ("repeated_respondent", "as many as is usual",
     ["1/a an ×3"], {}, {"1/all": (3, 0), "1/a": (3, 0)}),
    ("repeated_respondent", "one more than is usual",
     ["1/a an ×4"], {}, {"1/all": (4, 1), "1/a": (4, 1)}),
    ("repeated_respondent", "without a pseudonym nothing is told",
     ["1/a ×9"], {}, {}),
    ("repeated_respondent", "without a pseudonym, among others",
     ["1/a an ×4", "1/a bo", "1/a ×9"], {}, {"1/all": (5, 4 / 5), "1/a": (5, 4 / 5)}),
    ("repeated_respondent", "two who do it, one who does not",
     ["1/a an ×4", "1/a bo ×5", "1/a ca"], {}, {"1/all": (10, 9 / 10), "1/a": (10, 9 / 10)}),
    ("repeated_respondent", "usual in each unit, not in the treasury",
     ["1/a an ×2", "1/b an ×2", "1/b bo"], {}, {"1/all": (5, 4 / 5), "1/a": (2, 0), "1/b": (3, 0)}),
    ("repeated_respondent", "usual in each treasury",
     ["1/a an ×2", "3/a an ×2"], {}, {"1/all": (2, 0), "1/a": (2, 0), "3/all": (2, 0), "3/a": (2, 0)}),
    ("repeated_respondent", "usual in each month, not in the two",
     ["1/a an ×2", "1/a 08-02 an ×2"], TO_AUGUST, {"1/all": (4, 1), "1/a": (4, 1)}),
    ("repeated_respondent", "the month after",
     ["1/a an ×2", "1/a 08-02 an ×2"], {}, {"1/all": (2, 0), "1/a": (2, 0)}),
    ("repeated_respondent", "another number",
     ["1/a an ×2"], {"most_responses": 1}, {"1/all": (2, 1), "1/a": (2, 1)}),

    ("item_non_response", "all answered",
     ["1/a 5540"], {}, {"1/all": (1, 0), "1/a": (1, 0)}),
    ("item_non_response", "nothing answered",
     ["1/a ...."], {}, {"1/all": (1, 1), "1/a": (1, 1)}),
    ("item_non_response", "some not answered",
     ["1/a 5..4", "1/a 555."], {}, {"1/all": (2, 3 / 8), "1/a": (2, 3 / 8)}),
    ("item_non_response", "units of their own, and together",
     ["1/a 5...", "1/b 5554 ×2"], {}, {"1/all": (3, 3 / 12), "1/a": (1, 3 / 4), "1/b": (2, 0)}),
    ("item_non_response", "a longer and a shorter questionnaire",
     ["1/a 5555 ×2", "1/a 08-02 .."], TO_AUGUST, {"1/all": (3, 2 / 10), "1/a": (3, 2 / 10)}),
    ("item_non_response", "the month after",
     ["1/a 55", "1/a 08-02 .."], {}, {"1/all": (1, 0), "1/a": (1, 0)}),
    ("item_non_response", "two treasuries",
     ["1/a 5.", "3/a 55"], {}, {"1/all": (1, 1 / 2), "1/a": (1, 1 / 2), "3/all": (1, 0), "3/a": (1, 0)}),
    ("item_non_response", "nobody answered",
     [], {}, {}),
]

COMPARED = [
    # signal | case
    #        | responses, counts that were rated, other parameters, and by treasury and unit: response_count, value

    ("response_collapse", "half of the median",
     ["1/a ×3"], ["1/all 04:2 05:6 06:40"], {}, {"1/all": (6, 1 / 2)}),
    ("response_collapse", "an even number of months",
     ["1/a ×9"], ["1/all 03:2 04:5 05:7 06:90"], {}, {"1/all": (6, 3 / 2)}),
    ("response_collapse", "a median between two numbers",
     ["1/a ×5"], ["1/all 05:2 06:3"], {}, {"1/all": (3, 2)}),
    ("response_collapse", "no history",
     ["1/a ×5"], [], {}, {}),
    ("response_collapse", "one month is no history",
     ["1/a ×5"], ["1/all 06:40"], {}, {}),
    ("response_collapse", "a month without responses is no history",
     ["1/a ×5"], ["1/all 04:0 05:0 06:40"], {}, {}),
    ("response_collapse", "a month without responses, among others",
     ["1/a ×5"], ["1/all 03:0 04:10 05:0 06:10"], {}, {"1/all": (10, 1 / 2)}),
    ("response_collapse", "nobody answered",
     [], ["1/all 05:10 06:20"], {}, {"1/all": (15, 0)}),
    ("response_collapse", "one of two units fell silent",
     ["1/a ×4"], ["1/all 05:8 06:8", "1/a 05:4 06:4", "1/b 05:4 06:4"], {},
     {"1/all": (8, 1 / 2), "1/a": (4, 1), "1/b": (4, 0)}),
    ("response_collapse", "a new unit",
     ["1/a ×4", "1/b ×4"], ["1/all 05:4 06:4", "1/a 05:4 06:4"], {}, {"1/all": (4, 2), "1/a": (4, 1)}),
    ("response_collapse", "two treasuries",
     ["1/a ×4"], ["1/all 05:4 06:4", "3/all 05:9 06:9"], {}, {"1/all": (4, 1), "3/all": (9, 0)}),
    ("response_collapse", "two months make one month's mean",
     ["1/a ×4", "1/a 08-02 ×2"], ["1/all 05:6 06:6 07:4"], TO_AUGUST, {"1/all": (6, 1 / 2)}),
    ("response_collapse", "two months, and one of them silent",
     ["1/a ×4"], ["1/all 05:4 06:4"], TO_AUGUST, {"1/all": (4, 1 / 2)}),
    ("response_collapse", "the month itself is no history",
     ["1/a ×3"], ["1/all 05:4 06:8 07:100"], {}, {"1/all": (6, 1 / 2)}),
    ("response_collapse", "the first of six months counts",
     ["1/a ×2"], ["1/all 01:6 06:2"], {}, {"1/all": (4, 1 / 2)}),
    ("response_collapse", "fewer months",
     ["1/a ×2"], ["1/all 01:90 04:90 05:4 06:4"], {"month_count": 2}, {"1/all": (4, 1 / 2)}),

    ("channel_shift", "nothing moved",
     [], ["1/all web 06:30 07:3", "1/all desk 06:10 07:1"], {}, {"1/all": (4, 0)}),
    ("channel_shift", "all moved",
     [], ["1/all web 06:30", "1/all desk 07:5"], {}, {"1/all": (5, 1)}),
    ("channel_shift", "a quarter moved",
     [], ["1/all web 06:30 07:2", "1/all desk 06:10 07:2"], {}, {"1/all": (4, 1 / 4)}),
    ("channel_shift", "three channels, one of them new",
     [], ["1/all web 06:8 07:5", "1/all desk 06:2 07:1", "1/all kiosk 07:4"], {}, {"1/all": (10, 4 / 10)}),
    ("channel_shift", "the months before are taken together",
     [], ["1/all web 05:90 06:0 07:1", "1/all desk 06:10 07:1"], {}, {"1/all": (2, 4 / 10)}),
    ("channel_shift", "no history",
     [], ["1/all web 07:3"], {}, {}),
    ("channel_shift", "a history without responses",
     [], ["1/all web 05:0 06:0 07:3"], {}, {}),
    ("channel_shift", "nobody answered",
     [], ["1/all web 06:30 07:0", "1/all desk 06:30"], {}, {}),
    ("channel_shift", "units of their own, and together",
     [], ["1/all web 06:4 07:4", "1/all desk 06:4 07:4", "1/a web 06:4", "1/a desk 07:4", "1/b desk 06:4 07:1",
          "1/b web 07:3", "1/c web 07:2"], {},
     {"1/all": (8, 0), "1/a": (4, 1), "1/b": (4, 3 / 4)}),
    ("channel_shift", "two treasuries",
     [], ["1/all web 06:4 07:4", "3/all web 06:4", "3/all desk 07:4"], {}, {"1/all": (4, 0), "3/all": (4, 1)}),
    ("channel_shift", "two months",
     [], ["1/all web 06:5 07:1 08:2", "1/all desk 06:5 07:1"], TO_AUGUST, {"1/all": (4, 1 / 4)}),
    ("channel_shift", "the month after",
     [], ["1/all web 06:5 07:1 08:2", "1/all desk 06:5 07:1"], {}, {"1/all": (2, 0)}),
    ("channel_shift", "the first of six months counts",
     [], ["1/all web 01:5 07:2", "1/all desk 06:5"], {}, {"1/all": (2, 1 / 2)}),
    ("channel_shift", "fewer months",
     [], ["1/all web 04:90 06:5 07:1", "1/all desk 06:5 07:1"], {"month_count": 2}, {"1/all": (2, 0)}),
]
# fmt: on

# of other months, of a treasury that is not loaded, of published revisions and rounds: no case may see them
STRANGERS = ["1/a 06-30 23:59 an 1111. ×9", "1/a 09-01 00:00 an 1111. ×9", "2/a an 1111. ×9", "2/a 08-02 an 1111. ×9"]
STRANGE_RATINGS = [
    # period   | revision, level, breakdown, treasury
    ("2023-06",  1, "treasury", "total",     1),
    ("2023-06",  1, "treasury", "channel",   1),
    ("2023-07",  1, "treasury", "channel",   1),
    ("2023-06",  0, "treasury", "criterion", 1),
    ("2023-06",  0, "system",   "total",     None),
    ("2023-06",  0, "system",   "channel",   None),
    ("round",    0, "treasury", "total",     1),
    ("round",    0, "treasury", "channel",   1),
    ("2022-11",  0, "treasury", "total",     1),
    ("2022-12",  0, "treasury", "total",     1),
    ("2022-12",  0, "treasury", "channel",   1),
    ("2023-09",  0, "treasury", "total",     1),
    ("2023-09",  0, "treasury", "channel",   1),
    ("2023-05",  0, "treasury", "total",     2),
    ("2023-06",  0, "treasury", "total",     2),
    ("2023-06",  0, "treasury", "channel",   2),
    ("2023-07",  0, "treasury", "channel",   2),
]  # fmt: skip

PLACES = """
select core.ensure_month(cast(m as date)) from generate_series(date '2022-11-01', date '2023-09-01', '1 month') as m;
insert into core.dim_period
select to_char(survey_month, 'YYYY-MM'), 'month', '', '', survey_month, survey_month from core.dim_month
union all
select 'round', 'round', '', '', date '2023-06-01', date '2023-07-01';
insert into core.dim_region values ('north', '', '');
insert into core.dim_treasury overriding system value
select n, n, '', '', 'north', '2008-08-01' from generate_series(1, 3) as n;
insert into core.dim_unit
select n, u, '', '', 'department' from generate_series(1, 3) as n, unnest(array['a', 'b', 'c', 'unstated']) as u;
insert into core.dim_questionnaire values ('q', '', '2022-01-01');
insert into score.rule_set values ('rules', '', '', '2022-01-01');
"""
ADD_RESPONSE = sa.text("""
insert into core.fact_response (
    survey_month, treasury_id, response_key, submitted_at, unit_code, officer_code, procedure_code, channel_code,
    respondent_type_code, respondent_hash, questionnaire_code, answer_levels
)
values (
    :survey_month, :treasury_id, :response_key, :submitted_at, :unit_code, 'unstated', 'unstated', 'web',
    'person', :respondent_hash, 'q', cast(:answer_levels as smallint[])
)
""")
ADD_RATING = sa.text("""
insert into score.rating (
    period_code, revision_number, survey_month, area_level, area_code, breakdown, member_code, treasury_id, unit_code,
    response_count, answer_count, satisfied_count, footnote_codes, rule_set_code, questionnaire_code, run_id, scored_at
)
select
    period_code, :revision_number, first_month, :area_level, :area_code, :breakdown, :member_code, :treasury_id,
    :unit_code, :response_count, 0, 0, '{}', 'rules', 'q', 'run', now()
from core.dim_period
where period_code = :period_code
""")


class Response(NamedTuple):
    """What the signals look at in a response."""

    treasury_id: int
    unit_code: str
    submitted_at: dt.datetime
    respondent_hash: str | None
    answer_levels: list[int | None]


def read(line: str) -> list[Response]:
    """The responses that a line stands for."""
    said: dict[str, str | None] = dict(RESPONSE)
    for token in line.split():
        said[next(name for name, pattern in TOKENS.items() if re.fullmatch(pattern, token))] = token
    treasury, unit = str(said["area"]).split("/")
    at = dt.datetime.fromisoformat(f"2023-{said['day']} {said['time']}").replace(tzinfo=HANOI)
    levels = [None if level == "." else int(level) for level in str(said["levels"])]
    return [Response(int(treasury), unit, at, said["customer"], levels)] * int(str(said["copies"])[1:])


def answer(connection: sa.Connection, responses: Iterable[Response]) -> None:
    """Put responses into core, each with a key of its own."""
    known = connection.scalar(sa.text("select count(*) from core.fact_response"))
    for number, response in enumerate(responses, int(known or 0)):
        month = response.submitted_at.date().replace(day=1)
        connection.execute(ADD_RESPONSE, {**response._asdict(), "survey_month": month, "response_key": str(number)})


def rate(connection: sa.Connection, line: str) -> None:
    """Put the counts of a line into the drafts of their months."""
    area, *rest = line.split()
    treasury, unit = area.split("/")
    channel = rest.pop(0) if ":" not in rest[0] else None
    for month, count in (pair.split(":") for pair in rest):
        rating = {
            "period_code": f"2023-{month}",
            "revision_number": 0,
            "area_level": "treasury" if unit == "all" else "unit",
            "area_code": treasury if unit == "all" else area,
            "breakdown": "channel" if channel else "total",
            "member_code": channel or "all",
            "treasury_id": int(treasury),
            "unit_code": None if unit == "all" else unit,
            "response_count": int(count),
        }
        connection.execute(ADD_RATING, rating)


@pytest.fixture
def survey(connection: sa.Connection) -> sa.Connection:
    """Months, treasuries and units, and figures that are nobody's business here."""
    connection.exec_driver_sql(PLACES, execution_options={"no_parameters": True})
    answer(connection, (response for line in STRANGERS for response in read(line)))
    for period, revision, level, breakdown, treasury in STRANGE_RATINGS:
        rating = {
            "period_code": period,
            "revision_number": revision,
            "area_level": level,
            "area_code": str(treasury or "all"),
            "breakdown": breakdown,
            "member_code": "all" if breakdown == "total" else "post",
            "treasury_id": treasury,
            "unit_code": None,
            "response_count": 7777,
        }
        connection.execute(ADD_RATING, rating)
    return connection


def shown(connection: sa.Connection, signal: str, **other: Any) -> list[dict[str, Any]]:
    """The rows of a signal for July 2023 unless told otherwise."""
    given = {"first_month": JULY, "last_month": JULY, "treasury_ids": LOADED, **SETTINGS[signal], **other}
    return warehouse.rows(connection, f"signal/{signal}", **given)


def told(rows: Sequence[dict[str, Any]]) -> dict[str, tuple[int, Any]]:
    """Responses looked at and value by treasury and unit, to compare with."""
    found = {f"{row['treasury_id']}/{row['unit_code']}": row for row in rows}
    assert len(found) == len(rows), "an area comes twice"
    return {area: (row["response_count"], pytest.approx(float(row["signal_value"]))) for area, row in found.items()}


@pytest.mark.parametrize(
    ("signal", "responses", "other", "expected"),
    [(case[0], *case[2:]) for case in ANSWERED],
    ids=[": ".join(case[:2]) for case in ANSWERED],
)
def test_a_signal_on_answers(
    survey: sa.Connection,
    signal: str,
    responses: list[str],
    other: dict[str, Any],
    expected: dict[str, tuple[int, float]],
) -> None:
    answer(survey, (response for line in responses for response in read(line)))
    assert told(shown(survey, signal, **other)) == expected


@pytest.mark.parametrize(
    ("signal", "responses", "ratings", "other", "expected"),
    [(case[0], *case[2:]) for case in COMPARED],
    ids=[": ".join(case[:2]) for case in COMPARED],
)
def test_a_signal_against_the_months_before(
    survey: sa.Connection,
    signal: str,
    responses: list[str],
    ratings: list[str],
    other: dict[str, Any],
    expected: dict[str, tuple[int, float]],
) -> None:
    answer(survey, (response for line in responses for response in read(line)))
    for line in ratings:
        rate(survey, line)
    assert told(shown(survey, signal, **other)) == expected


def test_every_signal_is_tested() -> None:
    files = {file.stem for file in (settings.SQL / "signal").iterdir()}
    assert files == {case[0] for case in (*ANSWERED, *COMPARED)} == set(SETTINGS)


@pytest.mark.parametrize("signal", SETTINGS)
def test_a_signal_shows_where_how_many_and_what(survey: sa.Connection, signal: str) -> None:
    answer(survey, read("1/a an 55"))
    for line in ("1/all 05:2 06:2", "1/all web 06:2 07:2"):
        rate(survey, line)
    rows = shown(survey, signal)
    assert rows
    for row in rows:
        assert list(row) == ["treasury_id", "area_level", "unit_code", "response_count", "signal_value"]
        assert isinstance(row["response_count"], int)
        assert row["signal_value"] is not None


@pytest.mark.parametrize("signal", SETTINGS)
def test_a_signal_takes_its_own_parameters(signal: str) -> None:
    everywhere = {"first_month", "last_month", "treasury_ids"}
    assert statements.named(f"signal/{signal}").params == everywhere | SETTINGS[signal].keys()


@pytest.mark.parametrize("signal", SETTINGS)
def test_without_a_loaded_treasury_there_is_no_signal(survey: sa.Connection, signal: str) -> None:
    assert shown(survey, signal, treasury_ids=[]) == []


def test_where_nothing_was_asked_nothing_is_missing(survey: sa.Connection) -> None:
    answer(survey, [read("1/a")[0]._replace(answer_levels=[])])
    assert shown(survey, "item_non_response") == []


def test_a_flood_from_one_unit_is_counted_in_time(survey: sa.Connection) -> None:
    survey.exec_driver_sql("set local work_mem = '64kB'")  # so that the flood does not fit
    survey.exec_driver_sql("set local statement_timeout = '20s'")
    flood = """
    insert into core.fact_response
    select
        date '2023-07-01', 1, 'flood' || n, timestamptz '2023-07-15 08:00+07' + n * interval '20 milliseconds', 'a',
        'unstated', 'unstated', 'web', 'person', null, 'q', '{5}'
    from generate_series(1, 40000) as n
    """
    survey.exec_driver_sql(flood)
    assert told(shown(survey, "burst")) == {"1/all": (40000, 30001), "1/a": (40000, 30001)}


def by_chance(seed: int, count: int = 300) -> list[Response]:
    """Responses of an hour and a half on whole half minutes, so that many coincide or lie just a window apart."""
    chance = random.Random(seed)
    start = dt.datetime(2023, 7, 31, 23, 15, tzinfo=HANOI)

    def levels() -> list[int | None]:
        alike = chance.choice([0, 4, 5])
        return [chance.choice([alike] * 12 + [None] * 3 + [1]) for _ in range(5)]

    return [
        Response(
            chance.choice(LOADED),
            chance.choice(["a", "b", "unstated"]),
            start + dt.timedelta(seconds=30 * chance.randrange(180)),
            chance.choice([None, None, *"abcdefghijklmnopqrst"]),
            levels(),
        )
        for _ in range(count)
    ]


def lines_straight(responses: list[Response], least: int = 2) -> tuple[int, float] | None:
    answers = [[level for level in one.answer_levels if level is not None] for one in responses]
    enough = [levels for levels in answers if len(levels) >= least]
    return (len(enough), sum(len(set(levels)) == 1 for levels in enough) / len(enough)) if enough else None


def repeats(responses: list[Response], most: int = 3) -> tuple[int, float] | None:
    by_customer = Counter(one.respondent_hash for one in responses if one.respondent_hash)
    total = by_customer.total()
    return (total, sum(n for n in by_customer.values() if n > most) / total) if total else None


def bursts(responses: list[Response], minutes: int = 10) -> tuple[int, float] | None:
    streams = defaultdict(list)
    looked_at = 0
    for one in responses:
        stated, customer = one.unit_code != "unstated", one.respondent_hash
        looked_at += stated or customer is not None
        if stated:
            streams["unit", one.unit_code].append(one.submitted_at)
        if customer is not None:
            streams["customer", customer].append(one.submitted_at)
    window = dt.timedelta(minutes=minutes)
    counts = [sum(start <= at <= start + window for at in stream) for stream in streams.values() for start in stream]
    return (looked_at, max(counts)) if counts else None


@pytest.mark.parametrize("seed", [2023, 7])
@pytest.mark.parametrize(
    ("signal", "plainly"), [("straight_lining", lines_straight), ("repeated_respondent", repeats), ("burst", bursts)]
)
def test_a_signal_is_what_plain_counting_finds(
    survey: sa.Connection, signal: str, plainly: Callable[[list[Response]], tuple[int, float] | None], seed: int
) -> None:
    responses = by_chance(seed)
    answer(survey, responses)
    areas = defaultdict(list)
    for one in responses:
        areas[f"{one.treasury_id}/all"].append(one)
        areas[f"{one.treasury_id}/{one.unit_code}"].append(one)
    expected = {area: found for area, among in areas.items() if (found := plainly(among)) is not None}
    assert len(expected) == 8
    assert told(shown(survey, signal, last_month=AUGUST)) == expected
