"""From a period's counts to its ratings: rate, grade and rank of every area."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from etl.registry.rule_set import RuleSet
from etl.registry.terms import UNSTATED
from etl.scoring.statistics import clusters
from etl.scoring.statistics.count import COUNTS
from etl.scoring.statistics.definition import DEFINITIONS, counted, official
from etl.scoring.statistics.grade import grade
from etl.scoring.statistics.rank import rank
from etl.scoring.statistics.rate import rate


def ratings(counts: pd.DataFrame, treasuries: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Rate every counted area, and list the treasuries that have no count.

    ``counts``: one row per area_level, area_code, breakdown and member_code, with region_code, treasury_id,
    unit_code and ``COUNTS`` (the columns of ``sql/scoring/count.sql``).
    ``treasuries``: one row per open treasury, with treasury_id, treasury_code, region_code, treasury_state.
    Returns both with treasury_code, treasury_state, rate_numerator, rate_denominator, satisfaction_rate (by the
    official definition), a rate by each definition, grade_code, rank and ranked_count. Below the minimum of responses
    there is a rate, but no grade or rank. How sure a rate is, ``uncertainty`` says, when it is known what is hidden.
    """
    table = pd.concat([counts, _uncounted(counts, treasuries)], ignore_index=True)
    table = table.merge(
        treasuries[["treasury_id", "treasury_code", "treasury_state"]], on="treasury_id", how="left", validate="m:1"
    )
    numerator, denominator = official(table, rules.rate)
    has_answers, has_rate = table["answer_count"].gt(0).to_numpy(), (denominator > 0).astype(bool)
    wide = np.promote_types(numerator.dtype, float)
    shares = np.divide(numerator, denominator, out=np.full(len(table), np.nan, wide), where=has_rate)
    table = table.assign(
        rate_numerator=numerator,
        rate_denominator=denominator,
        satisfaction_rate=shares.astype(float),
        grade_code=grade(numerator, denominator, rules.grades),
        **{f"{definition}_rate": _rate_by(table, definition, has_answers) for definition in DEFINITIONS},
    )
    is_nobody = table["unit_code"].eq(UNSTATED)
    graded = table["response_count"].ge(rules.minimum_responses.grade) & ~is_nobody & has_answers
    ranked = table["response_count"].ge(rules.minimum_responses.rank) & ~is_nobody & has_answers
    table["grade_code"] = table["grade_code"].where(graded & has_rate, None)
    return table.join(_ranks(table[ranked & has_rate]))


def _rate_by(table: pd.DataFrame, definition: Any, has_answers: Any) -> Any:
    """The pooled rate of each cell by a definition."""
    k, n = counted(table, definition)
    return rate(k, np.where(has_answers, n, 0))


def _uncounted(counts: pd.DataFrame, treasuries: pd.DataFrame) -> pd.DataFrame:
    """Rows without figures for the treasuries that were not counted."""
    counted_ids = counts.loc[counts["area_level"].eq("treasury"), "treasury_id"]
    missing = treasuries[~treasuries["treasury_id"].isin(counted_ids)]
    return pd.DataFrame(
        {
            "area_level": "treasury",
            "area_code": missing["treasury_code"],
            "region_code": missing["region_code"],
            "treasury_id": missing["treasury_id"],
            "unit_code": None,
            "breakdown": "total",
            "member_code": "all",
            **dict.fromkeys([*COUNTS, *(name for name in clusters.SUMS if name in counts)], 0),
        }
    ).astype({"unit_code": object})


def peers(table: pd.DataFrame) -> pd.Series:
    """The number of the group in which each cell is ranked: a level in one member, units within their treasury."""
    parent = table["treasury_id"].where(table["area_level"].eq("unit"), 0)
    grouped = table.groupby([table["area_level"], parent, table["breakdown"], table["member_code"]], sort=False)
    return grouped.ngroup()


def _ranks(table: pd.DataFrame) -> pd.DataFrame:
    """Rank and number of ranked peers."""
    group = peers(table)
    places = rank(table["rate_numerator"].to_numpy(), table["rate_denominator"].to_numpy(), group.to_numpy(np.int64))
    found = {"rank": places, "ranked_count": group.groupby(group).transform("size")}
    return pd.DataFrame(found, index=table.index).astype("Int64")
