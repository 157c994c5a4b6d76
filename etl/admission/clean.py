"""Landed text → tidy responses: types, NFC, trimming, code lists, time zones.

Nothing is dropped here. A value that cannot be given a meaning becomes null (or is counted), and the answers suite
decides what follows. Few texts of a month are different ones, but for keys and times: each different one is understood
once.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl.admission import answers
from etl.registry.codebook import CodeBook
from etl.registry.terms import LOST, UNSTATED

_DAY, _TIME = r"\d{4}-?\d{2}-?\d{2}", r"[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d+)?)?)?"
_MOMENT = _DAY + f"(?:{_TIME}" + r"(?:\s*(?:Z|[+-]\d{2}(?::?\d{2})?))?)?"
_WITH_OFFSET = r"[T ].*[Z+-]"
_USUAL_MOMENT = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:?\d\d)?$"
_DAYS = (pd.Timestamp(dt.date.min), pd.Timestamp(dt.date.max))
"""The first and the last day that Python can name; a time zone may lead past them."""
_TRUTH = {"true": True, "t": True, "1": True, "yes": True, "false": False, "f": False, "0": False, "no": False}


@dataclass(frozen=True)
class Tidy:
    """A table of n tidy responses, and their answers, int8 (n, criteria).

    Columns: response_key, submitted_at (UTC, microseconds), submitted_on (the day, on the calendar that bounds the
    month), unit_code, officer_code, procedure_code, channel_code, respondent_type_code, respondent_hash,
    is_harassment_reported, comment_text; and the counts answer_count, unreadable_count, unknown_criterion_count,
    off_scale_count, repeated_criterion_count, lost_in_comment_count. Texts but the key and the hash go by dictionary. A
    code is null when nobody knows it and ``unstated`` when the source has none.
    """

    responses: pa.Table
    levels: npt.NDArray[np.int8]

    def only(self, keep: npt.NDArray[np.bool_]) -> Tidy:
        """The responses of a mask."""
        return self if keep.all() else Tidy(self.responses.filter(pa.array(keep)), self.levels[keep])


def tidy(landed: pa.Table, book: CodeBook, calendar: ZoneInfo | None = None) -> Tidy:
    """The tidy responses of landed rows, in the same order.

    ``calendar`` is the local time whose days bound the month; without one it is the treasury's own.
    """
    column = {name: _whole(landed.column(name)) for name in landed.column_names}
    placed = answers.levels(column, book.questionnaire)
    times = moments(column["submitted_at"], book.zone)
    days = times.dt.tz_convert(calendar or book.zone).dt.tz_localize(None).dt.floor("D").dt.as_unit("s")
    days = days.clip(*_DAYS)
    responses = {
        "response_key": keys(column["response_key"]),
        "submitted_at": pa.array(times, pa.timestamp("us", "UTC")),
        "submitted_on": pa.array(days, pa.timestamp("s")),
        "unit_code": _coded(column["unit_code"], book.units),
        "officer_code": _meant(column["officer_code"], lambda text: plain(text) or UNSTATED, UNSTATED),
        "procedure_code": _coded(column["procedure_code"], book.procedures),
        "channel_code": _coded(column["channel_code"], book.channels),
        "respondent_type_code": _coded(column["respondent_type_code"], book.respondent_types),
        "respondent_hash": _text(column["respondent_hash"]),
        "is_harassment_reported": _meant(column["harassment_reported"], _truth).cast(pa.bool_()),
        "comment_text": _meant(column["comment"], _prose),
        "answer_count": (placed.matrix != answers.NOT_ANSWERED).sum(axis=1),
        "unreadable_count": placed.unreadable_count,
        "unknown_criterion_count": placed.unknown_criterion_count,
        "off_scale_count": placed.off_scale_count,
        "repeated_criterion_count": placed.repeated_criterion_count,
        "lost_in_comment_count": pc.fill_null(pc.count_substring(_text(column["comment"]), LOST), 0),
    }
    return Tidy(pa.table(responses), placed.matrix)


def keys(texts: pa.Array) -> pa.Array:
    """Responses' keys, letter for letter.

    Null when empty, or when some of one was lost or cannot be kept.
    """
    trimmed = pc.utf8_trim_whitespace(_text(texts))
    is_none = pc.or_(pc.equal(trimmed, ""), pc.match_substring_regex(trimmed, f"[\\x00{LOST}]"))
    return pc.if_else(is_none, pa.scalar(None, pa.string()), trimmed)


def moments(texts: pa.Array, zone: ZoneInfo) -> pd.Series:
    """ISO 8601 texts as UTC timestamps.

    Without an offset they are local time of the zone; unreadable is null. An hour that a clock change repeats is taken
    as its first occurrence; one that it skips moves forward. A text that is no whole day is unreadable (pandas alone
    would take "now", or a year); below microseconds it is cut off.
    """
    plain_texts = _text(texts)
    if pc.all(pc.match_substring_regex(plain_texts, _USUAL_MOMENT), min_count=0).as_py():
        try:  # as PostgreSQL writes them: several times faster
            return pd.Series(plain_texts.cast(pa.timestamp("us", "UTC")).to_pandas())
        except pa.ArrowInvalid:  # some day or hour that no calendar has
            pass
    series = pd.Series(plain_texts.to_pandas(), dtype="str").str.strip()
    series = series.where(series.str.fullmatch(_MOMENT, na=False)).str.replace(r"(\.\d{6})\d+", r"\1", regex=True)
    aware = series.str.contains(_WITH_OFFSET, na=False)
    in_utc = pd.to_datetime(series.where(aware), format="ISO8601", errors="coerce", utc=True).dt.as_unit("us")
    if aware.all():
        return in_utc
    naive = pd.to_datetime(series.mask(aware), format="ISO8601", errors="coerce").dt.as_unit("us")
    first = np.ones(len(naive), dtype=bool)
    local = naive.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    return in_utc.fillna(local.dt.tz_convert("UTC"))


def plain(text: str) -> str:
    """Text in NFC without surrounding space and NUL.

    PostgreSQL cannot hold a NUL.
    """
    return unicodedata.normalize("NFC", text.replace("\x00", "")).strip()


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


def _prose(text: str) -> str | None:
    """Free text; null when empty."""
    return plain(text) or None


def _truth(text: str) -> str | None:
    """Yes or no as the text true or false; else null."""
    truth = _TRUTH.get(plain(text).lower())
    return None if truth is None else str(truth).lower()
