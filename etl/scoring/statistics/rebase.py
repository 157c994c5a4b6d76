"""Re-basing: the counts of an earlier organisation, summed up to the offices that came after it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from pandas.api.types import is_float_dtype, is_integer_dtype

_COUNTED = ("_count", "_squares", "_products")
_OF_THE_OLD_OFFICE = {"treasury_code", "area_code", "region_code", "unit_code"}


def rebased(counts: pd.DataFrame, successor_of: Mapping[int, int]) -> pd.DataFrame:
    """Sum the counts of treasuries up to the treasuries that carry them on.

    ``counts``: one row per treasury_id and any keys that outlast an office, for example breakdown and member_code,
    with whole numbers in every column that ends in _count, _squares or _products. ``successor_of``: the treasury_id
    that carries each of them on, itself for one that goes on. Returns the same columns, one row per successor and
    keys, in the order of their first appearance. Rates are never averaged: divide the sums again.

    A treasury without a successor raises ValueError, and so do a column that names the old office (its code, region
    or units) or holds fractions: neither would mean anything of the sum.
    """
    counted = [name for name in counts.columns if name.endswith(_COUNTED)]
    keys = [name for name in counts.columns if name not in counted]
    strange = [name for name in counted if not is_integer_dtype(counts[name])]
    strange += [name for name in keys if name in _OF_THE_OLD_OFFICE or _has_fractions(counts[name])]
    if strange:
        raise ValueError(f"these columns cannot be summed up to another office: {', '.join(strange)}")
    old = counts["treasury_id"]
    new = old.map(dict(successor_of))
    missing = old[new.isna()].unique()
    if len(missing):
        raise ValueError(f"no successor is given for the treasury_id {', '.join(map(str, missing))}")
    moved = counts.assign(treasury_id=new.astype(old.dtype))
    summed = moved.groupby(keys, sort=False, dropna=False, observed=True, as_index=False)[counted].sum()
    return summed[list(counts.columns)].astype({name: counts[name].dtype for name in keys})


def _has_fractions(column: pd.Series) -> bool:
    """Whether a column holds floating-point numbers; one that is empty throughout may be of any type."""
    return is_float_dtype(column) and bool(column.notna().any())
