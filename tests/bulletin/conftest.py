"""What the forms of the bulletin are made from: the draft of the demo's July 2023."""

from __future__ import annotations

import pytest

from etl import bulletin, steps
from etl.report.bulletin.content import Content


@pytest.fixture(scope="session")
def content(rated_month: steps.Plan) -> Content:
    """The draft of July 2023 of the whole demo estate."""
    return bulletin.content(str(rated_month.month), 0)
