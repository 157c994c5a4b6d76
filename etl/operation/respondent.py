"""What a respondent may ask for: to see what is held, to have it corrected, to be forgotten.

A respondent is found by the reference that the branch has, hashed with the key that is set. Under an earlier key she is
another person: set that key, and ask again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from etl import settings, warehouse
from etl.acting.moment import Moment
from etl.errors import Misdeclared
from etl.landing import forgotten, redaction, zone
from etl.landing.redaction import LandedFile
from etl.operation import redact
from etl.source import pseudonym
from etl.warehouse import processing

_LEFT_OUT = ("officer_code", "respondent_hash")
"""What is not handed over: the code is data of another person, the hash is ours."""


@dataclass(frozen=True)
class Respondent:
    """A respondent by her pseudonym under the key that is set."""

    hashed: str
    mark: str

    @classmethod
    def of(cls, reference: str) -> Respondent:
        """The respondent of a reference; an empty one, or one with lost letters, raises Misdeclared."""
        key = settings.pseudonym_key()
        hashed = pseudonym.of(reference, key)
        if hashed is None or not set(hashed) <= set("0123456789abcdef"):
            raise Misdeclared(
                "the reference says nobody", next_action="give the customer's reference as the branch's database has it"
            )
        return cls(hashed, pseudonym.tombstone(hashed, key))


@dataclass(frozen=True)
class RespondentData:
    """What is held about a respondent: her responses as they landed, and how many are in core.

    ``responses``: one dict per landed row, with month, treasury and file. ``is_forgotten``: she asked for that before.
    """

    responses: list[dict[str, Any]]
    core_count: int
    is_forgotten: bool
    answer_by: dt.date
    requests: list[dict[str, Any]]

    @property
    def file_count(self) -> int:
        """In how many landed files there is something."""
        return len({row["landed_file"] for row in self.responses})


def show(reference: str) -> RespondentData:
    """What is held about a respondent; that it was asked for is recorded."""
    person = Respondent.of(reference)
    files = [file for file in redaction.landed(settings.read().landing) if _is_readable(file)]
    responses = [row for file in files if holds(file, person.hashed) for row in _responses(file, person.hashed)]
    with warehouse.transaction() as connection:
        number = warehouse.rows(connection, "operation/held_responses", respondent_hash=person.hashed)[0]["row_count"]
        buried = warehouse.rows(connection, "operation/is_forgotten", tombstone=person.mark)[0]["is_forgotten"]
        request = _request(connection, person)
        purpose = "the respondent asked to see what is held"
        processing.record(connection, "show", purpose, len(responses), **request)
        requests = warehouse.rows(connection, "operation/requests_of", subject_mark=person.mark)
        return RespondentData(responses, number, buried, request["answer_by"], requests)


def correct(reference: str, purpose: str) -> dt.date:
    """Record that a respondent asked for a correction; by when she is to be answered.

    Answers are corrected where they were given: a look-back brings what was corrected.
    """
    person = Respondent.of(reference)
    with warehouse.transaction() as connection:
        request = _request(connection, person)
        processing.record(connection, "correct", purpose, 0, **request)
        due: dt.date = request["answer_by"]
        return due


def forget(reference: str) -> redact.Done:
    """Let a respondent be forgotten: her hash becomes a random token, her free text goes, and both stay away.

    Figures stay what they are. The same again completes what was killed, and finds nothing otherwise.
    """
    person = Respondent.of(reference)
    with warehouse.transaction() as connection:  # first: from now on no landing brings her back
        warehouse.run(connection, "landing/bury", {"tombstone": person.mark})
    tokens = {person.hashed: forgotten.token()}
    job = redact.RedactionJob(
        "forgotten",
        partial(holds, hashed=person.hashed),
        lambda _: partial(forgotten.redacted, tokens=tokens),
        {"hash": person.hashed, "token": tokens[person.hashed]},
    )
    return redact.run(job, partial(_log_forgotten, person=person))


def holds(file: LandedFile, hashed: str) -> bool:
    """Whether a landed file holds a pseudonym."""
    return redaction.holds(file, "respondent_hash", hashed.__eq__)


def _is_readable(file: LandedFile) -> bool:
    """Whether a landed file has its end."""
    return not zone.is_broken(file.path, settings.read().landing)


def _responses(file: LandedFile, hashed: str) -> list[dict[str, Any]]:
    """A respondent's rows of a landed file, without what is not hers."""
    found = []
    for batch in redaction.batches(file):
        is_hers = pc.equal(batch.column("respondent_hash").cast(pa.string()), hashed)
        for row in batch.filter(pc.fill_null(is_hers, False)).to_pylist():
            said = {name: value for name, value in row.items() if value is not None and name not in _LEFT_OUT}
            where = {"survey_month": file.place.month, "landed_file": file.path.rpartition("/")[2]}
            found.append({**where, **said, "treasury_code": file.place.treasury_code})
    return found


def _request(connection: warehouse.Connection, person: Respondent) -> dict[str, Any]:
    """What the log of processing says of a request of a respondent, with the day by which to answer."""
    moment = Moment.now(connection)
    due = moment.due(moment.terms.correction)
    return {"subject_kind": "respondent", "subject_mark": person.mark, "answer_by": due}


def _log_forgotten(connection: warehouse.Connection, count: int, person: Respondent) -> None:
    """Write into the log of processing that a respondent is forgotten."""
    purpose = "the respondent asked to be forgotten"
    processing.record(connection, "forget", purpose, count, **_request(connection, person))
