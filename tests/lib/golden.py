"""The golden months: figures that never move under the rule set that they were made under."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "e2e" / "golden"

Figures = dict[str, dict[str, str]]
"""Figures as they are written, by treasury and column."""


def kept(name: str) -> Figures:
    """The figures of a golden month's file."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row.pop("treasury_code"): row for row in rows}


def like(figures: Figures, rows: list[dict[str, Any]]) -> Figures:
    """The same columns of a ranking, written as the golden month writes them."""
    columns = list(next(iter(figures.values())))
    return {row["treasury_code"]: {name: _written(row[name]) for name in columns} for row in rows}


def _written(value: Any) -> str:
    """A figure with six decimals, which no library's last digit reaches."""
    return f"{value:.6f}" if isinstance(value, Decimal) else str(value)
