"""What an input digest says of earlier periods: a column that comes later leaves the older digests alone."""

from __future__ import annotations

import json
import re

from etl import settings
from etl.publishing import publish

FIRST = {
    *("area_level", "area_code", "treasury_id", "previous_period_code", "previous_rate", "previous_rank"),
    *("previous_standard_error", "year_before_period_code", "year_before_rate", "year_before_standard_error"),
    *("is_comparable", "mix_distance", "handled_count"),
}
"""The columns that the first revisions were digested with."""


def columns() -> set[str]:
    """The columns of ``publishing/past``."""
    text = (settings.SQL / "publishing" / "past.sql").read_text("utf-8")
    listed = text[text.index("select\n") : text.index("\nfrom")].splitlines()[1:]
    return {re.findall(r"\w+", line)[-1] for line in listed}


def test_a_column_that_came_later_is_left_out_while_it_is_empty() -> None:
    assert columns() > FIRST
    assert set(json.loads(publish.past_text(dict.fromkeys(columns())))) == FIRST
    known = publish.past_text({**dict.fromkeys(columns()), "previous_covariance": 0.25})
    assert json.loads(known)["previous_covariance"] == 0.25
