"""Measure the monthly work: where the data came from and went (OpenLineage), how much and how long (StatsD), its logs.

Airflow carries all of it; without a transport or a StatsD host in its configuration nothing is sent. docs/measuring.md
names everything that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import structlog
from airflow.sdk import get_current_context
from airflow.sdk.observability import stats

Row = dict[str, Any]
_bound: dict[str, str] = {}
"""What the log lines of this process, which runs one task, name."""


def bind(**where: str) -> None:
    """Put the month, the treasury into every further log line of this task; its run Airflow puts there itself."""
    structlog.contextvars.bind_contextvars(**where)
    _bound.update(where)


def bound() -> AbstractContextManager[None]:
    """What ``bind`` bound, once more in a callback of the task, which Airflow calls outside of it."""
    return structlog.contextvars.bound_contextvars(**_bound)


def landed(planned: Row, code: str, uri: str | None, receipt: Row) -> None:
    """Measure a landing: from which tables, into which files, how long."""
    tags = {"month": planned["month"], "treasury": code}
    stats.timing("hailong.treasury.land_duration", receipt["landing_seconds"] * 1000, tags=tags)
    if _is_traced():
        from etl.operation import lineage
        from etl.operation.plan import Plan

        _trace(lineage.sources(Plan.of(planned), code, uri), [lineage.landed(planned["month"], code)])


def admitted(planned: Row, outcomes: Sequence[Row]) -> None:
    """Measure what was admitted, from its outcomes: rows read, loaded and turned away."""
    for one in outcomes:
        tags = {"month": planned["month"], "treasury_state": one["treasury_state"]}
        for what in ("read", "loaded", "turned_away"):
            stats.incr(f"hailong.rows.{what}", one[f"{what}_count"], tags=tags)
    if _is_traced():
        from etl.operation import lineage

        paths = [one["landing_path"] for one in outcomes if one["landing_path"]]  # …/<month>/<treasury>/<file>
        _trace([lineage.landed(planned["month"], path.split("/")[-2]) for path in paths], [lineage.responses()])


def rated(planned: Row, verdict: Row) -> None:
    """Measure a rated month: how many treasuries are open, in and missing, and whether it is final."""
    tags = {"month": planned["month"]}
    missing = verdict["open_count"] - verdict["loaded_count"]
    stats.gauge("hailong.month.treasuries_open", verdict["open_count"], tags=tags)
    stats.gauge("hailong.month.treasuries_in", verdict["loaded_count"], tags=tags)
    stats.gauge("hailong.month.treasuries_missing", missing, tags=tags)
    stats.gauge("hailong.month.final", int(verdict["month_status"] == "final"), tags=tags)
    if _is_traced():
        from etl.operation import lineage

        _trace([lineage.responses()], lineage.marts())


def _is_traced() -> bool:
    """Whether OpenLineage is configured."""
    try:
        from airflow.providers.openlineage.conf import is_disabled
    except ImportError:
        return False
    return not is_disabled()


def _trace(inputs: Iterable[tuple[str, str]], outputs: Iterable[tuple[str, str]]) -> None:
    """Give this task's event its datasets, each a namespace and a name."""
    from openlineage.client.event_v2 import Dataset

    task = get_current_context()["task"]
    task.inlets = [*task.inlets, *(Dataset(*one) for one in inputs)]
    task.outlets = [*task.outlets, *(Dataset(*one) for one in outputs)]
