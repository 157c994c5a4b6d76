"""A year of the demo in which offices act, and some of it helps: what is true of each is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import MappingProxyType

from etl.acting import records
from etl.demo.profiles import Course, Size
from etl.errors import Misdeclared
from etl.operation import steps
from etl.periods import SurveyMonth

MONTHS = tuple(SurveyMonth(2023, number) for number in range(1, 13))
LAST = MONTHS[-1]
HELPED, IN_VAIN, IDLE = ("34", "04", "84"), ("08", "10", "11"), ("12", "14", "15")
"""Three that hold a training that helps, three one that does not, and three that do nothing: all after a bad month."""
SMALL = "84"
"""Few answer here, so that nobody can see whether it helped."""
TRAINED_ON = dt.date(2023, 6, 15)
EFFECT_POINTS = 8.0
"""What a training does where it helps, from the next month on."""
FEWEST_TREASURIES = 24
"""So many are told of, or have to be made besides; the others are drawn as in every demo."""
_BAD_MONTH, _BAD_POINTS = MONTHS[4], -5.0
_LEVELS = MappingProxyType({"34": 85.5, "04": 85.0, "84": 85.0, "08": 84.0, "10": 85.0, "11": 86.0,
                            "12": 84.5, "14": 85.5, "15": 85.0})  # fmt: skip
_RESPONSES = MappingProxyType({"84": 60, "11": 640})
_ALIKE = ("01", "02", "17", "20", "22", "24", "25", "30", "31", "36")
_SMALL_ALIKE = ("46", "48", "56", "83")
_ON_AVERAGE = 320
_TRAINING = {"held_on": TRAINED_ON, "unit_codes": [], "topic": "kỹ năng giao tiếp", "attendance_count": 40}
_LATE_TRAINING = {**_TRAINING, "held_on": dt.date(2023, 11, 20), "topic": "hướng dẫn hồ sơ trực tuyến"}


def size(treasuries: int = FEWEST_TREASURIES, seed: int = 2023) -> Size:
    """What the year is made of: those that are told of, others much like them with no bad month, and the rest, drawn.

    Fewer treasuries than those raise Misdeclared.
    """
    if treasuries < FEWEST_TREASURIES:
        raise Misdeclared(
            f"a year of {treasuries} treasuries has too few to compare with",
            next_action=f"ask for {FEWEST_TREASURIES} or more",
        )
    few, many = len(_SMALL_ALIKE), len(_ALIKE)
    courses = {code: Course(83 + 4 * place / few, _RESPONSES[SMALL]) for place, code in enumerate(_SMALL_ALIKE)}
    courses |= {code: Course(81 + 5 * place / many, _ON_AVERAGE) for place, code in enumerate(_ALIKE)}
    bad, after = (_BAD_MONTH, _BAD_MONTH, _BAD_POINTS), (MONTHS[6], LAST, EFFECT_POINTS)
    for code, level in _LEVELS.items():
        changes = (bad, after) if code in HELPED else (bad,)
        courses[code] = Course(level, _RESPONSES.get(code, _ON_AVERAGE), changes)
    drawn = _ON_AVERAGE * (treasuries - len(courses))
    told = sum(course.responses for course in courses.values())
    return Size(told + drawn, treasuries, MONTHS, seed, courses)


def act(month: SurveyMonth) -> None:
    """Let offices record what they did, as somebody with a login does, before a month is run.

    Thái Bình holds another one, too late in the year for anybody to know what came of it.
    """
    if month == MONTHS[6]:
        for code in (*HELPED, *IN_VAIN):
            records.training(code, _TRAINING)
    if month == LAST:
        records.training(HELPED[0], _LATE_TRAINING)


def run(codes: list[str], publish: Callable[[str], object], done: Callable[[SurveyMonth], None]) -> None:
    """Run and publish the months of the year, one after the other, with what offices do among them."""
    for month in MONTHS:
        act(month)
        planned = steps.plan(str(month), codes)
        steps.admit(planned, sorted(code for code, is_landed in steps.land_all(planned) if is_landed))
        steps.score(planned)
        steps.report(planned)
        publish(str(month))
        done(month)
