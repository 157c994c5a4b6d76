"""Landed text → tidy responses: types, NFC, trimming, code lists, time zones. Pure; nothing is dropped here.

A value that cannot be given a meaning becomes null (or is counted), and the answers suite decides what follows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from etl import answers
from etl.contract import LOST, UNSTATED
from etl.registry.codebook import CodeBook

_DAY, _TIME = r"\d{4}-?\d{2}-?\d{2}", r"[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d+)?)?)?"
_MOMENT = _DAY + f"(?:{_TIME}" + r"(?:\s*(?:Z|[+-]\d{2}(?::?\d{2})?))?)?"
_WITH_OFFSET = r"[T ].*[Z+-]"
_TRUTH = {"true": True, "t": True, "1": True, "yes": True, "false": False, "f": False, "0": False, "no": False}


@dataclass(frozen=True)
class Tidy:
    """Tidy responses: a frame of n rows with a 0-based index, and their answers, int8 (n, criteria).

    Columns: response_key, submitted_at (UTC), unit_code, officer_code, procedure_code, channel_code,
    respondent_type_code, respondent_hash, is_harassment_reported, comment_text; and the counts answer_count,
    unreadable_count, unknown_criterion_count, off_scale_count, repeated_criterion_count. A code is null when
    nobody knows it and ``unstated`` when the source has none.
    """

    responses: pd.DataFrame
    levels: npt.NDArray[np.int8]

    @classmethod
    def together(cls, parts: Sequence[Tidy]) -> Tidy:
        """Several batches of the same questionnaire as one."""
        frames = [part.responses for part in parts]
        return cls(pd.concat(frames, ignore_index=True), np.concatenate([part.levels for part in parts]))

    def only(self, keep: npt.NDArray[np.bool_]) -> Tidy:
        """The responses of a mask, numbered anew."""
        return Tidy(self.responses[keep].reset_index(drop=True), self.levels[keep])


def tidy(landed: pa.Table, book: CodeBook) -> Tidy:
    """Give every landed column its meaning; one row in, one row out, in the same order."""
    column = {name: landed.column(name).combine_chunks() for name in landed.column_names}
    placed = answers.levels(column["answers"], book.questionnaire)
    responses = pd.DataFrame(
        {
            "response_key": _each(column["response_key"], _key),
            "submitted_at": moments(column["submitted_at"], book.zone),
            "unit_code": _coded(column["unit_code"], book.units),
            "officer_code": _each(column["officer_code"], plain).replace("", None).fillna(UNSTATED),
            "procedure_code": _coded(column["procedure_code"], book.procedures),
            "channel_code": _coded(column["channel_code"], book.channels),
            "respondent_type_code": _coded(column["respondent_type_code"], book.respondent_types),
            "respondent_hash": column["respondent_hash"].to_pandas(),
            "is_harassment_reported": _each(column["harassment_reported"], _truth),
            "comment_text": _each(column["comment"], _prose),
            "answer_count": (placed.matrix != answers.NOT_ANSWERED).sum(axis=1),
            "unreadable_count": placed.unreadable_count,
            "unknown_criterion_count": placed.unknown_criterion_count,
            "off_scale_count": placed.off_scale_count,
            "repeated_criterion_count": placed.repeated_criterion_count,
        }
    )
    return Tidy(responses, placed.matrix)


def moments(texts: pa.Array, zone: ZoneInfo) -> pd.Series:
    """ISO 8601 texts as UTC timestamps; without an offset they are local time of the zone; unreadable is null.

    An hour that a clock change repeats is taken as its first occurrence; one that it skips moves forward. A text
    that is no whole day is unreadable (pandas alone would take "now", or a year); below microseconds it is cut off.
    """
    series = pd.Series(texts.to_pandas(), dtype="str").str.strip()
    series = series.where(series.str.fullmatch(_MOMENT, na=False)).str.replace(r"(\.\d{6})\d+", r"\1", regex=True)
    aware = series.str.contains(_WITH_OFFSET, na=False)
    found = pd.to_datetime(series.where(aware), format="ISO8601", errors="coerce", utc=True).dt.as_unit("us")
    if aware.all():
        return found
    naive = pd.to_datetime(series.mask(aware), format="ISO8601", errors="coerce").dt.as_unit("us")
    first = np.ones(len(naive), dtype=bool)
    local = naive.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    return found.fillna(local.dt.tz_convert("UTC"))


def _each(texts: pa.Array, meaning: Callable[[str], object]) -> pd.Series:
    """Apply a meaning to every distinct text once; null and a meaning of None are null."""
    encoded = texts.dictionary_encode()
    values = np.array([*(meaning(text) for text in encoded.dictionary.to_pylist()), None], dtype=object)
    return pd.Series(values[encoded.indices.fill_null(len(values) - 1).to_numpy()], dtype=object)


def _coded(texts: pa.Array, codes: dict[str, str]) -> pd.Series:
    """Texts as codes of a list: null or empty is unstated, unknown is null."""
    found = _each(texts, lambda text: codes.get(plain(text)) if plain(text) else UNSTATED)
    return found.mask(texts.is_null().to_numpy(zero_copy_only=False), UNSTATED)


def plain(text: str) -> str:
    """Text in NFC without surrounding space, and without NUL, which PostgreSQL cannot hold."""
    return unicodedata.normalize("NFC", text.replace("\x00", "")).strip()


def _key(text: str) -> str | None:
    """A response's key, letter for letter; null when empty, or when some of it was lost or cannot be kept."""
    return None if LOST in text or "\x00" in text else text.strip() or None


def _prose(text: str) -> str | None:
    """Free text; null when empty."""
    return plain(text) or None


def _truth(text: str) -> bool | None:
    """Yes or no; null when it is neither."""
    return _TRUTH.get(plain(text).lower())
