"""The tasks of the DAG ``monthly_ratings``: each is one step of ``etl.operation.steps``, or tells what came of them.

What a task needs is imported when it runs, so that the DAG is parsed lightly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import assets
import measuring
import runs
import telling
from airflow.sdk import TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from etl import settings
from etl.operation import deadlines

if TYPE_CHECKING:
    from etl.operation.plan import Plan

LAND_DOC = """
Reads one treasury's month in one snapshot, under a login that can only read, and keeps it untouched with a receipt.

| what | where |
|---|---|
| its database | the connection `treasury_<code>`: of Airflow, `AIRFLOW_CONN_TREASURY_<CODE>`, or the connections file |
| its query | the one that its entry in `treasuries.yaml` names as `source`, in `sql/source/` or the network's own `source/` |
| how many at once | the pool `treasury_source`; at one server at most `HAILONG_SOURCE_CONNECTIONS` |
| how it came in | `mart.month_quality`, or `hailong status <month>` |
"""
SCORE_DOC = """
Makes the month's draft, which the marts show: `mart.treasury_ranking`, `mart.unit_rating`, `mart.criterion_rating` and
the others; or `hailong ranking <month>`. Nothing is visible before every check of `sql/checks/` agrees.
"""
Values = dict[str, Any]
"""A plan, or what a step returns, as plain values."""


@task(task_display_name="plan · Lập kế hoạch · Plan the month", execution_timeout=runs.SHORT)
def plan() -> Values:
    """Decide which month and which treasuries; note the run."""
    from etl.operation import steps

    context = get_current_context()
    only, run = context["params"]["treasuries"] or (), context["dag_run"]
    early = bool(context["params"]["early"])
    return steps.plan(runs.asked_month(), only, run.run_id, run.run_after, is_early_allowed=early).values()


@task(task_display_name="treasuries · Các kho bạc của tháng · Treasuries of the month")
def treasuries(planned: Values) -> list[str]:
    """The codes that the next task is mapped over."""
    return planned["treasury_codes"]


@task(
    task_display_name="land · Đọc dữ liệu của kho bạc · Read a treasury",
    map_index_template="{{ treasury }}",
    pool="treasury_source",
    execution_timeout=deadlines.landing(),
    show_return_value_in_logs=False,
    doc_md=LAND_DOC,
)
def land(planned: Values, code: str) -> str:
    """Read one treasury's month from its own database and keep it with its receipt."""
    from etl.operation import steps

    measuring.bind(treasury=code)
    its_plan = _plan(planned)
    get_current_context()["treasury"] = steps.label(its_plan, code)
    uri = runs.uri_of(steps.connection_name(its_plan, code))
    measuring.landed(planned, code, uri, steps.land(its_plan, code, uri))
    return code


@task(
    task_display_name="divide · Chia việc cho các máy · Divide among the machines",
    trigger_rule=TriggerRule.ALL_DONE,
    execution_timeout=runs.SHORT,
)
def divide(planned: Values, landed: list[str]) -> list[list[str]]:
    """Divide what has landed by its rows: each share is an instance of the next task, on any worker."""
    from etl.operation import steps

    return steps.divide(_plan(planned), landed) or [[]]  # of a task mapped over nothing, score would be left out


@task(
    task_display_name="admit · Kiểm tra và nạp phiếu · Check and load",
    map_index_template="{{ share }}",
    outlets=[assets.CORE],
    execution_timeout=deadlines.ADMITTING,
)
def admit(planned: Values, codes: list[str], *, outlet_events: Any = None) -> None:
    """Clean, validate and load one share of what has landed."""
    from etl.operation import steps

    get_current_context()["share"] = " ".join(codes)
    outcomes = steps.admit(_plan(planned), codes)
    measuring.admitted(planned, outcomes)
    loaded = [outcome for outcome in outcomes if outcome["treasury_state"] == "loaded"]
    assets.announce(outlet_events[assets.CORE], planned["month"], loaded_count=len(loaded))


