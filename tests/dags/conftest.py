"""One real Airflow for all tests of the DAGs and their pages, on the demo's estate; and how to ask it for something.

It is the demo's own: API server, scheduler with LocalExecutor and DAG processor on the embedded PostgreSQL, users
``admin`` and ``approver``. It starts with the first test that asks for it and stops with the last one here. Runs of one
test are there for the next: a test picks a month that no other one uses, or says which runs it means.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from etl.demo import airflow as own_airflow
from etl.operation import migrate
from tests.lib.airflow import SLOTS


@pytest.fixture(scope="package")
def airflow(estate: dict[str, str]) -> Iterator[own_airflow.Access]:
    """A real Airflow over the whole demo estate, signed in as ``admin``."""
    migrate.up()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HAILONG_RETRY_SECONDS", "1")
        with own_airflow.running(SLOTS, port=0) as access:
            yield access


@pytest.fixture(scope="package")
def approver(airflow: own_airflow.Access) -> own_airflow.Access:
    """The same Airflow, signed in as ``approver``: who may publish what ``admin`` has run."""
    return own_airflow.signed_in(airflow, own_airflow.APPROVER)
