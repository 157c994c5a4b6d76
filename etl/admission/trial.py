"""What is wrong with what a source query yields, in plain words.

First its shape is judged, then ten of its rows. Told are counts, columns, types and codes that nobody knows; never an
answer, a comment or anything else about a person.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from etl.admission import clean
from etl.registry.codebook import CodeBook
from etl.registry.questionnaire import Questionnaire
from etl.registry.terms import LOST
from etl.source import contract, legacy_text
from etl.source.contract import ANSWER_PREFIX, ANSWERS

_BINARY = ("bytea", "blob", "binary", "raw", "image")
_STRUCTURED = ("json", "[]", "array", "xml")
_CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")  # what else stands there may be an answer
_SHOWN_CODES = 5
_SHOWN_LETTERS = 30


@dataclass(frozen=True)
class Remark:
    """A fault or hint about a source, and what to do."""

    what: str
    next_action: str
    is_fault: bool = True


@dataclass(frozen=True)
class Office:
    """Whose rows they should be, and how they are to be read.

    ``bounds`` are the days of the month, ``encoding`` is what the query declares.
    """

    code: str
    bounds: tuple[dt.datetime, dt.datetime]
    book: CodeBook
    encoding: str | None = None


Columns = Iterable[tuple[str, str]]
Rows = list[dict[str, str | None]]


@dataclass(frozen=True)
class _Sample:
    """Some rows, as they came and as the cleaner understands them."""

    rows: Rows
    tidy: pa.Table
    office: Office

    def texts(self, column: str) -> list[str]:
        """A column's texts as they are compared with lists; null is empty."""
        return [clean.plain(row[column] or "") for row in self.rows]

    def count(self, column: str) -> int:
        """How many rows have a fault, by the cleaner's column of counts."""
        return sum(count > 0 for count in self.tidy.column(column).to_pylist())

    def of(self, count: int) -> str:
        """How many of the rows, before what they have."""
        return f"{count} of {len(self.rows)} rows {'has' if count == 1 else 'have'}"


def of_shape(columns: Columns, office: Office) -> list[Remark]:
    """What is wrong with the columns of a query and their types."""
    types = list(columns)
    names = [name for name, _ in types]
    wrong = [
        Remark(f"the columns are not the contract's: {fault}", "mend the select list; the columns: docs/sources.md")
        for fault in contract.faults(names)
    ]
    return [*wrong, *_of_criteria(names, office.book.questionnaire), *_of_types(types, office)]


def of_rows(table: pa.Table, office: Office) -> list[Remark]:
    """What is wrong with some rows of a query."""
    rows: Rows = table.to_pylist()
    if not rows:
        first, end = office.bounds
        return [
            Remark(
                f"there is no row from {first:%Y-%m-%d} until before {end:%Y-%m-%d}",
                "name a month that has answers (--month); if this one has, compare the time column with :month_start "
                "and :month_end in its own type and time zone",
            )
        ]
    hidden = pa.nulls(len(rows), pa.string())
    landed = table.drop_columns(["respondent_ref"]).append_column("respondent_hash", hidden)
    sample = _Sample(rows, clean.tidy(landed, office.book).responses, office)
    parts = (_of_keys, _of_owner, _of_times, _of_codes, _of_answers, _of_texts)
    return [finding for part in parts for finding in part(sample)]


def of_rights(*, can_write: bool, reads: tuple[str, ...]) -> list[Remark]:
    """Hints about rights too many and tables not named."""
    remarks = []
    if can_write:
        remarks.append(
            Remark(
                "the role may write to the database, although we only read",
                "give us one that may only select: docs/sources.md has the statements",
                is_fault=False,
            )
        )
    if not reads:
        remarks.append(
            Remark(
                "the query's header does not say which tables it reads, so that a change of theirs is not noticed",
                "add the header -- reads: with the tables' names",
                is_fault=False,
            )
        )
    return remarks


