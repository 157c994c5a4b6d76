"""Everything is searched that the tests of the DAGs have left, for values that were planted in sources and settings.

A customer's name and telephone number in the free text and as the reference, a password with ``@`` and ``/`` of
databases that answer and of some that were closed, the key of the pseudonyms, and the password of the warehouse.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.demo import airflow as own_airflow
from etl.publishing import data_package
from tests.lib import planted
from tests.lib.airflow import answer, asked, drafts, ended, start
from tests.lib.kept import KEY
from tests.lib.slots import Slot
from tests.lib.watched import Run, Watched

pytestmark = [pytest.mark.deep, pytest.mark.timeout(900)]
MONTH, OFFICE = "2023-05", "37"
PUBLISHED = f"select max(revision_number) as n from score.revision where period_code = '{MONTH}'"
FREE_TEXT = {"core.fact_response"}
OWN_SECRETS = {"connections.yaml", "access.json", "passwords.json", "postgres", "landing"}


@pytest.fixture(scope="module")
def home(watched: Watched, july: Run, approver: own_airflow.Access, slot: Slot) -> Path:
    """Where all is that was left; a month is published and exported among it."""
    if not any(row["n"] for row in drafts(PUBLISHED)):  # the tests before have published it, where they ran
        run = start(watched.access, own_airflow.DAG, None, month=MONTH, treasuries=[OFFICE])
        assert ended(watched.access, own_airflow.DAG, run)["state"] == "success"
        question = asked(watched.access, MONTH)
        answer(approver, question, "Approve", "for the search", provisional=True)
        assert ended(watched.access, "publish_ratings", question)["state"] == "success"
    data_package.export(MONTH, str(slot.state / "dags" / "export"))
    return slot.state / "dags"


@pytest.fixture(scope="module")
def values(slot: Slot) -> dict[str, str]:
    """What was planted, and what is secret anyway."""
    own = {"pseudonym key": KEY, "warehouse password": str(sa.make_url(slot.url()).password)}
    return planted.PERSON | {"password": planted.PASSWORD} | own


def test_nothing_that_the_months_have_left_has_a_planted_value(
    watched: Watched, july: Run, home: Path, slot: Slot, values: dict[str, str]
) -> None:
    """Files, logs, lineage, reports, exports, Airflow's own tables and ours, notices, metrics, command lines."""
    own = warehouse.url().render_as_string(hide_password=False)
    sent = [mail.as_bytes() for mail in watched.sinks.mails]
    sent += [json.dumps(call, ensure_ascii=False).encode() for call in watched.sinks.calls]
    places = [
        *planted.files(slot.state, OWN_SECRETS),
        *planted.tables(slot.url(database="airflow"), set()),
        *planted.tables(own, FREE_TEXT),
        *(("a notice", content) for content in sent),
        ("the metrics", "\n".join(watched.sinks.metrics).encode()),
        *((f"the command line {line[:60]!r}", line) for line in watched.processes),
    ]
    assert len(places) > 150
    assert sum(july.run_id in place for place, _ in places) > 5  # its logs, with the traces of closed databases
    assert {place: found for place, content in places if (found := planted.found(values, content))} == {}


def test_free_text_lies_where_it_must_and_nobody_else_is_let_in(home: Path, values: dict[str, str]) -> None:
    texts = dict(planted.tables(warehouse.url().render_as_string(hide_password=False), set()))
    assert planted.found(values, texts["core.fact_response_2023_05"]) == ["name", "telephone"]
    where = set()
    for path in (home / "landing").rglob("*.parquet"):
        landed = pd.read_parquet(path)
        where |= {
            str(column) for column in landed if planted.found(values, "\n".join(map(str, landed[column])).encode())
        }
    assert where == {"comment"}
    for place in ("landing", "reports"):
        held = [path for path in (home / place).rglob("*") if path.is_file()]
        assert held
        assert [path for path in held if not _is_private(path, home)] == []


def _is_private(path: Path, home: Path) -> bool:
    """Whether some directory on the way to a file, or the file itself, is its owner's alone."""
    way = [path, *path.relative_to(home).parents]
    return any((home / part).stat().st_mode & 0o077 == 0 for part in way[:-1])
