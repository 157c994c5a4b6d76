"""The evidence on officers, what it recommends and what decisions came to: computed from what is kept for a draft."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from etl import warehouse
from etl.acting.evidence import Answers, evidence, spread_in
from etl.acting.figures import OfficerAnswers, figures
from etl.acting.officers import actions_known, effects, persons, pinned, standing
from etl.acting.officers import answers as officer_answers
from etl.acting.officers.persons import EvidenceDays, Persons
from etl.acting.officers.rules import EvidenceRules, first_month, months_of
from etl.acting.recommendation import RECOMMENDED, STANDING, recommend
from etl.registry.actions import Ladder
from etl.registry.ruled import Ruled
from etl.scoring.statistics.reliability import PUBLISHED_HALF, Spread, reliability

_KEPT = {"effective_responses": 6, "p_value": 12, "cusum": 8, "cusum_threshold": 8}
"""To how many digits evidence is kept: what is recommended is told by what is kept, and by no digit beyond."""
_BY_OFFICER = ["treasury_id", "officer_code", "person_id"]


@dataclass(frozen=True)
class OfficerEvidence:
    """``evidence``, ``recommendations`` and ``effects`` as their tables in ``score``; and the spread."""

    evidence: pd.DataFrame
    recommendations: pd.DataFrame
    spread: Spread
    effects: pd.DataFrame = field(default_factory=pd.DataFrame)


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
    named = pd.concat([responses.assign(officer=who.of_response), bad], axis=1)
    numbered = OfficerAnswers.of(named, criteria)
    month = standing.month_of(ruled.period.first_day)
    made = _weighed(Answers(numbered, criteria, month, decided), _stood(who, standings), who, known.ladder)
    if known.effects is not None:
        taken = actions_known.kept(connection, ruled.period.code)
        named = named.assign(questionnaire_code=table["questionnaire_code"].to_pandas().astype(object))
        taken = taken.assign(officer=taken["person_id"].map(number_of)).dropna(subset="officer")
        found = effects.of(named, criteria, taken.astype({"officer": int}), (known.effects, month))
        made = replace(made, effects=_of_units(_named(found, who.table[_BY_OFFICER]), named))
    if known.are_persons_pinned:
        return made
    return replace(made, recommendations=made.recommendations.assign(supported_step_code=None))


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
    longest = answers.over(months_of(ladder))
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


def _of_units(rows: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Rows by the keys of units with the treasury and code of these; months as the table takes them."""
    units = responses.drop_duplicates("unit").set_index("unit")[["treasury_id", "unit_code"]]
    months = {
        name: rows[name].map(lambda days: "{" + ",".join(map(str, days)) + "}")
        for name in ("before_months", "after_months")
    }
    return rows.assign(
        **months,
        measured_treasury_id=rows["unit"].map(units["treasury_id"]).astype("Int64"),
        measured_unit_code=rows["unit"].map(units["unit_code"].astype(object)),
        control_count=rows["control_count"].astype("Int64"),
    ).drop(columns="unit")


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
