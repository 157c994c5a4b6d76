"""What the watched Airflow is, and runs of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.demo import airflow as own_airflow
from tests.lib.sinks import Sinks

MONTH, SOME, AWAY = "2023-07", ["19", "34", "48"], ("19", "48")


@dataclass
class Watched:
    """An Airflow and what it sends; ``goal`` is the file that the slow DAG waits for, ``events`` its lineage.

    ``processes`` are the command lines that were seen since it started.
    """

    access: own_airflow.Access
    sinks: Sinks
    branches: str
    goal: Path
    events: Path
    processes: set[bytes]

    def lines(self) -> list[str]:
        """The lines of its lineage."""
        return self.events.read_text("utf-8").splitlines() if self.events.exists() else []


@dataclass
class Run:
    """A run as the API shows it, what it left in the warehouse, and what was sent while it ran.

    ``ranking`` are the ranks and states of some treasuries, ``counts`` the rows read, loaded and turned away.
    """

    said: dict[str, Any]
    ranking: dict[str, tuple[int | None, str]]
    counts: list[dict[str, Any]]
    metrics: list[str]
    events: list[dict[str, Any]]
    calls: list[dict[str, Any]]

    @property
    def run_id(self) -> str:
        """Its identifier."""
        return str(self.said["dag_run_id"])


@dataclass
class Healed:
    """Two runs without a fault: the first as the API shows it, the states of the other one's tasks, all notices."""

    unheard: dict[str, Any]
    states: Counter[str]
    calls: list[dict[str, Any]]
