"""How fresh a month is: due by the network's own day and clock, from the first month that was ever run."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

EAST, WEST = "Pacific/Kiritimati", "Etc/GMT+12"  # it is never the same day in both
RULES = "insert into score.rule_set (rule_set_code, digest, rule_source, valid_from) values ('r', '', '', '2022-01-01')"
QUESTIONS = "insert into core.dim_questionnaire values ('q', '', '2022-01-01', null)"


def today(connection: sa.Connection, zone: str) -> dt.date:
    """The day of the warehouse's clock in a time zone."""
    moment: dt.datetime = connection.exec_driver_sql("select now()").scalar_one()
    return moment.astimezone(ZoneInfo(zone)).date()


def month(day: dt.date, back: int) -> dt.date:
    """The first day of the month that is so many before a day's."""
    number = day.year * 12 + day.month - 1 - back
    return dt.date(number // 12, number % 12 + 1, 1)


def ran(connection: sa.Connection, first_day: dt.date, name: str = "run") -> None:
    """Note a run about a month."""
    connection.exec_driver_sql(
        "insert into ops.run (run_id, survey_month, started_at, code_version, rule_set_code, questionnaire_code)"
        " values (%(name)s, %(month)s, now(), '1', 'r', 'q')",
        {"name": name, "month": first_day},
    )


def network(connection: sa.Connection, zone: str, day: int | None) -> None:
    """Claim the warehouse for a network whose months are due on a day."""
    connection.exec_driver_sql(
        "insert into core.network (network_code, network_name_vi, network_name_en, time_zone, publish_by_day)"
        " values ('n', 'n', 'n', %(zone)s, %(day)s)",
        {"zone": zone, "day": day},
    )
    connection.exec_driver_sql(RULES)
    connection.exec_driver_sql(QUESTIONS)


def fresh(connection: sa.Connection, columns: str) -> list[tuple[object, ...]]:
    """Columns of the view, by month."""
    found = connection.exec_driver_sql(f"select {columns} from mart.freshness order by survey_month")
    return [tuple(row) for row in found]


def revised(connection: sa.Connection, first_day: dt.date, number: int) -> None:
    """A draft (0) or a published revision of a month."""
    code = f"{first_day:%Y-%m}"
    connection.exec_driver_sql("select core.ensure_month(%(month)s)", {"month": first_day})
    connection.exec_driver_sql(
        "insert into core.dim_period values (%(code)s, 'month', 'x', 'x', %(month)s, %(month)s) on conflict do nothing",
        {"code": code, "month": first_day},
    )
    connection.exec_driver_sql(
        "insert into score.revision_period values (%(code)s, %(number)s, 'month', 'x', 'x', %(month)s, %(month)s, 'x',"
        " 'x', 'UTC', 'share_of_answers', 'q', 'x')",
        {"code": code, "month": first_day, "number": number},
    )
    said = "now(), 'anna', 'complete', 'x', now()" if number else "null, null, null, null, null"
    connection.exec_driver_sql(
        "insert into score.revision (period_code, revision_number, month_status, open_count, loaded_count,"
        " rule_set_code, rule_set_digest, questionnaire_code, code_version, run_id, scored_at, figures_digest,"
        f" published_at, published_by, reason, words_digest, names_frozen_at) values (%(code)s, %(number)s, 'final', 2,"
        " 2, 'r', '', 'q', '1', 'run',"
        f" now(), %(digest)s, {said})",
        {"code": code, "number": number, "digest": "x" if number else None},
    )


def test_nothing_is_due_before_the_first_run(connection: sa.Connection) -> None:
    network(connection, EAST, 1)
    assert fresh(connection, "survey_month") == []


@pytest.mark.parametrize("zone", [EAST, WEST])
def test_every_month_from_the_first_run_to_the_last_whole_one_has_a_row(connection: sa.Connection, zone: str) -> None:
    network(connection, zone, 10)
    now = today(connection, zone)
    ran(connection, month(now, 3))
    due = [month(now, back - 1).replace(day=10) for back in (3, 2, 1)]
    assert fresh(connection, "survey_month, due_date") == [
        (month(now, back), day) for back, day in zip((3, 2, 1), due, strict=True)
    ]


@pytest.mark.parametrize("zone", [EAST, WEST])
def test_a_month_that_was_run_before_its_end_has_no_row_until_it_has_ended(
    connection: sa.Connection, zone: str
) -> None:
    network(connection, zone, 10)
    now = today(connection, zone)
    ran(connection, month(now, 0))
    ran(connection, dt.date(2999, 1, 1), "far ahead")
    assert fresh(connection, "survey_month") == []
    ran(connection, month(now, 1), "in time")
    assert fresh(connection, "survey_month") == [(month(now, 1),)]


@pytest.mark.parametrize("zone", [EAST, WEST])
@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_a_month_is_overdue_from_the_day_after_its_own_in_local_time(
    connection: sa.Connection, zone: str, shift: int
) -> None:
    now = today(connection, zone)
    day = min(max(now.day + shift, 1), 28)
    network(connection, zone, day)
    ran(connection, month(now, 1))
    assert fresh(connection, "due_date, is_overdue") == [(now.replace(day=day), day < now.day)]


def test_a_published_month_is_not_overdue_and_a_draft_does_not_count(connection: sa.Connection) -> None:
    network(connection, EAST, 1)
    now = today(connection, EAST)
    ran(connection, month(now, 3))
    for back, numbers in ((3, (0, 1, 2)), (2, (0,))):
        for number in numbers:
            revised(connection, month(now, back), number)
    columns = "is_overdue, revision_number, published_at is not null, rated_at is not null"
    assert fresh(connection, columns)[:2] == [(False, 2, True, True), (True, None, False, True)]


def test_without_a_day_nothing_is_overdue(connection: sa.Connection) -> None:
    network(connection, EAST, None)
    ran(connection, dt.date(2023, 1, 1))
    found = fresh(connection, "due_date, is_overdue")
    assert len(found) > 30
    assert set(found) == {(None, False)}


@pytest.mark.parametrize("day", [0, 29])
def test_a_day_that_some_month_lacks_is_refused(connection: sa.Connection, day: int) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="publish_by_day"):
        network(connection, EAST, day)


DECIDED = (
    "insert into ops.decision (period_code, figures_digest, is_approved, revision_number, decided_by, comment,"
    " decided_at) values ('2023-07', 'x', true, null, 'anna', 'complete', now())"
)


@pytest.mark.parametrize(
    "change", ["update ops.decision set comment = 'x'", "delete from ops.decision", "truncate ops.decision"]
)
def test_a_decision_stays_what_it_is_even_for_the_owner(connection: sa.Connection, change: str) -> None:
    connection.exec_driver_sql(
        "insert into core.dim_period values ('2023-07', 'month', 'x', 'x', '2023-07-01', '2023-07-01')"
    )
    connection.exec_driver_sql(DECIDED)
    with pytest.raises(sa.exc.DBAPIError, match=r"ops\.decision only grows"):
        connection.exec_driver_sql(change)
