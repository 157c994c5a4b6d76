"""Rate a period: count, rate, judge, and write its draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from etl import __version__, doors, warehouse
from etl.errors import Disagreement
from etl.registry import rule_sets
from etl.registry.area_rules import AreaRules
from etl.registry.rule_set import RuleSet
from etl.registry.ruled import Ruled
from etl.registry.terms import EVERYONE, PRESENT, UNSTATED
from etl.scoring import footnotes
from etl.scoring.earlier import Past, Rated
from etl.scoring.recount import DEFECT
from etl.scoring.statistics import clusters, exchange, suppression
from etl.scoring.statistics.area_figures import AREA_FIGURES, area_figures
from etl.scoring.statistics.count import COUNTS
from etl.scoring.statistics.drawn import DRAWN
from etl.scoring.statistics.officers import RATES, officers
from etl.scoring.statistics.ratings import ratings
from etl.scoring.statistics.standings import ONE_SIDED, PAST, STANDARDISED, Around, standings
from etl.scoring.statistics.uncertainty import uncertainty
from etl.scoring.statistics.weakness import gaps
from etl.warehouse import bulk

_NEVER = 1_000_000
_SAME = [*clusters.CELL, "response_count", "answer_count", "satisfied_count"]
_STANDING = (
    *("rank_low", "rank_high", "rank_low_marginal", "rank_high_marginal", *ONE_SIDED, "tie_group"),
    *PAST,
    *("change_p_value", "is_change_clear", "year_change_p_value", "is_year_change_clear"),
    *("funnel_flag", "funnel_warning_low", "funnel_warning_high", "funnel_action_low", "funnel_action_high"),
    *(*DRAWN, *STANDARDISED, "handled_count", "response_rate", *AREA_FIGURES),
)


@dataclass(frozen=True)
class Job:
    """What is rated, under what, by which run; ``revision`` is the published one that is made again, if any, of
    ``only`` the treasuries (treasury_id) that there were. ``left_out`` are those that cannot be rated, ``early`` those
    whose data are of before the period's end, where that is not asked of the warehouse. Without ``area_rules`` there
    is no reliability and no run chart."""

    ruled: Ruled
    run_id: str
    scored_at: dt.datetime
    revision: int = _NEVER
    only: frozenset[int] | None = None
    left_out: frozenset[int] = frozenset()
    early: frozenset[int] | None = None
    area_rules: AreaRules | None = None

    @property
    def rule_set(self) -> RuleSet:
        """The rule set."""
        return self.ruled.rule_set


def rate_period(connection: warehouse.Connection, job: Job, past_of: Callable[[Rated], Past]) -> dict[str, Any]:
    """Replace a period's draft; its month_status, and how many are open, in, early.

    ``past_of`` gives what was known before of the areas that were rated. Ratings that break a rule of the last door
    raise Disagreement.
    """
    states = treasury_states(connection, job)
    counts = _counts(connection, job, states.loc[states["treasury_state"].eq("loaded"), "treasury_id"].tolist())
    kind = counts["breakdown"]
    mix = counts.loc[kind.eq("mix"), ["treasury_id", "member_code", *COUNTS]]
    table = ratings(counts[~kind.isin(["mix", "officer"])], states, job.rule_set)
    table["footnote_codes"] = footnotes.of_counts(table, states, job.rule_set)
    past = past_of(Rated(table, mix))
    table["is_suppressed"] = _hidden(connection, table, job, past)
    table = table.join(uncertainty(table, job.rule_set))
    standing = standings(table, Around(past.areas, mix, past.handled), job.rule_set)
    standing = standing.join(area_figures(standing, job.area_rules))
    _judge(connection, table, job, states["treasury_code"].tolist())
    early = _early(connection, job)
    marked = {"early": early, "late": _late(connection, job)}
    table["footnote_codes"] = footnotes.with_surroundings(table, standing, marked, job.rule_set)
    summary = _summary(states, early)
    warehouse.run(connection, "scoring/keep_draft", {**_draft(job), **summary})
    warehouse.run(connection, "scoring/keep_words", {"period_code": job.ruled.period.code})
    figures = {
        "rating": _rating_rows(table, job),
        "standing": standing[["area_level", "area_code", "treasury_id", "unit_code", *_STANDING]],
        "mix": _mix_rows(mix),
        "weakness": _weaknesses(table, past, job.rule_set),
        "officer": _officer_rows(counts[kind.eq("officer")], job.rule_set),
    }
    _replace(connection, figures, job)
    return summary


def treasury_states(connection: warehouse.Connection, job: Job) -> pd.DataFrame:
    """The open treasuries, or those of a revision, with their states.

    Those left out are refused, whatever their months are.
    """
    states = pd.DataFrame(warehouse.rows(connection, "scoring/treasury_states", **job.ruled.period.bounds))
    chosen = states["treasury_id"].isin(list(job.only)) if job.only is not None else ~states.pop("is_withdrawn")
    is_left_out = states["treasury_id"].isin(list(job.left_out)) & states["treasury_state"].isin(PRESENT)
    states["treasury_state"] = states["treasury_state"].mask(is_left_out, "refused")
    return states[chosen].reset_index(drop=True)


def _counts(connection: warehouse.Connection, job: Job, loaded: list[int]) -> pd.DataFrame:
    """The counts of every area.

    Responses that were not counted under these rules are counted now.
    """
    counting = job.rule_set.counting
    named = {"treasury_ids": loaded, "counted_as": str(counting)}
    for row in warehouse.rows(connection, "scoring/uncounted", **job.ruled.period.bounds, **named):
        warehouse.run(connection, "admission/clear_counts", row)
        warehouse.run(connection, "scoring/name_officers", row)
        month, only = row["survey_month"], [row["treasury_id"]]
        again = {"first_month": month, "last_month": month, **named, "treasury_ids": only, **counting.params()}
        warehouse.run(connection, "scoring/count_again", again)
    counts = _as_counts(warehouse.rows(connection, "scoring/count", **job.ruled.period.bounds, treasury_ids=loaded))
    if job.rule_set.is_free_of_order:  # a warehouse sorts by its own collation, of which sums of fractions would tell
        counts = counts.sort_values(clusters.CELL, ignore_index=True)
    return _clustered(connection, counts, job, loaded)


def _clustered(connection: warehouse.Connection, counts: pd.DataFrame, job: Job, loaded: list[int]) -> pd.DataFrame:
    """The counts with the sums over clusters, where the rule set looks beyond responses."""
    rate = job.rule_set.rate
    if not clusters.looks_beyond_responses(rate):
        return counts
    asked = {"clustering": rate.clustering, "definition_code": rate.definition, **job.rule_set.counting.params()}
    rows = warehouse.rows(connection, "scoring/count_clusters", **job.ruled.period.bounds, treasury_ids=loaded, **asked)
    return clusters.clustered(counts, rows, rate.definition)


def _hidden(connection: warehouse.Connection, table: pd.DataFrame, job: Job, past: Past) -> npt.NDArray[np.bool_]:
    """Which cells are hidden; also where a round's months hide them, or the revision before."""
    factors = {criterion.code: criterion.factor for criterion in job.ruled.questionnaire.criteria}
    cells = zip(table["area_level"], table["area_code"], table["breakdown"], table["member_code"], strict=True)
    also = np.array([cell in past.hidden for cell in cells], dtype=bool)
    if not job.rule_set.hides_against_bounds:
        return suppression.hidden(table, factors, job.rule_set.least_shown, also)
    key = {"period_code": job.ruled.period.code, "before_revision": job.revision}
    key |= {"rule_set_codes": sorted(rule_sets.against_bounds(job.ruled.registry.path))}
    rows = warehouse.rows(connection, "scoring/shown_before", **key)
    earlier = pd.DataFrame(rows, columns=[*_SAME, "is_suppressed"])
    same = pd.MultiIndex.from_frame(table[_SAME])
    was_hidden = earlier["is_suppressed"].astype(bool)
    alike = clusters.CELL if job.rule_set.hides_what_was_hidden else _SAME
    is_hidden = pd.MultiIndex.from_frame(table[alike]).isin(pd.MultiIndex.from_frame(earlier.loc[was_hidden, alike]))
    is_shown = same.isin(pd.MultiIndex.from_frame(earlier.loc[~was_hidden, _SAME]))
    return exchange.hidden(table, factors, job.rule_set.least_shown, exchange.Before(also | is_hidden, is_shown))


