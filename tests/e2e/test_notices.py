"""What people are told: one notice for each cause, once, until it is healed; and to whom."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import registry, settings, warehouse
from etl.errors import Misdeclared
from etl.operation import steps
from etl.reports import causes, notices
from etl.reports.notices import Notice
from tests.lib.months import run_month
from tests.lib.networks import with_contacts

MONTH, FIRST_DAY = "2023-07", dt.date(2023, 7, 1)
IN, STRANGER, DEAD = "34", "48", ("19", "20", "22")
PAGE = "http://airflow.example/dags/monthly_ratings/runs/1"

# fmt: off
CAUSES = [
    # what is recorded of 48 KBNN Đà Nẵng                             | its cause
    ("48 KBNN Đà Nẵng, 2023-07: the database db:5432/office_48 is away or broke off (OperationalError)",
     "the database db:5432 is away or broke off (OperationalError)"),
    ("48 KBNN Đà Nẵng, 2023-07: the database 10.0.0.7:1521/da_nang is away or broke off (DPY)",
     "the database 10.0.0.7:1521 is away or broke off (DPY)"),
    ("48 KBNN Đà Nẵng, 2023-07: the database refuses the role 'guest_48' or its password",
     "the database refuses the role 'guest_…' or its password"),
    ("48 KBNN Đà Nẵng, 2023-07: the database did not answer within 48 s (QueryCanceled)",
     "the database did not answer within … s (QueryCanceled)"),
    ("48 KBNN Đà Nẵng, 2023-07: its database may be read from 18:00 to 06:00 in local time, and there it is 14:05",
     "its database may be read from … to … in local time, and there it is …"),
    ("48 KBNN Đà Nẵng, 2023-07: few_turned_away: turned_away_share is 12.5% of 480 rows",
     "few_turned_away: turned_away_share is … of … rows"),
    ("treasury 48, 2023-07: nothing has landed", "nothing has landed"),
    ("treasury 48 has no connection",            "treasury … has no connection"),
    ("2023-07: the work on this treasury was cut off before it had a result",
     "the work on this treasury was cut off before it had a result"),
]
NO_ADDRESSES = ["anna", "anna@", "@office.example", "a b@office.example", "anna@office", "a@x.example, b@x.example"]
# fmt: on


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """KBNN, whose office 48 and one of the others have a mailbox, in a directory of its own."""
    config = Path(shutil.copytree(settings.read().config, tmp_path / "config"))
    with_contacts(config, {STRANGER: "da-nang@kbnn.example", DEAD[0]: "thai-nguyen@kbnn.example"})
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    return config


@pytest.fixture
def broken(
    fresh_warehouse: str, config: Path, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """Three treasuries' databases on a server that is away, and one whose role is refused; to be undone to heal."""
    monkeypatch.setenv("HAILONG_NOTICE_TO", "ratings@kbnn.example")
    with pytest.MonkeyPatch.context() as faults:
        faults.setenv("HAILONG_SOURCE_TRIES", "1")
        for code in DEAD:
            faults.setenv(f"AIRFLOW_CONN_TREASURY_{code}", f"postgresql://guest:secret@127.0.0.1:1/office_{code}")
        refused = sa.make_url(estate[STRANGER]).set(password="another")
        faults.setenv(f"AIRFLOW_CONN_TREASURY_{STRANGER}", refused.render_as_string(hide_password=False))
        yield faults


def run() -> str:
    """Run the month of five treasuries to its verdict; the run."""
    planned = run_month(MONTH, [IN, STRANGER, *DEAD])
    steps.verdict(planned)
    return planned.run_id


def told(found: Sequence[Notice]) -> list[tuple[str, tuple[str, ...]]]:
    """Tell notices; the kind and the treasuries of those that were new."""
    new = []
    for notice in found:
        with notices.claimed(notice) as is_new:
            if is_new:
                new.append((notice.kind, notice.treasuries))
    return new


@pytest.mark.parametrize(("recorded", "cause"), CAUSES, ids=[row[1][:40] for row in CAUSES])
def test_a_cause_is_an_error_without_whose_it_is_and_how_many_it_counts(recorded: str, cause: str) -> None:
    names = {"treasury_code": "48", "treasury_name_vi": "KBNN Đà Nẵng", "survey_month": FIRST_DAY}
    assert causes.cause({**names, "error_message": recorded}) == cause


def test_a_run_leaves_one_notice_for_each_cause_with_all_that_it_keeps_out(broken: pytest.MonkeyPatch) -> None:
    run_id = run()
    stranger, away = sorted(notices.of_run(run_id, PAGE), key=lambda one: len(one.treasuries))
    assert (stranger.kind, stranger.month, stranger.treasuries) == ("missing", MONTH, (STRANGER,))
    assert stranger.subject == "2023-07: còn thiếu 48 KBNN Đà Nẵng · 2023-07: 48 KBNN Đà Nẵng missing"
    assert away.treasuries == DEAD
    assert away.subject == "2023-07: còn thiếu 3 kho bạc · 2023-07: 3 treasuries missing"
    assert away.text.count("the database 127.0.0.1:1 is away") == 1
    assert away.text.count("What to do: see that the server runs") == 1
    assert away.text.startswith(
        "3 kho bạc chưa có trong bảng đánh giá của 2023-07.\n3 treasuries are not in the ratings of 2023-07.\n\n"
        "Lý do: không truy cập được cơ sở dữ liệu 127.0.0.1:1, hoặc bị ngắt giữa chừng (OperationalError)\n"
        "Việc cần làm: xem máy chủ có hoạt động và có đến được từ đây không, sau đó chạy lại tháng\nReason: "
    )
    for name in ("- 19 KBNN Thái Nguyên", "- 20 KBNN Lạng Sơn", "- 22 KBNN Quảng Ninh", f"Run: {run_id}", PAGE):
        assert name in away.text
    assert away.to == stranger.to == ("ratings@kbnn.example",)
    assert "secret" not in away.text
    assert "another" not in stranger.text


