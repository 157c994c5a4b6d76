"""The words of cases, in one place: what a ground, an outcome, a finding and an answer about bars may be.

The database holds the same (``sql/migrations/0038_cases.sql``, and ``0039`` for findings); a test compares them.
"""

from __future__ import annotations

from typing import Literal

GroundCode = Literal["recommendation", "harassment", "lasting_weakness", "petition", "own_report"]
OutcomeCode = Literal["accepted", "changed", "rejected"]
Finding = Literal["upheld", "not_upheld", "worse", "none", "better", "cannot_tell", "violation_concluded"]
BarAnswer = Literal["present", "none", "unknown"]
NOTHING = "none"
"""The action of a decision that nothing is done."""
