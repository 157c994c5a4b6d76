"""The attacker of hidden cells: what a reader can work out of a month's figures. It shares no code with the defender.

``recovered`` takes the cells as a reader sees them and names every hidden count that can have one value only. It knows
what every reader can know: areas add up to the areas above them, members to their total, criteria to factors in
answers, every count is a whole number, a hidden cell has at least one response, and the bounds that hold within a cell
and between a whole and its parts. It asks nothing about how cells were chosen to be hidden.
"""

from __future__ import annotations

from tests.lib.attack.counts import KEYS
from tests.lib.attack.recover import attacked, recovered, with_late

__all__ = ["KEYS", "attacked", "recovered", "with_late"]
