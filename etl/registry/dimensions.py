"""The registry as rows of the dimensions, in order of writing."""

from __future__ import annotations

from typing import Any

from etl.periods import Period
from etl.registry import Registry, provinces, succession
from etl.registry.competences import Competence, Competences
from etl.registry.network import Named, Treasury
from etl.registry.questionnaire import Questionnaire
from etl.registry.ruled import Ruled
from etl.registry.terms import UNSTATED

Rows = list[dict[str, Any]]

_UNSTATED = {"code": UNSTATED, "name_vi": "Không nêu", "name_en": "Not stated"}


def rows(ruled: Ruled) -> dict[str, Rows]:
    """Rows by the name of the statement ``sql/declare/<name>.sql`` that writes them."""
    registry, rule_set, questionnaire = ruled.registry, ruled.rule_set, ruled.questionnaire
    return {
        "period": [_period(ruled.period)],
        "region": [_named(region) for region in registry.regions],
        "treasury": [_treasury(t) for t in registry.treasuries],
        "succession": [
            {
                "treasury_code": t.code,
                "valid_from": t.valid_from,
                "successor_code": heir.code,
                "successor_valid_from": heir.valid_from,
            }
            for t, heir in succession.pairs(registry.treasuries)
        ],
        "province": [{**_named(province), "valid_from": province.valid_from} for province in registry.provinces],
        "province_part": [
            {
                **{"treasury_code": t.code, "treasury_valid_from": t.valid_from},
                **{"code": province.code, "valid_from": province.valid_from},
            }
            for province, t in provinces.pairs(registry.provinces, registry.treasuries)
        ],
        **members(registry, ruled.period),
        "questionnaire": [
            {
                "code": questionnaire.code,
                "digest": questionnaire.digest,
                "valid_from": questionnaire.valid_from,
                "valid_to": questionnaire.valid_to,
            }
        ],
        "criterion": _criteria(questionnaire, registry.competences_in(ruled.period)),
        "rule_set": [
            {
                "code": rule_set.code,
                "digest": rule_set.digest,
                "source": rule_set.source,
                "valid_from": rule_set.valid_from,
                "valid_to": rule_set.valid_to,
                "definition_code": rule_set.rate.definition,
                "definition_digest": rule_set.definition_digest,
                "preview_days": rule_set.preview.working_days if rule_set.preview else 0,
            }
        ],
        "grade_band": [{"rule_set_code": rule_set.code, **grade.model_dump()} for grade in rule_set.grades],
    }


def members(registry: Registry, period: Period) -> dict[str, Rows]:
    """The rows of the units of a period, and of the code lists."""
    return {
        "unit": [
            {"treasury_code": t.code, "valid_from": t.valid_from, **unit}
            for t in registry.treasuries_in(period)
            for unit in (
                {**_UNSTATED, "kind": UNSTATED},
                *({**_named(u), "kind": u.kind} for u in registry.units_of(t)),
            )
        ],
        "procedure": [_UNSTATED, *map(_named, registry.codes.procedures)],
        "channel": [_UNSTATED, *map(_named, registry.codes.channels)],
        "respondent_type": [_UNSTATED, *map(_named, registry.codes.respondent_types)],
    }


def _treasury(treasury: Treasury) -> dict[str, Any]:
    """A treasury with its region and its dates, and why it was withdrawn."""
    dates = {"valid_from": treasury.valid_from, "valid_to": treasury.valid_to}
    return {
        **_named(treasury),
        "region_code": treasury.region,
        **dates,
        "withdrawn_reason": treasury.withdrawn,
    }


def _period(period: Period) -> dict[str, Any]:
    """A period with its first and last month."""
    named = {"code": period.code, "name_vi": period.name_vi, "name_en": period.name_en}
    return {**named, "kind": period.kind, **period.bounds}


def _criteria(questionnaire: Questionnaire, tagged: Competences | None) -> Rows:
    """The criteria with their factors, their position, from 1, and the competence that each asks about, if any."""
    factors = {factor.code: factor for factor in questionnaire.factors}
    of_criterion: dict[str, Competence] = {}
    if tagged is not None and tagged.questionnaire == questionnaire.code:
        named = {competence.code: competence for competence in tagged.competences}
        of_criterion = {criterion: named[code] for criterion, code in tagged.of_criterion.items()}
    return [
        {
            **_named(criterion),
            "questionnaire_code": questionnaire.code,
            "answer_position": position,
            "factor_code": criterion.factor,
            "factor_name_vi": factors[criterion.factor].name_vi,
            "factor_name_en": factors[criterion.factor].name_en,
            **_competence(of_criterion.get(criterion.code)),
        }
        for position, criterion in enumerate(questionnaire.criteria, start=1)
    ]


def _competence(asked: Competence | None) -> dict[str, str | None]:
    """Code and names of the competence that a criterion asks about."""
    named = (asked.code, asked.name_vi, asked.name_en) if asked else (None, None, None)
    return dict(zip(("competence_code", "competence_name_vi", "competence_name_en"), named, strict=True))


def _named(entry: Named) -> dict[str, Any]:
    """Code and names of an entry."""
    return {"code": entry.code, "name_vi": entry.name_vi, "name_en": entry.name_en}
