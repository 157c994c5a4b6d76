"""Compare two revisions of a period: what they say differently of each treasury, and why."""

from __future__ import annotations

from typing import Any

from etl import warehouse
from etl.errors import Misdeclared
from etl.publishing import publish

Pair = tuple[dict[str, Any], dict[str, Any]]
"""The two revisions that are compared, the earlier one first."""

_TRACE = {"added_count": "came in later", "changed_count": "corrected", "deleted_count": "taken back"}
_NO_TRACE = dict.fromkeys(_TRACE)


def diff(code: str, numbers: tuple[int | None, int | None]) -> tuple[Pair, list[dict[str, Any]]]:
    """The two revisions, and what they say differently of each treasury, with the reason in words.

    Without numbers: the last two published ones; when there is only one, it and the draft (0). A revision that there
    is not raises Misdeclared.
    """
    known = {one["revision_number"]: one for one in publish.revisions(code)}
    newest = max(known)
    first, second = numbers
    second = second if second is not None else (newest if newest > 1 else 0)
    first = first if first is not None else (newest - 1 if newest > 1 and second else newest)
    for number in (first, second):
        if number not in known or not newest:
            raise Misdeclared(
                f"{code} has no revision {number}" if newest else f"no revision of {code} is published",
                next_action=f"see which there are: hailong revisions {code}",
            )
    period_code = known[first]["period_code"]
    with warehouse.transaction() as connection:
        key = {"period_code": period_code, "from_number": first, "to_number": second}
        rows = warehouse.rows(connection, "publishing/diff", **key)
        found = warehouse.rows(connection, "publishing/changes", **key)
    traces = {row.pop("treasury_id"): row for row in found}
    rows = [{**row, **traces.get(row.pop("treasury_id"), _NO_TRACE)} for row in rows]
    general = _general_reason(known[first], known[second])
    seen = {"from_revision": first, "to_revision": second}
    changes = [{**seen, **_hidden(row), "reason": _reason(row, general)} for row in rows]
    return (known[first], known[second]), changes


def headline(code: str, pair: Pair, rows: list[dict[str, Any]]) -> str:
    """Which two revisions are compared, and how much of them differs."""
    names = ["the draft" if not one["revision_number"] else f"revision {one['revision_number']}" for one in pair]
    if rows:
        differ = "1 treasury differs" if len(rows) == 1 else f"{len(rows)} treasuries differ"
        return f"{code}, {names[0]} → {names[1]}: {differ}"
    digests = [one["figures_digest"] for one in pair]
    if None not in digests and digests[0] != digests[1]:
        return f"{code}, {names[0]} → {names[1]}: the same rates, ranks and grades; intervals or other figures differ"
    return f"{code}, {names[0]} → {names[1]}: the same rates, ranks and grades"


def _hidden(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a comparison, without its figures where one of the two was hidden."""
    shown = ("treasury_code", "treasury_name_vi", "from_state", "to_state", "is_suppressed")
    return {name: None if row["is_suppressed"] and name not in shown else value for name, value in row.items()}


def _general_reason(first: dict[str, Any], second: dict[str, Any]) -> str | None:
    """What changed for everyone between two revisions."""
    if (first["rule_set_code"], first["rule_set_digest"]) != (second["rule_set_code"], second["rule_set_digest"]):
        return f"the rule set changed from {first['rule_set_code']} to {second['rule_set_code']}"
    if first["questionnaire_code"] != second["questionnaire_code"]:
        return f"the questionnaire changed from {first['questionnaire_code']} to {second['questionnaire_code']}"
    if first["code_version"] != second["code_version"]:
        return f"the program changed from version {first['code_version']} to {second['code_version']}"
    return None


def _reason(row: dict[str, Any], general: str | None) -> str:
    """Why a treasury's figures differ, in words."""
    before, after = row["from_state"], row["to_state"]
    if before != after:
        return f"it was {before or 'not listed'} and is {after or 'not listed'}"
    tally = ("response_count", "answer_count", "satisfied_count")
    if all(row[f"from_{name}"] == row[f"to_{name}"] for name in tally):
        return general or "the figures of other treasuries moved"
    if not row["is_suppressed"]:
        more = (row["to_response_count"] or 0) - (row["from_response_count"] or 0)
        untraced = {"added_count": max(more, 0), "deleted_count": max(-more, 0)}
        known = any(row[name] for name in _TRACE)
        traced = [_counted(row[name] if known else untraced.get(name), words) for name, words in _TRACE.items()]
        if any(traced):
            return "; ".join(filter(None, [", ".join(filter(None, traced)), general]))
    return general or "its answers were corrected"


def _counted(number: int | None, what_happened: str) -> str:
    """How many responses something happened to, in words; nothing for none."""
    if not number:
        return ""
    verb = "" if what_happened == "came in later" else "was " if number == 1 else "were "
    return f"{number} response{'' if number == 1 else 's'} {verb}{what_happened}"
