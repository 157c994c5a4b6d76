"""From a month's counts to its ratings: rate, interval, grade, rank and footnotes of every area."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from etl.contract import PRESENT, UNSTATED
from etl.rules import RuleSet
from etl.score.grade import grade
from etl.score.interval import wilson
from etl.score.rank import rank
from etl.score.rate import rate

_FOOTNOTE_OF_STATE = {
    "no_data": "no_data",
    "refused": "source_refused",
    "unavailable": "source_unavailable",
    "not_run": "not_run",
}


def ratings(counts: pd.DataFrame, treasuries: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Rate every counted area, and list the treasuries that have no count.

    ``counts``: one row per area_level, area_code, breakdown and member_code, with region_code, treasury_id,
    unit_code, response_count, answer_count, satisfied_count (the columns of ``sql/score/count.sql``).
    ``treasuries``: one row per open treasury, with treasury_id, treasury_code, region_code, treasury_state.
    Returns both with treasury_code, treasury_state, satisfaction_rate, rate_low, rate_high, grade_code, rank,
    ranked_count and footnote_codes. Below the minimum of responses there is a rate, but no grade or rank.
    """
    table = pd.concat([counts, _uncounted(counts, treasuries)], ignore_index=True)
    table = table.merge(
        treasuries[["treasury_id", "treasury_code", "treasury_state"]], on="treasury_id", how="left", validate="m:1"
    )
    k, n = table["satisfied_count"].to_numpy(np.int64), table["answer_count"].to_numpy(np.int64)
    low, high = wilson(k, n, rules.interval_level)
    table = table.assign(
        satisfaction_rate=rate(k, n), rate_low=low, rate_high=high, grade_code=grade(k, n, rules.grades)
    )
    is_nobody = table["unit_code"].eq(UNSTATED)
    graded = table["response_count"].ge(rules.minimum_responses.grade) & ~is_nobody & (n > 0)
    ranked = table["response_count"].ge(rules.minimum_responses.rank) & ~is_nobody & (n > 0)
    table["grade_code"] = table["grade_code"].where(graded, None)
    table = table.join(_ranks(table[ranked]))
    is_provisional = not treasuries["treasury_state"].isin(PRESENT).all()
    table["footnote_codes"] = [
        _footnotes(row, is_small=is_small, is_provisional=is_provisional)
        for row, is_small in zip(table.to_dict("records"), ~(graded & ranked) & ~is_nobody, strict=True)
    ]
    return table


def _uncounted(counts: pd.DataFrame, treasuries: pd.DataFrame) -> pd.DataFrame:
    """Rows without figures for the treasuries that were not counted."""
    counted = counts.loc[counts["area_level"].eq("treasury"), "treasury_id"]
    missing = treasuries[~treasuries["treasury_id"].isin(counted)]
    return pd.DataFrame(
        {
            "area_level": "treasury",
            "area_code": missing["treasury_code"],
            "region_code": missing["region_code"],
            "treasury_id": missing["treasury_id"],
            "unit_code": None,
            "breakdown": "total",
            "member_code": "all",
            "response_count": 0,
            "answer_count": 0,
            "satisfied_count": 0,
        }
    ).astype({"unit_code": object})


def _ranks(table: pd.DataFrame) -> pd.DataFrame:
    """Rank and number of ranked peers: areas of one level in one member, units within their treasury."""
    parent = table["treasury_id"].where(table["area_level"].eq("unit"), 0)
    peers = table.groupby([table["area_level"], parent, table["breakdown"], table["member_code"]], sort=False)
    satisfied, answers = table["satisfied_count"].to_numpy(np.int64), table["answer_count"].to_numpy(np.int64)
    places = rank(satisfied, answers, peers.ngroup().to_numpy().astype(np.int64))
    found = {"rank": places, "ranked_count": peers["area_level"].transform("size")}
    return pd.DataFrame(found, index=table.index).astype("Int64")


def _footnotes(row: dict[Any, Any], *, is_small: bool, is_provisional: bool) -> list[str]:
    """The codes of the footnotes that one rating carries."""
    codes = []
    if row["area_level"] == "treasury" and row["breakdown"] == "total" and row["treasury_state"] != "loaded":
        codes.append(_FOOTNOTE_OF_STATE[row["treasury_state"]])
    elif is_small:
        codes.append("small_n" if row["answer_count"] else "no_data")
    return [*codes, "provisional"] if is_provisional else codes