@task(
    task_display_name="score · Tính tỷ lệ, xếp loại, xếp hạng · Rate, grade and rank",
    outlets=[assets.MARTS],
    doc_md=SCORE_DOC,
    execution_timeout=deadlines.SCORING,
)
def score(planned: Values, *, outlet_events: Any = None) -> Values:
    """Count, rate, grade and rank, and count again a second way: nothing is visible before the checks agree."""
    from etl.operation import steps
    from etl.reports import run_note

    scored = steps.score(_plan(planned))
    measuring.rated(planned, scored)
    missing = [row["treasury_code"] for row in run_note.missing(planned["month"])]
    assets.announce(outlet_events[assets.MARTS], planned["month"], **scored, missing=missing)
    return scored


@task(
    task_display_name="report · Trang chất lượng dữ liệu · Data-quality page",
    trigger_rule=TriggerRule.ALL_DONE,
    execution_timeout=runs.SHORT,
)
def report(planned: Values) -> str:
    """Write the validation page; its path is the result."""
    from etl.operation import steps

    return str(steps.report(_plan(planned)))


@task(task_display_name="bulletin · Bản tin dự thảo · Bulletin of the draft", execution_timeout=runs.SHORT)
def bulletin(planned: Values, scored: Values) -> str | None:
    """Make the bulletin of the month's draft, for those who are to decide on it; its path is the result."""
    if not settings.makes_draft_bulletins():
        return None
    from etl.reports.bulletin import make

    return make.make(_plan(planned).month, make.Asked(revision=0)).page


@task(task_display_name="previews · Bản xem trước · Previews of the draft", execution_timeout=runs.SHORT)
def previews(planned: Values, scored: Values) -> int:
    """Write each treasury's preview of the draft to its shelf, where its rule set has days to object; how many."""
    from etl.reports.bulletin import previewed

    plan_ = _plan(planned)
    if not plan_.ruled().rule_set.preview:
        return 0
    return len(previewed.make(plan_.month))


@task(task_display_name="cases · Mở vụ việc · Open cases", execution_timeout=runs.SHORT, retries=0)
def cases(scored: Values) -> None:
    """Be red where cases, evidence on officers or effects were not made: the rates stand all the same.

    Somebody must act within days: nobody is recommended to be looked at without that evidence.
    """
    from etl.reports import run_note
    from etl.reports.words import both

    if told := run_note.beside(scored):
        raise AirflowFailException("; ".join(both(line, " · ") for line in told))


@task(task_display_name="verdict · Kho bạc nào còn thiếu · Who is missing", execution_timeout=runs.SHORT)
def verdict(planned: Values) -> list[Values]:
    """Close the run; the treasuries that are missing are the result."""
    from etl.operation import steps

    return steps.verdict(_plan(planned))


@task(task_display_name="summary · Tóm tắt · Summary", trigger_rule=TriggerRule.ALL_DONE, execution_timeout=runs.SHORT)
def summary(planned: Values, scored: Values | None) -> str:
    """Say in Markdown what came of the run; in short it becomes the note on the run's page."""
    from etl.reports import run_note

    run_id, scored = _plan(planned).run_id, scored or {}
    runs.note(run_note.note_of_run(run_id, scored))
    return run_note.of_run(run_id, scored)


@task(
    task_display_name="tell · Gửi thông báo · Send notices",
    trigger_rule=TriggerRule.ALL_DONE,
    execution_timeout=runs.SHORT,
)
def tell(planned: Values) -> list[str]:
    """Tell who is missing, by mail or web hook where there is one; the subjects of what was told are the result."""
    return telling.tell_run(_plan(planned).run_id)


@task(
    task_display_name="missing · Kho bạc còn thiếu · Why, and what to do",
    map_index_template="{{ treasury }}",
    retries=0,
)
def missing(treasury: Values) -> None:
    """Stand for one missing treasury: red, with its reason and the next action."""
    from etl.reports.words import both

    get_current_context()["treasury"] = f"{treasury['treasury_code']} {treasury['treasury_name_vi']}"
    raise AirflowFailException(both(f"{treasury['error_message']} → {treasury['next_action']}", " · "))


def _plan(planned: Values | None) -> Plan:
    """The plan of this run, whose month every further log line names; a run without a plan fails."""
    from etl.operation.plan import Plan

    if not planned:
        raise AirflowFailException("there is no plan: see the log of the task plan")
    measuring.bind(month=planned["month"])
    return Plan.of(planned)
