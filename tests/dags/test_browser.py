"""What people see of a month in the browser, and what they do there: a real Chromium on a real Airflow.

With ``HAILONG_PICTURES=1`` the whole network is run, and the pictures in ``docs/pictures`` are made anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from etl.demo import airflow as own_airflow
from etl.demo import estate as demo_estate
from etl.warehouse import embedded
from tests.lib.airflow import ended, start, until
from tests.lib.months import query

ARE_KEPT = os.environ.get("HAILONG_PICTURES") == "1"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
MONTH = "2023-07" if ARE_KEPT else "2023-06"
SICK, SOME = "48", [] if ARE_KEPT else ["19", "34", "48"]
SICK_NAME = "48 KBNN Đà Nẵng"
WHY_NOT = "Đà Nẵng is missing: its database is back, run it again"
WHY = "All figures were read through, and agree with the treasuries' own"


Picture = Callable[[Page, str], None]
pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def admin(chromium: Browser, airflow: own_airflow.Access) -> BrowserContext:
    """The browser of who runs the months."""
    return signed_in(chromium, airflow)


@pytest.fixture(scope="module")
def officer(chromium: Browser, approver: own_airflow.Access) -> BrowserContext:
    """The browser of who publishes them."""
    return signed_in(chromium, approver)


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    """Take a picture of what a page shows."""

    def take(page: Page, name: str) -> None:
        page.mouse.move(0, 0)
        page.screenshot(path=(PICTURES if ARE_KEPT else tmp_path) / f"{name}.png", animations="disabled")

    return take


@pytest.fixture(scope="module")
def red_run(airflow: own_airflow.Access, state: Path) -> str:
    """A run of the month in which the database of one treasury is stopped."""
    server = embedded.url(state, "branches")
    demo_estate.block(server, SICK)
    try:
        run_id = start(airflow, own_airflow.DAG, MONTH, treasuries=SOME)
        assert ended(airflow, own_airflow.DAG, run_id, 900)["state"] == "failed"
    finally:
        demo_estate.unblock(server, SICK)
    return run_id


@pytest.fixture(scope="module")
def green_run(airflow: own_airflow.Access, red_run: str) -> str:
    """The run that brings in the treasury afterwards."""
    run_id = start(airflow, own_airflow.DAG, MONTH, treasuries=[SICK])
    assert ended(airflow, own_airflow.DAG, run_id)["state"] == "success"
    return run_id


def signed_in(chromium: Browser, access: own_airflow.Access) -> BrowserContext:
    """A browser window after somebody has signed in by the form."""
    context = chromium.new_context(base_url=access.url, viewport={"width": 1240, "height": 760})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Username").fill(access.user)
    page.get_by_label("Password").fill(access.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/auth/" not in url)
    page.close()
    return context


@pytest.fixture
def page(admin: BrowserContext) -> Iterator[Page]:
    """A tab in the browser of who runs the months."""
    tab = admin.new_page()
    yield tab
    tab.close()


@pytest.fixture
def desk(officer: BrowserContext) -> Iterator[Page]:
    """A tab in the browser of who publishes them."""
    tab = officer.new_page()
    yield tab
    tab.close()


def path_of(dag: str, run_id: str) -> str:
    """Where the page of a run is."""
    return f"/dags/{dag}/runs/{run_id}"


def woken_by(access: own_airflow.Access, run_id: str) -> str:
    """The run of publish_ratings that a run of the month has woken, when it waits for an answer."""

    def waiting() -> str | None:
        answer = own_airflow.call(access, "GET", "/api/v2/dags/publish_ratings/dagRuns?order_by=-run_after")
        for run in answer["dag_runs"]:
            path = f"/api/v2/dags/publish_ratings/dagRuns/{run['dag_run_id']}"
            events = own_airflow.call(access, "GET", f"{path}/upstreamAssetEvents")["asset_events"]
            asked = own_airflow.call(access, "GET", f"{path}/hitlDetails?response_received=false")["hitl_details"]
            if asked and run_id in {event["source_run_id"] for event in events}:
                return str(run["dag_run_id"])
        return None

    found = until(waiting)
    assert found
    return found


def stretch(page: Page, dialog: Locator) -> None:
    """Draw a dialog larger by its corner."""
    box = dialog.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 240, box["y"] + box["height"] + 270, steps=5)
    page.mouse.up()
    wider = dialog.bounding_box()
    assert wider
    assert wider["width"] > box["width"]


def revisions() -> list[dict[str, Any]]:
    """The published revisions of the month."""
    return query(
        "select revision_number, month_status, published_by, reason from mart.revision"
        f" where period_code = '{MONTH}' order by revision_number"
    )


def test_the_form_asks_for_the_month_and_the_treasuries(page: Page, picture: Picture) -> None:
    page.goto(f"/dags/{own_airflow.DAG}")
    page.get_by_role("button", name="Trigger Dag").click()
    form = page.get_by_role("dialog")
    for words in ("Survey month", "YYYY-MM; empty: the partition key", "Only these treasuries", "Codes, one a line"):
        expect(form.get_by_text(words)).to_be_visible()
    picture(page, "trigger")
    form.get_by_role("textbox").first.fill("July")
    form.get_by_role("button", name="Trigger").click()
    expect(page.get_by_text("does not match")).to_be_visible()


def test_the_runbook_is_behind_the_book(page: Page, picture: Picture) -> None:
    page.goto(f"/dags/{own_airflow.DAG}")
    page.get_by_role("button", name="Dag Docs").click()
    book = page.get_by_role("dialog")
    expect(book.get_by_role("columnheader", name="when this is red")).to_be_visible()
    for task in ("plan", "divide", "score"):
        expect(book.get_by_role("cell", name=task, exact=True)).to_be_visible()
    stretch(page, book)
    picture(page, "runbook")


def test_the_page_of_a_run_names_who_is_missing(page: Page, picture: Picture, red_run: str) -> None:
    page.goto(path_of(own_airflow.DAG, red_run))
    expect(page.get_by_text(f"{MONTH}: số liệu tạm tính")).to_be_visible()
    row = page.get_by_role("row").filter(has_text=SICK_NAME).filter(has_text="Failed").first
    expect(row).to_be_visible()
    picture(page, "run")
    page.get_by_role("button", name="Edit note").click()
    note = page.get_by_role("dialog")
    expect(note.get_by_text(re.compile(f"unavailable.*: {SICK_NAME}")).first).to_be_visible()
    expect(note.get_by_text("→ ask the treasury until when").first).to_be_visible()


def test_a_missing_treasury_is_a_red_task_that_says_what_to_do(page: Page, picture: Picture, red_run: str) -> None:
    page.goto(f"{path_of(own_airflow.DAG, red_run)}/tasks/missing/mapped")
    page.get_by_role("link", name=SICK_NAME).click()
    expect(page.get_by_role("heading", name=re.compile(rf"^missing · .*\[{SICK_NAME}\]$"))).to_be_visible()
    message = page.get_by_text(
        re.compile(f"{SICK_NAME}, {MONTH}: the treasury has closed the database .* → ask the treasury until when")
    )
    expect(message.first).to_be_visible()
    message.first.click()  # folds where in the code it was raised
    picture(page, "missing")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_tab_says_who_is_missing_in_any_light_and_on_a_telephone(
    page: Page, red_run: str, theme: Any, width: int
) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 860})
    page.goto(f"/data-quality/run/{own_airflow.DAG}/{red_run.replace('+', '%2B')}")
    expect(page.get_by_role("heading", name=SICK_NAME)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    red, green, blue = map(
        int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3]
    )
    assert (min(red, green, blue) > 200) == (theme == "light")


def test_the_tab_stands_on_the_page_of_the_run(page: Page, picture: Picture, red_run: str) -> None:
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(path_of(own_airflow.DAG, red_run))
    page.get_by_role("link", name="Data quality").click()
    tab = page.frame_locator("iframe")
    expect(tab.get_by_text(re.compile("treasuries are in; [0-9]+ missing"))).to_be_visible()
    expect(tab.get_by_role("heading", name=SICK_NAME)).to_be_visible()
    assert "ask the treasury until when" in tab.locator(f"#missing-{SICK}").inner_text()
    tab.locator(f"#missing-{SICK}").scroll_into_view_if_needed()
    picture(page, "data-quality")
    line = tab.get_by_role("row").filter(has_text="34 KBNN Thái Bình")
    held = line.get_by_text("✓").filter(visible=True)
    few = held.count()
    tab.get_by_label("found nothing").check()
    assert held.count() > few
    tab.get_by_role("link", name="unit_known").first.click()
    expect(tab.locator("#rule-answers-unit_known")).to_be_in_viewport()
    assert refused == []


def test_a_run_that_has_no_findings_says_so_in_its_tab(page: Page, airflow: own_airflow.Access, red_run: str) -> None:
    page.goto(path_of("publish_ratings", woken_by(airflow, red_run)))
    page.get_by_role("link", name="Data quality").click()
    expect(page.frame_locator("iframe").get_by_role("heading", name="This run left no findings")).to_be_visible()


def answer(desk: Page, run_id: str, comment: str, button: str, before: Callable[[], None] = lambda: None) -> None:
    """Open the question of a run, write a comment, and answer it."""
    desk.goto(f"{path_of('publish_ratings', run_id)}/tasks/approve/required_actions")
    expect(desk.get_by_text(f"Publish {MONTH}?")).to_be_visible()
    expect(desk.get_by_role("button", name=button)).to_be_disabled()
    desk.locator("input[name=element_comment]").fill(comment)  # its label names no field
    before()
    desk.get_by_role("button", name=button).click()


@pytest.mark.thorough
def test_a_draft_is_rejected_with_a_comment_and_its_run_is_red(
    desk: Page, airflow: own_airflow.Access, red_run: str
) -> None:
    run_id = woken_by(airflow, red_run)
    answer(desk, run_id, WHY_NOT, "Reject")
    assert ended(airflow, "publish_ratings", run_id)["state"] == "failed"
    desk.goto(path_of("publish_ratings", run_id))
    expect(desk.get_by_text("Failed").first).to_be_visible()
    expect(desk.get_by_text(WHY_NOT).first).to_be_visible()
    assert WHY_NOT not in {revision["reason"] for revision in revisions()}


@pytest.mark.thorough
def test_a_draft_is_approved_with_a_comment_that_its_revision_keeps(
    desk: Page, picture: Picture, airflow: own_airflow.Access, green_run: str
) -> None:
    run_id = woken_by(airflow, green_run)
    earlier = len(revisions())

    def look() -> None:
        if SOME:  # the others were not run, so that the month is not whole
            desk.get_by_role("group").filter(has_text="Although treasuries are missing").locator("label").last.click()
            expect(desk.get_by_label("Provisional")).to_be_checked()
        desk.get_by_role("button", name="Approve").scroll_into_view_if_needed()
        picture(desk, "approve")

    answer(desk, run_id, WHY, "Approve", look)
    assert ended(airflow, "publish_ratings", run_id)["state"] == "success"
    assert revisions()[earlier:] == [
        {
            "revision_number": earlier + 1,
            "month_status": "provisional" if SOME else "final",
            "published_by": "approver",
            "reason": WHY,
        }
    ]
    desk.goto(path_of("publish_ratings", run_id))
    expect(desk.get_by_text(WHY).first).to_be_visible()
    picture(desk, "published")