def _summary(states: pd.DataFrame, early: Collection[int]) -> dict[str, Any]:
    """How many treasuries are open, in and early, and the period's status."""
    loaded = int(states["treasury_state"].isin(PRESENT).sum())
    status = "final" if loaded == len(states) and not early else "provisional"
    return {"month_status": status, "open_count": len(states), "loaded_count": loaded, "early_count": len(early)}


def _draft(job: Job) -> dict[str, Any]:
    """What the draft was made of."""
    pin = job.ruled.pin
    return {
        "period_code": job.ruled.period.code,
        "rule_set_code": pin.rule_set_code,
        "rule_set_digest": pin.rule_set_digest,
        "questionnaire_code": pin.questionnaire_code,
        "area_rules_code": job.area_rules.code if job.area_rules else None,
        "area_rules_digest": job.area_rules.digest if job.area_rules else None,
        "code_version": __version__,
        "run_id": job.run_id,
        "scored_at": job.scored_at,
    }


def _judge(connection: warehouse.Connection, table: pd.DataFrame, job: Job, treasury_codes: list[str]) -> None:
    """The last door: keep the findings; a broken rule raises Disagreement."""
    limits = {"grade_codes": [grade.code for grade in job.rule_set.grades], "treasury_codes": treasury_codes}
    rows, broken = [], []
    named: dict[int, list[str]] = {}
    for finding in doors.findings(table, "scores", doors.FAULTS, limits):
        at_fault = table.iloc[finding.rows]
        keys = (at_fault["area_code"] + " " + at_fault["breakdown"] + " " + at_fault["member_code"]).tolist()
        counts = {"element_count": len(table), "unexpected_count": len(keys)}
        shown = {"is_passed": finding.is_passed, "offending_keys": keys[: doors.SHOWN_KEYS]}
        rows.append({**finding.blank("scores"), **counts, **shown})
        if not finding.is_passed and finding.fault != "note":
            broken.append(f"{finding.rule_code} ({', '.join(keys[:3])})")
            for treasury_id in at_fault["treasury_id"].dropna().unique().tolist():
                named.setdefault(int(treasury_id), []).append(finding.rule_code)
    if broken:
        raise Disagreement(
            f"{job.ruled.period}: the ratings break {'; '.join(broken)}",
            next_action=DEFECT,
            treasuries={treasury_id: f"its ratings break {', '.join(rules)}" for treasury_id, rules in named.items()},
        )
    key = {"run_id": job.run_id, "treasury_code": EVERYONE}
    warehouse.run(connection, "admission/clear_validation", key)
    month = job.ruled.period.first_day
    warehouse.run(connection, "admission/validation", [{**key, "survey_month": month, **row} for row in rows])


