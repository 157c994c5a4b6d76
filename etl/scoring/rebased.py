"""A period's ranking re-based to the offices of another day.

Counts are summed up to the successors.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from etl import warehouse
from etl.errors import Misdeclared
from etl.registry import Registry, rule_sets
from etl.registry.network import Treasury
from etl.registry.rule_set import RuleSet
from etl.scoring import drafts, footnotes
from etl.scoring.statistics import clusters
from etl.scoring.statistics.count import COUNTS
from etl.scoring.statistics.drawn import DRAWN
from etl.scoring.statistics.ratings import ratings
from etl.scoring.statistics.rebase import rebased
from etl.scoring.statistics.standings import KEY, ONE_SIDED, PAST, STANDARDISED, Around, standings
from etl.scoring.statistics.uncertainty import uncertainty

_STATES = ("refused", "unavailable", "not_run", "loaded", "no_data")
_FIGURES = (
    *("satisfaction_rate", "share_of_answers_rate", "share_of_persons_rate", "all_minus_complaints_rate"),
    *("response_count", "answer_count", "satisfied_count", "effective_count", "standard_error", "rate_low"),
    *("rate_high", "grade_code", "rank", "ranked_count", "rank_low", "rank_high", "rank_low_marginal"),
    *("rank_high_marginal", *ONE_SIDED, "tie_group", "funnel_flag", *DRAWN, *STANDARDISED),
)


@dataclass(frozen=True)
class Offices:
    """A period's treasuries by key, and those that carry them on."""

    registry: Registry
    on: dt.date
    by_id: dict[int, Treasury]
    states: dict[int, str]
    hidden: frozenset[int]
    late: frozenset[int]
    divided: frozenset[int] = frozenset()

    def id_of(self, treasury: Treasury) -> int:
        """The key of a treasury; one not declared yet raises Misdeclared."""
        for key, own in self.by_id.items():
            if own is treasury:
                return key
        raise Misdeclared(
            f"the warehouse does not know treasury {treasury.code} {treasury.name_vi} from {treasury.valid_from} yet",
            next_action="run or rate any month: that declares the registry to the warehouse",
        )

    def heirs(self, treasury_id: int) -> set[int]:
        """The keys of those that carry a treasury on."""
        return {self.id_of(heir) for heir in self.registry.successors(self.by_id[treasury_id], self.on)}

    @cached_property
    def with_hidden_part(self) -> set[int]:
        """The keys of those that carry on one that is hidden."""
        return {heir for part in self.hidden for heir in self.heirs(part)}

    def heir(self, treasury_id: int, unit_code: str) -> int | None:
        """The key of the one that carries a unit on.

        It is None where its treasury was divided and the unit does not say.

        A unit that nobody carries on raises Misdeclared: its answers must not be lost in silence.
        """
        treasury = self.by_id[treasury_id]
        if len(self.registry.successors_of_unit(treasury, unit_code, self.on)) > 1:
            return None
        return self.id_of(self.registry.successor_of_unit(treasury, unit_code, self.on))


def ranking(code: str, on: dt.date, shown: str) -> list[dict[str, Any]]:
    """A period's ranking, re-based to the offices of a day.

    Counts are summed, never rates averaged. An office of whose parts one is missing, or hidden, or was divided without
    its units saying where they went, is without figures. A day before a treasury began raises Misdeclared.
    """
    registry = Registry.configured()
    period = registry.period(code)
    with warehouse.transaction() as connection:
        warehouse.show(connection, shown)
        revisions = warehouse.rows(connection, "reports/period", period_code=period.code)
        counts = pd.DataFrame(warehouse.rows(connection, "scoring/rebased_counts", period_code=period.code))
        mix = pd.DataFrame(warehouse.rows(connection, "scoring/rebased_mix", period_code=period.code))
        treasuries = warehouse.rows(connection, "scoring/rebased_offices", period_code=period.code)
    if not revisions and shown.isdecimal() and int(shown):
        raise Misdeclared(f"{period} has no revision {shown}", next_action=f"see hailong revisions {period}")
    if not revisions or counts.empty:
        raise drafts.not_rated(period)
    revision = revisions[0]
    rule_set = rule_sets.named(registry.path, revision["rule_set_code"], revision["rule_set_digest"])
    offices = _offices(registry, on, treasuries)
    placed = _placed(_summands(counts, offices), offices)
    rows = _rated(placed, mix, _without_divided(offices, placed), rule_set)
    stamp = {"period_code": period.code, "as_of": on, "revision": revision["revision_number"]}
    stamp |= {"month_status": revision["month_status"], "rule_set_code": rule_set.code}
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"] or 0, row["treasury_code"]))
    return [{**stamp, **row} for row in rows]


