"""Rate a period: count in the warehouse, rate in pure functions, judge and write a draft in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from etl import __version__, doors, warehouse
from etl.errors import Disagreement
from etl.periods import Period
from etl.registry.questionnaire import Questionnaire
from etl.registry.rule_set import RuleSet
from etl.registry.terms import PRESENT, UNSTATED
from etl.scoring.earlier import Past
from etl.scoring.recount import DEFECT
from etl.scoring.statistics.count import COUNTS
from etl.scoring.statistics.officers import RATES, officers
from etl.scoring.statistics.ratings import ratings
from etl.scoring.statistics.standings import PAST, Around, standings
from etl.scoring.statistics.suppression import hidden
from etl.scoring.statistics.weakness import gaps
from etl.warehouse import bulk

_EVERYONE = "all"
_NEVER = 1_000_000
_STANDING = (
    *("rank_low", "rank_high", "rank_low_marginal", "rank_high_marginal", "tie_group"),
    *PAST,
    *("change_p_value", "is_change_clear", "year_change_p_value", "is_year_change_clear"),
    *("funnel_flag", "funnel_warning_low", "funnel_warning_high", "funnel_action_low", "funnel_action_high"),
    *("empirical_bayes_rate", "standardised_rate", "standardised_coverage", "handled_count", "response_rate"),
)


@dataclass(frozen=True)
class Job:
    """What is rated, under what, by which run; ``revision`` is the published one that is made again, if any, of
    ``only`` the treasuries (treasury_id) that there were."""

    period: Period
    rule_set: RuleSet
    questionnaire: Questionnaire
    run_id: str
    scored_at: dt.datetime
    revision: int = _NEVER
    only: frozenset[int] | None = None


Known = Callable[[tuple[pd.DataFrame, pd.DataFrame]], Past]
"""What tells the past of the areas that were rated (ratings, and counts by mix)."""


def rate_period(connection: warehouse.Connection, job: Job, past: Known) -> dict[str, Any]:
    """Replace a period's draft; its month_status, open_count and loaded_count.

    Ratings that break a rule of the last door raise Disagreement.
    """
    states = pd.DataFrame(warehouse.rows(connection, "scoring/treasury_states", **job.period.bounds))
    if job.only is not None:
        states = states[states["treasury_id"].isin(list(job.only))].reset_index(drop=True)
    loaded = states.loc[states["treasury_state"].eq("loaded"), "treasury_id"].tolist()
    counts = _counts(connection, job, loaded)
    kind = counts["breakdown"]
    mix = counts.loc[kind.eq("mix"), ["treasury_id", "member_code", *COUNTS]]
    table = ratings(counts[~kind.isin(["mix", "officer"])], states, job.rule_set)
    known = past((table, mix))
    table["is_suppressed"] = _hidden(table, job, known)
    standing = standings(table, Around(known.areas, mix, known.handled), job.rule_set)
    _judge(connection, table, job, states["treasury_code"].tolist())
    summary = _summary(states)
    warehouse.run(connection, "scoring/draft", {**_draft(job), **summary})
    table["footnote_codes"] = _footnotes(table, standing, job, _late(connection, job))
    drafts = {
        "rating": _rating_rows(table, job),
        "standing": standing[["area_level", "area_code", "treasury_id", "unit_code", *_STANDING]],
        "mix": _mix_rows(mix),
        "weakness": _weaknesses(table, known, job.rule_set),
        "officer": _officer_rows(counts[kind.eq("officer")], job.rule_set),
    }
    for name, rows in drafts.items():
        _replace(connection, name, rows, job)
    warehouse.run(connection, "scoring/analyze_ratings")
    return summary


def _counts(connection: warehouse.Connection, job: Job, loaded: list[int]) -> pd.DataFrame:
    """The counts of every area; responses that were not counted under these rules are counted now."""
    counting = job.rule_set.counting
    named = {"treasury_ids": loaded, "counted_as": str(counting)}
    for row in warehouse.rows(connection, "scoring/uncounted", **job.period.bounds, **named):
        warehouse.run(connection, "admission/clear_counts", row)
        month, only = row["survey_month"], [row["treasury_id"]]
        again = {"first_month": month, "last_month": month, **named, "treasury_ids": only, **counting.params()}
        warehouse.run(connection, "scoring/count_again", again)
    return _as_counts(warehouse.rows(connection, "scoring/count", **job.period.bounds, treasury_ids=loaded))


def _hidden(table: pd.DataFrame, job: Job, known: Past) -> npt.NDArray[np.bool_]:
    """Which cells are hidden, those of a round also where one of its months hides them."""
    factors = {criterion.code: criterion.factor for criterion in job.questionnaire.criteria}
    cells = zip(table["area_level"], table["area_code"], table["breakdown"], table["member_code"], strict=True)
    also = np.array([cell in known.hidden for cell in cells], dtype=bool)
    return hidden(table, factors, job.rule_set.least_shown, also)


def _summary(states: pd.DataFrame) -> dict[str, Any]:
    """How many treasuries are open and in, and whether that makes the period final."""
    loaded = int(states["treasury_state"].isin(PRESENT).sum())
    status = "final" if loaded == len(states) else "provisional"
    return {"month_status": status, "open_count": len(states), "loaded_count": loaded}


def _draft(job: Job) -> dict[str, Any]:
    """What the draft was made of."""
    return {
        "period_code": job.period.code,
        "rule_set_code": job.rule_set.code,
        "rule_set_digest": job.rule_set.digest,
        "questionnaire_code": job.questionnaire.code,
        "code_version": __version__,
        "run_id": job.run_id,
        "scored_at": job.scored_at,
    }


def _judge(connection: warehouse.Connection, table: pd.DataFrame, job: Job, treasury_codes: list[str]) -> None:
    """The last door: the ratings suite on the finished table; the findings are kept, a broken rule raises."""
    limits = {"grade_codes": [grade.code for grade in job.rule_set.grades], "treasury_codes": treasury_codes}
    rows, broken = [], []
    for finding in doors.findings(table, "scores", doors.FAULTS, limits):
        at_fault = table.iloc[finding.rows]
        keys = (at_fault["area_code"] + " " + at_fault["breakdown"] + " " + at_fault["member_code"]).tolist()
        counts = {"element_count": len(table), "unexpected_count": len(keys)}
        shown = {"is_passed": finding.is_passed, "offending_keys": keys[: doors.SHOWN_KEYS]}
        rows.append({**finding.blank("scores"), **counts, **shown})
        if not finding.is_passed and finding.fault != "note":
            broken.append(f"{finding.rule_code} ({', '.join(keys[:3])})")
    if broken:
        raise Disagreement(f"{job.period}: the ratings break {'; '.join(broken)}", next_action=DEFECT)
    this = {"run_id": job.run_id, "treasury_code": _EVERYONE}
    warehouse.run(connection, "admission/clear_validation", this)
    month = job.period.first_day
    warehouse.run(connection, "admission/validation", [{**this, "survey_month": month, **row} for row in rows])


def _late(connection: warehouse.Connection, job: Job) -> set[int]:
    """The treasuries of which more has been read than when the period was first published."""
    key = {"period_code": job.period.code, "before_revision": job.revision}
    found = warehouse.rows(connection, "scoring/first_published", **key, **job.period.bounds)
    return {row["treasury_id"] for row in found if row["row_count"] > row["first_count"]}


def _footnotes(table: pd.DataFrame, standing: pd.DataFrame, job: Job, late: set[int]) -> list[list[str]]:
    """The footnotes of every rating: those of its own counts, and those that its surroundings give it."""
    limit = job.rule_set.comparability.max_mix_distance if job.rule_set.comparability else np.inf
    areas = pd.MultiIndex.from_frame(standing[["area_level", "area_code"]])
    here = pd.MultiIndex.from_frame(table[["area_level", "area_code"]])
    is_total = table["breakdown"].eq("total")
    is_late = table["treasury_id"].isin(late)
    regions = table.loc[is_late, "region_code"]
    given = {
        "late": is_late
        | (table["area_level"].eq("region") & table["region_code"].isin(regions))
        | (table["area_level"].eq("system") & bool(late)),
        "definition_changed": is_total & here.isin(areas[standing["is_comparable"].eq(False)]),
        "mix_shifted": is_total & here.isin(areas[standing["mix_distance"].astype(float).gt(limit)]),
        "suppressed": table["is_suppressed"],
    }
    codes = [
        own + [code for code, applies in zip(given, row, strict=True) if applies]
        for own, row in zip(table["footnote_codes"], zip(*given.values(), strict=True), strict=True)
    ]
    # whether a hidden cell is itself small, or only stands beside a small one, must not be told
    return [[one for one in row if one != "small_n" or "suppressed" not in row] for row in codes]


def _weaknesses(table: pd.DataFrame, past: Past, rules: RuleSet) -> pd.DataFrame:
    """The columns of ``score.weakness``: criteria of treasuries and units by their gap to the whole network."""
    columns = ["area_level", "area_code", "criterion_code", "treasury_id", "unit_code"]
    columns += ["gap", "gap_low", "gap_high", "is_weak", "is_top", "gap_position", "lasting_count"]
    criteria = table[table["breakdown"].eq("criterion")]
    if rules.weakness is None or criteria.empty:
        return pd.DataFrame(columns=columns)
    is_area = criteria["area_level"].isin(["treasury", "unit"]) & criteria["unit_code"].ne(UNSTATED)
    areas = criteria[is_area & criteria["answer_count"].ge(rules.weakness.least_answers)]
    found = gaps(areas, criteria[criteria["area_level"].eq("system")], rules.weakness.level)
    key = ["area_level", "area_code", "member_code"]
    found = found.merge(areas[[*key, "treasury_id", "unit_code"]], on=key, how="left", validate="1:1")
    found = found[found["gap_low"].notna()].rename(columns={"member_code": "criterion_code"})
    units = found["unit_code"].fillna("")
    keys = zip(found["area_level"], found["treasury_id"], units, found["criterion_code"], strict=True)
    lasted = np.array([past.lasting.get(one, 0) for one in keys], dtype=np.int64)
    is_top = found["is_weak"] & found["gap_position"].le(rules.weakness.shown)
    return found.assign(is_top=is_top, lasting_count=np.where(found["is_weak"], lasted + 1, 0))[columns]


def _rating_rows(table: pd.DataFrame, job: Job) -> pd.DataFrame:
    """The ratings with the columns of ``score.rating``."""
    stamped = table.assign(
        survey_month=job.period.first_day.isoformat(),
        footnote_codes=table["footnote_codes"].map(lambda codes: "{" + ",".join(codes) + "}"),
        treasury_id=table["treasury_id"].astype("Int64"),
        treasury_state=table["treasury_state"].where(table["area_level"].eq("treasury"), None),
        rate_numerator=table["rate_numerator"].astype(str),
        rate_denominator=table["rate_denominator"].astype(str),
        rule_set_code=job.rule_set.code,
        questionnaire_code=job.questionnaire.code,
        run_id=job.run_id,
        scored_at=job.scored_at,
    )
    return stamped.drop(columns="treasury_code")


def _mix_rows(mix: pd.DataFrame) -> pd.DataFrame:
    """The columns of ``score.mix``."""
    parts = mix["member_code"].str.split("|", expand=True, regex=False).reindex(columns=[0, 1])
    counts = mix[["treasury_id", *(name for name in COUNTS if name.endswith("_count"))]]
    return counts.assign(respondent_type_code=parts[0], channel_code=parts[1])


def _officer_rows(counts: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """The columns of ``score.officer``."""
    key = ["treasury_id", "unit_code", "officer_code", "response_count", "answer_count", "satisfied_count"]
    return officers(counts, rules)[[*key, *RATES]]


def _replace(connection: warehouse.Connection, name: str, rows: pd.DataFrame, job: Job) -> None:
    """Put the rows in the place of the period's draft in a table of ``score``."""
    warehouse.run(connection, f"scoring/clear_{name}", {"period_code": job.period.code})
    keyed = rows.assign(period_code=job.period.code, revision_number=0)
    bulk.copy_text(connection, ("score", name), pa.Table.from_pandas(keyed, preserve_index=False))


def _as_counts(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The counted rows as a frame, with its columns even when nothing was counted."""
    columns = ["area_level", "area_code", "region_code", "treasury_id", "unit_code", "breakdown", "member_code"]
    frame = pd.DataFrame(rows, columns=[*columns, *COUNTS])
    return frame.astype({**dict.fromkeys(COUNTS, "int64"), "treasury_id": "Int64"})
