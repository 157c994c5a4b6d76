"""The evidence that a ladder asks for: of each officer, step and way one figure, from the responses of a few years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.acting.figures import EvidenceWindow, Marks, OfficerAnswers, adjusted_counts, figures, window
from etl.acting.ladder import spread_of
from etl.registry.actions import Ladder
from etl.registry.ladder_steps import LadderStep, Way
from etl.scoring.statistics.cusum import path, threshold, weight
from etl.scoring.statistics.reliability import Spread
from etl.scoring.statistics.shortfall import in_windows

COLUMNS = ["officer", "step", "way", "member", "effective_responses", "p_value", "cusum", "cusum_threshold"]
"""One row an officer, step and way (``member``: the criterion, or empty); ``cusum`` only where the way is one."""
NEVER = -(10**9)
"""The month of a decision that was never taken."""


@dataclass(frozen=True)
class Answers:
    """What evidence is made of.

    ``responses``: see ``etl.acting.figures``; ``criteria``: its columns that count towards persons; ``month``: the last
    one looked at. ``decided``: officer, step and month, a row for each step decided or carried out: the last month
    whose answers it knew; is_carried_out, where there is such a column, tells which. Answers that a decision has dealt
    with do not count again for its step, nor for a milder one.
    """

    responses: OfficerAnswers
    criteria: Sequence[str]
    month: int
    decided: pd.DataFrame

    @cached_property
    def windows(self) -> dict[tuple[int, int, str], EvidenceWindow]:
        """The windows that were asked for so far, by first month, last month and criterion."""
        return {}

    def over(self, months: int, back: int = 0, criterion: str = "") -> EvidenceWindow:
        """The window of so many months that ends so many months back; of one criterion, or of all together."""
        last = self.month - back
        key = (last - months + 1, last, criterion)
        if key not in self.windows:
            self.windows[key] = window(self.responses, key[:2], criterion)
        return self.windows[key]

    def is_after(self, of: EvidenceWindow, steps: Sequence[str]) -> Marks:
        """Whether each response came after the last decision on any of some steps about its officer."""
        return np.asarray(of.month > self._last(self.decided[self.decided["step"].isin(steps)])[of.officer])

    def is_carried_out(self, of: EvidenceWindow, step: str) -> Marks:
        """Whether a step was carried out about the officer of each response."""
        of_step = self.decided[self.decided["step"].eq(step)]
        if "is_carried_out" in of_step:
            of_step = of_step[of_step["is_carried_out"].astype(bool)]
        return np.asarray(self._last(of_step)[of.officer] > NEVER)

    def _last(self, decided: pd.DataFrame) -> npt.NDArray[np.float64]:
        """By officer, the month of the last of some decisions."""
        last = decided.groupby("officer")["month"].max()
        return last.reindex(self.responses.officers).fillna(NEVER).to_numpy(np.float64)


def evidence(answers: Answers, ladder: Ladder) -> pd.DataFrame:
    """The rows ``COLUMNS`` of every officer with answers, for every way of every step that is by numbers."""
    found = [
        _of_way(answers, ladder, step, way).assign(step=step.code, way=way.code)
        for step in ladder.steps
        for way in step.ways
        if way.is_by_chance
    ]
    table = pd.concat([rows.reset_index() for rows in found], ignore_index=True)
    return table.reindex(columns=COLUMNS)


def spread_in(answers: Answers, ladder: Ladder) -> Spread:
    """How much officers differ, from the longest window that the ladder looks at."""
    months = max((way.months or 0) * (way.of or 1) for step in ladder.steps for way in step.ways)
    of = answers.over(months)
    return spread_of(ladder, *adjusted_counts(of), of.worth)


def _of_way(answers: Answers, ladder: Ladder, step: LadderStep, way: Way) -> pd.DataFrame:
    """Member, effective responses, p value and CUSUM of each officer, by officer."""
    codes = [each.code for each in ladder.steps]
    stronger = codes[codes.index(step.code) :]
    if way.code == "cusum":
        return _cusum(answers, step, way, stronger)
    if way.code == "windows":
        return _in_windows(answers, way, stronger)
    if way.code == "criterion":
        return pd.concat([_new(answers, way, stronger, criterion) for criterion in answers.criteria])
    return _new(answers, way, [*stronger, way.after] if way.after else stronger)


def _new(answers: Answers, way: Way, steps: Sequence[str], criterion: str = "") -> pd.DataFrame:
    """The figures of one window, of the answers since the last decision on some steps.

    Of ``new_answers`` only those are looked at about whom the step before was carried out.
    """
    of = answers.over(way.months or 1, criterion=criterion)
    is_counted = answers.is_after(of, steps)
    if way.after is not None:
        is_counted &= answers.is_carried_out(of, way.after)
    return figures(of, is_counted)[["effective_responses", "p_value"]].assign(member=criterion)


def _in_windows(answers: Answers, way: Way, steps: Sequence[str]) -> pd.DataFrame:
    """The p value of several windows that do not overlap, and the responses of all of them together."""
    count, months = way.of or 1, way.months or 1
    parts = []
    for number in range(count):
        of = answers.over(months, back=number * months)
        parts.append(figures(of, answers.is_after(of, steps))[["effective_responses", "p_value"]])
    sizes = pd.concat([part["effective_responses"] for part in parts], axis=1).sum(axis=1)
    p_values = pd.concat([part["p_value"] for part in parts], axis=1).fillna(1.0)
    combined = in_windows(p_values.to_numpy(), way.least or count)
    found = pd.DataFrame({"effective_responses": sizes, "p_value": combined, "member": ""})
    return found.rename_axis("officer")


def _cusum(answers: Answers, step: LadderStep, way: Way, steps: Sequence[str]) -> pd.DataFrame:
    """The sum of each officer in the last month, and the threshold that the cap of the step leaves.

    After an alarm it starts again: each is one of the month in which it came. Effective responses are taken month by
    month, whatever their order in it, which finds a little later and alarms no more often.
    """
    months, ratio = way.months or 1, way.odds_ratio or 2.0
    of = answers.over(months)
    is_counted = answers.is_after(of, steps)
    found = figures(of, is_counted)
    if found.empty:
        return found[["effective_responses", "p_value"]].assign(cusum=0.0, cusum_threshold=np.inf, member="")
    n = found["effective_responses"].to_numpy(np.float64)
    who = of.of.officers.get_indexer(found.index)
    cells = of.officer[is_counted] * months + (of.month[is_counted] - answers.month + months - 1)
    weights = weight(of.bad[is_counted], 1.0, of.expected[is_counted], ratio)
    by_month = np.bincount(cells, weights, len(of.of.officers) * months).reshape(-1, months)[who]
    worth = of.worth * n / found["response_count"].to_numpy(np.float64)
    trials = of.worth * n.sum() / max(len(np.unique(of.month)), 1)
    # three digits: the search for the same threshold need not be made again each month
    at = threshold(float(f"{trials / step.cap_of_a_way:.3g}"), float(f"{of.expected.mean():.3g}"), ratio)
    sums = path(by_month * worth[:, None], at)[:, -1]
    return found[["effective_responses"]].assign(cusum=sums, cusum_threshold=at, p_value=np.nan, member="")
