"""The contract of a source query: the columns that it yields.

Every value is text as the source writes it; meaning is given later, by ``etl.admission.clean``. One row per response.

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

and the answers, in the one form or the other:

| column | holds |
|---|---|
| answers | ``criterion=answer`` joined by ``|``, in any order; an unanswered criterion is left out or empty |
| answer_<criterion> | one column per criterion, the answer alone; null or empty when not answered |

In Arrow a column is text, or text by dictionary where few different ones are expected.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

CODES = ("unit_code", "officer_code", "procedure_code", "channel_code", "respondent_type_code")
"""The columns of codes and labels: who served whom, in what, and how."""
FIXED = (
    "response_key",
    "treasury_code",
    "submitted_at",
    *CODES,
    "respondent_ref",
    "harassment_reported",
    "comment",
)
"""The columns that every source query yields, beside the answers."""

ANSWERS = "answers"
ANSWER_PREFIX = "answer_"
COLUMNS = (*FIXED, ANSWERS)
"""The columns of a query that gives the answers as one text."""

LANDED_COLUMNS = tuple("respondent_hash" if name == "respondent_ref" else name for name in COLUMNS)
"""What is kept of them: the same columns, the reference replaced by its keyed hash."""

TEXTS = ("response_key", "submitted_at", "respondent_ref", "comment", ANSWERS)
"""The columns whose texts are mostly different: they are plain text in Arrow, and all others go by dictionary."""


def arrow_type(column: str) -> pa.DataType:
    """How a column of a source query is held in Arrow."""
    return pa.string() if column in TEXTS else pa.dictionary(pa.int32(), pa.string())


def faults(columns: Iterable[str]) -> list[str]:
    """What is wrong with a source query's columns, in words."""
    names = list(columns)
    answered = [name for name in names if name.startswith(ANSWER_PREFIX)]
    unknown = sorted(set(names) - set(COLUMNS) - set(answered))
    told = [f"it lacks {name}" for name in FIXED if name not in names]
    told += [f"it has the unknown {name}" for name in unknown]
    told += [f"it has {name} twice" for name in sorted({name for name in names if names.count(name) > 1})]
    if ANSWERS in names and answered:
        told.append(f"it gives the answers twice, as {ANSWERS} and as {answered[0]}")
    if ANSWERS not in names and not answered:
        told.append(f"it gives no answers, neither as {ANSWERS} nor as {ANSWER_PREFIX}<criterion>")
    return told
