"""A ladder used month after month on made-up officers, by a person who agrees with everything.

That is the worst case: whatever is recommended is carried out at once, every review is upheld, and no step ever has an
effect. So nothing but the ladder's own evidence stands between an officer and the next step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.actions.made_up import CRITERIA, Drawn
from etl.acting.evidence import Answers, evidence, spread_in
from etl.acting.figures import figures
from etl.acting.ladder import required_responses
from etl.acting.recommendation import recommend
from etl.registry.actions import Ladder
from etl.scoring.statistics.reliability import PUBLISHED_HALF, Spread


def recommended(drawn: Drawn, ladder: Ladder, is_fitted: bool) -> Iterator[dict[str, Any]]:
    """Month by month and step by step: who was recommended, who was held back, and M."""
    used = ladder.model_copy(update={"persons": "shown"})
    decided = pd.DataFrame({"officer": [], "step": [], "month": []})
    for month in range(int(drawn.responses.month.max()) + 1):
        answers = Answers(drawn.responses, CRITERIA, month, decided)
        spread = spread_in(answers, used) if is_fitted else Spread(PUBLISHED_HALF, "published", 0)
        found = _month(answers, used, spread)
        steps = found[0]
        for step in used.steps:
            officers = steps.loc[steps["step"].eq(step.code), "officer"]
            yield {"month": month, "step": step.code, "half": spread.half, "officers": officers.to_numpy(),
                   "held_back": found[1].get(step.code, 0)}  # fmt: skip
        decided = pd.concat([decided, steps.assign(month=month)], ignore_index=True)


def _month(answers: Answers, ladder: Ladder, spread: Spread) -> tuple[pd.DataFrame, dict[str, int]]:
    """The officers recommended in a month with their steps, and how many were held back at each step."""
    months = max((way.months or 0) * (way.of or 1) for step in ladder.steps for way in step.ways)
    most = figures(answers.over(months))["effective_responses"].max()
    if required_responses(ladder.steps[0], spread) > most:  # nobody has enough: the rest need not be looked at
        return pd.DataFrame({"officer": [], "step": []}), {}
    made = recommend(evidence(answers, ladder), _standing(answers), ladder, spread)
    officers = made.officers[made.officers["step"].notna()]
    return officers[["officer", "step"]], made.limits.groupby("step")["held_back"].sum().to_dict()


def _standing(answers: Answers) -> pd.DataFrame:
    """What stands of each officer where everything recommended was carried out and nothing helped."""
    officers = answers.responses.officers
    had = {code: officers.isin(rows["officer"]) for code, rows in answers.decided.groupby("step")}
    none = np.zeros(len(officers), dtype=bool)
    return pd.DataFrame(
        {
            "officer": officers,
            "is_assigned": True,
            "is_review_upheld": had.get("review", none),
            "is_trained": had.get("training", none),
            "effect": np.where(had.get("serve_others", none), "none", None),
            "is_violation_concluded": False,
        }
    )


def reached(drawn: Drawn, months: int) -> np.ndarray:
    """The effective responses of each officer in the first so many months; 0 of those without any."""
    answers = Answers(drawn.responses, CRITERIA, months - 1, pd.DataFrame())
    found = figures(answers.over(months))["effective_responses"]
    return found.to_numpy(np.float64)
