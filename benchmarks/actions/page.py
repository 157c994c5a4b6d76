"""The tables of docs/actions.md, made from the figures of a run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.registry.actions import Ladder


def write(paths: tuple[Path, ...], figures: pd.DataFrame, ladder: Ladder) -> None:
    """Nothing yet."""
