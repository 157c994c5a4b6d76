"""The words of cases, in one place: what a ground, an outcome, a finding and an answer about bars may be.

The database holds the same (``sql/migrations/0038_cases.sql``, and ``0039`` for findings); a test compares them.
"""

from __future__ import annotations

from typing import Literal

GroundCode = Literal["recommendation", "harassment", "lasting_weakness", "petition", "own_report"]
OutcomeCode = Literal["accepted", "changed", "rejected"]
Finding = Literal["upheld", "not_upheld", "helped", "no_effect", "worse", "cannot_tell", "violation_concluded"]
EFFECT_OF_OLD = {"better": "helped", "none": "no_effect"}
"""What findings of effects were called before they had the words of measured ones; old events keep theirs."""
BarAnswer = Literal["present", "none", "unknown"]
NOTHING = "none"
"""The action of a decision that nothing is done."""
