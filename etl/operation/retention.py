"""Carry out how long personal data are kept (``config/retention.yaml``), and write it into the log of processing.

Free text and hashes go from core and, by redaction, from landed files: figures stay, and are verified as before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from functools import partial

import pyarrow as pa

from etl import settings, warehouse
from etl.acting import copies, form
from etl.landing import forgotten, redaction
from etl.landing.redaction import LandedFile
from etl.operation import redact
from etl.periods import SurveyMonth
from etl.registry import Registry, retention
from etl.registry.retention import KeepingTerm, Retention
from etl.warehouse import processing

_HASH = re.compile("[0-9a-f]{32}")
_RETIRED = "retired-"
Months = frozenset[dt.date]


def carry_out(moment: dt.datetime | None = None) -> dict[str, int]:
    """Let go what its time is over; how much, by kind. It may be run at any time, and twice as well as once.

    ``moment`` is the warehouse's now, where nothing else is said. What was left half by a kill is completed first.
    """
    with warehouse.transaction() as connection:
        now = moment or warehouse.now(connection)
    terms = retention.declared(settings.read().config)
    redact.settle()
    done = _responses(terms, now)
    with warehouse.transaction() as connection:
        if terms.case_texts.days:
            (row,) = warehouse.rows(connection, "acting/expire_texts", closed_before=_before(terms.case_texts, now))
            done["case_texts"] = row["row_count"]
        if terms.read_log.days:
            (row,) = warehouse.rows(connection, "acting/expire_reads", read_before=_before(terms.read_log, now))
            done["read_log"] = row["row_count"]
        for kind in ("case_texts", "read_log"):
            _log(connection, kind, done.get(kind, 0))
    if terms.forms.days:
        done["forms"] = _forms(_before(terms.forms, now))
    return done


def _forms(read_before: dt.datetime) -> int:
    """Remove forms and copies whose time is over, and write it into the log; how many.

    A file that cannot be removed leaves what else went as it is, and is removed the next time.
    """
    with warehouse.transaction() as connection:
        rows = warehouse.rows(connection, "acting/old_forms", read_before=read_before)
    count = sum(form.remove(row["form_path"]) for row in rows) + copies.expire(read_before)
    with warehouse.transaction() as connection:
        _log(connection, "forms", count)
    return count


def _responses(terms: Retention, now: dt.datetime) -> dict[str, int]:
    """Let free text and hashes of expired months go; how many responses in core, and landed files."""
    text_months = frozenset(month for group in _groups() for month in group if _is_over([month], terms.free_text, now))
    hash_months = frozenset(
        month for group in _groups() if _is_over(group, terms.respondent_hashes, now) for month in group
    )
    if not text_months | hash_months:
        return {}
    salt = secrets.token_hex(32)
    job = redact.RedactionJob(
        "retention",
        partial(_is_touched, text_months=text_months, hash_months=hash_months),
        lambda file: partial(_changed, file=file, months=(text_months, hash_months), salt=salt),
        {"text_months": sorted(map(str, text_months)), "hash_months": sorted(map(str, hash_months)), "salt": salt},
    )
    done = redact.run(job, lambda connection, count: _log(connection, "free_text, respondent_hashes", count))
    return {"responses": done.core_count, "redacted_files": done.file_count}


def _groups() -> list[list[dt.date]]:
    """Months that are rated together, by themselves or in a round: their hashes are retired at once, or not."""
    with warehouse.transaction() as connection:
        rows = warehouse.rows(connection, "operation/survey_months")
    groups: list[tuple[list[dt.date], set[str]]] = []
    for row in rows:
        codes = set(row["period_codes"] or ())
        joined = [group for group in groups if group[1] & codes]
        groups = [group for group in groups if not group[1] & codes]
        months = [month for group in joined for month in group[0]] + [row["survey_month"]]
        groups.append((months, codes.union(*(group[1] for group in joined))))
    return [months for months, _ in groups]


def _is_over(months: list[dt.date], term: KeepingTerm, now: dt.datetime) -> bool:
    """Whether the time of all months is over, counted from the end of the last in the network's time zone."""
    if not term.days:
        return False
    last = max(months)
    end = SurveyMonth(last.year, last.month).bounds(Registry.configured().zone())[1]
    return end + dt.timedelta(days=term.days) <= now


def _is_touched(file: LandedFile, text_months: Months, hash_months: Months) -> bool:
    """Whether a landed file holds anything whose time is over."""
    month = SurveyMonth.parse(file.place.month).first_day
    has_text = month in text_months and redaction.holds(file, "comment", bool)
    return has_text or (month in hash_months and redaction.holds(file, "respondent_hash", _is_hash))


def _changed(batch: pa.RecordBatch, file: LandedFile, months: tuple[Months, Months], salt: str) -> pa.RecordBatch:
    """A batch without what its time is over of."""
    month = SurveyMonth.parse(file.place.month).first_day
    if month in months[0]:
        batch = forgotten.with_columns(batch, comment=pa.nulls(batch.num_rows, pa.string()))
    if month in months[1]:
        encoded = batch.column("respondent_hash").cast(pa.string()).dictionary_encode()
        retired = pa.array([_retired(one, salt) for one in encoded.dictionary.to_pylist()], pa.string())
        batch = forgotten.with_columns(batch, respondent_hash=retired.take(encoded.indices))
    return batch


def _retired(hashed: str, salt: str) -> str:
    """What stands in the place of a hash, as ``ops.redact`` makes it in core."""
    return _RETIRED + hashlib.sha256((salt + hashed).encode()).hexdigest()[:24] if _is_hash(hashed) else hashed


def _is_hash(text: str) -> bool:
    """Whether a text is the hash of a reference, and no token."""
    return _HASH.fullmatch(text) is not None


def _before(term: KeepingTerm, now: dt.datetime) -> dt.datetime:
    """The moment before which something is over."""
    return now - dt.timedelta(days=term.days)


def _log(connection: warehouse.Connection, what: str, count: int) -> None:
    """Write into the log of processing that the time of something was over."""
    if count:
        processing.record(connection, "retention", f"its time is over: {what}", count)