def _rated(placed: pd.DataFrame, mix: pd.DataFrame, offices: Offices, rule_set: RuleSet) -> list[dict[str, Any]]:
    """The offices, rated anew from the counts of their parts."""
    states = _states(offices)
    table = ratings(_areas(_moved(placed, offices), offices), states, rule_set)
    table["footnote_codes"] = footnotes.of_counts(table, states, rule_set)
    table["is_suppressed"] = table["treasury_id"].isin(offices.with_hidden_part)
    table = table.join(uncertainty(table, rule_set))
    standing = standings(table, Around(pd.DataFrame(columns=[*KEY, *PAST]), _moved_mix(mix, offices), {}), rule_set)
    return [_row(row, offices, rule_set) for row in _joined(table, standing).to_dict("records")]


def _offices(registry: Registry, on: dt.date, treasuries: Iterable[dict[str, Any]]) -> Offices:
    """The treasuries of the warehouse as the registry knows them."""
    declared = {(treasury.code, treasury.valid_from): treasury for treasury in registry.treasuries}
    rows = [row for row in treasuries if (row["treasury_code"], row["valid_from"]) in declared]
    return Offices(
        registry=registry,
        on=on,
        by_id={row["treasury_id"]: declared[row["treasury_code"], row["valid_from"]] for row in rows},
        states={row["treasury_id"]: row["treasury_state"] for row in rows if row["treasury_state"]},
        hidden=frozenset(row["treasury_id"] for row in rows if row["is_suppressed"]),
        late=frozenset(row["treasury_id"] for row in rows if row["is_late"]),
    )


def _summands(counts: pd.DataFrame, offices: Offices) -> pd.DataFrame:
    """The counts of units; sums over clusters are a treasury's own where it was not divided.

    Somebody who came to two units is one respondent of their treasury.
    """
    is_unit, over_clusters = counts["area_level"].eq("unit"), list(clusters.SUMS)
    if counts[over_clusters].isna().all(axis=None):
        return counts[is_unit].drop(columns=over_clusters)
    whole = [key for key in counts["treasury_id"].unique().tolist() if len(offices.heirs(key)) == 1]
    is_whole = counts["treasury_id"].isin(whole)
    counted_once = {name: counts[name].where(is_unit, 0) for name in COUNTS}
    counted_once |= {name: counts[name].where(~(is_unit & is_whole), 0) for name in over_clusters}
    return counts.assign(**counted_once)[is_unit | is_whole]


def _summed(counts: pd.DataFrame) -> list[str]:
    """The columns of counts that add up."""
    return [name for name in (*COUNTS, *clusters.SUMS) if name in counts]


def _placed(counts: pd.DataFrame, offices: Offices) -> pd.DataFrame:
    """The counts with ``heir``, the treasury that carries each unit on.

    It is empty where nobody says.
    """
    parts = counts[["treasury_id", "unit_code"]].drop_duplicates().reset_index(drop=True)
    pairs = zip(parts["treasury_id"].tolist(), parts["unit_code"].tolist(), strict=True)
    parts["heir"] = pd.Series([offices.heir(treasury_id, unit) for treasury_id, unit in pairs], dtype="Int64")
    return counts.merge(parts, on=["treasury_id", "unit_code"], how="left", validate="m:1")


def _without_divided(offices: Offices, placed: pd.DataFrame) -> Offices:
    """The offices, with those marked that cannot be shown.

    They are heirs of whom a part cannot be placed, and those that would give a hidden unit away.
    """
    lost = placed.loc[placed["heir"].isna(), "treasury_id"].unique().tolist()
    divided = {heir for treasury_id in lost for heir in offices.heirs(treasury_id)}
    small = placed.loc[placed["is_suppressed"] & placed["breakdown"].eq("total"), "treasury_id"].unique().tolist()
    telling = {treasury_id for treasury_id in small if len(offices.heirs(treasury_id)) > 1}
    return replace(offices, hidden=offices.hidden | telling, divided=frozenset(divided))


def _moved(placed: pd.DataFrame, offices: Offices) -> pd.DataFrame:
    """Counts by successor, breakdown and member, without missing and divided ones."""
    kept = placed[placed["heir"].notna()].reset_index(drop=True)
    heir = dict(enumerate(kept["heir"].astype("int64").tolist()))
    bare = kept[["breakdown", "member_code", *_summed(kept)]].assign(treasury_id=kept.index)
    summed = rebased(bare.astype(dict.fromkeys(_summed(kept), "int64")), heir)
    missing = {key for key, state in _states_by_heir(offices).items() if state not in ("loaded", "no_data")}
    return summed[~summed["treasury_id"].isin(list(missing | offices.divided))]


