"""The responses of the months that a draft's evidence is made from, read in columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl import warehouse
from etl.registry.counting import Counting
from etl.registry.ruled import Ruled
from etl.warehouse import bulk

_TEXT = pa.dictionary(pa.int32(), pa.string())
_COLUMNS = {
    "month_number": pa.int32(),
    "treasury_id": pa.int32(),
    "officer_code": _TEXT,
    "person_id": pa.float64(),
    "unit_code": _TEXT,
    "procedure_code": _TEXT,
    "channel_code": _TEXT,
    "customer": pa.int64(),
    "questionnaire_code": _TEXT,
    "answer_levels": pa.string(),
}


def read(connection: warehouse.Connection, ruled: Ruled) -> pa.Table:
    """The responses that name an officer, of the months that are kept for a draft, in order of time."""
    asked = {"period_code": ruled.period.code, "time_zone": ruled.registry.network.time_zone}
    return bulk.read(connection, "acting/officer_answers", asked, _COLUMNS)


def as_frame(table: pa.Table) -> pd.DataFrame:
    """All but the answers: who, where, and as numbers code (of a treasury), unit, stratum and customer.

    See ``etl.acting.figures``.
    """
    frame: pd.DataFrame = table.drop_columns(["answer_levels", "customer"]).to_pandas()
    numbers = {name: frame[name].cat.codes.to_numpy(np.int64) for name, kind in _COLUMNS.items() if kind == _TEXT}
    treasury = frame["treasury_id"].to_numpy(np.int64) << 32
    return frame.rename(columns={"month_number": "month"}).assign(
        code=treasury + numbers["officer_code"],
        unit=treasury + numbers["unit_code"],
        stratum=(numbers["procedure_code"] << 32) + numbers["channel_code"],
        customer=_customers(table),
    )


def counted(table: pa.Table, positions: pd.DataFrame, counting: Counting) -> pd.DataFrame:
    """By criterion 1 for an answer that is not satisfied, 0 for one that is, NaN for one that is not counted.

    ``positions``: questionnaire_code, criterion_code and answer_position (from 1), as core has them.
    """
    columns = {code: np.full(table.num_rows, np.nan) for code in sorted(positions["criterion_code"].unique())}
    asked = table["questionnaire_code"].combine_chunks() if table.num_rows else pa.array([], pa.string())
    for questionnaire, rows in positions.groupby("questionnaire_code"):
        at = np.flatnonzero(pc.equal(asked, str(questionnaire)).to_numpy(zero_copy_only=False))
        if not len(at):
            continue
        levels = _levels(table["answer_levels"].combine_chunks().take(pa.array(at)))
        for criterion, position in zip(rows["criterion_code"], rows["answer_position"], strict=True):
            columns[criterion][at] = _bad(levels[:, position - 1], counting)
    return pd.DataFrame(columns)


def _levels(texts: pa.Array) -> npt.NDArray[np.int8]:
    """Answers that are written with commas as a matrix, a row a response."""
    parts = pc.split_pattern(texts, ",")
    return np.asarray(pc.cast(parts.flatten(), pa.int8())).reshape(len(texts), -1)


def _bad(levels: npt.NDArray[np.int8], counting: Counting) -> npt.NDArray[np.float64]:
    """Answers to one criterion, as the rule set counts them."""
    is_bad = ~np.isin(levels, counting.satisfied_levels)
    return np.where(levels >= counting.lowest_level, is_bad.astype(np.float64), np.nan)


def _customers(table: pa.Table) -> npt.NDArray[np.int64]:
    """Each response's customer; whose is not known is a customer of its own."""
    known = table["customer"].combine_chunks() if table.num_rows else pa.array([], pa.int64())
    numbers = np.asarray(known.dictionary_encode().indices.fill_null(-1)).astype(np.int64)
    return np.where(numbers < 0, -1 - np.arange(len(numbers)), numbers)
