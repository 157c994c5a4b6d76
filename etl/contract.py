"""The contract of a source query: the columns that every kind of branch schema is projected onto.

Every value is text as the source writes it; meaning is given later, by ``etl.clean``. One row per response.

| column | holds |
|---|---|
| response_key | the response's key at its source, unique within the treasury's month |
| treasury_code | the treasury that the database says it belongs to: guards against crossed connections |
| submitted_at | ISO 8601; without an offset it is local time of the treasury |
| unit_code, officer_code | who served the customer; null when the answer names none |
| procedure_code, channel_code, respondent_type_code | codes or labels of ``codes.yaml``; null when not stated |
| respondent_ref | whatever identifies the customer; replaced by a keyed hash before anything is written |
| harassment_reported | true or false |
| comment | free text |
| answers | ``criterion=answer`` joined by ``|``, in any order; an unanswered criterion is left out or empty |
"""

from __future__ import annotations

COLUMNS = (
    "response_key",
    "treasury_code",
    "submitted_at",
    "unit_code",
    "officer_code",
    "procedure_code",
    "channel_code",
    "respondent_type_code",
    "respondent_ref",
    "harassment_reported",
    "comment",
    "answers",
)

LANDED_COLUMNS = tuple("respondent_hash" if name == "respondent_ref" else name for name in COLUMNS)
"""What is kept: the same columns, the reference replaced by its keyed hash."""

UNSTATED = "unstated"
"""The member of every dimension that stands for "the answer does not say"."""

LOST = "\ufffd"
"""Stands where bytes of the source were no UTF-8."""

PRESENT = ("loaded", "no_data")
"""The states of a treasury's month that is not missing."""
