"""Landed text → tidy responses: types, NFC, trimming, code lists, time zones.

Nothing is dropped here. A value that cannot be given a meaning becomes null, or is counted, and the answers suite
decides what follows: whatever is said and not kept as it was breaks a rule. Few texts of a month are different ones,
but for keys and times: each different one is understood once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl.admission import answers, harassment
from etl.admission.texts import kept, long_count, lost, plain
from etl.registry.codebook import CodeBook
from etl.registry.terms import LOST, UNSTATED
from etl.source import times

_DAYS = (pd.Timestamp(dt.date.min), pd.Timestamp(dt.date.max))
"""The first and the last day that Python can name; a time zone may lead past them."""
_UNCLEAR = "unclear"


@dataclass(frozen=True)
class Tidy:
    """A table of n tidy responses, and their answers, int8 (n, criteria).

    Columns: response_key, submitted_at (UTC, microseconds), submitted_on (the day, on the calendar that bounds the
    month), unit_code, officer_code, procedure_code, channel_code, respondent_type_code, respondent_hash,
    is_harassment_reported, comment_text; and counts. Of answers: answer_count, unreadable_count,
    unknown_criterion_count, off_scale_count, repeated_criterion_count. Of other texts, 0 or 1: long_key_count,
    repeated_key_count, long_officer_count, doubtful_officer_count, lost_in_reference_count, unclear_harassment_count,
    long_comment_count; and lost_in_comment_count. Texts but the key and the hash go by dictionary. A code is null when
    nobody knows it and ``unstated`` when the source has none.
    """

    responses: pa.Table
    levels: npt.NDArray[np.int8]

    def only(self, keep: npt.NDArray[np.bool_]) -> Tidy:
        """The responses of a mask."""
        return self if keep.all() else Tidy(self.responses.filter(pa.array(keep)), self.levels[keep])


def tidy(landed: pa.Table, book: CodeBook, calendar: ZoneInfo | None = None, repeated: pa.Array | None = None) -> Tidy:
    """The tidy responses of landed rows, in the same order.

    ``calendar`` is the local time whose days bound the month; without one it is the treasury's own. ``repeated`` are
    the keys that more than one response of the month has.
    """
    column = {name: _whole(landed.column(name)) for name in landed.column_names}
    placed = answers.levels(column, book.questionnaire)
    submitted = times.moments(_text(column["submitted_at"]), book.zone)
    days = submitted.dt.tz_convert(calendar or book.zone).dt.tz_localize(None).dt.floor("D").dt.as_unit("s")
    days = days.clip(*_DAYS)
    responses = {
        **_keyed(column["response_key"], repeated),
        "submitted_at": pa.array(submitted, pa.timestamp("us", "UTC")),
        "submitted_on": pa.array(days, pa.timestamp("s")),
        "unit_code": _coded(column["unit_code"], book.units),
        **_officer(column["officer_code"]),
        "procedure_code": _coded(column["procedure_code"], book.procedures),
        "channel_code": _coded(column["channel_code"], book.channels),
        "respondent_type_code": _coded(column["respondent_type_code"], book.respondent_types),
        **_respondent(_text(column["respondent_hash"])),
        **_report(column["harassment_reported"], book.harassment),
        **_comment(column["comment"]),
        "answer_count": (placed.matrix != answers.NOT_ANSWERED).sum(axis=1),
        "unreadable_count": placed.unreadable_count,
        "unknown_criterion_count": placed.unknown_criterion_count,
        "off_scale_count": placed.off_scale_count,
        "repeated_criterion_count": placed.repeated_criterion_count,
    }
    return Tidy(pa.table(responses), placed.matrix)


def keys(texts: pa.Array) -> pa.Array:
    """Responses' keys, letter for letter.

    Null when empty, or when some of one was lost or cannot be kept.
    """
    trimmed = pc.utf8_trim_whitespace(_text(texts))
    is_none = pc.or_(pc.equal(trimmed, ""), pc.match_substring_regex(trimmed, f"[\\x00{LOST}]"))
    return pc.if_else(is_none, pa.scalar(None, pa.string()), trimmed)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    whole = column.unify_dictionaries().combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _text(texts: pa.Array) -> pa.Array:
    """A column as plain text, whether or not it went by dictionary."""
    return texts.dictionary_decode() if pa.types.is_dictionary(texts.type) else texts


def _meant(texts: pa.Array, meaning: Callable[[str], str | None], of_null: str | None = None) -> pa.DictionaryArray:
    """What every text means, by dictionary; ``of_null`` is what null means."""
    encoded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    meanings = [*(meaning(text) for text in encoded.dictionary.to_pylist()), of_null]
    distinct = pa.array(meanings, pa.string()).dictionary_encode()
    indices = distinct.indices.take(encoded.indices.fill_null(len(meanings) - 1))
    return pa.DictionaryArray.from_arrays(indices, distinct.dictionary)


def _coded(texts: pa.Array, codes: dict[str, str]) -> pa.DictionaryArray:
    """Texts as codes of a list; empty is unstated, unknown is null."""
    return _meant(texts, lambda text: codes.get(plain(text)) if plain(text) else UNSTATED, UNSTATED)


def _keyed(texts: pa.Array, repeated: pa.Array | None) -> dict[str, pa.Array]:
    """The keys; which are too long, and which another response has as well."""
    found = keys(texts)
    is_repeated = pc.is_in(found, value_set=repeated) if repeated else pa.repeat(pa.scalar(False), len(found))
    return {
        "response_key": found,
        "long_key_count": long_count(found, "response_key"),
        "repeated_key_count": is_repeated.cast(pa.int8()),
    }


def _officer(texts: pa.Array) -> dict[str, pa.Array]:
    """The officers' codes; which are too long, and which may not be that officer's.

    One is doubtful when letters of it were lost, or when it is our own word for an officer who is not named.
    """
    doubtful = _meant(texts, lambda text: "1" if lost(text) or plain(text) == UNSTATED else "0", "0")
    codes = _meant(texts, lambda text: kept(text) or UNSTATED, UNSTATED)
    return {
        "officer_code": codes,
        "long_officer_count": long_count(codes.dictionary, "officer_code").take(codes.indices),
        "doubtful_officer_count": doubtful.dictionary.cast(pa.int8()).take(doubtful.indices),
    }


def _respondent(hashes: pa.Array) -> dict[str, pa.Array]:
    """The respondents' pseudonyms; null, and counted, where letters of the reference were lost."""
    is_lost = pc.fill_null(pc.equal(hashes, LOST), False)
    return {
        "respondent_hash": pc.if_else(is_lost, pa.scalar(None, pa.string()), hashes),
        "lost_in_reference_count": is_lost.cast(pa.int8()),
    }


