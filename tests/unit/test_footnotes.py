"""Which footnotes a rating carries besides those of its own counts."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl.periods import SurveyMonth
from etl.registry import rule_sets
from etl.scoring import footnotes
from etl.scoring.footnotes import RebasedOffice

SHIPPED = rule_sets.in_force(Path(__file__).parents[2] / "config", SurveyMonth(2023, 7))
BARE = SHIPPED.model_copy(update={"comparability": None})
assert SHIPPED.comparability
FAR = SHIPPED.comparability.max_mix_distance + 0.01
PLAIN = RebasedOffice(is_late=False, is_hidden=False, is_divided=False, is_summed=False)

# fmt: off
AREAS = [
    # level     | area    | breakdown | treasury | region      | own footnotes | hidden
    ("system",   "all",     "total",    None,      None,         [],             False),
    ("region",   "delta",   "total",    None,      "delta",      [],             False),
    ("region",   "coast",   "total",    None,      "coast",      [],             False),
    ("treasury", "34",      "total",    34,        "delta",      [],             False),
    ("treasury", "34",      "channel",  34,        "delta",      ["small_n"],    True),
    ("treasury", "48",      "total",    48,        "coast",      ["small_n"],    False),
]
REBASED = [
    # own footnotes          | of the office                                   | together
    (["no_data"],              {},                                               ["no_data"]),
    (["no_data"],              {"is_divided": True, "is_summed": True},          ["divided", "rebased"]),
    (["small_n"],              {"is_divided": True},                             ["small_n"]),
    (["provisional"],          {"is_late": True, "is_hidden": True},             ["provisional", "late", "suppressed"]),
    ([],                       {"is_late": True, "is_summed": True},             ["late", "rebased"]),
]
# fmt: on


def noted(
    late: set[int], rules: Any = SHIPPED, *, early: frozenset[int] = frozenset(), **of_34: Any
) -> list[list[str]]:
    """The footnotes of all areas, given what the standing of treasury 34 says."""
    names = ["area_level", "area_code", "breakdown", "treasury_id", "region_code", "footnote_codes", "is_suppressed"]
    table = pd.DataFrame(AREAS, columns=names).astype({"treasury_id": "Int64"})
    standing = table.loc[table["breakdown"].eq("total"), names[:2]].assign(is_comparable=True, mix_distance=0.0)
    for name, value in of_34.items():
        standing[name] = standing[name].astype(object).where(standing["area_code"].ne("34"), value)
    return footnotes.with_surroundings(table, standing, {"early": early, "late": late}, rules)


def test_what_is_hidden_says_so_and_not_that_it_is_small() -> None:
    assert noted(set()) == [[], [], [], [], ["suppressed"], ["small_n"]]


def test_what_was_read_early_marks_its_treasury_its_region_and_the_whole_as_late_answers_do() -> None:
    assert noted({48}, early=frozenset({34})) == [
        ["early", "late"], ["early"], ["late"], ["early"], ["early", "suppressed"], ["small_n", "late"],
    ]  # fmt: skip


def test_late_answers_mark_their_treasury_its_region_and_the_whole() -> None:
    assert noted({34}) == [["late"], ["late"], [], ["late"], ["late", "suppressed"], ["small_n"]]


@pytest.mark.parametrize(
    ("of_34", "code"),
    [({"is_comparable": False}, "definition_changed"), ({"mix_distance": FAR}, "mix_shifted")],
)
def test_what_cannot_be_compared_is_marked_over_all_answers_only(of_34: dict[str, Any], code: str) -> None:
    assert noted(set(), **of_34) == [[], [], [], [code], ["suppressed"], ["small_n"]]


def test_without_a_limit_no_mix_counts_as_shifted() -> None:
    assert noted(set(), BARE, mix_distance=1.0)[3] == []


@pytest.mark.parametrize(("own", "office", "together"), REBASED)
def test_an_office_that_is_summed_up_says_what_its_parts_are(
    own: list[str], office: dict[str, bool], together: list[str]
) -> None:
    assert footnotes.of_rebased(own, dataclasses.replace(PLAIN, **office)) == together
