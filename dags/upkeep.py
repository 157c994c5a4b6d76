"""# Upkeep: what must be done each day so that nobody has to think of it

Each day at 04:00 local time.

| task | what it does | when it is red |
|---|---|---|
| `partitions` | makes the room in the warehouse for the months to come | read the message: the warehouse is away, or its role may not |
| `statistics` | lets PostgreSQL see what has changed | the same |
| `retention` | drops landed files and logs that are older than is kept | the disk or the store is away |
| `cases` | opens the cases that a publication recommends and could not open | the warehouse is away, or its role may not |
| `verify` | makes published revisions again from what had landed | **a revision cannot be reproduced**: tell who publishes, and see `hailong verify <month>` |
| `overdue` | tells which months are not published in time, and which treasuries are missing for days | neither the mail server nor the web hook took it |

None depends on another, and each may be cleared at any time.
"""

from __future__ import annotations

from pathlib import Path

import runs
import telling
from airflow.providers.common.compat.sdk import conf
from airflow.sdk import CronTriggerTimetable, dag, task
from airflow.sdk.exceptions import AirflowFailException

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
    """Drop what is older than is kept, landed files, pages and Airflow's logs; how much it was is the result."""
    from etl.operation import upkeep

    return upkeep.retention() | {"logs": upkeep.remove_logs(Path(conf.get("logging", "base_log_folder")))}


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
    """Tell which months are not published in time, and who is missing for days; the subjects are the result."""
    return telling.tell_standing()


@dag(
    dag_display_name="Hài Lòng · bảo trì hằng ngày",
    description="Make room, drop what is old, verify what is published, tell what is overdue",
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
    for each in (partitions, statistics, retention, cases, verify, overdue):
        each()


upkeep()