def _report(texts: pa.Array, declared: dict[str, bool]) -> dict[str, pa.Array]:
    """Whether harassment is reported, null where it is not said; and where what is said is not understood."""
    folded = {harassment.folded(text): meaning for text, meaning in declared.items()}

    def said(text: str) -> str | None:
        meaning = harassment.meaning(text, folded)
        if meaning is None:
            return _UNCLEAR if text.strip() else None
        return str(meaning).lower()

    meant = _meant(texts, said)
    is_unclear = pc.equal(meant.dictionary, _UNCLEAR)
    truths = pc.if_else(is_unclear, pa.scalar(None, pa.string()), meant.dictionary).cast(pa.bool_())
    return {
        "is_harassment_reported": truths.take(meant.indices),
        "unclear_harassment_count": pc.fill_null(is_unclear.cast(pa.int8()).take(meant.indices), 0),
    }


def _comment(texts: pa.Array) -> dict[str, pa.Array]:
    """Free text, null when empty; which is too long, and how many letters of it are lost."""
    prose = _meant(texts, lambda text: kept(text) or None)
    return {
        "comment_text": prose,
        "long_comment_count": pc.fill_null(long_count(prose.dictionary, "comment").take(prose.indices), 0),
        "lost_in_comment_count": _lost_in(_text(texts)),
    }


def _lost_in(texts: pa.Array) -> pa.Array:
    """How many letters of each text were lost at its source, or cannot be kept."""
    if not pc.any(pc.match_substring(texts, "\x00"), min_count=0).as_py():
        return pc.fill_null(pc.count_substring(texts, LOST), 0)
    return pa.array([0 if text is None else lost(text) for text in texts.to_pylist()], pa.int32())
