"""How a test asks a real Airflow for something, over its API."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import Any, TypeVar

import jwt
import sqlalchemy as sa

from etl import warehouse
from etl.demo import airflow as own_airflow
from etl.errors import Unavailable

SLOTS = 4
DONE = ("success", "failed")
Found = TypeVar("Found")


def start(access: own_airflow.Access, dag: str, key: str | None = None, **conf: Any) -> str:
    """Trigger a DAG, perhaps for a partition key; the identifier of the run."""
    asked = {"logical_date": None, "conf": conf} | ({"partition_key": key} if key else {})
    return str(own_airflow.call(access, "POST", f"/api/v2/dags/{dag}/dagRuns", asked)["dag_run_id"])


def run(access: own_airflow.Access, dag: str, run_id: str) -> dict[str, Any]:
    """A run as the API shows it."""
    return dict(own_airflow.call(access, "GET", f"/api/v2/dags/{dag}/dagRuns/{run_id}"))


def ended(access: own_airflow.Access, dag: str, run_id: str, seconds: float = 300) -> dict[str, Any]:
    """A run when it has ended."""

    def over() -> dict[str, Any] | None:
        found = run(access, dag, run_id)
        return found if found["state"] in DONE else None

    return until(over, seconds)


def tasks(access: own_airflow.Access, dag: str, run_id: str) -> dict[str, str]:
    """The state of each task of a run; of a mapped one, of its instances by their labels."""
    path = f"/api/v2/dags/{dag}/dagRuns/{run_id}/taskInstances?limit=300"
    found = own_airflow.call(access, "GET", path)["task_instances"]
    return {" ".join(filter(None, (one["task_id"], one["rendered_map_index"]))): one["state"] for one in found}


def result(access: own_airflow.Access, dag: str, run_id: str, task: str) -> Any:
    """What a task of a run returned."""
    path = f"/api/v2/dags/{dag}/dagRuns/{run_id}/taskInstances/{task}/xcomEntries/return_value"
    return own_airflow.call(access, "GET", path)["value"]


def drafts(sql: str) -> list[dict[str, Any]]:
    """The rows of a query; the views show the drafts, also of what some test has published."""
    with warehouse.transaction() as connection:
        warehouse.show(connection, "draft")
        return [dict(row) for row in connection.execute(sa.text(sql)).mappings()]


def until(found: Callable[[], Found | None], seconds: float = 300) -> Found:
    """What is found when it is there; that it never comes fails the test, not that a busy machine answers late."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(TimeoutError):
            if what := found():
                return what
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.25)


def asked(access: own_airflow.Access, month: str, but: tuple[str, ...] = ()) -> str:
    """The run of ``publish_ratings`` that waits for an answer about a month; not one of ``but``."""
    path = "/api/v2/dags/publish_ratings/dagRuns"

    def waiting() -> str | None:
        path_of_all = f"{path}/~/hitlDetails?response_received=false&limit=100"
        for detail in own_airflow.call(access, "GET", path_of_all)["hitl_details"]:
            one = detail["task_instance"]
            if month in detail["subject"] and one["state"] == "awaiting_input" and one["dag_run_id"] not in but:
                return str(one["dag_run_id"])
        return None

    return until(waiting)


def answer(access: own_airflow.Access, run_id: str, option: str, comment: str = "", **said: Any) -> None:
    """Answer the question of a run of ``publish_ratings``, not faster than a person.

    An answer before the scheduler has seen that the task waits makes it fail (Airflow 3.3); a busy one takes longer.
    While the task looks whether its question still stands, Airflow refuses an answer with 409: a person presses again.
    """
    time.sleep(10)
    path = f"/api/v2/dags/publish_ratings/dagRuns/{run_id}/taskInstances/approve"
    params = {"comment": comment, "provisional": False, "over_objections": "", **said}

    def taken() -> bool:
        try:
            own_airflow.call(
                access, "PATCH", f"{path}/-1/hitlDetails", {"chosen_options": [option], "params_input": params}
            )
        except Unavailable as error:
            if "answers 409" not in str(error) or own_airflow.call(access, "GET", path)["state"] in DONE:
                raise
            time.sleep(2)
            return False
        return True

    until(taken)


def token(state: Path, name: str, role: str | None) -> str:
    """What Airflow gives a person of this role when he signs in."""
    secret = json.loads((state / "airflow" / "access.json").read_text("utf-8"))["jwt"]
    now = dt.datetime.now(dt.UTC)
    claims = {"sub": name, "role": role, "aud": "apache-airflow", "iat": now, "nbf": now, "exp": now + dt.timedelta(1)}
    return jwt.encode(claims, secret, "HS512")


def page(access: own_airflow.Access, path: str, bearer: str | None) -> tuple[int, Message, str]:
    """What Airflow answers: status, headers and text."""
    request = urllib.request.Request(access.url + path)
    if bearer:
        request.add_header("Authorization", f"Bearer {bearer}")
    try:
        with urllib.request.urlopen(request, timeout=30) as found:
            return found.status, found.headers, found.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read().decode()