def _of_criteria(names: list[str], questionnaire: Questionnaire) -> Iterator[Remark]:
    """Columns of unknown criteria, and criteria without a column."""
    given = [name.removeprefix(ANSWER_PREFIX) for name in names if name.startswith(ANSWER_PREFIX)]
    asked = questionnaire.position_of_criterion
    for criterion in sorted(set(given) - set(asked)):
        yield Remark(
            f"{ANSWER_PREFIX}{criterion}: the questionnaire {questionnaire.code} has no criterion '{criterion}'",
            "give the column the name of one of its criteria, or take it out",
        )
    for criterion in [criterion for criterion in asked if given and criterion not in given]:
        yield Remark(
            f"{ANSWER_PREFIX}{criterion} is missing: the questionnaire {questionnaire.code} asks '{criterion}'",
            f"add the column; if the office does not ask it, say so: null as {ANSWER_PREFIX}{criterion}",
        )


def _of_types(columns: list[tuple[str, str]], office: Office) -> Iterator[Remark]:
    """Columns of types that do not become text by themselves."""
    for name, type_name in columns:
        said = type_name.lower()
        if any(part in said for part in _BINARY) and "text" not in said and office.encoding is None:
            yield Remark(
                f"{name} is of the type {type_name}: bytes, and nothing says what they mean",
                f"cast it to text; or declare the header -- encoding: one of {', '.join(legacy_text.NAMES)}",
            )
        elif any(part in said for part in _STRUCTURED):
            yield Remark(
                f"{name} is of the type {type_name}, which is no plain text",
                "take it apart in the query, as sql/source/answer_document.* does",
            )


def _of_keys(sample: _Sample) -> Iterator[Remark]:
    """Keys that are missing, damaged or repeated."""
    keys = sample.tidy.column("response_key").to_pylist()
    present = [key for key in keys if key is not None]
    if unreadable := len(keys) - len(present):
        yield Remark(f"response_key: {sample.of(unreadable)} no key that can be kept", "give every row its own key")
    if repeated := len(present) - len(set(present)):
        yield Remark(f"response_key: {sample.of(repeated)} a key that came before", "give one row per response")


def _of_owner(sample: _Sample) -> Iterator[Remark]:
    """Rows that are another treasury's, or do not say whose they are."""
    owners, own = sample.texts("treasury_code"), sample.office.code
    if unstated := owners.count(""):
        yield Remark(f"treasury_code: {sample.of(unstated)} none", "take it from where the database says whose it is")
    foreign = [owner for owner in owners if owner not in ("", own)]
    if foreign:
        yield Remark(
            f"treasury_code: {sample.of(len(foreign))} {_listed(foreign)} instead of '{own}'",
            "see that the connection leads to this office's database, and that the query writes its code as we do",
        )


def _of_times(sample: _Sample) -> Iterator[Remark]:
    """Timestamps that are unreadable, of another month, or without offset."""
    zone, (start, end) = sample.office.book.zone.key, sample.office.bounds
    times = sample.tidy.column("submitted_at").to_pylist()
    if unreadable := times.count(None):
        yield Remark(
            f"submitted_at: {sample.of(unreadable)} no time that can be read",
            "write it as ISO 8601, for example 2023-07-13 15:28:00 or 2023-07-13T15:28:00+07:00",
        )
    if outside := sum(not start <= time < end for time in times if time):
        yield Remark(
            f"submitted_at: {sample.of(outside)} a time outside of the month, read in {zone}",
            "compare the time column with :month_start and :month_end in its own type and time zone",
        )
    texts = [row["submitted_at"] for row in sample.rows]
    naive = [text for text, time in zip(texts, times, strict=True) if text and time and not _has_offset(text)]
    if naive:
        yield Remark(
            f"submitted_at: {sample.of(len(naive))} no offset, and will be read as local time of {zone}",
            "nothing if that is so; else give the treasury its time_zone in treasuries.yaml",
            is_fault=False,
        )


