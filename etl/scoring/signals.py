"""Signals on the quality of the answers, by the rule set's thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl import warehouse
from etl.errors import Misdeclared
from etl.log import log
from etl.periods import Period
from etl.registry.rule_set import RuleSet
from etl.registry.signal_rules import Signal
from etl.registry.terms import EVERYONE
from etl.warehouse import failures, statements

if TYPE_CHECKING:
    from etl.scoring.rate_period import Job

_GIVEN = {"first_month", "last_month", "treasury_ids"}
_SHOWN_KEYS = 20
_WHY = "The signal could not be made of these treasuries; the figures are right. Report a defect of the pipeline."


@dataclass(frozen=True)
class SignalAsked:
    """A signal of a rule set, and the fewest responses that it looks at."""

    code: str
    signal: Signal
    least_responses: int

    def row(self, period: Period, found: dict[str, Any]) -> dict[str, Any]:
        """The row of ``score.signal`` about what was found in an area."""
        judged = _judged(found["signal_value"], self.signal)
        return {**found, "period_code": period.code, "signal_code": self.code, **judged}


def check_declared(rule_set: RuleSet) -> None:
    """Raise Misdeclared where a rule set's signals or their params are unknown."""
    params = {statement.name.partition("/")[2]: statement.params - _GIVEN for statement in statements.in_room("signal")}
    for code, signal in rule_set.signals.by_code.items() if rule_set.signals else ():
        if code not in params:
            raise Misdeclared(
                f"the rule set {rule_set.code} names the signal '{code}'; there are {', '.join(params)}",
                next_action=f"mend the code in its file, or write sql/signal/{code}.sql",
            )
        if signal.params.keys() != params[code]:
            raise Misdeclared(
                f"the rule set {rule_set.code} gives the signal {code} the params {sorted(signal.params)}; it takes "
                f"{sorted(params[code])}",
                next_action="mend the params in its file",
            )


def replace(connection: warehouse.Connection, job: Job, codes: Mapping[int, str]) -> None:
    """Replace a period's signals; a rule set without any leaves none.

    ``codes``: the treasuries that are rated, by treasury_id. After the period was rated, and over the same connection:
    a signal may look at the draft. A signal is a hint, and stops no month: where one cannot be made of some
    treasuries, the others have it, and a finding of the last door says of whom.
    """
    period, signals = job.ruled.period, job.rule_set.signals
    warehouse.run(connection, "scoring/clear_signal", {"period_code": period.code})
    for code, signal in signals.by_code.items() if signals else ():
        asked = SignalAsked(code, signal, signals.least_responses if signals else 1)
        if not _is_noted(connection, asked, period, list(codes)):
            failed = [one for one in codes if not _is_noted(connection, asked, period, [one])]
            if failed:
                _tell(connection, job, code, [codes[treasury_id] for treasury_id in failed])


def _is_noted(connection: warehouse.Connection, asked: SignalAsked, period: Period, treasury_ids: list[int]) -> bool:
    """Note what a signal finds of treasuries; False, with nothing noted, where it fails.

    A warehouse that is away is raised.
    """
    params = {**period.bounds, **asked.signal.params, "treasury_ids": treasury_ids}
    try:
        with connection.begin_nested():
            found = warehouse.rows(connection, f"signal/{asked.code}", **params)
            rows = [asked.row(period, area) for area in found if area["response_count"] >= asked.least_responses]
            warehouse.run(connection, "scoring/signal", rows)
    except Exception as error:
        if not failures.is_of_work(error):
            raise
        log.warning("%s: the signal %s ends in %s", period, asked.code, failures.name_of(error))
        return False
    return True


def _tell(connection: warehouse.Connection, job: Job, code: str, failed: Sequence[str]) -> None:
    """Keep as a finding of the last door of which treasuries a signal could not be made."""
    finding = {
        **{"run_id": job.run_id, "treasury_code": EVERYONE, "survey_month": job.ruled.period.first_day},
        **{"door": "scores", "rule_code": f"signal_{code}", "severity": "warning", "fault": "note"},
        **{"is_passed": False, "element_count": len(failed), "unexpected_count": len(failed)},
        **{"offending_keys": list(failed[:_SHOWN_KEYS]), "why": _WHY},
    }
    warehouse.run(connection, "admission/validation", finding)


def _judged(value: Any, signal: Signal) -> dict[str, Any]:
    """The threshold, and whether the value lies beyond it."""
    if signal.raised_above is not None:
        return {"threshold": signal.raised_above, "is_raised": bool(value > signal.raised_above)}
    return {"threshold": signal.raised_below, "is_raised": bool(value < (signal.raised_below or 0))}
