"""A warehouse with one treasury, its officers and their reports, and the logins of those who work with cases."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import ZoneInfo

import psycopg
import pytest
import sqlalchemy as sa

from tests.lib import kept
from tests.lib.slots import Slot

LOGINS = {
    # login   | groups
    "anna":     ("hailong_case_worker", "hailong_restricted"),
    "binh":     ("hailong_case_worker",),
    "chi":      ("hailong_case_worker",),
    "loader":   ("hailong_loader",),
    "reader":   ("hailong_reader",),
    "secret":   ("hailong_restricted",),
}  # fmt: skip
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PASSWORD = secrets.token_hex(12)
MADE = """
insert into core.network values ('kbnn', 'KBNN', 'State Treasury', 'Asia/Ho_Chi_Minh');
insert into core.dim_region values ('r', 'Vùng', 'Region');
insert into core.dim_treasury (treasury_code, treasury_name_vi, treasury_name_en, region_code, valid_from, valid_to)
values ('34', 'KBNN Thái Bình', 'Thai Binh', 'r', '2000-01-01', null),
    ('19', 'KBNN Thái Nguyên', 'Thai Nguyen', 'r', '2000-01-01', null),
    ('26', 'KBNN Vĩnh Phúc', 'Vinh Phuc', 'r', '2000-01-01', '2024-12-31');
insert into core.succession values (3, 1);
insert into core.dim_unit values (1, '34.01', 'Phòng 1', 'Unit 1', 'department'), (1, 'unstated', 'x', 'x', 'x');
insert into core.dim_unit select 1, 'u' || n, 'Phòng', 'Unit', 'department' from generate_series(1, 60) as n;
insert into core.dim_officer values (1, 'CB-1'), (1, 'CB-2'), (2, 'CB-1'), (1, 'unstated'), (3, 'CB-9');
select core.ensure_month('2023-07-01');
insert into core.dim_period (period_code, period_kind, period_name_vi, period_name_en, first_month, last_month)
values ('2023-07', 'month', 'Tháng 7/2023', 'July 2023', '2023-07-01', '2023-07-01');
"""
REPORT = (
    "insert into core.fact_response (survey_month, treasury_id, response_key, submitted_at, unit_code, officer_code,"
    " procedure_code, channel_code, respondent_type_code, questionnaire_code, answer_levels, is_harassment_reported)"
    " values ('2023-07-01', {treasury}, '{key}', '2023-07-05 08:00+07', '{unit}', '{officer}', 'unstated', 'unstated',"
    " 'unstated', 'q', '{{}}', {is_reported})"
)


def today() -> dt.date:
    """The day in the network's time zone."""
    return dt.datetime.now(ZONE).date()


@dataclass(frozen=True)
class House:
    """A warehouse by the URLs of its owner and of each login."""

    urls: dict[str, str]

    def enter(self, login: str, environment: pytest.MonkeyPatch) -> None:
        """Work as a login from now on."""
        environment.setenv("HAILONG_WAREHOUSE_URL", self.urls[login])

    @contextlib.contextmanager
    def connection(self, login: str) -> Iterator[sa.Connection]:
        """A transaction of a login, committed at its end."""
        with sa.create_engine(self.urls[login], poolclass=sa.NullPool).begin() as connection:
            yield connection

    def run(self, login: str, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement as a login; its rows."""
        with self.connection(login) as connection:
            done = connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
            return [tuple(row) for row in done] if done.returns_rows else []

    def refused(self, login: str, statement: str) -> str:
        """The SQLSTATE and the words with which a statement is refused; nothing where it is not."""
        try:
            self.run(login, statement)
        except sa.exc.DBAPIError as error:
            said = cast(psycopg.Error, error.orig)
            return f"{said.sqlstate} {said.diag.message_primary}"
        return ""

    def report(self, key: str, officer: str = "CB-1", unit: str = "34.01", *, treasury: int = 1) -> None:
        """A response that reports harassment comes in."""
        made = REPORT.format(treasury=treasury, key=key, officer=officer, unit=unit, is_reported=True)
        self.run("owner", made)


@contextlib.contextmanager
def made(slot: Slot, template: str) -> Iterator[House]:
    """The house; its database and logins are dropped at the end."""
    mark = secrets.token_hex(4)
    with kept.new_database(slot, template) as database:
        owner = sa.make_url(slot.url(database=database))
        urls = {"owner": slot.url(database=database)}
        for login, groups in LOGINS.items():
            name = f"{login}_{mark}"
            slot.run(f"create role {name} login password '{PASSWORD}' in role {', '.join(groups)}")
            urls[login] = owner.set(username=name, password=PASSWORD).render_as_string(False)
        slot.run(*(one for one in MADE.split(";") if one.strip()), database=database)
        yield House(urls)
    slot.run(*(f"drop role {login}_{mark}" for login in LOGINS))
