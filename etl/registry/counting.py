"""Which answers a rule set counts, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Counting:
    """Which answers count, are satisfied, and are complaints.

    -1 is the level of an unanswered criterion.
    """

    satisfied_levels: tuple[int, ...]
    complaint_levels: tuple[int, ...]
    lowest_level: int

    def __str__(self) -> str:
        """The same in one short text, by which counts are kept."""
        satisfied, complaints = (
            ",".join(map(str, sorted(levels))) for levels in (self.satisfied_levels, self.complaint_levels)
        )
        return f"satisfied {satisfied}; complaint {complaints or 'none'}; from {self.lowest_level}"

    def params(self) -> dict[str, Any]:
        """The same as the parameters of the counting statements."""
        return {
            "satisfied_levels": list(self.satisfied_levels),
            "complaint_levels": list(self.complaint_levels),
            "lowest_level": self.lowest_level,
        }
