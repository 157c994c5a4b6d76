"""What a run found about the data, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from etl.registry.terms import PRESENT


@dataclass(frozen=True)
class Run:
    """A run and what it left: the rows of ``reports/run``, ``reports/findings``, ``scoring/treasury_states``.

    ``drift``, ``early`` and ``census``: the rows of these reports. ``notes``: sentences that whoever
    reads the page must know first.
    """

    run: dict[str, Any]
    findings: list[dict[str, Any]]
    states: list[dict[str, Any]]
    drift: list[dict[str, Any]] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    early: list[dict[str, Any]] = field(default_factory=list)
    census: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Rule:
    """A rule of a door, with its findings by treasury code.

    ``findings`` are rows of ``reports/findings``.
    """

    door: str
    rule_code: str
    severity: str
    fault: str
    why: str
    findings: dict[str, dict[str, Any]]

    @property
    def element_count(self) -> int:
        """Rows judged, over all treasuries."""
        return sum(finding["element_count"] for finding in self.findings.values())

    @property
    def unexpected_count(self) -> int:
        """Rows at fault, over all treasuries."""
        return sum(map(at_fault, self.findings.values()))

    @property
    def concerned(self) -> dict[str, dict[str, Any]]:
        """The findings where the rule has a consequence.

        A batch rule has failed, or a row breaks another one.
        """
        return {
            code: finding
            for code, finding in self.findings.items()
            if not finding["is_passed"] or (self.fault != "batch" and at_fault(finding))
        }

    @property
    def failed(self) -> list[str]:
        """Codes of the treasuries whose month the rule refused."""
        return list(self.concerned) if self.fault == "batch" else []


@dataclass(frozen=True)
class Line:
    """A treasury's line, with the rules that judged it."""

    state: dict[str, Any]
    rules: list[Rule]

    @property
    def element_count(self) -> int | None:
        """Rows judged; None when the run judged none of the treasury's."""
        return max((finding["element_count"] for finding in self._findings(self.rules)), default=None)

    @property
    def unexpected_count(self) -> int:
        """Rows turned away, counted under each rule that they break."""
        return sum(map(at_fault, self._findings(rule for rule in self.rules if rule.fault == "row")))

    @property
    def is_concerned(self) -> bool:
        """Whether a rule found something, or the treasury is missing."""
        code, state = self.state["treasury_code"], self.state["treasury_state"]
        return state not in PRESENT or any(code in rule.concerned for rule in self.rules)

    def _findings(self, rules: Iterable[Rule]) -> Iterable[dict[str, Any]]:
        """What rules found in the treasury."""
        return (rule.findings[self.state["treasury_code"]] for rule in rules)


def rules_of(findings: Iterable[dict[str, Any]]) -> list[Rule]:
    """The rules of the findings, the worst first."""
    rules: dict[tuple[str, str], Rule] = {}
    for finding in findings:
        words = {name: finding[name] for name in ("door", "rule_code", "severity", "fault", "why")}
        rule = rules.setdefault((finding["door"], finding["rule_code"]), Rule(**words, findings={}))
        rule.findings[finding["treasury_code"]] = finding
    return sorted(rules.values(), key=lambda rule: (-len(rule.failed), -rule.unexpected_count, rule.rule_code))


def at_fault(finding: dict[str, Any]) -> int:
    """The rows at fault in one finding.

    A rule about a whole batch can fail without any: an empty one has none.
    """
    return min(int(finding["unexpected_count"]), int(finding["element_count"]))
