"""The rules on whole months: which share of the responses was turned away, and broke each rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from etl import doors
from etl.registry.rule_set import Admission
from etl.scoring.statistics.rate import rate


def of(read_count: int, turned_away_count: int, broken: Mapping[str, int]) -> dict[str, float]:
    """A month's shares of responses turned away, and that broke each row rule."""
    counts = {"turned_away_share": turned_away_count} | {f"not_{rule}_share": n for rule, n in broken.items()}
    shares = rate(np.array(list(counts.values())), np.full(len(counts), read_count))
    return dict(zip(counts, shares.tolist(), strict=True))


def findings(months: Sequence[Mapping[str, float]], admission: Admission) -> list[doors.Finding]:
    """What the rules on whole months find in the shares of some; a share that is not there is none."""
    limits = {
        "max_turned_away_share": admission.max_turned_away_share,
        "max_unknown_code_share": admission.max_unknown_code_share,
    }
    return doors.findings(_frame(months), "answers", ("batch",), limits)


def said(finding: doors.Finding, shares: Mapping[str, float], read_count: int) -> str:
    """What a rule says of a month with some shares."""
    return f"{finding.rule_code}: {finding.column} is {shares[finding.column]:.1%} of {read_count} rows"


def _frame(months: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """Shares of months, one a row."""
    return pd.DataFrame(list(months)).fillna(0.0)