def _of_codes(sample: _Sample) -> Iterator[Remark]:
    """Unknown codes and labels, and unclear reports of harassment."""
    book = sample.office.book
    lists: Mapping[str, tuple[dict[str, str], str]] = {
        "unit_code": (book.units, "units.yaml"),
        "procedure_code": (book.procedures, "codes.yaml"),
        "channel_code": (book.channels, "codes.yaml"),
        "respondent_type_code": (book.respondent_types, "codes.yaml"),
    }
    for column, (known, file) in lists.items():
        unknown = [text for text in sample.texts(column) if text and text not in known]
        if unknown:
            yield Remark(
                f"{column}: {sample.of(len(unknown))} a code that {file} does not know: {_listed(unknown)}",
                f"declare it in {file}, there as a label if it is another name of a code; or translate it in the query",
            )
    meant = zip(sample.texts("harassment_reported"), sample.tidy.column("is_harassment_reported"), strict=True)
    if unclear := sum(bool(text) and not truth.is_valid for text, truth in meant):
        yield Remark(f"harassment_reported: {sample.of(unclear)} neither true nor false", "write true or false")


def _of_answers(sample: _Sample) -> Iterator[Remark]:
    """Answers that cannot be placed."""
    questionnaire = sample.office.book.questionnaire
    labels, unknown = ", ".join(questionnaire.level_of_label), _unknown_criteria(sample.rows, questionnaire)
    faults = {
        "unreadable_count": (
            "a part of the answers that is not of the form criterion=answer",
            "write criterion=answer, joined by |",
        ),
        "unknown_criterion_count": (
            f"an answer to a criterion that the questionnaire {questionnaire.code} does not have{unknown}",
            "let the query write the criterion's code",
        ),
        "off_scale_count": (
            f"an answer that is no label of the questionnaire {questionnaire.code}; it has {labels}",
            "let the query write these labels, or list the database's own in a new dated questionnaire",
        ),
        "repeated_criterion_count": ("a criterion that is answered twice", "give one answer to each"),
    }
    for column, (what, next_action) in faults.items():
        if wrong := sample.count(column):
            yield Remark(f"answers: {sample.of(wrong)} {what}", next_action)
    counts = [sample.tidy.column(column).to_pylist() for column in ("answer_count", *faults)]
    if silent := sum(not any(row) for row in zip(*counts, strict=True)):
        yield Remark(f"answers: {sample.of(silent)} none", "see how the answers are found and joined")


def _of_texts(sample: _Sample) -> Iterator[Remark]:
    """Texts in another encoding than they were read in."""
    encoding, known = sample.office.encoding, ", ".join(legacy_text.NAMES)
    for column in sample.rows[0]:
        texts = [text for row in sample.rows if (text := row[column])]
        if lost := sum(LOST in text for text in texts):
            yield Remark(
                f"{column}: {sample.of(lost)} bytes that mean nothing in {encoding or 'UTF-8'}",
                f"find out the encoding, and declare it in the query's header: -- encoding: one of {known}",
            )
        suspected = [name for text in texts if (name := legacy_text.suspected(text))]
        if suspected:
            name = max(sorted(set(suspected)), key=suspected.count)
            yield Remark(
                f"{column}: {sample.of(suspected.count(name))} text that looks like {name}",
                f"compare it with what the office's own program shows; if so, add the header -- encoding: {name}",
            )


def _unknown_criteria(rows: Rows, questionnaire: Questionnaire) -> str:
    """The criteria in joined answers that the questionnaire does not have."""
    pairs = [pair for row in rows for pair in (row.get(ANSWERS) or "").split("|") if "=" in pair]
    named = [clean.plain(pair.partition("=")[0]) for pair in pairs]
    unknown = [name for name in named if name not in questionnaire.position_of_criterion and _CODE.fullmatch(name)]
    return f": {_listed(unknown)}" if unknown else ""


def _listed(codes: list[str]) -> str:
    """Different codes, the first few of them and each cut short."""
    different = list(dict.fromkeys(codes))
    shown = [f"'{code[:_SHOWN_LETTERS]}{'…' if len(code) > _SHOWN_LETTERS else ''}'" for code in different]
    return ", ".join(shown[:_SHOWN_CODES]) + (" …" if len(shown) > _SHOWN_CODES else "")


def _has_offset(text: str) -> bool:
    """Whether a time says how far it is from UTC."""
    time = text.strip()[10:]
    return any(sign in time for sign in "Zz+-")
