"""Whether the evidence is enough for one step, of each officer, under the cap of false recommendations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from etl.acting.words import EFFECT_OF_OLD
from etl.registry.actions import ReasonCode
from etl.registry.ladder_steps import LadderStep, Need, Way, WayCode
from etl.scoring.statistics.false_discovery import adjusted

LIMITS = ["step", "way", "looked_at", "p_limit", "beyond", "recommended", "held_back"]
"""Of each step and way: figures looked at, the p value up to which they count, and the officers beyond the limit."""

_REASON: dict[WayCode, ReasonCode] = {
    "funnel": "beyond_funnel",
    "cusum": "cusum_alarm",
    "windows": "beyond_in_windows",
    "criterion": "criterion_gap",
    "new_answers": "persists",
    "violation": "violation_concluded",
}
_UNMET: dict[Need, ReasonCode] = {
    "review_upheld": "review_not_upheld",
    "trained": "not_trained",
    "effect_worse_or_none": "effect_not_worse_or_none",
}


@dataclass(frozen=True)
class StepEvidence:
    """One step of all officers: ``officers`` by officer, and a row ``LIMITS`` for each way.

    ``officers``: is_due, reasons (codes), missing (codes), effective_responses, required_responses.
    """

    officers: pd.DataFrame
    limits: pd.DataFrame


def weigh(evidence: pd.DataFrame, standing: pd.DataFrame, step: LadderStep, required: float) -> StepEvidence:
    """Who is due to be looked at for a step. ``standing`` is by officer: see ``recommendation.recommend``."""
    unmet = {_UNMET[need]: ~_is_met(standing, need) for need in step.needs}
    may = standing["is_assigned"].to_numpy(bool)
    for is_unmet in unmet.values():
        may = may & ~is_unmet.to_numpy(bool)
    rows = evidence[evidence["step"].eq(step.code) & evidence["officer"].isin(standing.index)]
    size = rows.groupby("officer")["effective_responses"].max().reindex(standing.index).fillna(0.0)
    enough = rows[rows["effective_responses"].ge(required) & rows["officer"].isin(standing.index[may])]
    by_chance = [way for way in step.ways if way.is_by_chance]
    ways = [_beyond(enough[enough["way"].eq(way.code)], step, way) for way in by_chance]
    reasons = _none(standing)
    for way, (due, _, _) in zip(by_chance, ways, strict=True):
        reasons = _with(reasons, standing.index.isin(due), _REASON[way.code])
    if len(by_chance) < len(step.ways):
        concluded = standing["is_violation_concluded"] & standing["is_assigned"]
        reasons = _with(reasons, concluded.to_numpy(bool), "violation_concluded")
    is_due = reasons.map(len).gt(0)
    held_back = standing.index.isin(set().union(*(beyond for _, beyond, _ in ways)))
    lacking = {**unmet, "too_few_responses": size.lt(required)}
    missing = _missing(standing, lacking, pd.Series(held_back, standing.index)).where(~is_due, _none(standing))
    officers = pd.DataFrame({"is_due": is_due, "reasons": reasons, "missing": missing, "effective_responses": size})
    limits = pd.DataFrame([row for _, _, row in ways], columns=LIMITS)
    return StepEvidence(officers.assign(required_responses=required), limits)


def _missing(standing: pd.DataFrame, lacking: dict[ReasonCode, pd.Series], held_back: pd.Series) -> pd.Series:
    """What each officer's step lacks: where she was, what it needs, responses, or else a figure that is clear."""
    is_assigned = standing["is_assigned"]
    missing = _with(_none(standing), ~is_assigned.to_numpy(bool), "assignment_gap")
    for code, applies in lacking.items():
        missing = _with(missing, (is_assigned & applies).to_numpy(bool), code)
    has_all = missing.map(len).eq(0)
    missing = _with(missing, (has_all & held_back).to_numpy(bool), "held_back")
    return _with(missing, (has_all & ~held_back).to_numpy(bool), "within_limits")


def _is_met(standing: pd.DataFrame, need: Need) -> pd.Series:
    """Whether an officer has what a step needs; "cannot tell" and "helped" lead no further."""
    if need == "effect_worse_or_none":
        return standing["effect"].replace(EFFECT_OF_OLD).isin(["worse", "no_effect"])
    return standing[{"review_upheld": "is_review_upheld", "trained": "is_trained"}[need]]


def _beyond(rows: pd.DataFrame, step: LadderStep, way: Way) -> tuple[set[object], set[object], dict[str, object]]:
    """The officers who are recommended by a way, those beyond its declared limit, and its row of ``LIMITS``.

    Of N p values so many false ones are expected below a limit as N times the limit, however they hang together: the
    limit is no more than the cap over N. The threshold of a CUSUM has its cap in it already.
    """
    if way.code == "cusum":
        is_beyond = is_due = rows["cusum"].gt(rows["cusum_threshold"])
        limit = float("nan")
    else:
        limit = min(way.tail, step.cap_of_a_way / max(len(rows), 1))
        is_beyond = rows["p_value"].le(way.tail)
        if way.max_q is not None:
            is_beyond &= adjusted(rows["p_value"]) <= way.max_q
        is_due = is_beyond & rows["p_value"].le(limit)
    due, beyond = set(rows.loc[is_due, "officer"]), set(rows.loc[is_beyond, "officer"])
    counts = {"looked_at": len(rows), "beyond": len(beyond), "recommended": len(due), "held_back": len(beyond - due)}
    return due, beyond, {"step": step.code, "way": way.code, "p_limit": limit, **counts}


def _none(standing: pd.DataFrame) -> pd.Series:
    """No codes, of each officer."""
    return pd.Series([()] * len(standing), standing.index, dtype=object)


def _with(codes: pd.Series, applies: np.ndarray, code: ReasonCode) -> pd.Series:
    """The codes with one more where it applies."""
    added = [(*those, code) if is_so else those for those, is_so in zip(codes, applies, strict=True)]
    return pd.Series(added, codes.index, dtype=object)
