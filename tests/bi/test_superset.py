"""The dashboards in a real Superset and a real Chromium: figures as the marts have them, for people who cannot write.

With ``HAILONG_PICTURES=1`` the whole network is run for three months, and the pictures in ``docs/pictures`` are made.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import sqlite3
import subprocess
import tempfile
import time
import unicodedata
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from etl import warehouse
from etl.operation import migrate
from etl.publishing import publish
from etl.publishing.publish import Decision
from etl.warehouse import embedded
from tests.lib.months import run_month
from tests.lib.networks import small_network
from tests.lib.readers import reader_script

PROJECT = Path(__file__).resolve().parents[2]
ASSETS = PROJECT / "bi" / "assets"
PICTURES = PROJECT / "docs" / "pictures"
ARE_KEPT = os.environ.get("HAILONG_PICTURES") == "1"
SOME = ("19", "34", "48", "64", "79")
MONTHS = ("2023-05", "2023-06", "2023-07") if ARE_KEPT else ("2023-06", "2023-07")
MONTH = MONTHS[-1]
DECISION = Decision("anna", "the month is complete")
TABS = {
    # tab            | picture
    "Ranking":        "superset-ranking",
    "Trend":          "superset-trend",
    "Weaknesses":     "superset-weaknesses",
    "Data quality":   "superset-quality",
    "Operations":     "superset-operations",
}  # fmt: skip
TIME_ZONE = "Asia/Ho_Chi_Minh"
AREA = "mart.breakdown_rating where breakdown = 'total' and area_level"
LABEL = "treasury_name_vi || ' (' || treasury_code || ' #' || treasury_id || ')'"
PIVOTED = {"trend_regions", "trend_lowest"}  # one column for each line

# what a chart must show, counted a second time: the columns in the chart's order
FIGURES = {
    "network_rate": f"select satisfaction_rate from {AREA} = 'system' and {{period}}",
    "treasuries_ranked": "select count(*) from mart.treasury_ranking where {period} and rank is not null",
    "responses": f"select response_count from {AREA} = 'system' and {{period}}",
    "treasuries_missing": "select count(*) from mart.month_quality where {month} and treasury_state != 'loaded'",
    "what_is_shown": "select distinct period_code, 'revision (phiên bản) ' || revision_number, month_status"
    " from mart.treasury_ranking where {period}",
    "rank_sets": "select treasury_name_vi, rank, rank_low, rank_high from mart.treasury_ranking where {period}",
    "ranking": "select rank, rank_low, rank_high, tie_group, treasury_name_vi, region_name_vi, response_count,"
    " satisfaction_rate, rate_low, rate_high, grade_name_vi, {words[funnel_flag]}, {words[treasury_state]},"
    " array_to_string(footnote_codes, ', ') from mart.treasury_ranking where {period}",
    "footnotes": "select * from mart.footnote",
    "trend_regions": "select period_code, (select distinct region_name_vi from mart.treasury_ranking as t"
    f" where t.region_code = breakdown_rating.region_code), satisfaction_rate from {AREA} = 'region'",
    "trend_lowest": f"select period_code, {LABEL}, satisfaction_rate from mart.treasury_ranking"
    " where rank is not null and treasury_id in (select treasury_id from mart.treasury_ranking"
    " where {period} and rank is not null order by satisfaction_rate limit {lowest})",
    "changes": "select treasury_name_vi, region_name_vi, satisfaction_rate, previous_satisfaction_rate,"
    " change_points, change_p_value, {words[movement]}, {words[change_missing_code]},"
    " rank, previous_rank, ranks_gained, is_comparable,"
    " array_to_string(footnote_codes, ', ') from mart.treasury_trend where {period}",
    "weak_criteria": "select criterion_name_vi, count(*) from mart.weakness"
    " where {period} and area_level = 'treasury' and is_weak group by criterion_name_vi",
    "weaknesses": "select treasury_name_vi, region_name_vi, factor_name_vi, criterion_name_vi, response_count,"
    " satisfaction_rate, gap_points, gap_low_points, gap_high_points, lasting_count"
    " from mart.weakness where {period} and area_level = 'treasury' and is_weak",
    "quality_in": "select count(*) from mart.month_quality where {month} and treasury_state = 'loaded'",
    "quality_missing": "select count(*) from mart.month_quality where {month} and treasury_state != 'loaded'",
    "quality_read": "select sum(read_count) from mart.month_quality where {month}",
    "quality_turned_away": "select sum(turned_away_count)::numeric / sum(read_count) from mart.month_quality"
    " where {month}",
    "turned_away_by_rule": "select rule, sum(number::integer) from mart.month_quality,"
    " jsonb_each_text(turned_away_by_rule) as b (rule, number) where {month} group by rule",
    "quality": "select treasury_name_vi, {words[treasury_state]}, read_count, loaded_count, turned_away_count,"
    " turned_away_count::numeric / read_count, {local}(snapshot_at), landing_seconds, work_seconds,"
    " '', array_to_string(footnote_codes, ', ') from mart.month_quality where {month}",
    "signals": "select signal_code, count(*), sum(is_raised::integer), max(threshold), max(signal_value),"
    " min(signal_value) from mart.answer_signal where {period} group by signal_code",
    "months_published": "select count(distinct period_code) from mart.revision",
    "months_overdue": "select count(*) from mart.freshness where is_overdue",
    "freshness": "select survey_month, month_status, loaded_count, open_count, {local}(rated_at), revision_number,"
    " {local}(published_at), due_date, {local}(newest_snapshot_at), newest_snapshot_hours"
    " from mart.freshness where rated_at is not null",
    "overdue": "select survey_month, due_date from mart.freshness where is_overdue",
    "revisions": "select period_code, period_name_vi, revision_number, is_current, month_status, loaded_count,"
    " open_count, rule_set_code, {local}(published_at), published_by, reason from mart.revision",
}
PASSING = {"newest_snapshot_hours"}  # hours since: they pass between the two readings

pytestmark = [pytest.mark.deep, pytest.mark.needs("superset"), pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Access:
    """A running Superset: where it is, its admin's password, and the directory in which it keeps its own things."""

    url: str
    password: str
    home: Path
    environment: dict[str, str]


