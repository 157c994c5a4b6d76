"""The sums over those from whom alike answers come: what an area's uncertainty is made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from etl.registry.rule_set import Definition, Rate
from etl.scoring.statistics.definition import counted
from etl.scoring.statistics.effective import Floats, Pool, effective_count

SUMS = {
    "cluster_count": "response_count",
    "cluster_satisfied_squares": "satisfied_squares",
    "cluster_answer_squares": "answer_squares",
    "cluster_satisfied_answer_products": "satisfied_answer_products",
}
"""The sums over the clusters of a cell, each with its like over responses: whole numbers that add up."""

CELL = ["area_level", "area_code", "breakdown", "member_code"]
"""What names a cell of all areas' counts."""


def looks_beyond_responses(rate: Rate) -> bool:
    """Whether those whose answers are alike may give several responses."""
    return rate.clustering in ("respondents", "officers", "units")


def clustered(counts: pd.DataFrame, shared: Iterable[dict[str, Any]], definition: Definition) -> pd.DataFrame:
    """The counts with the columns of ``SUMS``.

    ``shared``: the rows of ``sql/scoring/count_clusters.sql``: what the sums over the clusters of a cell have beyond
    those over its responses. A cell that is not in it has as many clusters as responses. An officer's answers are
    always counted as answers.
    """
    cells = pd.DataFrame(shared, columns=[*CELL, *SUMS])
    beyond = counts[CELL].merge(cells, on=CELL, how="left", validate="m:1").set_index(counts.index)
    is_officer = counts["breakdown"].eq("officer")
    responses = over_responses(counts, definition).mask(is_officer, over_responses(counts, "share_of_answers"))
    found = {name: responses[like] + beyond[name].fillna(0).astype("int64") for name, like in SUMS.items()}
    return counts.assign(**found)


def over_responses(counts: pd.DataFrame, definition: Definition) -> pd.DataFrame:
    """The sums over responses of the answers that a definition counts: of persons, each response is one."""
    satisfied, answers = counted(counts, definition)
    kept = counts[["response_count"]].assign(answer_count=answers, satisfied_count=satisfied)
    if definition == "share_of_answers":
        return kept.join(counts[["satisfied_squares", "answer_squares", "satisfied_answer_products"]])
    return kept.assign(satisfied_squares=satisfied, answer_squares=answers, satisfied_answer_products=satisfied)


def over_clusters(counts: pd.DataFrame, rate: Rate, definition: Definition) -> pd.DataFrame:
    """The same over the clusters that the rule set names, whose number is then the response_count."""
    found = over_responses(counts, definition)
    if not looks_beyond_responses(rate):
        return found
    return found.assign(**{like: counts[name].astype("int64") for name, like in SUMS.items()})


def effective_answers(counts: pd.DataFrame, rate: Rate, definition: Definition, pool: Pool | None) -> Floats:
    """The effective number of each cell's answers, by whom the rule set takes for independent.

    With a ``pool`` how alike answers are is learnt from other cells as well.
    """
    sums = over_clusters(counts, rate, definition)
    return sums["answer_count"].to_numpy(float) if rate.clustering == "answers" else effective_count(sums, pool)
