"""Imported by Airflow at start: what its Celery workers need before their first task."""

import multiprocessing
import sys
import tempfile
from pathlib import Path
from typing import Any

if "worker" in sys.argv:
    from celery.signals import heartbeat_sent, worker_process_init

    @heartbeat_sent.connect(weak=False)
    def say_that_it_is_alive(**_: Any) -> None:
        """For the healthcheck: the publisher hears no ping, lest it hear anything else."""
        Path(tempfile.gettempdir(), "celery_alive").touch()

    @worker_process_init.connect(weak=False)
    def let_tasks_have_children(**_: Any) -> None:
        """Celery's processes count as daemons, which may have none; a task that loads a month has several."""
        multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]

    if "default" in sys.argv:  # loaded once, and inherited by forked tasks; the publisher needs none of them
        import etl.operation.inherited  # noqa: F401
