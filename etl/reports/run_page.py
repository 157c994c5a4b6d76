"""The page of a run: who is missing, why, what to do.

It stands on the disk for each run, and as a tab on the run in Airflow. One HTML file that needs nothing else: no
network, no script, no font. What it says stands in the template beside this module.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markupsafe import Markup

from etl import escape, vietnamese, warehouse
from etl.errors import HailongError, Unavailable
from etl.files import Folder
from etl.registry.terms import PRESENT
from etl.reports import templates
from etl.reports.run_findings import Line, Run, at_fault, rules_of

_FOLDER = Path(__file__).parent
_PAGE = "validation.html"
_DOORS_OF_A_TREASURY = ("landed", "answers")
_STARTED = re.compile(r'<meta name="run-started" content="([^"]+)">')
_NOTHING = "This run left no findings"


def of_run(run_id: str) -> Run | None:
    """A run and what it left; None when there is none."""
    with warehouse.transaction() as connection:
        runs = warehouse.rows(connection, "reports/run", run_id=run_id)
        if not runs:
            return None
        month = runs[0]["survey_month"]
        states = warehouse.rows(connection, "scoring/treasury_states", first_month=month, last_month=month)
        return Run(
            runs[0],
            findings=warehouse.rows(connection, "reports/findings", run_id=run_id),
            states=[state for state in states if not state["is_withdrawn"]],
            drift=warehouse.rows(connection, "reports/drift", run_id=run_id),
            early=warehouse.rows(connection, "reports/early", run_id=run_id),
            census=warehouse.rows(connection, "reports/census", run_id=run_id),
        )


def month_of(run_id: str) -> str | None:
    """A run's survey month (YYYY-MM); None when there is no run."""
    with warehouse.transaction() as connection:
        runs = warehouse.rows(connection, "reports/run", run_id=run_id)
    return f"{runs[0]['survey_month']:%Y-%m}" if runs else None


def write(directory: Path, run: Run) -> Path:
    """Write a run's page below ``directory``; where it is.

    ``<directory>/validation.html`` is a copy of the page of the run that started last. A disk that does not take them
    raises Unavailable, one that does not let us in Misdeclared.
    """
    month = f"{run.run['survey_month']:%Y-%m}"
    name = f"{month}: the validation page"
    folder = Folder(str(directory), name, "HAILONG_REPORTS", "report the run again", is_private=True)
    html = page(run)
    path = folder.put(f"{escape.file_name(run.run['run_id'])}/{_PAGE}", html.encode())
    if not _is_later(folder.get(_PAGE), run.run["started_at"]):
        folder.put(_PAGE, html.encode())
    return Path(path)


def page(run: Run) -> str:
    """The HTML of a run's page, with everything escaped."""
    rules = rules_of(run.findings)
    matrix_rules = [rule for door in _DOORS_OF_A_TREASURY for rule in rules if rule.door == door]
    environment = templates.environment(_FOLDER)
    environment.filters.update(number=_number, breakable=_breakable, at_fault=at_fault, said=_said)
    return environment.get_template("run_page.html.j2").render(
        run=run.run,
        run_notes=run.notes,
        states=run.states,
        names={state["treasury_code"]: state["treasury_name_vi"] for state in run.states},
        missing=[state for state in run.states if state["treasury_state"] not in PRESENT],
        rules=rules,
        matrix_rules=matrix_rules,
        drift=run.drift,
        early=run.early,
        census=run.census,
        lines=[
            Line(state, [rule for rule in matrix_rules if state["treasury_code"] in rule.findings])
            for state in run.states
        ],
    )


def tab(run_id: str) -> tuple[int, str]:
    """The HTTP status and HTML of a run's page now.

    A run that left nothing has a page that says so (404), and so has a warehouse that does not answer (503, or 500
    when somebody must mend a setting first).
    """
    try:
        run = of_run(run_id)
        notes = tuple(_notes(run.run)) if run else ()
    except HailongError as error:
        title = "The data quality of this run cannot be shown now"
        return 503 if isinstance(error, Unavailable) else 500, plain_page(title, error.message, error.next_action)
    if run is None:
        message = f"The warehouse does not know the run {run_id}. It fails, or waits, before its plan is made."
        return 404, plain_page(_NOTHING, message, "read the log of its task plan")
    return 200, page(dataclasses.replace(run, notes=notes))


def tab_of_another(dag_id: str) -> tuple[int, str]:
    """The HTTP status and HTML for another DAG's run."""
    message = f"A run of {dag_id} reads and judges no treasury's month of its own."
    return 404, plain_page(_NOTHING, message, "open this tab on a run of monthly_ratings")


def plain_page(title: str, message: str, next_action: str) -> str:
    """The HTML of a page that says what is missing.

    It also says what to do. All of it is escaped.
    """
    words = {"title": title, "message": message, "next_action": next_action}
    words |= {f"{name}_vi": vietnamese.said(text, "vi") for name, text in words.items()}
    return templates.environment(_FOLDER).get_template("plain_page.html.j2").render(words)


def _is_later(newest: bytes | None, started_at: dt.datetime) -> bool:
    """Whether the newest page is of a run that started later."""
    stated = _STARTED.search((newest or b"").decode(errors="replace"))
    return stated is not None and dt.datetime.fromisoformat(stated[1]) > started_at


def _number(count: int) -> str:
    """A count with a narrow space between thousands, for both languages."""
    return f"{count:,}".replace(",", "\u202f")


def _breakable(name: str) -> Markup:
    """A name that may be broken into lines after its underscores."""
    return Markup("_<wbr>").join(escape.visible(name).split("_"))


def _said(text: str) -> str:
    """A message in Vietnamese."""
    return vietnamese.said(text, "vi")


def _notes(run: dict[str, Any]) -> Iterator[str]:
    """Whether a run has ended, was overtaken, and is published."""
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
