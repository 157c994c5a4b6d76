"""How long work may take before it counts as hung: far more than the largest that was measured.

A deadline ends what would never end by itself; what waits for somebody gives up before it, and says for whom.
"""

from __future__ import annotations

import datetime as dt

from etl import settings

ADMISSION = dt.timedelta(hours=2)
"""Of a group of treasuries' months; a million responses are loaded in less than a minute (docs/scale.md)."""
ADMITTING = 3 * ADMISSION
"""Of all groups: one that hangs is stopped, and each of its treasuries tried alone."""
SCORING = dt.timedelta(hours=3)
"""Of a month's draft, an hour of it for the lock of who loads or verifies the month."""
SHORT = dt.timedelta(hours=1)
"""Of whatever reads a few rows or writes a page."""
PREVIEW = dt.timedelta(days=90)
"""Of waiting until no treasury may object any more: days at Tết, and days that late answers begin anew, among them."""
LOOKING_BACK = dt.timedelta(hours=6)
"""Of reading some earlier months again, and making their drafts anew."""
VERIFYING = dt.timedelta(hours=6)
"""Of making some published revisions again, each of which costs what running its month did."""


def landing() -> dt.timedelta:
    """Of reading one treasury's month, its turn at the server among it.

    A source that goes silent is left after its own timeout, so often as it is tried; one whose clock is behind at the
    month's end is waited for.
    """
    current = settings.read()
    seconds = current.source_timeout * current.source_tries + settings.clock_skew_seconds()
    return dt.timedelta(hours=2, seconds=seconds)
