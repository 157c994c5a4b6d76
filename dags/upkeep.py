"""# Upkeep: what must be done each day so that nobody has to think of it

Each day at 04:00 local time.

| task | what it does | when it is red |
|---|---|---|
| `partitions` | makes the room in the warehouse for the months to come | read the message: the warehouse is away, or its role may not |
| `statistics` | lets PostgreSQL see what has changed | the same |
| `retention` | drops landed files, logs, texts, hashes and forms that are older than is kept | the disk, the store or the warehouse is away |
| `reads` | collects from the database server's log who read what is restricted; skipped where that log cannot be read, and the message says what to do | the warehouse is away |
| `cases` | opens the cases that a publication recommends and could not open | the warehouse is away, or its role may not |
| `verify` | makes published revisions again from what had landed | **a revision cannot be reproduced**: tell who publishes, and see `hailong verify <month>` |
| `claims` | reads what offices say: the forms on their shelves, and the registers in their databases | a form or register could not be read: its message says of which treasury and what to do; the others were, and rows that were turned away stand in the note |
| `overdue` | tells which months are not published in time, which treasuries are missing for days, and which cases are overdue | neither the mail server nor the web hook took it |

None depends on another, and each may be cleared at any time.
"""

from __future__ import annotations

from pathlib import Path

import runs
import telling
from airflow.providers.common.compat.sdk import conf
from airflow.sdk import CronTriggerTimetable, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from etl.operation import deadlines

MONTHS_AHEAD = 2
REVISIONS = 3


@task(task_display_name="partitions · Tạo sẵn phân vùng tháng tới · Make room", execution_timeout=runs.SHORT)
def partitions() -> list[str]:
    """Make the partitions of the months to come; the months are the result."""
    from etl.operation import upkeep

    return upkeep.partitions(MONTHS_AHEAD)


@task(
    task_display_name="statistics · Cập nhật thống kê của cơ sở dữ liệu · Update statistics",
    execution_timeout=deadlines.SCORING,
)
def statistics() -> int:
    """Let PostgreSQL see what its tables hold now; how many they are is the result."""
    from etl.operation import upkeep

    return len(upkeep.statistics())


@task(task_display_name="retention · Xóa dữ liệu hết hạn lưu · Drop what is old", execution_timeout=runs.SHORT)
def retention() -> dict[str, int]:
    """Drop what is older than is kept, from landed files to texts of cases; how much of each is the result."""
    from etl.operation import retention, upkeep

    logs = upkeep.remove_logs(Path(conf.get("logging", "base_log_folder")))
    return upkeep.retention() | {"logs": logs} | retention.carry_out()


@task(task_display_name="reads · Thu thập nhật ký truy cập · Collect who read what", execution_timeout=runs.SHORT)
def reads() -> int:
    """Collect from the server's log who read what is restricted; how many reads there were is the result."""
    from etl.errors import Misdeclared
    from etl.operation import read_log

    try:
        return read_log.collect()
    except Misdeclared as error:
        raise AirflowSkipException(str(error)) from None


@task(task_display_name="cases · Mở vụ việc còn chờ · Open the cases that wait", execution_timeout=runs.SHORT)
def cases() -> None:
    """Open the cases that a publication could not open; where they cannot be opened now, it is red."""
    from etl.operation import upkeep

    if failure := upkeep.open_cases():
        raise failure


@task(
    task_display_name="verify · Kiểm chứng số liệu đã công bố · Verify what is published",
    execution_timeout=deadlines.VERIFYING,
)
def verify() -> None:
    """Make the published revisions again that were not for the longest time; one that comes out otherwise is red."""
    from etl.operation import upkeep

    wrong = upkeep.verify_published(REVISIONS)
    if wrong:
        raise AirflowFailException("; ".join(f"{one['error_message']} → {one['next_action']}" for one in wrong))


@task(task_display_name="overdue · Nhắc tháng quá hạn · Tell what is overdue", execution_timeout=runs.SHORT)
def overdue() -> list[str]:
    """Tell which months and cases are overdue, and who is missing for days; the subjects are the result."""
    return telling.tell_standing()


@task(
    task_display_name="claims · Đọc biểu mẫu và sổ của đơn vị · Read forms and registers",
    pool="treasury_source",
    execution_timeout=deadlines.LOOKING_BACK,
)
def claims() -> dict[str, int]:
    """Read the forms and registers of actions; how many there are, and their rows, is the result."""
    from etl.errors import Unavailable
    from etl.operation import office_claims
    from etl.reports.words import both

    heard = [*office_claims.forms(), *office_claims.registers(uri_of=runs.uri_of)]
    runs.note(office_claims.note(heard))
    errors = [one.error for one in heard if one.error]
    told = both("; ".join(map(str, errors)), " · ")
    if errors and all(isinstance(error, Unavailable) for error in errors):
        raise Unavailable(errors[0].message if len(errors) == 1 else told, next_action=errors[0].next_action)
    if errors:
        raise AirflowFailException(told)
    return office_claims.counts(heard)


@dag(
    dag_display_name="Hài Lòng · bảo trì hằng ngày",
    description="Make room, drop what is old, collect reads, verify what is published, tell what is overdue",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 4 * * *", timezone=runs.ZONE),
    start_date=runs.START,
    end_date=runs.END,
    catchup=False,
    max_active_runs=1,
    on_failure_callback=telling.told_failure,
    default_args=runs.RETRIED,
    tags=["survey", "upkeep"],
)
def upkeep() -> None:
    """Stand them side by side."""
    for each in (partitions, statistics, retention, reads, cases, verify, claims, overdue):
        each()


upkeep()
