"""The evidence on officers of a month's draft, and what it recommends: computed, and kept with the draft.

Rounds have none: the windows that a ladder looks at end with a month, and each month of a round has its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from etl import warehouse
from etl.acting.evidence import Answers, evidence, spread_in
from etl.acting.figures import OfficerAnswers, figures
from etl.acting.officers import answers as officer_answers
from etl.acting.officers import persons, pinned, standing
from etl.acting.officers.persons import EvidenceDays, Persons
from etl.acting.recommendation import RECOMMENDED, STANDING, recommend
from etl.periods import SurveyMonth
from etl.registry import actions, competences
from etl.registry.actions import Ladder
from etl.registry.competences import Competences
from etl.registry.ruled import Ruled
from etl.scoring.statistics.reliability import PUBLISHED_HALF, Spread, reliability
from etl.warehouse import bulk

_KEPT = {"effective_responses": 6, "p_value": 12, "cusum": 8, "cusum_threshold": 8}
"""To how many digits evidence is kept: what is recommended is told by what is kept, and by no digit beyond."""
_BY_OFFICER = ["treasury_id", "officer_code", "person_id"]


@dataclass(frozen=True)
class EvidenceRules:
    """By what the evidence of a month is made, and the last assignment and event that are known.

    ``are_persons_pinned``: whether what these say is kept with the evidence; None before there was a place for it.
    """

    ladder: Ladder
    competences: Competences
    last_assignment_number: int
    last_event_number: int
    are_persons_pinned: bool | None = True


@dataclass(frozen=True)
class OfficerEvidence:
    """``evidence`` and ``recommendations`` with the columns of their tables in ``score``; how officers differ."""

    evidence: pd.DataFrame
    recommendations: pd.DataFrame
    spread: Spread


def make(connection: warehouse.Connection, ruled: Ruled, today: dt.datetime | None = None) -> bool:
    """Compute and keep the evidence of a month's draft; whether there is any.

    There is none of a round, where no ladder is in force on the local day, nor where nothing counts towards officers.
    Who writes into a case, or assigns somebody, in this moment is waited for, and waits until the transaction ends.
    """
    day = (today or warehouse.now(connection)).astimezone(ruled.registry.zone()).date()
    ladder, counted = actions.in_force(ruled.registry.path, day), ruled.registry.competences_in(ruled.period)
    if ruled.period.is_round or ladder is None or counted is None:
        return False
    (numbers,) = warehouse.rows(connection, "acting/known_now")
    bounds = {"first_month": first_month(ruled, ladder), "last_month": ruled.period.first_day}
    warehouse.run(connection, "acting/keep_officer_input", {"period_code": ruled.period.code, **bounds})
    known = EvidenceRules(ladder, counted, **numbers)
    pinned.keep(connection, ladder, {"period_code": ruled.period.code, **numbers})
    keep(connection, ruled, known)
    return True


def make_again(connection: warehouse.Connection, ruled: Ruled, basis: Mapping[str, Any]) -> None:
    """Compute and keep, as a draft's, the evidence of a published revision by what its basis pins.

    The months that it was made from are in core as they were. Who was forgotten since is in it as she was. A ladder, or
    competences, that were edited since raise Misdeclared.
    """
    path, said = ruled.registry.path, ("last_assignment_number", "last_event_number", "are_persons_pinned")
    known = EvidenceRules(
        actions.named(path, basis["ladder_code"], basis["ladder_digest"]),
        competences.named(ruled.registry.competences, basis["competences_code"], basis["competences_digest"]),
        **{name: basis[name] for name in said},
    )
    key = {name: basis[name] for name in ("period_code", "revision_number")}
    warehouse.run(connection, "acting/pinned_officer_input", key)
    if known.are_persons_pinned:
        pinned.keep_of(connection, key)
    else:
        pinned.keep(connection, known.ladder, basis)
    keep(connection, ruled, known)


def keep(connection: warehouse.Connection, ruled: Ruled, known: EvidenceRules) -> None:
    """Compute the evidence of a draft whose months and persons are kept, and keep it."""
    made, key = of_months(connection, ruled, known), {"period_code": ruled.period.code}
    basis = {
        "ladder_code": known.ladder.code,
        "ladder_digest": known.ladder.digest,
        "competences_code": known.competences.code,
        "competences_digest": known.competences.digest,
        "first_month": first_month(ruled, known.ladder),
        "spread_half": made.spread.half,
        "spread_origin": made.spread.origin,
        "spread_person_count": made.spread.persons,
        "last_assignment_number": known.last_assignment_number,
        "last_event_number": known.last_event_number,
        "are_persons_pinned": known.are_persons_pinned,
    }
    warehouse.run(connection, "acting/keep_officer_basis", {**key, **basis})
    for name, rows in (("officer_evidence", made.evidence), ("recommendation", made.recommendations)):
        keyed = rows.assign(**key, revision_number=0, person_id=rows["person_id"].astype("Int64"))
        bulk.copy_text(connection, ("score", name), pa.Table.from_pandas(keyed, preserve_index=False))
    warehouse.run(connection, "acting/seal_officers", key)


def of_months(connection: warehouse.Connection, ruled: Ruled, known: EvidenceRules) -> OfficerEvidence:
    """The evidence of the months and persons that are kept for a draft, and what it recommends, as both are kept."""
    table = officer_answers.read(connection, ruled)
    if not table.num_rows:
        nobody = Spread(PUBLISHED_HALF, "published", 0)
        return OfficerEvidence(pd.DataFrame(columns=[*_BY_OFFICER]), pd.DataFrame(columns=[*_BY_OFFICER]), nobody)
    asked = warehouse.rows(connection, "acting/asked_positions", criterion_codes=sorted(known.competences.of_criterion))
    bad = officer_answers.counted(table, pd.DataFrame(asked), ruled.rule_set.counting)
    responses, criteria = officer_answers.as_frame(table), [str(name) for name in bad]
    who = persons.of(responses, pinned.assignments(connection, ruled.period.code), _days(connection, ruled, known))
    standings = pinned.standings(connection, ruled.period.code)
    number_of = {person: number for number, person in who.table["person_id"].dropna().astype(int).items()}
    decided = standings.decided.assign(officer=standings.decided["officer"].map(number_of)).dropna(subset="officer")
    numbered = OfficerAnswers.of(pd.concat([responses.assign(officer=who.of_response), bad], axis=1), criteria)
    month = standing.month_of(ruled.period.first_day)
    made = _weighed(Answers(numbered, criteria, month, decided), _stood(who, standings), who, known.ladder)
    if known.are_persons_pinned:
        return made
    return replace(made, recommendations=made.recommendations.assign(supported_step_code=None))


def first_month(ruled: Ruled, ladder: Ladder) -> dt.date:
    """The first day of the months that a ladder looks at, of which a period's is the last."""
    last = standing.month_of(ruled.period.first_day)
    number = last - _months(ladder) + 1
    return SurveyMonth(number // 12, number % 12 + 1).first_day


def _weighed(answers: Answers, stood: pd.DataFrame, who: Persons, ladder: Ladder) -> OfficerEvidence:
    """The evidence as it is kept, and what it recommends."""
    spread = spread_in(answers, ladder)
    spread = replace(spread, half=round(spread.half, 6))
    found = evidence(answers, ladder)
    found = found.assign(**{name: found[name].astype(float).round(digits) for name, digits in _KEPT.items()})
    recommended = recommend(found, stood, ladder, spread).officers
    supported = recommended
    if len(answers.decided):
        of_all = replace(answers, decided=answers.decided.iloc[:0])
        of_all.windows.update(answers.windows)
        supported = recommend(evidence(of_all, ladder), stood, ladder, spread).officers
    longest = answers.over(_months(ladder))
    of_month = figures(longest, longest.month == answers.month)["effective_responses"]
    by_officer = who.table[["treasury_id", "officer_code", "person_id", "unit_code"]]
    n = of_month.reindex(recommended["officer"]).fillna(0.0).round(6).to_numpy(float)
    kept = recommended.assign(
        **{name: recommended[name].map(lambda codes: "{" + ",".join(codes) + "}") for name in ("reasons", "missing")},
        **{name: recommended[name].astype(float).round(6) for name in RECOMMENDED if name.endswith("responses")},
        supported_step_code=recommended["officer"].map(supported.set_index("officer")["step"]),
        reliability=recommended["reliability"].astype(float).round(8),
        month_effective_responses=n,
        month_reliability=np.round(reliability(n, spread.half), 8),
    )
    kept = kept.rename(columns={"step": "step_code", "next_step": "next_step_code"})
    rows = found.rename(columns={"step": "step_code", "way": "way_code", "member": "criterion_code"})
    rows = rows.assign(cusum_threshold=rows["cusum_threshold"].where(np.isfinite(rows["cusum_threshold"])))
    return OfficerEvidence(_named(rows, by_officer.drop(columns="unit_code")), _named(kept, by_officer), spread)


def _named(rows: pd.DataFrame, officers: pd.DataFrame) -> pd.DataFrame:
    """Rows by the numbers of officers with what these are known by."""
    named = rows.join(officers, on="officer", how="left", validate="m:1")
    return named.rename(columns={"officer": "officer_number"})


def _stood(who: Persons, standings: standing.Standings) -> pd.DataFrame:
    """What stands of each officer (``STANDING``), by her number."""
    nothing = standing.Standing()
    of_person = standings.of_person
    stands = [nothing if pd.isna(person) else of_person.get(int(person), nothing) for person in who.table["person_id"]]
    said = pd.DataFrame([vars(one) for one in stands], index=who.table.index)
    return said.assign(officer=who.table.index, is_assigned=who.table["is_assigned"])[STANDING]


def _days(connection: warehouse.Connection, ruled: Ruled, known: EvidenceRules) -> EvidenceDays:
    """The days that are looked at, and the treasuries that are open on the last one."""
    asked = {"period_code": ruled.period.code, "on_day": ruled.period.last_day}
    open_then = warehouse.rows(connection, "acting/open_treasuries", **asked)
    treasuries = frozenset(row["treasury_id"] for row in open_then)
    return EvidenceDays(first_month(ruled, known.ladder), ruled.period.last_day, treasuries)


def _months(ladder: Ladder) -> int:
    """How many months a ladder looks at."""
    return max((way.months or 0) * (way.of or 1) for step in ladder.steps for way in step.ways)
