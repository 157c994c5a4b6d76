"""What a text says about when: ISO 8601 as moments.

The one reading of times: by it answers are placed in a month, and a source's table is counted (``etl.source.census``).
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_DAY, _TIME = r"\d{4}-?\d{2}-?\d{2}", r"[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d+)?)?)?"
_MOMENT = _DAY + f"(?:{_TIME}" + r"(?:\s*(?:Z|[+-]\d{2}(?::?\d{2})?))?)?"
_WITH_OFFSET = r"[T ].*[Z+-]"
_SECONDS, _MILLISECONDS = r"\d{9,10}", r"\d{13}"
_DAY_FIRST = r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})(?:[T ].*)?"
_YEAR_FIRST = r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})(?:[T ].*)?"
_USUAL_MOMENT = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:?\d\d)?$"


def moments(texts: pa.Array, zone: ZoneInfo) -> pd.Series:
    """ISO 8601 texts as UTC timestamps.

    Without an offset they are local time of the zone; unreadable is null. An hour that a clock change repeats is taken
    as its first occurrence; one that it skips moves forward. A text that is no whole day is unreadable (pandas alone
    would take "now", or a year); below microseconds it is cut off.
    """
    if pc.all(pc.match_substring_regex(texts, _USUAL_MOMENT), min_count=0).as_py():
        try:  # as PostgreSQL writes them: several times faster
            return pd.Series(texts.cast(pa.timestamp("us", "UTC")).to_pandas())
        except pa.ArrowInvalid:  # some day or hour that no calendar has
            pass
    series = pd.Series(texts.to_pandas(), dtype="str").str.strip()
    series = series.where(series.str.fullmatch(_MOMENT, na=False)).str.replace(r"(\.\d{6})\d+", r"\1", regex=True)
    aware = series.str.contains(_WITH_OFFSET, na=False)
    in_utc = pd.to_datetime(series.where(aware), format="ISO8601", errors="coerce", utc=True).dt.as_unit("us")
    if aware.all():
        return in_utc
    naive = pd.to_datetime(series.mask(aware), format="ISO8601", errors="coerce").dt.as_unit("us")
    first = np.ones(len(naive), dtype=bool)
    local = naive.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    return in_utc.fillna(local.dt.tz_convert("UTC"))


def guessed(texts: pa.Array, zone: ZoneInfo) -> pd.Series:
    """What texts that are no ISO 8601 may mean, as UTC timestamps; else null.

    Seconds or milliseconds since 1970, and days written ``1/7/2023`` or ``2023/7/1``. Nobody's answer is placed by a
    guess: it only tells that a row seems to belong to a month whose bounds do not find it.
    """
    series = pd.Series(texts.to_pandas(), dtype="str").str.strip()
    seconds = pd.to_numeric(series.where(series.str.fullmatch(_SECONDS, na=False)))
    milliseconds = pd.to_numeric(series.where(series.str.fullmatch(_MILLISECONDS, na=False)))
    since_1970 = seconds.fillna(milliseconds / 1000)
    meaning = pd.to_datetime(since_1970, unit="s", utc=True).dt.as_unit("us")
    for form in (_DAY_FIRST, _YEAR_FIRST):
        parts = series.where(series.str.fullmatch(form, na=False)).str.extract(form)
        iso = parts["year"] + "-" + parts["month"].str.zfill(2) + "-" + parts["day"].str.zfill(2)
        meaning = meaning.fillna(moments(pa.array(iso, pa.string()), zone))
    return meaning
