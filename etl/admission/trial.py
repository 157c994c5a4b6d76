"""What is wrong with what a source query yields, in plain words.

First its shape is judged, then ten of its rows: by the doors through which a run takes them, so that the two agree.
Told are counts, columns, types and codes that nobody knows; never an answer, a comment or anything else about a person.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pyarrow as pa

from etl import doors
from etl.admission import clean, judge, landed, mentions, remarks
from etl.admission.remarks import Remark
from etl.admission.texts import plain
from etl.periods import SurveyMonth
from etl.registry.codebook import CodeBook
from etl.registry.questionnaire import Questionnaire
from etl.registry.rule_set import Admission
from etl.registry.terms import LOST
from etl.source import contract, legacy_text, pseudonym
from etl.source.contract import ANSWER_PREFIX, ANSWERS
from etl.source.snapshot import Probe

_BINARY = ("blob", "binary", "raw", "image")
_STRUCTURED = ("json", "[]", "array", "xml")
_CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")  # what else stands there may be an answer
NO_KEY = b"a sample is thrown away, and its references with it"
_STRICT = Admission(answers_due=True, max_turned_away_share=0, max_unknown_code_share=0)
"""By ten rows nobody can say which share of a month is at fault: every one is told."""
_TOLD_ROW_BY_ROW = ("answers_arrived", "keys_unique")


@dataclass(frozen=True)
class Office:
    """Whose rows they should be, and how they are to be read.

    ``bounds`` are the days of the month, ``encoding`` is what the query declares; ``connection`` is the name of its
    connection. ``are_answers_due``: a month without any is a fault.
    """

    code: str
    bounds: tuple[dt.datetime, dt.datetime]
    book: CodeBook
    encoding: str | None = None
    connection: str = ""
    are_answers_due: bool = True

    @property
    def calendar(self) -> ZoneInfo:
        """The local time that bounds the month."""
        return ZoneInfo(str(self.bounds[0].tzinfo))

    @property
    def month(self) -> SurveyMonth:
        """The month whose days they are."""
        return SurveyMonth(self.bounds[0].year, self.bounds[0].month)


Columns = Iterable[tuple[str, str]]
Rows = list[dict[str, str | None]]


@dataclass(frozen=True)
class _Sample:
    """Some rows, as they came and as the cleaner understands them."""

    rows: Rows
    tidy: pa.Table
    office: Office

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
                office.are_answers_due,
                "answers_arrived",
            )
        ]
    hidden = pa.Table.from_batches([pseudonym.hide(table.combine_chunks().to_batches()[0], NO_KEY)])
    counted = landed.tally(lambda: iter([hidden]), office.code)
    tidy = clean.tidy(hidden, office.book, office.calendar, counted.repeated).responses
    sample = _Sample(rows, tidy, office)
    at_doors = [*_of_landing(counted, sample), *_of_responses(sample)]
    return [*at_doors, *_of_offsets(sample), *_of_texts(sample)]


def of_rights(probe: Probe, reads: tuple[str, ...]) -> list[Remark]:
    """Hints about rights too many and tables not named."""
    remarks = []
    if probe.can_write_objects:
        remarks.append(
            Remark(
                "the role may write large objects into the database, and so fill its disk, as everybody may at first",
                "have the office's administrator run the revoke of sql/guest/guest.postgresql.sql",
                is_fault=False,
            )
        )
    if probe.can_write:
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
        column = f"{ANSWER_PREFIX}{criterion}"
        yield Remark(
            f"{column}: the questionnaire {questionnaire.code} has no criterion '{criterion}'",
            "give the column the name of one of its criteria, or take it out",
        )
    for criterion in [criterion for criterion in asked if given and criterion not in given]:
        column = f"{ANSWER_PREFIX}{criterion}"
        yield Remark(
            f"{column} is missing: the questionnaire {questionnaire.code} asks '{criterion}'",
            f"add the column; if the office does not ask it, say so: null as {column}",
        )


def _of_types(columns: list[tuple[str, str]], office: Office) -> Iterator[Remark]:
    """Columns of types that do not become text by themselves.

    A fault is what a run refuses, or what no answer can be read from; of other bytes and documents the rows tell.
    """
    for name, type_name in columns:
        said = type_name.lower()
        is_of_answers = name == ANSWERS or name.startswith(ANSWER_PREFIX)
        if said in contract.IN_DIGITS:
            yield Remark(
                f"{name} is of the type {type_name}: the digits of its bytes would be taken for text",
                "write convert_from(<column>, 'UTF8') in the query, with the encoding that the bytes are in",
            )
        elif any(part in said for part in _BINARY) and "text" not in said and office.encoding is None:
            yield Remark(
                f"{name} is of the type {type_name}: bytes, and nothing says what they mean; they are read as UTF-8",
                f"nothing if that is so; else declare the header -- encoding: one of {', '.join(legacy_text.NAMES)}",
                is_fault=False,
            )
        elif any(part in said for part in _STRUCTURED):
            yield Remark(
                f"{name} is of the type {type_name}, which is no plain text",
                f"cast it to text; a JSON object of answers is {contract.DOCUMENT}: sql/source/answer_document.*",
                is_fault=is_of_answers,
            )


def _of_landing(counted: landed.Tally, sample: _Sample) -> Iterator[Remark]:
    """What the first door finds in the rows."""
    for finding in landed.findings([counted], _STRICT):
        if not finding.is_passed and finding.rule_code not in _TOLD_ROW_BY_ROW:
            yield _remark(finding, counted.counts[finding.column], counted.foreign_codes, sample)


def _of_responses(sample: _Sample) -> Iterator[Remark]:
    """What the second door finds in the rows."""
    office = sample.office
    for finding in judge.of_month(office.month, office.calendar.key).findings(sample.tidy):
        if not finding.is_passed:
            column, _ = remarks.FILES.get(finding.rule_code, ("", ""))
            unknown = [plain(sample.rows[row][column] or "") for row in finding.rows.tolist()] if column else []
            yield _remark(finding, len(finding.rows), unknown, sample)


def _remark(finding: doors.Finding, count: int, codes: Iterable[str], sample: _Sample) -> Remark:
    """What a rule found in so many rows, with the codes that nobody knows."""
    unknown = _unknown_criteria(sample.rows, sample.office.book.questionnaire)
    told = words(sample.office, sample.of(count), mentions.codes(codes)) | {"unknown": unknown}
    return remarks.of_finding(finding, is_fault=finding.fault != "note", **told)


def words(office: Office, of: str, codes: str) -> dict[str, str]:
    """What the words of the rules have places for: of how many rows, and which codes."""
    questionnaire = office.book.questionnaire
    return {
        "of": of,
        "codes": codes,
        "own": office.code,
        "zone": office.book.zone.key,
        "questionnaire": questionnaire.code,
        "labels": ", ".join(questionnaire.level_of_label),
        "unknown": "",
    }


def _of_offsets(sample: _Sample) -> Iterator[Remark]:
    """Times without an offset, which are read as local time."""
    times = sample.tidy.column("submitted_at").is_valid().to_pylist()
    texts = [row["submitted_at"] for row in sample.rows]
    naive = [text for text, is_time in zip(texts, times, strict=True) if text and is_time and not _has_offset(text)]
    if naive:
        yield Remark(
            f"submitted_at: {sample.of(len(naive))} no offset, and will be read as local time of "
            f"{sample.office.book.zone.key}",
            "nothing if that is so; else give the treasury its time_zone in treasuries.yaml",
            is_fault=False,
        )


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
    named = [plain(pair.partition("=")[0]) for pair in pairs]
    unknown = [name for name in named if name not in questionnaire.position_of_criterion and _CODE.fullmatch(name)]
    return f": {mentions.codes(unknown)}" if unknown else ""


def _has_offset(text: str) -> bool:
    """Whether a time says how far it is from UTC."""
    time = text.strip()[10:]
    return any(sign in time for sign in "Zz+-")
