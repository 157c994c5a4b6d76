"""The frozen names, codes, bands and criteria of a revision.

They are rows of ``score.revision_…``, which the marts join, so that what is declared later renames nothing that is
published. Names may be reworded from one publication to the next; what the rule set and the questionnaire of a revision
say can be made again, and is compared.
"""

from __future__ import annotations

from typing import Any

from etl import warehouse
from etl.registry.ruled import Ruled

Key = dict[str, Any]


def digest(connection: warehouse.Connection, key: Key) -> str:
    """The sha256 over the words of a draft or revision (period_code, revision_number)."""
    return str(warehouse.rows(connection, "scoring/words_digest", **key)[0]["words_digest"])


def declare(connection: warehouse.Connection, key: Key) -> None:
    """Declare treasuries and criteria as a revision knows them, in a transaction that will be undone.

    Figures follow from their codes, regions and places. What is declared the same is not touched: nobody waits for it.
    """
    for name in ("set_aside_treasuries", "restore_treasuries", "set_aside_criteria", "restore_criteria"):
        warehouse.run(connection, f"publishing/{name}", key)


def first_difference(connection: warehouse.Connection, key: Key, ruled: Ruled) -> str | None:
    """The first grade, definition or criterion that is not that of the pinned rules, in words; None without one."""
    grades = warehouse.rows(connection, "publishing/kept_grades", **key)
    criteria = warehouse.rows(connection, "publishing/kept_criteria", **key)
    frozen = {
        f"grade {row['grade_code']}": _band(row["grade_name_vi"], row["grade_name_en"], row["from_pct"], row["to_pct"])
        for row in grades
        if row["grade_code"]
    }
    frozen |= {f"definition {row['definition_code']}": "" for row in grades}
    frozen |= {f"criterion {c['criterion_code']}": _place(c["answer_position"], c["factor_code"]) for c in criteria}
    declared = {
        f"grade {grade.code}": _band(grade.name_vi, grade.name_en, grade.from_pct, grade.to_pct)
        for grade in ruled.rule_set.grades
    }
    declared[f"definition {ruled.rule_set.rate.definition}"] = ""
    declared |= {
        f"criterion {criterion.code}": _place(position, criterion.factor)
        for position, criterion in enumerate(ruled.questionnaire.criteria, start=1)
    }
    named = frozen.keys() | declared.keys()
    return min((name for name in named if frozen.get(name) != declared.get(name)), default=None)


def _band(name_vi: str, name_en: str, from_pct: int, to_pct: int) -> str:
    """A grade's names and band in one line."""
    return f"{name_vi}, {name_en}, {from_pct} to {to_pct}"


def _place(position: int, factor: str) -> str:
    """A criterion's place and factor in one line."""
    return f"{position} {factor}"