@pytest.mark.thorough
def test_a_cause_is_told_once_until_it_is_healed_and_then_again(broken: pytest.MonkeyPatch) -> None:
    both = [("missing", DEAD), ("missing", (STRANGER,))]
    assert told(notices.of_run(run())) == both
    again = notices.of_run(run())
    assert [(one.kind, one.treasuries) for one in again] == both
    assert told(again) == []
    broken.delenv(f"AIRFLOW_CONN_TREASURY_{STRANGER}")
    healed = notices.of_run(run())
    assert told(healed) == [("healed", (STRANGER,))]
    assert "48 KBNN Đà Nẵng is in the ratings of 2023-07 now" in healed[-1].text
    assert [one.kind for one in notices.of_run(run())] == ["missing"]
    broken.setenv(f"AIRFLOW_CONN_TREASURY_{STRANGER}", "postgresql://guest:secret@127.0.0.1:1/office")
    assert told(notices.of_run(run())) == [("missing", tuple(sorted([*DEAD, STRANGER])))]


def test_a_notice_that_nobody_took_is_told_by_the_next_run(broken: pytest.MonkeyPatch) -> None:
    first = notices.of_run(run())
    for notice in first:
        with pytest.raises(ConnectionError):
            lose(notice)
    assert len(told(first)) == 2


def lose(notice: Notice) -> None:
    """Fail to tell a notice that is new."""
    with notices.claimed(notice) as is_new:
        assert is_new
        raise ConnectionError


def test_an_office_is_told_when_it_is_missing_for_days(broken: pytest.MonkeyPatch) -> None:
    said = notices.of_run(run())
    assert told(said)
    assert notices.lasting() == []
    age(said, days=3)
    stranger, away = sorted(notices.lasting(), key=lambda one: len(one.treasuries))
    assert stranger.to == ("ratings@kbnn.example", "da-nang@kbnn.example")
    assert away.to == ("ratings@kbnn.example", "thai-nguyen@kbnn.example")
    assert "3 treasuries are missing from 2023-07 since" in away.text
    assert len(told([stranger, away])) == 2
    assert notices.lasting() == []


@pytest.mark.thorough
def test_an_office_that_came_in_before_the_days_were_over_is_not_told(broken: pytest.MonkeyPatch) -> None:
    said = notices.of_run(run())
    assert told(said)
    age(said, days=3)
    broken.delenv(f"AIRFLOW_CONN_TREASURY_{STRANGER}")
    run()
    assert [one.treasuries for one in notices.lasting()] == [DEAD]


def age(said: Sequence[Notice], days: int) -> None:
    """Have notices told some days before, as well."""
    earlier = (
        "insert into ops.notice (notice_key, notice_kind, survey_month, cause, treasury_codes, told_at)"
        " select notice_key || ' before', notice_kind, survey_month, cause, treasury_codes,"
        " told_at - make_interval(days => :days) from ops.notice where notice_key = any(:keys)"
    )
    with warehouse.transaction() as connection:
        connection.execute(sa.text(earlier), {"days": days, "keys": [one.key for one in said]})


@pytest.mark.deep
def test_months_that_are_not_published_by_their_day_are_told_together(broken: pytest.MonkeyPatch) -> None:
    run()
    (notice,) = notices.overdue()
    newest = str(notice.month)
    assert notice.subject == f"{newest} chưa công bố đúng hạn · {newest} is not published in time"
    assert newest > MONTH
    assert f"- {newest}, by " in notice.text
    assert f"- {newest}, hạn " in notice.text
    assert "- and " in notice.text
    assert told([notice]) == [("overdue", ())]
    assert told(notices.overdue()) == []


@pytest.mark.thorough
def test_a_red_run_is_told_unless_missing_treasuries_explain_it(
    broken: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert notices.of_failure("monthly_ratings", run()) is None
    green = run_month(MONTH, [IN])
    steps.verdict(green)
    cut_off = run_month(MONTH, [IN, STRANGER])
    for run_id in (green.run_id, cut_off.run_id, "one that made no plan"):
        notice = notices.of_failure("monthly_ratings", run_id, PAGE)
        assert notice
        assert run_id in notice.text
        assert PAGE in notice.text
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", "postgresql://u:p@127.0.0.1:1/nowhere")
    assert notices.of_failure("monthly_ratings", "of a warehouse that is away")


@pytest.mark.deep
def test_what_was_told_can_never_be_changed(broken: pytest.MonkeyPatch) -> None:
    assert told(notices.of_run(run()))
    for change in ("delete from ops.notice", "update ops.notice set cause = 'x'", "truncate ops.notice"):
        with pytest.raises(Misdeclared), warehouse.transaction() as connection:
            connection.execute(sa.text(change))


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_a_contact_that_is_no_address_is_told_with_its_line(config: Path, address: str) -> None:
    with_contacts(config, {IN: address})
    with pytest.raises(Misdeclared, match=r"treasuries\.yaml:\d+: treasuries\.\d+\.contact: "):
        registry.load(config)
