"""What the forms of the bulletin are made from: the draft of the demo's July 2023."""

from __future__ import annotations

import pytest

from etl.operation.plan import Plan
from etl.reports.bulletin import reading
from etl.reports.bulletin.content import Content


@pytest.fixture(scope="session")
def content(rated_month: Plan) -> Content:
    """The draft of July 2023 of the whole demo estate."""
    return reading.content(str(rated_month.month), 0)
