"""The validation page: which treasury is missing from a run's month, why, and what to do about it.

One HTML file that needs nothing else: no network, no script, no font. What it says stands in the template beside
this module; what is counted for it stands here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from etl.errors import Unavailable
from etl.registry.terms import PRESENT

_PAGE = "validation.html"
_LONGEST_NAME = 100
_DOORS_OF_A_TREASURY = ("landed", "answers")
_STARTED = re.compile(r'<meta name="run-started" content="([^"]+)">')


@dataclass(frozen=True)
class Run:
    """A run and what it left: the rows of ``reports/run``, ``reports/findings``, ``scoring/treasury_states``.

    ``drift``: the rows of ``reports/drift``. ``notes``: sentences that whoever reads the page must know first.
    """

    run: dict[str, Any]
    findings: list[dict[str, Any]]
    states: list[dict[str, Any]]
    drift: list[dict[str, Any]] = field(default_factory=list)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule of a door; ``findings`` has what it found in each treasury that it judged in the run, by code."""

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
        """The findings where the rule has a consequence: a batch rule failed, a row broke another."""
        return {
            code: found
            for code, found in self.findings.items()
            if not found["is_passed"] or (self.fault != "batch" and at_fault(found))
        }

    @property
    def failed(self) -> list[str]:
        """The codes of the treasuries whose month the rule refused; none for the rules of other faults."""
        return list(self.concerned) if self.fault == "batch" else []


@dataclass(frozen=True)
class Line:
    """A treasury's line in the table of treasuries and rules; ``rules`` are those that judged it."""

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


def write(directory: Path, run: Run) -> Path:
    """Write a run's page in a directory of its own under ``directory``; where it is.

    ``<directory>/validation.html`` is a copy of the page of the run that started last. Both are replaced in one
    move, so that nobody reads half a page. A disk that does not take them raises Unavailable.
    """
    path, newest = directory / _file_name(run.run["run_id"]) / _PAGE, directory / _PAGE
    html = page(run)
    try:
        _replace(path, html)
        if not _is_later(newest, run.run["started_at"]):
            _replace(newest, html)
    except OSError as error:
        raise Unavailable(
            f"{run.run['survey_month']:%Y-%m}: the validation page cannot be written under {directory}"
            f" ({error.strerror or type(error).__name__})",
            next_action="free the disk or mend the directory's rights (HAILONG_REPORTS), then report the run again",
        ) from error
    return path


def page(run: Run) -> str:
    """The HTML of a run's page. Messages and keys are escaped, whatever they hold."""
    rules = _rules(run.findings)
    matrix_rules = [rule for door in _DOORS_OF_A_TREASURY for rule in rules if rule.door == door]
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=_number, breakable=_breakable, at_fault=at_fault)
    return environment.get_template("validation_page.html.j2").render(
        run=run.run,
        run_notes=run.notes,
        states=run.states,
        names={state["treasury_code"]: state["treasury_name_vi"] for state in run.states},
        missing=[state for state in run.states if state["treasury_state"] not in PRESENT],
        rules=rules,
        matrix_rules=matrix_rules,
        drift=run.drift,
        lines=[
            Line(state, [rule for rule in matrix_rules if state["treasury_code"] in rule.findings])
            for state in run.states
        ],
    )


def at_fault(finding: dict[str, Any]) -> int:
    """The rows at fault in one finding. A rule about a whole batch can fail without any: an empty one has none."""
    return min(int(finding["unexpected_count"]), int(finding["element_count"]))


def _rules(findings: Iterable[dict[str, Any]]) -> list[Rule]:
    """The rules of the findings: those that failed first, then by the rows at fault, then by name."""
    rules: dict[tuple[str, str], Rule] = {}
    for found in findings:
        words = {name: found[name] for name in ("door", "rule_code", "severity", "fault", "why")}
        rule = rules.setdefault((found["door"], found["rule_code"]), Rule(**words, findings={}))
        rule.findings[found["treasury_code"]] = found
    return sorted(rules.values(), key=lambda rule: (-len(rule.failed), -rule.unexpected_count, rule.rule_code))


def _file_name(run_id: str) -> str:
    """A run's identifier as a name for a directory; a digest keeps apart the ones that had to be changed."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", run_id).strip("-")[:_LONGEST_NAME]
    return name if name and name == run_id else f"{name or 'run'}-{hashlib.sha256(run_id.encode()).hexdigest()[:8]}"


def _is_later(newest: Path, started_at: dt.datetime) -> bool:
    """Whether the page that stands as the newest is of a run that started later."""
    if not newest.exists():
        return False
    stated = _STARTED.search(newest.read_text("utf-8", errors="replace"))
    return stated is not None and dt.datetime.fromisoformat(stated[1]) > started_at


def _replace(path: Path, html: str) -> None:
    """Put a page in the earlier one's place in one move; a draft that fails is taken away again."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(html, "utf-8")
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def _number(count: int) -> str:
    """A count with its thousands apart by a narrow space, which is read alike in both languages."""
    return f"{count:,}".replace(",", "\u202f")


def _breakable(name: str) -> Markup:
    """A name that may be broken into lines after its underscores."""
    return Markup("_<wbr>").join(name.split("_"))
