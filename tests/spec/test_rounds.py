"""The rounds that KBNN published, and the period that a code, a month or another period leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from etl import registry, settings
from etl.errors import Misdeclared
from etl.periods import Period, SurveyMonth
from etl.registry import Registry
from etl.registry.rounds import Round

# fmt: off
SHIPPED = [
    # code    | in Vietnamese   | in English       | first month | last month
    ("2023-I",  "đợt I/2023",     "round I/2023",    "2023-07",    "2023-07"),
    ("2023-II", "đợt II/2023",    "round II/2023",   "2023-12",    "2023-12"),
    ("2024-I",  "đợt I/2024",     "round I/2024",    "2024-06",    "2024-06"),
]

MADE = [
    # code    | first month | last month
    ("2023-H1", "2023-01",    "2023-03"),
    ("2023-H2", "2023-07",    "2023-09"),
    ("2024-H2", "2024-07",    "2024-09"),
    ("2025-H1", "2025-01",    "2025-04"),
    ("2025-H2", "2025-07",    "2025-10"),
]

BESIDE = [
    # period   | the previous one | a year before
    ("2023-07",  "2023-06",         "2022-07"),
    ("2024-01",  "2023-12",         "2023-01"),
    ("2023-H1",  None,              None),
    ("2023-H2",  "2023-H1",         None),
    ("2024-H2",  "2023-H2",         "2023-H2"),
    ("2025-H1",  "2024-H2",         None),
    ("2025-H2",  "2025-H1",         None),          # one month longer: other months than a year before
]

DUE = [
    # month   | answers are due
    ("2022-12", True),      # before the first declared round nothing is known about rounds
    ("2023-01", True),
    ("2023-02", True),
    ("2023-03", True),
    ("2023-04", False),
    ("2023-07", True),
    ("2024-06", False),
    ("2025-10", True),
    ("2025-11", True),      # nor after the last one
]

NO_PERIODS = ["2023-III", "2023", "", "July 2023", "2023-7", "2023-i"]
# fmt: on


@pytest.fixture(scope="module")
def kbnn() -> Registry:
    """The shipped registry, whatever the environment points to."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.delenv("HAILONG_CONFIG", raising=False)
        return registry.load(settings.read().config)


@pytest.fixture(scope="module")
def made(kbnn: Registry) -> Registry:
    """The registry with made rounds."""
    rounds = [
        Round.model_validate(
            {"code": code, "name_vi": f"đợt {code}", "name_en": f"round {code}"}
            | {"first_month": first, "last_month": last, "source": "made"}
        )
        for code, first, last in MADE
    ]
    return replace(kbnn, rounds=tuple(rounds))


def refusal(of: Callable[[], object]) -> str:
    """The message of the error that must be raised."""
    with pytest.raises(Misdeclared) as caught:
        of()
    return str(caught.value)


def test_the_rounds_are_those_published_and_no_other(kbnn: Registry) -> None:
    found = [(r.code, r.name_vi, r.name_en, str(r.first_month), str(r.last_month)) for r in kbnn.rounds]
    assert found == SHIPPED


def test_every_round_says_that_its_months_are_inferred(kbnn: Registry) -> None:
    assert [r.code for r in kbnn.rounds if "inferred" not in r.source or "to be confirmed" not in r.source] == []


def test_a_code_leads_to_its_round_and_a_month_to_itself(kbnn: Registry) -> None:
    july = SurveyMonth(2023, 7)
    assert kbnn.period("2023-I") == Period("2023-I", "đợt I/2023", "round I/2023", july, july)
    assert kbnn.period("2023-07") == kbnn.period(" 2023-07\n") == Period.of_month(july)
    assert (kbnn.period("2023-I").kind, kbnn.period("2023-07").kind) == ("round", "month")


@pytest.mark.parametrize("code", NO_PERIODS)
def test_any_other_code_is_answered_with_the_rounds_that_there_are(code: str, kbnn: Registry) -> None:
    message = refusal(lambda: kbnn.period(code))
    assert f"'{code}' is neither a month nor a declared round" in message
    for part in ("2023-I, 2023-II, 2024-I", "YYYY-MM", "rounds.yaml"):
        assert part in message


def test_without_rounds_only_the_form_of_a_month_is_named(kbnn: Registry) -> None:
    message = refusal(lambda: replace(kbnn, rounds=()).period("2023-I"))
    assert "the rounds are" not in message
    assert "YYYY-MM" in message


@pytest.mark.parametrize(("code", "previous", "year_before"), BESIDE)
def test_a_period_has_one_before_it_of_its_own_kind(
    code: str, previous: str | None, year_before: str | None, made: Registry
) -> None:
    period = made.period(code)
    assert made.previous(period) == (previous and made.period(previous))
    assert made.year_before(period) == (year_before and made.period(year_before))


@pytest.mark.parametrize(("month", "due"), DUE)
def test_answers_are_due_in_the_months_of_rounds_and_where_no_round_is_known(
    month: str, due: bool, made: Registry
) -> None:
    assert made.has_round(SurveyMonth.parse(month)) is due


def test_without_rounds_answers_are_due_every_month(kbnn: Registry) -> None:
    assert all(replace(kbnn, rounds=()).has_round(SurveyMonth.parse(month)) for month, _ in DUE)


def test_a_round_has_every_treasury_that_is_open_on_one_of_its_days(made: Registry) -> None:
    assert len(made.treasuries_in(made.period("2023-H2"))) == 63
    assert len(made.treasuries_in(made.period("2025-H1"))) == 63 + 20
    assert made.treasury("KV01", made.period("2025-H1")).name_vi == "KBNN khu vực I"
    assert "is open in 2023-H2" in refusal(lambda: made.treasury("KV01", made.period("2023-H2")))


def test_the_days_of_a_treasury_in_a_round_are_cut_to_its_own(made: Registry) -> None:
    period = made.period("2025-H1")
    days = made.days_of(made.treasury("34", period), period)
    assert [str(day.date()) for day in days] == ["2025-01-01", "2025-03-15"]


def test_a_round_has_the_questionnaire_of_all_its_months(made: Registry) -> None:
    assert made.questionnaire_in(made.period("2023-H2")).code == "sipas-2022"


@pytest.mark.parametrize("day", ["2023-08-01", "2023-08-15", "2023-09-01"])
def test_two_questionnaires_in_one_round_cannot_be_pooled(day: str, made: Registry) -> None:
    (first,) = made.questionnaires
    begins = SurveyMonth.parse("2023-10").first_day.fromisoformat(day)
    ended = first.model_copy(update={"valid_to": begins.fromordinal(begins.toordinal() - 1)})
    second = first.model_copy(update={"code": "another", "valid_from": begins})
    changed = replace(made, questionnaires=(ended, second))
    message = refusal(lambda: changed.questionnaire_in(changed.period("2023-H2")))
    assert "2023-H2 has the questionnaires sipas-2022 and another, whose answers cannot be pooled" in message
    assert "rounds.yaml" in message
    assert changed.questionnaire_in(changed.period("2023-H1")).code == "sipas-2022"
    assert changed.questionnaire_in(changed.period("2024-H2")).code == "another"