def _early(connection: warehouse.Connection, job: Job) -> frozenset[int]:
    """The treasuries that are in with data of before the period's end."""
    if job.early is not None:
        return job.early
    rows = warehouse.rows(connection, "scoring/early", **job.ruled.period.bounds)
    return frozenset(row["treasury_id"] for row in rows) - job.left_out


def _late(connection: warehouse.Connection, job: Job) -> set[int]:
    """The treasuries with more rows than when first published."""
    key = {"period_code": job.ruled.period.code, "before_revision": job.revision}
    rows = warehouse.rows(connection, "scoring/first_published", **key, **job.ruled.period.bounds)
    late = {row["treasury_id"] for row in rows if row["row_count"] > row["first_count"]}
    return late - job.left_out


def _weaknesses(table: pd.DataFrame, past: Past, rules: RuleSet) -> pd.DataFrame:
    """The columns of ``score.weakness``: criteria by their gap to the network."""
    columns = ["area_level", "area_code", "criterion_code", "treasury_id", "unit_code"]
    columns += ["gap", "gap_low", "gap_high", "is_weak", "is_top", "gap_position", "lasting_count", "gap_p_value"]
    criteria = table[table["breakdown"].eq("criterion")]
    if rules.weakness is None or criteria.empty:
        return pd.DataFrame(columns=columns)
    if rules.hides_against_bounds:  # a gap to a hidden criterion of the network would tell it
        criteria = criteria[~criteria["is_suppressed"]]
    is_area = criteria["area_level"].isin(["treasury", "unit"]) & criteria["unit_code"].ne(UNSTATED)
    areas = criteria[is_area & criteria["answer_count"].ge(rules.weakness.least_answers)]
    system, asked = criteria[criteria["area_level"].eq("system")], rules.weakness
    gap = gaps(areas, system, asked.level, asked.adjustment)
    key = ["area_level", "area_code", "member_code"]
    gap = gap.merge(areas[[*key, "treasury_id", "unit_code"]], on=key, how="left", validate="1:1")
    gap = gap[gap["gap_low"].notna()].rename(columns={"member_code": "criterion_code"})
    units = gap["unit_code"].fillna("")
    keys = zip(gap["area_level"], gap["treasury_id"], units, gap["criterion_code"], strict=True)
    lasted = np.array([past.lasting.get(weakness, 0) for weakness in keys], dtype=np.int64)
    is_top = gap["is_weak"] & gap["gap_position"].le(rules.weakness.shown)
    found = gap.assign(is_top=is_top, lasting_count=np.where(gap["is_weak"], lasted + 1, 0))
    return found.reindex(columns=columns)


