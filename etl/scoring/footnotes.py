"""Which footnotes a rating carries, by their codes.

``score.footnote`` has the words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from etl.registry.rule_set import RuleSet
from etl.registry.terms import PRESENT, UNSTATED

_OF_STATE = {
    "no_data": "no_data",
    "refused": "source_refused",
    "unavailable": "source_unavailable",
    "not_run": "not_run",
}


def of_counts(table: pd.DataFrame, treasuries: pd.DataFrame, rules: RuleSet) -> list[list[str]]:
    """Each rating's footnotes by its own counts, state, and period.

    ``table``: what ``etl.scoring.statistics.ratings`` made of the ``treasuries``.
    """
    least = max(rules.minimum_responses.grade, rules.minimum_responses.rank)
    has_answers = table["answer_count"].gt(0)
    is_small = table["unit_code"].ne(UNSTATED) & ~(table["response_count"].ge(least) & has_answers)
    is_treasury = table["area_level"].eq("treasury") & table["breakdown"].eq("total")
    of_state = table["treasury_state"].map(_OF_STATE).where(is_treasury & table["treasury_state"].ne("loaded"))
    of_size = has_answers.map({True: "small_n", False: "no_data"}).where(is_small)
    own = of_state.fillna(of_size)
    provisional = [] if treasuries["treasury_state"].isin(PRESENT).all() else ["provisional"]
    return [[code, *provisional] if isinstance(code, str) else [*provisional] for code in own]


def with_surroundings(
    table: pd.DataFrame, standing: pd.DataFrame, marked: Mapping[str, Collection[int]], rules: RuleSet
) -> list[list[str]]:
    """Each rating's footnotes, with those that its surroundings give it.

    They are of early and late answers, of what it is compared with, and of hidden cells.

    ``table`` has ``footnote_codes`` and ``is_suppressed``; ``marked`` are the treasuries (treasury_id) by the footnote
    that they give to all of theirs, to their region and to the whole: ``early``, read before the period was over;
    ``late``, of which more has been read than when the period was first published.
    """
    limit = rules.comparability.max_mix_distance if rules.comparability else np.inf
    areas = pd.MultiIndex.from_frame(standing[["area_level", "area_code"]])
    area_of_row = pd.MultiIndex.from_frame(table[["area_level", "area_code"]])
    is_total = table["breakdown"].eq("total")
    given = {code: _holds(table, treasuries) for code, treasuries in marked.items()} | {
        "definition_changed": is_total & area_of_row.isin(areas[standing["is_comparable"].eq(False)]),
        "mix_shifted": is_total & area_of_row.isin(areas[standing["mix_distance"].astype(float).gt(limit)]),
        "suppressed": table["is_suppressed"],
    }
    codes = [
        own + [code for code, applies in zip(given, row, strict=True) if applies]
        for own, row in zip(table["footnote_codes"], zip(*given.values(), strict=True), strict=True)
    ]
    # whether a hidden cell is itself small, or only stands beside a small one, must not be told
    return [[code for code in row if code != "small_n" or "suppressed" not in row] for row in codes]


def _holds(table: pd.DataFrame, treasuries: Collection[int]) -> pd.Series:
    """Which ratings hold answers of some treasuries: their own, of their regions, of the whole."""
    is_theirs = table["treasury_id"].isin(list(treasuries))
    regions = table.loc[is_theirs, "region_code"]
    is_region = table["area_level"].eq("region") & table["region_code"].isin(regions)
    return is_theirs | is_region | (table["area_level"].eq("system") & bool(treasuries))


@dataclass(frozen=True)
class RebasedOffice:
    """An office whose figures are summed up from those of others."""

    is_late: bool
    is_hidden: bool
    is_divided: bool
    is_summed: bool


def of_rebased(own: list[str], office: RebasedOffice) -> list[str]:
    """The footnotes of a re-based office, given those of its own counts."""
    given = {"late": office.is_late, "suppressed": office.is_hidden, "rebased": office.is_summed}
    codes = ["divided" if code == "no_data" and office.is_divided else code for code in own]
    return codes + [code for code, applies in given.items() if applies]
