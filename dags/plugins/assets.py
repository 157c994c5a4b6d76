"""The assets that our DAGs hand each other; a partition of each is a survey month."""

from __future__ import annotations

from typing import Any

import runs
from airflow.sdk import Asset

CORE = Asset("core")
"""The responses of a month as they were admitted."""
MARTS = Asset("marts")
"""The draft of a month as the marts show it."""


def announce(event: Any, *months: str, **extra: Any) -> None:
    """Say of an asset which months of it are new, and who asked for the run, to the DAGs that wait for it."""
    event.add_partitions(list(months))  # also where the run has a key: one started without would wake nobody
    event.extra = {"loaded_by": runs.asked_by(), **extra}


def loaders(events: Any, month: str, since: Any) -> list[str]:
    """Who asked by hand for the runs that made a month since a moment, or since ever where there is none.

    Airflow knows who started a run; what the event itself says counts besides, for a run that was deleted since.
    """
    newer = [event for event in (events.after(since) if since else events) if event.partition_key == month]
    made_by = (event.source_dag_run for event in newer)
    said = {event.extra.get("loaded_by") for event in newer}
    return sorted((said | {run.triggering_user_name for run in made_by if run}) - {None})
