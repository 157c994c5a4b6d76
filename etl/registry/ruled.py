"""What a period is rated under, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from etl.errors import Misdeclared
from etl.periods import Period
from etl.registry import Registry, rule_sets
from etl.registry.questionnaire import Questionnaire
from etl.registry.rule_set import RuleSet


@dataclass(frozen=True)
class Pin:
    """A rule set and a questionnaire by their codes and digests."""

    rule_set_code: str
    rule_set_digest: str
    questionnaire_code: str
    questionnaire_digest: str

    @classmethod
    def of(cls, stated: Mapping[str, Any]) -> Pin:
        """The pin of a row that states one: a draft, a revision."""
        return cls(**{name: str(stated[name]) for name in cls.__annotations__})


@dataclass(frozen=True)
class Ruled:
    """A period with everything declared that decides its figures.

    It is made once, and handed on from step to step.
    """

    registry: Registry
    period: Period
    rule_set: RuleSet
    questionnaire: Questionnaire

    @classmethod
    def in_force(cls, registry: Registry, period: Period) -> Ruled:
        """A period under the rules in force in it; none raises Misdeclared."""
        return cls(registry, period, rule_sets.in_force(registry.path, period), registry.questionnaire_in(period))

    @classmethod
    def pinned(cls, registry: Registry, period: Period, pin: Pin) -> Ruled:
        """A period under the rules that a draft or revision names.

        One that was edited since raises Misdeclared.
        """
        rule_set = rule_sets.named(registry.path, pin.rule_set_code, pin.rule_set_digest)
        questionnaire = registry.questionnaire_in(period)
        if questionnaire.digest != pin.questionnaire_digest:
            raise Misdeclared(
                f"{period}: the questionnaire {pin.questionnaire_code} was edited after it was answered",
                next_action="restore its file, and put the change into a new, later dated file",
            )
        return cls(registry, period, rule_set, questionnaire)

    @property
    def pin(self) -> Pin:
        """Its rule set and its questionnaire by their codes and digests."""
        return Pin(self.rule_set.code, self.rule_set.digest, self.questionnaire.code, self.questionnaire.digest)
