"""What a run found about the data, read back from the warehouse: for its page on the disk, and the tab in Airflow."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from etl import warehouse
from etl.errors import HailongError, Unavailable
from etl.reports import plain_page, run_page
from etl.reports.run_page import Run

_NOTHING = "This run left no findings"


def of_run(run_id: str) -> Run | None:
    """A run and what it left; None when the warehouse knows no such run."""
    with warehouse.transaction() as connection:
        runs = warehouse.rows(connection, "reports/run", run_id=run_id)
        if not runs:
            return None
        month = runs[0]["survey_month"]
        return Run(
            runs[0],
            findings=warehouse.rows(connection, "reports/findings", run_id=run_id),
            states=warehouse.rows(connection, "scoring/treasury_states", first_month=month, last_month=month),
            drift=warehouse.rows(connection, "reports/drift", run_id=run_id),
        )


def month_of(run_id: str) -> str | None:
    """The survey month of a run, as YYYY-MM; None when the warehouse knows no such run."""
    with warehouse.transaction() as connection:
        runs = warehouse.rows(connection, "reports/run", run_id=run_id)
    return f"{runs[0]['survey_month']:%Y-%m}" if runs else None


def page(run_id: str) -> tuple[int, str]:
    """The HTML of a run's page as it stands now, with its HTTP status.

    A run that left nothing has a page that says so (404), and so has a warehouse that does not answer (503, or 500
    when somebody must mend a setting first).
    """
    try:
        found = of_run(run_id)
        notes = tuple(_notes(found.run)) if found else ()
    except HailongError as error:
        title = "The data quality of this run cannot be shown now"
        return 503 if isinstance(error, Unavailable) else 500, plain_page.page(title, error.message, error.next_action)
    if found is None:
        message = f"The warehouse does not know the run {run_id}. It fails, or waits, before its plan is made."
        return 404, plain_page.page(_NOTHING, message, "read the log of its task plan")
    return 200, run_page.page(dataclasses.replace(found, notes=notes))


def page_of_another(name: str) -> tuple[int, str]:
    """The HTML for a run that is not one of rating a month, with its HTTP status; ``name`` is what it runs."""
    message = f"A run of {name} reads and judges no treasury's month of its own."
    return 404, plain_page.page(_NOTHING, message, "open this tab on a run of monthly_ratings")


def nothing(title: str, message: str, next_action: str) -> str:
    """The HTML of a page that only says what is not there, and what to do."""
    return plain_page.page(title, message, next_action)


def _notes(run: dict[str, Any]) -> Iterator[str]:
    """What must be known before the page of a run is read: whether it ended, was overtaken, and is published."""
    with warehouse.transaction() as connection:
        overtaking = warehouse.rows(connection, "reports/later_outcomes", run_id=run["run_id"])
        published = warehouse.rows(connection, "reports/published", period_code=f"{run['survey_month']:%Y-%m}")
    if not run["finished_at"]:
        yield "This run has not closed yet, or it was stopped before it could: what stands here may not be all of it."
    for later in overtaking:
        yield (
            f"The later run {later['run_id']} has brought in {later['treasury_count']} of the treasuries anew. They are"
            " shown as they are since then; what the rules found, as it was in this run."
        )
    for revision in published:
        yield (
            f"The month is published: revision {revision['revision_number']} ({revision['month_status']}),"
            f" of {revision['published_at']:%Y-%m-%d %H:%M %Z}. Whatever a run finds later changes a draft only."
        )
