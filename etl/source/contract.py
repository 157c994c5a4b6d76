"""The contract of a source query: the columns that it yields.

Every value is text as the source writes it; meaning is given later, by ``etl.admission.clean``. One row per response.

| column | holds |
|---|---|
| response_key | the response's key at its source, unique within the treasury's month |
| treasury_code | the treasury that the database says it belongs to: guards against crossed connections |
| submitted_at | ISO 8601; without an offset it is local time of the treasury |
| unit_code, officer_code | who served the customer; null when the answer names none |
| procedure_code, channel_code, respondent_type_code | codes, names or labels of ``codes.yaml``; null when not stated |
| respondent_ref | whatever identifies the customer; replaced by a keyed hash before anything is written |
| harassment_reported | true or false, in the spellings of ``etl.admission.harassment`` or as ``codes.yaml`` says |
| comment | free text |

and the answers, in one of three forms:

| column | holds |
|---|---|
| answers | ``criterion=answer`` joined by ``|``, in any order; an unanswered criterion is left out or empty |
| answer_<criterion> | one column per criterion, the answer alone; null or empty when not answered |
| answers_json | a JSON object ``{criterion: answer}``, as it is kept; ``etl.source.documents`` makes it answers |

An answer is a label of the questionnaire, letter for letter but for spaces around it. In a joined text there is no way
to write a bar or an equals sign that belongs to a criterion or an answer: a query that meets one yields ``UNREADABLE``
as the whole text, and the response is turned away.

How long a text may be stands in ``LONGEST``: one that is longer costs its row, or cannot be any code.

In Arrow a column is text, or text by dictionary where few different ones are expected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pyarrow as pa

from etl.registry.terms import LONGEST_CODE, LONGEST_LABEL

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
DOCUMENT = "answers_json"
COLUMNS = (*FIXED, ANSWERS)
"""The columns of a query that gives the answers as one text."""

UNREADABLE = "?"
"""The joined answers of a response whose criteria or answers hold a bar or an equals sign: nobody can take it apart."""

LONGEST: dict[str, int] = {
    "response_key": 500,
    **dict.fromkeys(("treasury_code", "unit_code", "officer_code"), LONGEST_CODE),
    **dict.fromkeys(("procedure_code", "channel_code", "respondent_type_code", "harassment_reported"), LONGEST_LABEL),
    "submitted_at": 100,
    "comment": 250_000_000,
    ANSWERS: 100_000,
}
"""The most letters of each column's texts, without spaces around them.

In UTF-8 they are four times as many bytes at most. An entry of an index of PostgreSQL holds 2,704 bytes, a field 1 GB.
A ``respondent_ref`` may have any length, since only its hash is kept; a longer code or answer is none that is declared.
"""

LANDED_COLUMNS = tuple("respondent_hash" if name == "respondent_ref" else name for name in COLUMNS)
"""What is kept of them: the same columns, the reference replaced by its keyed hash."""

_BEGINNING = 60
TEXTS = ("response_key", "submitted_at", "respondent_ref", "comment", ANSWERS, DOCUMENT)
"""The columns whose texts are mostly different: they are plain text in Arrow, and all others go by dictionary."""

IN_DIGITS = ("bytea",)
"""Types whose bytes cross the wire as the text of their digits: nothing of theirs is ever what was written."""


def shortened(text: str, longest: int) -> str:
    """A text as it may stand in an index: one that is too long is its beginning, its length and its digest."""
    if len(text) <= longest:
        return text
    digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()[:16]
    return f"{text[:_BEGINNING]}… ({len(text)} letters, sha256 {digest})"


def arrow_type(column: str) -> pa.DataType:
    """How a column of a source query is held in Arrow."""
    return pa.string() if column in TEXTS else pa.dictionary(pa.int32(), pa.string())


def holds_answers(column: str) -> bool:
    """Whether a column of a source query holds answers, in any form."""
    return column in (ANSWERS, DOCUMENT) or column.startswith(ANSWER_PREFIX)


def faults(columns: Iterable[str]) -> list[str]:
    """What is wrong with a source query's columns, in words."""
    names = list(columns)
    answered = [name for name in names if name.startswith(ANSWER_PREFIX)]
    forms = [name for name in (ANSWERS, DOCUMENT, *answered[:1]) if name in names]
    unknown = sorted(set(names) - {*COLUMNS, DOCUMENT} - set(answered))
    told = [f"it lacks {name}" for name in FIXED if name not in names]
    told += [f"it has the unknown {name}" for name in unknown]
    told += [f"it has {name} twice" for name in sorted({name for name in names if names.count(name) > 1})]
    if len(forms) > 1:
        told.append(f"it gives the answers twice, as {forms[0]} and as {forms[1]}")
    if not forms:
        told.append(f"it gives no answers, neither as {ANSWERS} nor as {ANSWER_PREFIX}<criterion> nor as {DOCUMENT}")
    return told