def _moved_mix(mix: pd.DataFrame, offices: Offices) -> pd.DataFrame:
    """The summed mix of treasuries that were carried on whole.

    A divided treasury's cannot be told apart.
    """
    heirs = {key: offices.heirs(key) for key in set(mix["treasury_id"].tolist())}
    whole = {key: next(iter(own)) for key, own in heirs.items() if len(own) == 1}
    divided = {heir for own in heirs.values() if len(own) > 1 for heir in own}
    counts = dict.fromkeys((name for name in COUNTS if name.endswith("_count")), "int64")
    kept = mix[mix["treasury_id"].isin(list(whole))].astype(counts)
    moved = rebased(kept, whole)
    return moved[~moved["treasury_id"].isin(divided)]


def _areas(counts: pd.DataFrame, offices: Offices) -> pd.DataFrame:
    """The counts of treasuries, of their regions and of the system."""
    codes = {key: treasury.code for key, treasury in offices.by_id.items()}
    regions = {key: treasury.region for key, treasury in offices.by_id.items()}
    table = counts.assign(region_code=counts["treasury_id"].map(regions), unit_code=None)
    levels = []
    for level, area, region in (("system", "all", False), ("region", None, True)):
        code = pd.Series("all", table.index) if area else table["region_code"]
        grouped = table.assign(area_code=code).groupby(["area_code", "breakdown", "member_code"])[_summed(table)].sum()
        summed = grouped.reset_index().assign(area_level=level, unit_code=None, treasury_id=None)
        levels.append(summed.assign(region_code=summed["area_code"] if region else None))
    levels.append(table.assign(area_level="treasury", area_code=table["treasury_id"].map(codes)))
    frame = pd.concat([level.astype({"treasury_id": "Int64", "unit_code": object}) for level in levels])
    return frame.reset_index(drop=True)


def _states_by_heir(offices: Offices) -> dict[int, str]:
    """The state of each successor: the worst of its parts'."""
    states: dict[int, str] = {}
    for treasury_id, state in offices.states.items():
        for heir in offices.heirs(treasury_id):
            states[heir] = min(states.get(heir, state), state, key=_STATES.index)
    return states


def _states(offices: Offices) -> pd.DataFrame:
    """The successors with their states, as ratings take them."""
    rows = [
        (key, offices.by_id[key].code, offices.by_id[key].region, state)
        for key, state in _states_by_heir(offices).items()
    ]
    columns = ["treasury_id", "treasury_code", "region_code", "treasury_state"]
    return pd.DataFrame(rows, columns=columns).astype({"treasury_id": "Int64"})


def _joined(table: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """The treasuries' ratings with their standings."""
    own = table[table["area_level"].eq("treasury") & table["breakdown"].eq("total")]
    new = [name for name in standing.columns if name not in table.columns]
    return own.merge(standing[[*KEY, *new]], on=KEY, how="left", validate="1:1")


def _row(row: dict[Any, Any], offices: Offices, rule_set: RuleSet) -> dict[str, Any]:
    """One successor as the ranking shows it."""
    key = int(row["treasury_id"])
    treasury = offices.by_id[key]
    parts = sorted(part for part in offices.states if key in offices.heirs(part))
    is_hidden = key in offices.with_hidden_part or 0 < row["response_count"] < rule_set.least_shown
    figures = {name: None if is_hidden or pd.isna(row[name]) else row[name] for name in _FIGURES}
    names = {grade.code: grade.name_vi for grade in rule_set.grades}
    office = footnotes.RebasedOffice(
        is_late=any(part in offices.late for part in parts),
        is_hidden=is_hidden,
        is_divided=key in offices.divided,
        is_summed=parts != [key],
    )
    return {
        "treasury_code": treasury.code,
        "treasury_name_vi": treasury.name_vi,
        "treasury_name_en": treasury.name_en,
        "region_code": treasury.region,
        "part_codes": [offices.by_id[part].code for part in parts],
        **figures,
        "satisfaction_pct": None
        if figures["satisfaction_rate"] is None
        else round(100 * figures["satisfaction_rate"], 2),
        "grade_name_vi": names.get(str(figures["grade_code"])),
        "treasury_state": row["treasury_state"],
        "footnote_codes": footnotes.of_rebased(row["footnote_codes"], office),
    }
