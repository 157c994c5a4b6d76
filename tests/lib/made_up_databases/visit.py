"""Let offices with made-up databases through the real path: source check, the steps of a month, a real warehouse."""

from __future__ import annotations

import logging
import traceback
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from etl.errors import HailongError
from etl.operation import steps
from tests.lib.command_line import Result, hailong
from tests.lib.made_up_databases.made import Made, make_plain
from tests.lib.made_up_databases.network import MONTH, PLAIN, Network
from tests.lib.made_up_databases.servers import Server, SqliteFiles
from tests.lib.months import query

FIRST = f"date '{MONTH}-01'"


@dataclass
class Seen:
    """What is known of an office's month after its check and its run.

    ``before``, ``after``: digests of its rows in core. ``away`` has the rules that each key broke; ``timeless`` the
    keys of rows that belong to no month, ``spoken`` is what the log says.
    """

    check: Result | None = None
    outcome: dict[str, Any] = field(default_factory=dict)
    before: str | None = None
    after: str | None = None
    core: list[dict[str, Any]] = field(default_factory=list)
    away: dict[str, set[str]] = field(default_factory=dict)
    timeless: list[str | None] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    crash: str = ""
    spoken: str = ""

    @property
    def state(self) -> str:
        """loaded, refused, unavailable, no_data, or none at all."""
        return str(self.outcome.get("treasury_state"))

    @property
    def said(self) -> str:
        """Everything that people read about it."""
        of_outcome = f"{self.outcome.get('error_message') or ''}\n{self.outcome.get('next_action') or ''}"
        of_check = f"{self.check.stdout}\n{self.check.stderr}" if self.check else ""
        return "\n".join((of_outcome, of_check, self.spoken))


class Visits:
    """A warehouse in which offices are visited again and again; the plain one once, at its beginning.

    Each office of which the seed leaves no rest when divided by ``checked`` is checked before its run: the check judges
    its rows for itself, which takes as long as all the rest.
    """

    def __init__(self, network: Network, files: SqliteFiles, checked: int = 1) -> None:
        self.network, self.checked = network, checked
        plain = make_plain(network.lists(PLAIN))
        self.urls = {PLAIN: files.build(plain)}
        network.connect(self.urls, [])
        planned = steps.plan(MONTH, [PLAIN])
        steps.land(planned, PLAIN)
        steps.admit(planned, [PLAIN])
        steps.score(planned)
        self.plain, self.shown = _digests()[PLAIN], list[Result]()

    def visit(self, server: Server, made: Sequence[Made], urls: dict[str, str]) -> dict[str, Seen]:
        """Check and run the offices of some databases; what is known of each, by its code."""
        codes = [each.truth.code for each in made]
        self.network.connect({**self.urls, **urls}, made)
        before = _digests()
        planned = steps.plan(MONTH, codes)
        seen, landed = {}, []
        for each in made:
            code = each.truth.code
            server.enter(each)
            is_checked = each.truth.seed % self.checked == 0
            seen[code] = Seen(hailong("source", "check", code, "--month", MONTH) if is_checked else None)
            with _listening() as spoken:
                try:
                    steps.land(planned, code)
                    landed.append(code)
                except HailongError:
                    pass
                except Exception:  # noqa: BLE001 - to be told with its seed
                    seen[code].crash = traceback.format_exc()
            seen[code].spoken = "\n".join(spoken)
        with _listening() as spoken:
            if landed:
                steps.admit(planned, landed)
            steps.score(planned)
            steps.report(planned)
            self.shown = [hailong(*asked, MONTH) for asked in (("status",), ("turned-away",), ("ranking",))]
        for code, each in seen.items():
            each.spoken += "\n".join(spoken)
            each.before = before.get(code)
        self._found(seen)
        return seen

    def is_plain_unchanged(self) -> bool:
        """Whether the plain office's rows in core are what they were at the beginning."""
        return _digests()[PLAIN] == self.plain

    def _found(self, seen: dict[str, Seen]) -> None:
        """Add what the warehouse knows."""
        after = _digests()
        office = "inner join core.dim_treasury as t on f.treasury_id = t.treasury_id"
        month = f"where f.survey_month = {FIRST}"
        core = _by_code(f"select t.treasury_code, f.* from core.fact_response as f {office} {month}")
        states = _by_code(f"select t.treasury_code, f.* from ops.treasury_month as f {office} {month}")
        away = _by_code(f"select t.treasury_code, f.* from ops.turned_away as f {office} {month}")
        notes = _by_code(
            f"select f.treasury_code, f.rule_code from ops.validation as f {month} and not f.is_passed"
            f" and f.run_id = (select max(run_id) from ops.validation)"
        )
        timeless = _by_code(
            "select t.treasury_code, f.response_key, f.row_count from ops.row_of_no_month as f"
            f" {office} where f.mended_run_id is null"
        )
        for code, each in seen.items():
            each.timeless = [row["response_key"] for row in timeless[code] for _ in range(row["row_count"])]
            each.after, each.core = after.get(code), core[code]
            each.outcome = states[code][0] if states[code] else {}
            each.notes = {row["rule_code"] for row in notes[code]}
            for row in away[code]:
                key = row["response_key"] or f"row {row['row_number']} without a key"
                each.away.setdefault(key, set()).add(row["rule_code"])


def _by_code(sql: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of a query, by office."""
    rows = defaultdict(list)
    for row in query(sql):
        rows[row.pop("treasury_code")].append(row)
    return rows


def _digests() -> dict[str, str]:
    """A digest of each office's rows in core."""
    rows = query(
        "select t.treasury_code, md5(string_agg(f::text, '|' order by f.response_key collate \"C\")) as digest"
        " from core.fact_response as f inner join core.dim_treasury as t on f.treasury_id = t.treasury_id"
        f" where f.survey_month = {FIRST} group by t.treasury_code"
    )
    return {row["treasury_code"]: row["digest"] for row in rows}


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What is logged meanwhile."""
    spoken: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            spoken.append(record.getMessage())

    listener, root = Listener(logging.INFO), logging.getLogger()
    root.addHandler(listener)
    try:
        yield spoken
    finally:
        root.removeHandler(listener)
