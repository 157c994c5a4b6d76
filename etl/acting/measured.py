"""What was measured of a decision on a person, in words, with how sure that is."""

from __future__ import annotations

from etl import warehouse
from etl.warehouse import Row, Rows

VERDICT = {
    "helped": "it helped",
    "no_effect": "it had no effect that matters",
    "worse": "it became worse",
    "cannot_tell": "it cannot be told whether it helped",
}
REASON = {
    "too_few_responses": "too few responses before or after",
    "too_few_controls": "too few others who are like it and were left alone",
    "other_questionnaire": "another questionnaire was asked meanwhile",
    "too_wide": "what was seen may be chance",
    "forecast_differs": "what was seen was due to come by itself",
}
PART = {"own": "the person", "sending": "the unit left", "receiving": "the unit that gained"}


def of_case(number: int) -> Rows:
    """What the newest published revision measured of what was last done in a case; nothing where nothing was."""
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "acting/measured", case_number=number)


def said(row: Row) -> str:
    """The verdict on one whom it is measured on, as a line."""
    verdict = VERDICT[row["verdict"]]
    if row["reason"]:
        verdict = f"{verdict}, {REASON[row['reason']]}"
    return f"measured by {row['period_code']}, revision {row['revision_number']}: {PART[row['part']]}: {verdict}"


def certainty(row: Row) -> list[str]:
    """How large the effect is, and which changes so many responses can show; nothing where it is not known."""
    lines = []
    if row["effect"] is not None:
        effect, low, high = (f"{100 * float(row[name]):+.1f}" for name in ("effect", "effect_low", "effect_high"))
        lines.append(f"effect {effect} points, between {low} and {high}")
    fewest = round(min(row["before_count"], row["after_count"]))
    if row["smallest_change"] is not None:
        smallest = f"{100 * float(row['smallest_change']):.0f}"
        lines.append(f"with {fewest} answers only differences beyond {smallest} points can be seen")
    elif fewest:
        lines.append(f"with {fewest} answers no difference can be seen")
    return lines
