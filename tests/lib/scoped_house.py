"""A warehouse with a published month of two treasuries, and a login of each kind that sees what is its own."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from etl.operation import logins
from etl.operation.login_kinds import LoginKind, Scope
from tests.lib import kept
from tests.lib.readers import PUBLISHED
from tests.lib.slots import Slot

UNIT, FULL_UNIT = "34.15", "34.16"
"""Units of Thái Bình: of which there are few comments, and to which the house gives more."""
SCOPED = {
    # login     | kind                  | for
    "director":   (LoginKind.treasury,     Scope("34")),
    "other":      (LoginKind.treasury,     Scope("19", valid_from=dt.date(2023, 7, 1))),
    "head":       (LoginKind.unit,         Scope("34", UNIT)),
    "worker":     (LoginKind.worker,       Scope("34")),
    "inspector":  (LoginKind.inspectorate, Scope()),
    "analyst":    (LoginKind.analyst,      Scope()),
}  # fmt: skip
GROUPED = {"nobody": "hailong_scoped", "reader": "hailong_reader", "central": "hailong_restricted",
           "case_worker": "hailong_case_worker"}  # fmt: skip
FOREIGN = "mark of another office"
PASSWORD = secrets.token_hex(12)
GIVEN = (
    # five comments of one unit, and of the other treasury one of each kind that must not be seen
    "update core.fact_response set comment_text = 'comment ' || md5(response_key) where treasury_id = 2"
    " and response_key in (select response_key from core.fact_response where treasury_id = 2"
    f" and unit_code = '{FULL_UNIT}' limit 6)",
    f"update core.fact_response set comment_text = '{FOREIGN}' where treasury_id = 1 and response_key in"
    " (select response_key from core.fact_response where treasury_id = 1 and unit_code = '19.12' limit 9)",
    # a case of the other treasury, and one of a unit of Thái Bình, which is no harassment
    "select action.open_case(jsonb_build_object('treasury_id', 1, 'ground_code', 'petition', 'evidence_kind',"
    f" 'petition', 'petition_number', '{FOREIGN}', 'happened_on', current_date, 'note', '{FOREIGN}',"
    f" 'owner_name', '{FOREIGN}'))",
    f"select action.open_case(jsonb_build_object('treasury_id', 2, 'unit_code', '{UNIT}', 'ground_code', 'petition',"
    " 'evidence_kind', 'petition', 'petition_number', '7', 'happened_on', current_date))",
    # what a talk with each officer came to
    "set session_replication_role = replica; insert into score.officer_effect (period_code, revision_number,"
    " event_number, part, officer_number, treasury_id, officer_code, person_id, action_code, took_effect_month,"
    " verdict, reason, before_months, after_months, before_count, after_count) select period_code, revision_number,"
    " officer_number, 'own', officer_number, treasury_id, officer_code, 0, 'talk', '2023-04-01', 'cannot_tell',"
    " 'too_wide', '{}', '{}', 30, 30 from score.recommendation where revision_number > 0;"
    " reset session_replication_role",
    # an objection of each office
    "insert into ops.objection (period_code, treasury_id, treasury_digest, about, said, identity, way, recorded_at,"
    " recorded_by) select '2023-07', t.id, 'x', 'landing', t.said, 'login', 'command', now(), 'x' from"
    f" (values (1, '{FOREIGN}'), (2, 'ours')) as t (id, said)",
    # of each ground a case in which an office claims that it decided
    "select action.take_in(jsonb_build_object('treasury_id', s.current_treasury_id, 'case_number', s.case_number,"
    " 'event_kind', 'decision_proposed', 'outcome', 'accepted', 'action_code', 'talk', 'happened_on', s.evidence_on,"
    " 'form_digest', repeat('0', 64), 'form_row', s.case_number, 'legal_basis', 'x', 'claimed_by', w.said,"
    " 'capacity', w.said, 'note', w.said)) from action.case_standing as s"
    " cross join lateral (select case when s.current_treasury_id = 1"
    f" then '{FOREIGN}' else 'the office' end as said) as w where s.case_number in (select min(c.case_number)"
    " from action.case_standing as c group by c.current_treasury_id, c.ground_code)",
)


@dataclass(frozen=True)
class ScopedHouse:
    """A warehouse by the URLs of its owner and of each login, and the logins' names on the server."""

    urls: dict[str, str]
    names: dict[str, str]

    @contextlib.contextmanager
    def connection(self, login: str, **options: Any) -> Iterator[psycopg.Connection[Any]]:
        """A connection of a login, each statement by itself."""
        with psycopg.connect(self.urls[login], autocommit=True, **options) as connection:
            yield connection

    def run(self, login: str, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement as a login; its rows."""
        with self.connection(login) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def refused(self, login: str, statement: str) -> str:
        """The SQLSTATE and the words with which a statement is refused; nothing where it is not."""
        try:
            self.run(login, statement)
        except psycopg.Error as error:
            return f"{error.sqlstate} {error.diag.message_primary}"
        return ""

    def enter(self, login: str, environment: pytest.MonkeyPatch) -> None:
        """Work as a login from now on."""
        environment.setenv("HAILONG_WAREHOUSE_URL", self.urls[login].replace("postgresql://", "postgresql+psycopg://"))


@contextlib.contextmanager
def made(slot: Slot, home: Path) -> Iterator[ScopedHouse]:
    """The house, the environment set to its owner; its database and logins are dropped at the end."""
    mark = secrets.token_hex(4)
    names = {login: f"{login}_{mark}" for login in (*SCOPED, *GROUPED)}
    with kept.lent(slot, PUBLISHED, home) as copy, pytest.MonkeyPatch.context() as environment:
        kept.enter(environment, copy.url, copy.home)
        owner = copy.url.replace("+psycopg", "")
        urls = {"owner": owner}
        with psycopg.connect(owner, autocommit=True) as connection:
            for statement in GIVEN:
                connection.execute(statement.encode())
        for login, (kind, scope) in SCOPED.items():
            urls[login] = str(logins.make(names[login], kind, scope).url)
        for login, group in GROUPED.items():
            slot.run(f"create role {names[login]} login password '{PASSWORD}' in role {group}")
            place = owner.partition("@")[2]
            urls[login] = f"postgresql://{names[login]}:{PASSWORD}@{place}"
        yield ScopedHouse(urls, names)
    slot.run(*(f"drop role {name}" for name in names.values()))
