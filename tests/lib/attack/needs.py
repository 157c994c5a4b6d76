"""Hidden criteria of an office by what is said of its competences, which are sums of criteria."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import yaml

from etl import settings
from tests.lib.attack.counts import GRAIN
from tests.lib.attack.pairs import NONE
from tests.lib.attack.seen import Marts, cells

MEASURES = ["answer_count", "satisfied_count"]


def declared() -> dict[str, str]:
    """The competence of each criterion: the configuration is no secret."""
    files = (settings.read().config / "competences").glob("*.yaml")
    said = [yaml.safe_load(file.read_text("utf-8")) for file in files]
    return {one["criterion"]: one["competence"] for tagged in said for one in tagged["criteria"]}


def recovered(marts: Marts, period_code: str, competence_of: Mapping[str, str]) -> pd.DataFrame:
    """Hidden criteria of treasuries, units and of the network, by sums that hold them, and by gaps to such sums.

    A sum that is not that of the shown criteria holds a hidden one. Of the whole network only the gaps tell.
    """
    if "training_need" not in marts.relations:
        return NONE
    table = cells(marts, period_code)
    criteria = table[table["breakdown"].eq("criterion")]
    criteria = criteria.assign(competence_code=criteria["member_code"].map(competence_of))
    found = []
    for row in marts.of("training_need", period_code).to_dict("records"):
        of = criteria[criteria["competence_code"].eq(row["competence_code"])]
        own = of[of["area_level"].eq(row["area_level"]) & of["area_code"].eq(row["area_code"])]
        network = of[of["area_level"].eq("system")]
        keys = dict(zip(GRAIN, (period_code, row["area_level"], row["area_code"], "criterion", ""), strict=True))
        rest = own[MEASURES].sum()
        if pd.notna(row["answer_count"]) and (
            own[MEASURES].isna().any(axis=None) or rest.tolist() != [row[name] for name in MEASURES]
        ):
            found += [
                {**keys, "measure": name, "value": row[name] - rest[name], "way": "training_need"} for name in MEASURES
            ]
        if pd.notna(row["gap_points"]) and network["answer_count"].isna().any():
            keys |= {"area_level": "system", "area_code": "all"}
            value = row["satisfaction_rate"] - row["gap_points"] / 100
            found.append({**keys, "measure": "satisfaction_rate", "value": value, "way": "training_need, gap"})
    return pd.DataFrame(found, columns=NONE.columns)
