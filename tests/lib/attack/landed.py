"""Made-up networks in a warehouse: declared, landed, rated and published, month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml

from etl import settings, warehouse
from etl.landing import zone
from etl.landing.receipt import Taken
from etl.landing.treasury_month import of_codes
from etl.operation import steps
from etl.publishing import publish
from etl.publishing.approval import Decision
from etl.source import contract, pseudonym
from tests.lib.attack import made
from tests.lib.attack.made import Shape

NAMED = {"name_vi": "tên", "name_en": "name"}
ANNA = Decision("anna", "complete", is_provisional_allowed=True)
TAKEN = Taken(dt.datetime(2024, 1, 1, tzinfo=dt.UTC))


def declare(config: Path, shape: Shape, rules: Mapping[str, Any]) -> None:
    """Write a network's configuration; ``rules`` replace parts of the shipped ones."""
    shipped = settings.read().config
    for folder in (config, *(config / name for name in ("rules", "questionnaires", "areas", "competences"))):
        folder.mkdir(parents=True)
    regions = [f"R{region}" for region in range(1, shape.regions + 1)]
    codes = [f"{region[1:]}{number}" for region in regions for number in range(1, shape.treasuries + 1)]
    units = [{"code": str(unit), **NAMED, "kind": "department"} for unit in range(1, shape.units + 1)]
    opened = {**NAMED, "source": "answer_rows", "valid_from": "2008-08-01"}
    declared = {
        "treasuries.yaml": {
            "regions": _codes(regions),
            "treasuries": [{"code": code, "region": f"R{code[0]}", **opened} for code in codes],
        },
        "units.yaml": {"units": dict.fromkeys(codes, units)},
        "codes.yaml": {
            "procedures": _codes([f"p{one}" for one in range(1, shape.procedures + 1)]),
            "channels": _codes([f"c{one}" for one in range(1, shape.channels + 1)]),
            "respondent_types": _codes([f"r{one}" for one in range(1, shape.types + 1)]),
        },
        "questionnaires/made.yaml": _questionnaire(shape),
        "rules/made.yaml": _rules(shipped, rules),
        "areas/made.yaml": _area_rules(shipped),
        "competences/made.yaml": _competences(shape),
    }
    for file, content in declared.items():
        (config / file).write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    (config / "network.yaml").write_text((shipped / "network.yaml").read_text("utf-8"), "utf-8")


def declare_round(config: Path, code: str, first_month: str, last_month: str) -> None:
    """Write a round of some months into the configuration."""
    said = {"code": code, **NAMED, "first_month": first_month, "last_month": last_month, "source": "made up"}
    (config / "rounds.yaml").write_text(yaml.safe_dump({"rounds": [said]}, allow_unicode=True), "utf-8")


def _codes(codes: list[str]) -> list[dict[str, str]]:
    """Declarations of some codes."""
    return [{"code": code, **NAMED} for code in codes]


def _questionnaire(shape: Shape) -> dict[str, Any]:
    """The questionnaire of a network."""
    factor_of = made.factors(shape)
    return {
        "code": "made",
        "valid_from": "2008-08-01",
        "scale": [{"level": level, **NAMED, "labels": [str(level)]} for level in range(5, 0, -1)],
        "factors": _codes(list(dict.fromkeys(factor_of.values()))),
        "criteria": [{"code": code, "factor": factor, **NAMED} for code, factor in factor_of.items()],
    }


def _area_rules(shipped: Path) -> dict[str, Any]:
    """The shipped rules of reliability and run charts, fitted from few offices."""
    said = yaml.safe_load((shipped / "areas" / "2022-01.yaml").read_text("utf-8"))
    said |= {"code": "made", "valid_from": "2008-08-01"}
    said["reliability"] |= {"least_areas": 3, "least_responses": 1}
    return said


def _competences(shape: Shape) -> dict[str, Any]:
    """A competence of every two criteria of a network."""
    criteria = [{"criterion": code, "source": "made up"} for code in made.factors(shape)]
    tagged = [{**one, "competence": f"k{place // 2}"} for place, one in enumerate(criteria)]
    codes = dict.fromkeys(one["competence"] for one in tagged)
    competences = [{"code": code, **NAMED, "source": "made up"} for code in codes]
    dated = {"code": "made", "valid_from": "2008-08-01", "questionnaire": "made"}
    return {**dated, "competences": competences, "criteria": tagged}


def _rules(shipped: Path, other: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped rules for a network that may have no answers, with some parts replaced."""
    said = yaml.safe_load((shipped / "rules" / "2022-01.5.yaml").read_text("utf-8"))
    del said["supersedes"], said["valid_to"]
    said |= {"code": "made", "valid_from": "2008-08-01"}
    said["admission"]["answers_due"] = False
    said["rank_sets"]["draws"] = 1000
    for part, content in other.items():
        said[part] = said.get(part, {}) | content
    return said


def rate(people: pd.DataFrame, month: str) -> None:
    """Land the responses of a month, rate it and publish it."""
    planned = steps.plan(month)
    criteria = [name for name in people.columns if name not in made.KINDS]
    with_answers = people[people[criteria].gt(0).any(axis=1)]
    for treasury_month in of_codes(planned.ruled(), list(planned.treasury_codes), planned.run_id):
        code = treasury_month.treasury.code
        batch = _batch(with_answers[with_answers["treasury"].eq(code)], criteria, month)
        hidden = [pseudonym.hide(batch, settings.pseudonym_key())] if batch.num_rows else []
        receipt = zone.keep(treasury_month.place, hidden, "source/made", lambda: TAKEN)
        with warehouse.transaction() as connection:
            noted = {"run_id": planned.run_id, **treasury_month.key, **receipt.row()}
            warehouse.run(connection, "landing/receipt", noted)
    outcomes = steps.admit(planned, list(planned.treasury_codes))
    said = {str(outcome["error_message"]) for outcome in outcomes if outcome["error_message"]}
    assert not said, said
    steps.score(planned)
    assert publish.publish(month, ANNA)


def _batch(people: pd.DataFrame, criteria: list[str], month: str) -> pa.RecordBatch:
    """The responses of a treasury as a source gives them."""
    rows = [
        {
            "response_key": str(key),
            "treasury_code": row["treasury"],
            "submitted_at": f"{month}-{key % 28 + 1:02} 08:00:00+07",
            "unit_code": row["unit"].split("/")[1],
            "procedure_code": row["procedure"],
            "channel_code": row["channel"],
            "respondent_type_code": row["respondent_type"],
            "answers": "|".join(f"{name}={row[name]}" for name in criteria if row[name]),
        }
        for key, row in people.iterrows()
    ]
    return pa.RecordBatch.from_pydict(
        {
            name: pa.array([row.get(name) for row in rows], pa.string()).cast(contract.arrow_type(name))
            for name in contract.COLUMNS
        }
    )
