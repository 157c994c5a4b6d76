"""The grade: the half-open band that a rate falls into."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl.registry.rule_set import Grade
from etl.scoring.statistics.rate import Integers


def grade(satisfied: Integers, answers: Integers, bands: tuple[Grade, ...]) -> npt.NDArray[np.object_]:
    """The band's code of each area; None without answers.

    Compared on integers, ``100·k ≥ from_pct·n``, never on a rounded rate: 89.995 % is not excellent.
    """
    found = np.full(len(answers), None, dtype=object)
    for band in sorted(bands, key=lambda band: band.from_pct):
        found[(answers > 0) & (100 * satisfied >= band.from_pct * answers)] = band.code
    return found
