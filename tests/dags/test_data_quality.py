"""The tab "Data quality": what it says of a run, and to whom."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.demo import airflow as own_airflow
from etl.operation import steps
from etl.operation.plan import Plan
from etl.publishing import approval, publish
from etl.reports import run_page
from etl.warehouse import embedded
from tests.lib.airflow import page, token
from tests.lib.kept import Copy, Kept
from tests.lib.months import run_month
from tests.lib.watched import Run

MONTH, SOME = "2023-07", ["19", "34"]
TAB = f"/data-quality/run/{own_airflow.DAG}/"

# fmt: off
CLOSED_DOORS = [
    # who         | role     | is told
    (None,          None,      401),
    ("stranger",    None,      403),
    ("reader",      "VIEWER",  200),
    ("operator",    "OP",      200),
]
OTHER_WAYS = [
    # path                                       | what would be there if it were left to the library
    "/data-quality/docs",                        # a page that loads its script from elsewhere
    "/data-quality/redoc",
    "/data-quality/openapi.json",
]
# fmt: on


def twice() -> tuple[Plan, Plan]:
    """Two runs of a month: the first is closed, the second is not."""
    first = run_month(MONTH, SOME)
    steps.verdict(first)
    return first, run_month(MONTH, SOME)


TWICE = Kept("two in July, twice", twice)


@pytest.fixture
def two_runs(copy_of: Callable[[Kept], Copy]) -> tuple[Plan, Plan]:
    """Copies of them."""
    first, second = copy_of(TWICE).result
    return first, second


def test_a_run_is_shown_with_who_is_missing_first_and_then_every_rule(two_runs: tuple[Plan, Plan]) -> None:
    status, html = run_page.tab(two_runs[0].run_id)
    assert status == 200
    assert html.index("2 of 63 treasuries are in; 61 missing") < html.index("What needs attention")
    assert html.index("What needs attention") < html.index("Treasuries and rules")
    found = run_page.of_run(two_runs[0].run_id)
    assert found
    assert {one["door"] for one in found.findings} == {"landed", "answers", "scores"}
    for one in found.findings:
        assert f'href="#rule-{one["door"]}-{one["rule_code"]}"' in html or one["door"] == "scores"


def test_a_run_that_the_warehouse_does_not_know_is_said_to_have_left_nothing(fresh_warehouse: str) -> None:
    status, html = run_page.tab("manual__<never>")
    assert status == 404
    assert "This run left no findings" in html
    assert "manual__&lt;never&gt;" in html


def test_a_warehouse_that_is_away_is_said_to_be_away_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", "postgresql://pages:hush@127.0.0.1:1/hailong")
    status, html = run_page.tab("any")
    assert status == 503
    assert "the warehouse 127.0.0.1:1/hailong is away" in html
    assert 'class="action">see that it runs' in html
    assert not {"hush", "Traceback", "psycopg"} & set(html.replace("<", " ").split())


def test_a_warehouse_that_does_not_let_us_in_is_a_setting_to_mend(
    fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = sa.make_url(fresh_warehouse).set(username="nobody_of_ours", password="hush")
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", stranger.render_as_string(hide_password=False))
    status, html = run_page.tab("any")
    assert status == 500
    assert "check HAILONG_WAREHOUSE_URL" in html


def notes(run_id: str) -> list[str]:
    """The sentences that stand first on the page of a run."""
    return re.findall('<p class="note">(.*)</p>', run_page.tab(run_id)[1])


def test_what_a_reader_must_know_stands_first(two_runs: tuple[Plan, Plan]) -> None:
    first, second = (one.run_id for one in two_runs)
    (note,) = notes(first)
    assert note.startswith('<span class="said" lang="vi">Lần chạy sau ')
    assert f"The later run {second} has brought in 2 of the treasuries anew." in note
    (note,) = notes(second)
    assert "This run has not closed yet," in note
    steps.verdict(two_runs[1])
    publish.publish(MONTH, approval.Decision("a reader", "a test", is_provisional_allowed=True))
    (note,) = notes(second)
    assert "The month is published: revision 1 (provisional), of " in note


@pytest.fixture
def pages(state: Path, two_runs: tuple[Plan, Plan]) -> Iterator[str]:
    """The warehouse's URL with a login of the group hailong_pages, as the API server has it in production."""
    name, password = f"pages_{secrets.token_hex(4)}", secrets.token_hex(8)
    server = sa.create_engine(embedded.url(state, "warehouse"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"create role {name} login password '{password}' in role hailong_pages")
    yield warehouse.url().set(username=name, password=password).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop role {name}")


def test_the_login_of_the_pages_sees_the_same_page_and_may_not_write_or_read_answers(
    two_runs: tuple[Plan, Plan], pages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish.publish(MONTH, approval.Decision("a reader", "a test", is_provisional_allowed=True))
    ours = run_page.tab(two_runs[0].run_id)
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", pages)
    assert run_page.tab(two_runs[0].run_id) == ours
    for forbidden in ("select from core.fact_response", "delete from ops.validation", "select from restricted.comment"):
        with (
            pytest.raises(sa.exc.ProgrammingError, match="permission denied"),
            sa.create_engine(warehouse.url(), poolclass=sa.NullPool).connect() as connection,
        ):
            connection.exec_driver_sql(forbidden)


@pytest.fixture
def run_id(july: Run) -> str:
    """A run of the month through Airflow."""
    return july.run_id


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("who", "role", "told"), CLOSED_DOORS)
def test_who_may_see_the_run_may_see_the_tab_and_nobody_else(
    airflow: own_airflow.Access, state: Path, run_id: str, who: str | None, role: str | None, told: int
) -> None:
    bearer = token(state, who, role) if who else None
    status, _, text = page(airflow, TAB + quote(run_id, safe=""), bearer)
    assert status == told
    assert ("Data validation" in text) == (told == 200)
    of_the_api = page(airflow, f"/api/v2/dags/{own_airflow.DAG}/dagRuns/{quote(run_id, safe='')}", bearer)
    assert of_the_api[0] == told


@pytest.mark.timeout(600)
def test_the_tab_is_closed_to_everything_from_elsewhere(airflow: own_airflow.Access, run_id: str) -> None:
    _, headers, _ = page(airflow, TAB + quote(run_id, safe=""), airflow.token)
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers.get_content_type() == "text/html"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("dag", ["late_answers", "no_such_dag", "~"])
def test_another_dag_s_name_does_not_open_a_run_of_ours(airflow: own_airflow.Access, run_id: str, dag: str) -> None:
    status, _, text = page(airflow, f"/data-quality/run/{dag}/{quote(run_id, safe='')}", airflow.token)
    assert status == 404
    assert "This run left no findings" in text
    assert "Data validation" not in text


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "asked", ["manual__2023-07-01T00:00:00+07:00", "a/b", "../../x", "100%", "<b>", "what?", "tháng 7"]
)
def test_a_run_id_of_any_kind_arrives_as_it_is(airflow: own_airflow.Access, asked: str) -> None:
    status, _, text = page(airflow, TAB + quote(asked, safe=""), airflow.token)
    assert status == 404
    assert f"does not know the run {asked.replace('<', '&lt;').replace('>', '&gt;')}." in text


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", OTHER_WAYS)
def test_there_is_no_page_about_the_pages(airflow: own_airflow.Access, path: str) -> None:
    assert page(airflow, path, airflow.token)[0] == 404
