"""The plan of a run: which month, which treasuries, under which rules."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from etl import __version__, settings
from etl.errors import Misdeclared
from etl.periods import Period, SurveyMonth
from etl.registry import Registry, dimensions
from etl.registry.ruled import Pin, Ruled


@dataclass(frozen=True)
class Plan:
    """What one run is about. It travels between processes as plain values.

    ``rules``, ``offices_digest`` and ``code_version`` are what the run began with: a step that finds something else
    when its turn comes refuses, so that no month is made half under the one and half under the other.
    ``is_early_allowed``: data of a moment before the month was over are taken; ``has_ended``: it was over when it was
    planned.
    """

    run_id: str
    month: str
    treasury_codes: tuple[str, ...]
    rules: Pin
    offices_digest: str
    code_version: str
    is_early_allowed: bool = False
    has_ended: bool = True

    @classmethod
    def of(cls, values: dict[str, Any]) -> Plan:
        """The plan from its plain values.

        Those of another version of the program raise Misdeclared.
        """
        if values.keys() != cls.__annotations__.keys() or values["rules"].keys() != Pin.__annotations__.keys():
            raise Misdeclared(
                "the run was planned by another version of the program", next_action="run the month again"
            )
        rules, codes = Pin.of(values["rules"]), tuple(values["treasury_codes"])
        return cls(**{**values, "rules": rules, "treasury_codes": codes})

    @property
    def survey_month(self) -> SurveyMonth:
        """The month."""
        return SurveyMonth.parse(self.month)

    def values(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {**dataclasses.asdict(self), "treasury_codes": list(self.treasury_codes)}

    def ruled(self) -> Ruled:
        """The month under the plan's rules.

        What was changed since the plan was made raises Misdeclared.
        """
        ruled = Ruled.in_force(Registry.configured(), Period.of_month(self.survey_month))
        changes = list(self._changes(ruled))
        if changes:
            raise Misdeclared(
                f"{self.month}: {', '.join(changes)} since the run {self.run_id} was planned",
                next_action=f"run the month again, from its plan: hailong run {self.month}",
            )
        return ruled

    def _changes(self, ruled: Ruled) -> Iterator[str]:
        """What is not as it was when the plan was made, in words."""
        pin, planned = ruled.pin, self.rules
        if pin.rule_set_code != planned.rule_set_code:
            yield f"the rule set {planned.rule_set_code} gave way to {pin.rule_set_code}"
        elif pin.rule_set_digest != planned.rule_set_digest:
            yield f"the rule set {pin.rule_set_code} was edited"
        if pin.questionnaire_code != planned.questionnaire_code:
            yield f"the questionnaire {planned.questionnaire_code} gave way to {pin.questionnaire_code}"
        elif pin.questionnaire_digest != planned.questionnaire_digest:
            yield f"the questionnaire {pin.questionnaire_code} was edited"
        if offices_digest(ruled) != self.offices_digest:
            yield "the declared treasuries, units or codes changed"
        if __version__ != self.code_version:
            yield f"the program changed from version {self.code_version} to {__version__}"


def intend(
    month: str | None = None,
    only: Sequence[str] = (),
    run_id: str | None = None,
    moment: dt.datetime | None = None,
    *,
    is_early_allowed: bool = False,
) -> Plan:
    """Decide what a run is about, and leave no trace of it.

    Without a month it is the last whole one, in the network's local time, before the moment (now). An unknown month
    or treasury, a month that has not ended where that is not allowed, or a mistake in the configuration raises
    Misdeclared.
    """
    registry = Registry.configured()
    now = dt.datetime.now(registry.zone())
    survey_month = SurveyMonth.asked_for(month, moment or now, registry.zone())
    codes = [registry.treasury(code, survey_month).code for code in only]
    end = survey_month.bounds(registry.zone())[1]
    if not is_early_allowed:
        _refuse_unended(survey_month, end, now)
    ruled = Ruled.in_force(registry, Period.of_month(survey_month))
    settings.pseudonym_key()  # last: a mistake above leaves not even the key of an embedded warehouse
    return Plan(
        run_id=run_id or f"{survey_month}-{now:%Y%m%dT%H%M%S%f}",
        month=str(survey_month),
        treasury_codes=tuple(sorted(set(codes)) or [t.code for t in registry.treasuries_in(survey_month)]),
        rules=ruled.pin,
        offices_digest=offices_digest(ruled),
        code_version=__version__,
        is_early_allowed=is_early_allowed,
        has_ended=now >= end,
    )


def last_whole_month() -> SurveyMonth:
    """The month that a run is about without being told, in the network's local time."""
    zone = Registry.configured().zone()
    return SurveyMonth.before(dt.datetime.now(zone), zone)


def _refuse_unended(month: SurveyMonth, end: dt.datetime, now: dt.datetime) -> None:
    """Raise Misdeclared for a month that has not ended."""
    if now < end:
        raise Misdeclared(
            f"{month} has not ended: its last day is {month.last_day:%d.%m.%Y}, and in {end.tzinfo} it is"
            f" {now.astimezone(end.tzinfo):%d.%m.%Y %H:%M}",
            next_action=f"run it when it has; to see how it stands, and not to publish it: hailong run {month} --early",
        )


def offices_digest(ruled: Ruled) -> str:
    """The sha256 of a period's treasuries, days, units and codes.

    What may be corrected while a run is under way, such as a query, a connection or a contact, is not part of it.
    """
    return _offices_digest(ruled.registry, ruled.period)


@lru_cache(maxsize=4)  # every landing asks
def _offices_digest(registry: Registry, period: Period) -> str:
    """See ``offices_digest``."""
    treasuries = registry.treasuries_in(period)
    days = {treasury.code: registry.days_of(treasury, period) for treasury in treasuries}
    content = {
        "days": {code: [moment.isoformat() for moment in bounds] for code, bounds in days.items()},
        "regions": {treasury.code: treasury.region for treasury in treasuries},
        **dimensions.members(registry, period),
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
