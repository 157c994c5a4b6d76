"""What the watched Airflow is, and a run of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.demo import airflow as own_airflow
from tests.lib.sinks import Sinks

MONTH, SOME, AWAY = "2023-07", ["19", "34", "48"], ("19", "48")


@dataclass
class Watched:
    """An Airflow and what it sends; ``goal`` is the file that the slow DAG waits for, ``events`` its lineage."""

    access: own_airflow.Access
    sinks: Sinks
    branches: str
    goal: Path
    events: Path


@dataclass
class Run:
    """A run, and the metrics and the lineage that were sent until its end."""

    run_id: str
    metrics: list[str]
    events: list[dict[str, Any]]
