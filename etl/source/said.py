"""What somebody else's program says, fit to stand in a message of ours.

The one place where an error's own text enters: short, on one line, without markup, and without data. Only errors that
come before the first row is read are quoted (``etl.source.reasons``); what a function of theirs raises never is.
"""

from __future__ import annotations

import re
import unicodedata

MOST = 200
"""Letters of a quoted text; what is longer ends in an ellipsis."""
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")
"""Controls, bidirectional overrides and other marks that are not seen, halves of letters, and every kind of space."""
_MARKUP = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "{": "(", "}": ")", "`": "'", "|": "¦", "\\": "/"})
_TEMPLATES = re.compile(
    r"Table '|Unknown (?:column|table|database|collation|character set):? '|View '"
    r"|(?:SELECT|execute) command denied|Access denied;"
    r"|(?:FUNCTION|PROCEDURE) \S+ does not exist|You have an error in your SQL syntax"
    r"|no such (?:table|column|function|collation sequence): |ambiguous column name: |near \"|wrong number of arguments"
    r"|ORA-\d{5}: |.*Invalid (?:object|column) name '",
    re.IGNORECASE,
)
"""How the errors of servers begin that tell their kind in no other way: somebody's own words do not."""
_VALUE = re.compile(r"(?i)(?<!['.\w])(?:value|entry|key|literal)s?:? *\(?'(?:[^']|'')*'?|\(.*\)=\(.*\)?")


def plain(text: str, most: int = MOST) -> str:
    """A text on one line, cut short, of letters that do nothing but stand there."""
    seen = "".join(" " if unicodedata.category(letter) in _HIDDEN else letter for letter in text)
    line = " ".join(seen.split()).translate(_MARKUP)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def said(cause: BaseException) -> str:
    """What a database says of a query that does not fit: names of tables and columns, and no data.

    Empty where it may be somebody's own words: an error that was raised in a function, or has no known beginning.
    """
    if diagnosis := getattr(cause, "diag", None):
        words = None if diagnosis.context else diagnosis.message_primary
        if words or diagnosis.context:
            return _without_data(words or "")
        return _without_data(str(cause).rpartition("FATAL:")[2].partition("\n")[0])  # of a connection that is refused
    number_and_text = len(cause.args) == 2 and isinstance(cause.args[0], int)  # as PyMySQL has it
    text = str(cause.args[1] if number_and_text else cause)
    known = _TEMPLATES.search(text.splitlines()[0] if text else "")
    return _without_data(text.splitlines()[0][known.start() :]) if known else ""


def _without_data(text: str) -> str:
    """A text without what may have been a row's value."""
    return plain(_VALUE.sub("…", text))