@dataclass(frozen=True)
class Seen:
    """What the browser met on its way through all tabs: each chart's question, columns and rows, and where it asked."""

    asked: dict[str, dict[str, Any]]
    columns: dict[str, list[str]]
    rows: dict[str, list[dict[str, Any]]]
    hosts: set[str]
    texts: dict[str, str]
    complaints: list[str]


@pytest.fixture(scope="module")
def reader(state: Path, estate: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    """A warehouse with published months, as a login that was made for a BI tool enters it."""
    mark, directory = secrets.token_hex(4), tmp_path_factory.mktemp("bi")
    name, login, password = f"test_{mark}", f"bi_{mark}", secrets.token_hex(12)
    with pytest.MonkeyPatch.context() as environment:
        owner = sa.make_url(warehouse.ensure_embedded(name))
        for variable, value in {
            "HAILONG_WAREHOUSE_URL": owner.render_as_string(hide_password=False),
            "HAILONG_PSEUDONYM_KEY": "a key for tests, long enough to pass",
            "HAILONG_LANDING": str(directory / "landing"),
            "HAILONG_REPORTS": str(directory / "reports"),
        }.items():
            environment.setenv(variable, value)
        if not ARE_KEPT:
            environment.setenv("HAILONG_CONFIG", str(small_network(directory, SOME)))
        migrate.up()
        for month in MONTHS:
            run_month(month)
            assert publish.publish(month, DECISION) == 1
    server = sa.create_engine(embedded.url(state, "warehouse"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        for statement in reader_script(login, password, name):
            connection.exec_driver_sql(statement)
    yield owner.set(username=login, password=password)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
        connection.exec_driver_sql(f"drop role {login}")


@pytest.fixture(scope="module")
def superset(reader: sa.URL) -> Iterator[Access]:
    """Superset as bi/start brings it up, in the environment that bi/install makes once."""
    port = embedded._free_port()
    with tempfile.TemporaryDirectory(prefix="hailong-") as home:
        environment = {
            "PATH": os.environ["PATH"],
            "HAILONG_WAREHOUSE_URL": reader.render_as_string(hide_password=False),
            "SUPERSET_HOME": home,
            "SUPERSET_ADDRESS": f"127.0.0.1:{port}",
            "SUPERSET_ADMIN_PASSWORD": secrets.token_hex(12),
        }
        log = Path(home, "start.log")
        with log.open("wb") as output:
            server = subprocess.Popen(
                [str(PROJECT / "bi" / "start")], env=environment, stdout=output, stderr=output, start_new_session=True
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, server, log)
            yield Access(url, environment["SUPERSET_ADMIN_PASSWORD"], Path(home), environment)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server is healthy; one that ended, or that took too long, is told with its log."""
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail(log.read_text("utf-8")[-4000:])


def signed_in(chromium: Browser, access: Access, name: str, password: str) -> BrowserContext:
    """A browser window of somebody who has signed in: what the form sends, without the page, whose script runs late."""
    context = chromium.new_context(base_url=access.url, viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(60_000)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', context.request.get("/login/").text())
    assert token
    form = {"username": name, "password": password, "csrf_token": token[1]}
    answer = context.request.post("/login/", form=form, headers={"Referer": access.url})
    assert "/login" not in answer.url, f"{name} could not sign in: {answer.status} at {answer.url}"
    return context


@pytest.fixture(scope="module")
def admin(chromium: Browser, superset: Access) -> BrowserContext:
    """The browser of who may do everything in Superset."""
    return signed_in(chromium, superset, "admin", superset.password)


@pytest.fixture(scope="module")
def visitor(chromium: Browser, superset: Access, admin: BrowserContext) -> BrowserContext:
    """The browser of somebody who has the role of readers alone."""
    roles = ask(admin, "GET", "/api/v1/security/roles/?q=(page_size:100)")["result"]
    (role,) = [one["id"] for one in roles if one["name"] == "Reader"]
    password = secrets.token_hex(12)
    person = {"username": "lan", "first_name": "Lan", "last_name": "A", "email": "lan@localhost", "password": password}
    ask(admin, "POST", "/api/v1/security/users/", {**person, "active": True, "roles": [role]})
    return signed_in(chromium, superset, "lan", password)


def ask(person: BrowserContext, method: str, path: str, body: Any = None, status: int = 0) -> Any:
    """Ask Superset's API in somebody's name; another status than the given, or a bad one, fails."""
    token = person.request.get("/api/v1/security/csrf_token/").json()["result"]
    headers = {"X-CSRFToken": token, "Referer": person.pages[0].url if person.pages else "/"}
    answer = person.request.fetch(path, method=method, data=body, headers=headers)
    assert answer.status == status if status else answer.ok, (answer.status, answer.text()[:500])
    return answer.json() if "json" in answer.headers.get("content-type", "") else None


@pytest.fixture(scope="module")
def names(admin: BrowserContext) -> dict[int, str]:
    """The file of each chart by the number that Superset gave it."""
    files = {yaml.safe_load(file.read_text("utf-8"))["uuid"]: file.stem for file in (ASSETS / "charts").glob("*.yaml")}
    charts = ask(admin, "GET", "/api/v1/chart/?q=(page_size:100,columns:!(id,uuid))")["result"]
    return {chart["id"]: files[chart["uuid"]] for chart in charts}


@pytest.fixture(scope="module")
def seen(visitor: BrowserContext, names: dict[int, str]) -> Iterator[Seen]:
    """The dashboard after a visitor has looked at all of its tabs."""
    found = Seen({}, {}, {}, set(), {}, [])
    page = visitor.new_page()
    page.on("response", lambda response: note(response, found, names))
    page.on("requestfinished", lambda request: found.hosts.add("/".join(request.url.split("/")[:3])))
    page.goto("/superset/dashboard/hai-long/")
    for tab, picture in TABS.items():
        page.get_by_role("tab", name=tab).click()
        settle(page)
        found.texts[tab] = page.locator(".dashboard").inner_text()
        found.complaints.extend(page.locator(".ant-alert-error").all_inner_texts())
        if ARE_KEPT:
            photograph(page, picture)
    yield found
    page.close()


def note(response: Response, found: Seen, names: dict[int, str]) -> None:
    """Keep what a chart was answered; the questions of the filters are none of a chart's."""
    if "/api/v1/chart/data" not in response.url:
        return
    asked = json.loads(response.request.post_data or "{}")
    name = names.get(asked.get("form_data", {}).get("slice_id"))
    if name and response.ok:
        (result, *_) = response.json()["result"]
        found.asked[name], found.columns[name], found.rows[name] = asked, result["colnames"], result["data"]
    elif not response.ok:
        found.complaints.append(f"{name}: {response.status} {response.text()[:300]}")


def settle(page: Page) -> None:
    """Wait until every chart of a tab has its figures and is drawn."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "() => { const charts = [...document.querySelectorAll('[data-test=chart-grid-component]')]"
        ".filter(chart => chart.offsetParent !== null); return charts.length > 0"
        " && !document.querySelector('.loading, [data-test=loading-indicator]'); }"
    )
    page.wait_for_load_state("networkidle")


def photograph(page: Page, name: str) -> None:
    """Take a picture of the head of a tab."""
    page.mouse.move(0, 0)
    time.sleep(2)  # ECharts draws its lines bit by bit
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def counted(reader: sa.URL, chart: str, lowest: int = 10) -> list[list[Any]]:
    """The figures of a chart from the marts themselves; of so many of the lowest, where it shows these."""
    month = f"survey_month = '{MONTH}-01'"
    text = FIGURES[chart].format(
        period=f"period_code = '{MONTH}'", month=month, lowest=lowest, local="{local}", words=in_words()
    )
    text = re.sub(r"{local}\((\w+)\)", rf"\1 at time zone '{TIME_ZONE}'", text)
    with sa.create_engine(reader, poolclass=sa.NullPool).connect() as connection:
        return [[plain(value) for value in row] for row in connection.exec_driver_sql(text)]


def in_words() -> dict[str, str]:
    """What says a code in both languages, by the code's column; tests/bi/test_assets.py looks at the words."""
    places = {
        "funnel_flag": ("treasury_ranking", "funnel_words"),
        "treasury_state": ("treasury_ranking", "state_words"),
        "movement": ("treasury_trend", "movement_words"),
        "change_missing_code": ("treasury_trend", "why_no_change"),
    }
    files = {
        name: yaml.safe_load((ASSETS / "datasets" / "warehouse" / f"{name}.yaml").read_text("utf-8"))
        for name, _ in places.values()
    }
    return {
        code: next(one["expression"] for one in files[name]["columns"] if one["column_name"] == column)
        for code, (name, column) in places.items()
    }


def plain(value: Any) -> Any:
    """A value as it can be compared: numbers as floats, days and times in seconds since 1970."""
    if isinstance(value, datetime):
        return int((value - datetime(1970, 1, 1)).total_seconds())
    if isinstance(value, date):
        return (value - date(1970, 1, 1)).days * 86_400
    if isinstance(value, bool | str | None):
        return value
    # Superset writes a day or a time in milliseconds
    return int(value // 1000) if value > 1e11 else float(value)


def words(row: list[Any]) -> str:
    """What tells a row from the others, without its fractions."""
    return repr([value for value in row if not isinstance(value, float) or value.is_integer()])


def shown(seen: Seen, chart: str) -> list[list[Any]]:
    """The figures of a chart as the browser got them."""
    return [[plain(row[column]) for column in seen.columns[chart]] for row in seen.rows[chart]]


def test_every_tab_is_drawn_without_an_error(seen: Seen) -> None:
    assert seen.complaints == []
    for tab, text in seen.texts.items():
        assert not re.search("No results|No data|error|undefined|NaN", text), tab


def test_the_browser_is_answered_by_this_server_alone(seen: Seen, superset: Access) -> None:
    assert {host for host in seen.hosts if host.startswith("http")} == {superset.url}


def test_every_chart_is_counted_here_a_second_time(seen: Seen) -> None:
    charts = {file.stem for file in (ASSETS / "charts").glob("*.yaml")}
    assert set(seen.rows) == set(FIGURES) == charts


@pytest.mark.parametrize("chart", FIGURES)
def test_a_chart_has_the_figures_of_the_marts(seen: Seen, reader: sa.URL, chart: str) -> None:
    wanted, found = counted(reader, chart), shown(seen, chart)
    if chart in PIVOTED:
        found = unpivoted(seen.rows[chart])
    for place, column in enumerate(seen.columns[chart]):
        if column in PASSING:
            for row in (*wanted, *found):
                row[place] = None
    assert wanted
    assert sorted(found, key=words) == [
        [pytest.approx(value, rel=1e-9) if isinstance(value, float) else value for value in row]
        for row in sorted(wanted, key=words)
    ]


def unpivoted(rows: list[dict[str, Any]]) -> list[list[Any]]:
    """One row for each point of each line of a chart."""
    points = [(row["period_code"], name, plain(value)) for row in rows for name, value in row.items()]
    return [[period, name, value] for period, name, value in points if name != "period_code" and value is not None]


def test_the_lowest_are_those_of_the_newest_month(seen: Seen, visitor: BrowserContext, reader: sa.URL) -> None:
    asked = seen.asked["trend_lowest"]
    (question,) = asked["queries"]
    answer = ask(visitor, "POST", "/api/v1/chart/data", {**asked, "queries": [{**question, "series_limit": 2}]})
    found = unpivoted(answer["result"][0]["data"])
    assert {name for _, name, _ in found} == {row[1] for row in counted(reader, "trend_lowest", lowest=2)}
    assert len(found) == 2 * len(MONTHS)


def test_thai_binh_has_its_rate_on_the_page(seen: Seen) -> None:
    assert re.search(r"KBNN Thái Bình\s.*\s93\.64%", seen.texts["Ranking"], re.DOTALL)
    (row,) = [row for row in seen.rows["ranking"] if row["treasury_name_vi"] == "KBNN Thái Bình"]
    assert f"{100 * row['satisfaction_rate']:.2f}" == "93.64"


@pytest.mark.thorough
def test_a_region_narrows_every_chart_of_the_tab(
    visitor: BrowserContext, names: dict[int, str], reader: sa.URL
) -> None:
    found = Seen({}, {}, {}, set(), {}, [])
    page = visitor.new_page()
    page.goto("/superset/dashboard/hai-long/")
    settle(page)
    page.on("response", lambda response: note(response, found, names))
    page.locator("#NATIVE_FILTER-region").click()
    page.locator(".ant-select-item-option").filter(has_text="Đồng bằng sông Hồng").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Apply").click()
    settle(page)
    rows = page.locator("td")
    expect(rows.get_by_text("KBNN Thái Nguyên")).to_have_count(0)
    expect(rows.get_by_text("KBNN Thái Bình").first).to_be_visible()
    assert {row["region_name_vi"] for row in found.rows["ranking"]} == {"Đồng bằng sông Hồng"}
    assert {"network_rate", "ranking", "rank_sets", "responses"} <= set(found.rows)
    region = f"select satisfaction_rate, response_count from {AREA} = 'region' and region_code = 'red_river_delta'"
    with sa.create_engine(reader, poolclass=sa.NullPool).connect() as connection:
        ((rate, responses),) = connection.exec_driver_sql(f"{region} and period_code = '{MONTH}'").all()
    assert [*found.rows["network_rate"][0].values()] == [pytest.approx(float(rate))]
    assert [*found.rows["responses"][0].values()] == [responses]
    page.close()


@pytest.fixture
def another_database(superset: Access) -> Iterator[None]:
    """A database that Superset knows beside the warehouse, with the right to see it."""
    with sqlite3.connect(superset.home / "superset.db") as connection:
        connection.executescript(
            "create temporary table other as select * from dbs;"
            "update other set id = 2, database_name = 'another', uuid = randomblob(16);"
            "insert into dbs select * from other;"
            "insert into ab_view_menu select max(id) + 1, '[another].(id:2)' from ab_view_menu;"
            "insert into ab_permission_view select max(v.id) + 1, p.id, (select max(id) from ab_view_menu)"
            " from ab_permission_view as v, ab_permission as p where p.name = 'database_access'"
        )
    yield
    with sqlite3.connect(superset.home / "superset.db") as connection:
        connection.execute("delete from dbs where id = 2")


@pytest.mark.usefixtures("another_database")
@pytest.mark.thorough
def test_bringing_in_twice_changes_and_doubles_nothing(superset: Access, visitor: BrowserContext) -> None:
    before = kept(superset)
    key = (superset.home / "superset_secret_key").read_text("ascii")
    environment = superset.environment | {
        "SUPERSET_CONFIG_PATH": str(PROJECT / "bi" / "superset_config.py"),
        "SUPERSET_SECRET_KEY": key,
    }
    command = [str(PROJECT / ".venv-bi" / "bin" / "python"), str(PROJECT / "bi" / "prepare.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert kept(superset) == before
    assert {table: len(rows) for table, rows in before.items()}["slices"] == len(list((ASSETS / "charts").iterdir()))
    assert len(before["dbs"]) == 2
    assert [one["database_name"] for one in ask(visitor, "GET", "/api/v1/database/")["result"]] == ["Hài Lòng"]


def kept(access: Access) -> dict[str, list[tuple[Any, ...]]]:
    """What Superset keeps of the assets and of rights, without the time of its last change."""
    tables = ("dbs", "tables", "table_columns", "sql_metrics", "slices", "dashboards", "dashboard_slices")
    tables += ("ab_role", "ab_permission_view", "ab_permission_view_role")
    with sqlite3.connect(access.home / "superset.db") as connection:
        found = {}
        for table in tables:
            columns = [row[1] for row in connection.execute(f"pragma table_info({table})")]
            wanted = [one for one in columns if not one.startswith(("changed_", "last_saved_"))]
            wanted = [one for one in wanted if not (table == "dashboard_slices" and one == "id")]
            found[table] = sorted(connection.execute(f"select {', '.join(wanted)} from {table}"), key=repr)
    return found


def test_supersets_own_database_knows_no_login_of_the_warehouse(superset: Access, reader: sa.URL) -> None:
    files = [file for file in superset.home.rglob("*") if file.is_file()]
    assert superset.home / "superset.db" in files
    assert reader.password
    assert [file.name for file in files if str(reader.password).encode() in file.read_bytes()] == []


WRITES = [
    "delete from mart.footnote",
    "create table mart.mine (a integer)",
    "update score.footnote set footnote_code = ''",
]


def test_nobody_writes_through_superset(admin: BrowserContext, reader: sa.URL) -> None:
    (number,) = ask(admin, "GET", "/api/v1/database/")["ids"]
    before = counted(reader, "footnotes")
    for sql in WRITES:
        refused = ask(admin, "POST", "/api/v1/sqllab/execute/", {"database_id": number, "sql": sql}, status=500)
        assert "does not allow for DDL/DML" in json.dumps(refused), sql
    # an admin who opens every door of Superset still stands before those of the warehouse
    ask(admin, "PUT", f"/api/v1/database/{number}", {"allow_dml": True, "expose_in_sqllab": True})
    try:
        for sql in (*WRITES, "set session characteristics as transaction read write; delete from mart.footnote"):
            body = {"database_id": number, "sql": sql, "runAsync": False}
            refused = ask(admin, "POST", "/api/v1/sqllab/execute/", body, status=500)
            assert re.search("read-only|permission denied|cannot delete", json.dumps(refused)), (sql, refused)
    finally:
        ask(admin, "PUT", f"/api/v1/database/{number}", {"allow_dml": False, "expose_in_sqllab": False})
    assert counted(reader, "footnotes") == before


def test_a_visitor_changes_nothing_in_superset(visitor: BrowserContext, names: dict[int, str]) -> None:
    chart = next(iter(names))
    ask(visitor, "PUT", f"/api/v1/chart/{chart}", {"slice_name": "mine"}, status=403)
    ask(visitor, "DELETE", f"/api/v1/chart/{chart}", status=403)
    mine = {"slice_name": "mine", "viz_type": "table", "datasource_type": "table", "datasource_id": 1, "params": "{}"}
    ask(visitor, "POST", "/api/v1/chart/", mine, status=403)
    ask(visitor, "POST", "/api/v1/dashboard/", {"dashboard_title": "mine"}, status=403)
    number = ask(visitor, "GET", "/api/v1/dashboard/hai-long")["result"]["id"]
    ask(visitor, "PUT", f"/api/v1/dashboard/{number}", {"dashboard_title": "mine"}, status=403)
    assert visitor.request.get("/api/v1/security/users/").status == 403


def test_the_files_name_only_what_the_datasets_have() -> None:
    files = {file: yaml.safe_load(file.read_text("utf-8")) for file in ASSETS.rglob("*.yaml")}
    datasets = {one["uuid"]: one for file, one in files.items() if "datasets" in file.parts}
    uuids = [one["uuid"] for one in files.values() if "uuid" in one]
    assert len(set(uuids)) == len(uuids)
    for file, one in files.items():
        assert unicodedata.is_normalized("NFC", file.read_text("utf-8"))
        if file.parent.name == "charts":
            dataset = datasets[one["dataset_uuid"]]
            known = {column["column_name"] for column in dataset["columns"]}
            known |= {metric["metric_name"] for metric in dataset["metrics"]}
            assert set(named(one["params"])) <= known, file.name
        # codes are used again for other offices
        assert not re.search(r"treasury_code\s*=|using.*treasury_code", one.get("sql", "")), file.name
    labels = [column["verbose_name"] for one in datasets.values() for column in one["columns"]]
    assert not [label for label in labels if not label or "_" in label]


def named(params: dict[str, Any]) -> Iterator[str]:
    """The columns and metrics that a chart asks for."""
    for key in ("all_columns", "groupby", "metrics"):
        yield from params.get(key, [])
    for key in ("metric", "x_axis", "x_axis_sort", "timeseries_limit_metric"):
        if key in params:
            yield params[key]
    yield from (one["subject"] for one in params.get("adhoc_filters", []))
    yield from (json.loads(one)[0] for one in params.get("order_by_cols", []))