def _rating_rows(table: pd.DataFrame, job: Job) -> pd.DataFrame:
    """The ratings with the columns of ``score.rating``."""
    stamped = table.assign(
        survey_month=job.ruled.period.first_day.isoformat(),
        footnote_codes=table["footnote_codes"].map(lambda codes: "{" + ",".join(codes) + "}"),
        treasury_id=table["treasury_id"].astype("Int64"),
        treasury_state=table["treasury_state"].where(table["area_level"].eq("treasury"), None),
        rate_numerator=table["rate_numerator"].astype(str),
        rate_denominator=table["rate_denominator"].astype(str),
        rule_set_code=job.rule_set.code,
        questionnaire_code=job.ruled.questionnaire.code,
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


def _replace(connection: warehouse.Connection, figures: dict[str, pd.DataFrame], job: Job) -> None:
    """Replace the period's draft by figures, given by table in ``score``."""
    period_code = job.ruled.period.code
    warehouse.run(connection, "scoring/clear_draft", {"period_code": period_code})
    for name, rows in figures.items():
        keyed = rows.assign(period_code=period_code, revision_number=0)
        bulk.copy_text(connection, ("score", name), pa.Table.from_pandas(keyed, preserve_index=False))
    warehouse.run(connection, "scoring/analyze_ratings")


def _as_counts(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The counted rows as a frame, with all columns also when empty."""
    columns = ["area_level", "area_code", "region_code", "treasury_id", "unit_code", "breakdown", "member_code"]
    frame = pd.DataFrame(rows, columns=[*columns, *COUNTS])
    return frame.astype({**dict.fromkeys(COUNTS, "int64"), "treasury_id": "Int64"})
