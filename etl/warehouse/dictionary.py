"""The data dictionary, from the warehouse's own comments, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from etl import warehouse

_HEAD = """\
# Data dictionary

Made by `hailong dictionary` from the warehouse's own comments; do not edit it. Which table answers which question, and
how to add up: [the marts](marts.md). What never changes about them: [sql/contract.csv](../sql/contract.csv). The
schema `restricted` is only for those who may see officers, reports of harassment and free text.
"""
_STAR = """\
## The star

Each line is a declared foreign key. Months play three roles in `fact_treasury`: the month itself, the one that it is
compared with, and the same one a year before.
"""
_SHORT = {"timestamp with time zone": "timestamptz", "character varying": "text"}


def page() -> str:
    """The whole page, of the schemas ``mart`` and ``restricted``."""
    with warehouse.transaction() as connection:
        columns = warehouse.rows(connection, "publishing/mart_columns")
    groups = [list(group) for _, group in groupby(columns, key=lambda column: column["relation"])]
    relations = sorted(groups, key=lambda group: str(group[0]["relation"]))
    tables = [group for group in relations if group[0]["relation_kind"] == "table"]
    views = [group for group in relations if group[0]["relation_kind"] == "view"]
    chapters = {
        "Tables of the star": tables,
        "Views": [group for group in views if group[0]["relation"].startswith("mart.")],
        "Restricted views": [group for group in views if group[0]["relation"].startswith("restricted.")],
    }
    parts = [_HEAD, _STAR, _diagram(tables)]
    for title, chapter in chapters.items():
        parts += [f"## {title}\n", *(_section(group) for group in chapter)]
    return "\n".join(parts).rstrip() + "\n"


def _diagram(tables: list[warehouse.Rows]) -> str:
    """A Mermaid diagram of tables with their keys and references."""
    lines = [line for group in tables for line in _entity(group)]
    lines += [line for group in tables for line in _references(group)]
    return "\n".join(["```mermaid", "erDiagram", *lines, "```", ""])


def _entity(columns: warehouse.Rows) -> Iterator[str]:
    """A table of the diagram with the columns that are keys."""
    yield f"    {_bare(columns[0]['relation'])} {{"
    for column in columns:
        if keys := _keys(column):
            yield f"        {_type(column)} {column['column_name']} {', '.join(keys)}"
    yield "    }"


def _references(columns: warehouse.Rows) -> Iterator[str]:
    """The foreign keys of a table in the diagram."""
    for column in columns:
        if column["leads_to"]:
            yield f'    {_bare(column["leads_to"])} ||--o{{ {_bare(column["relation"])} : "{column["column_name"]}"'


def _section(columns: warehouse.Rows) -> str:
    """What a table or view is, and its columns."""
    first = columns[0]
    lines = [f"### {first['relation']}", "", first["relation_meaning"], "", "| column | type | key | meaning |"]
    lines += ["|---|---|---|---|", *(_row(column) for column in columns), ""]
    return "\n".join(lines)


def _row(column: warehouse.Row) -> str:
    """A column as a row of its table's section."""
    key = ["primary"] if column["is_primary"] else []
    key += [f"→ {_bare(column['leads_to'])}"] if column["leads_to"] else []
    meaning = (column["column_meaning"] or "").replace("|", "\\|")
    return f"| `{column['column_name']}` | {_type(column)} | {', '.join(key)} | {meaning} |"


def _keys(column: warehouse.Row) -> list[str]:
    """The marks of a key in the diagram."""
    return ["PK"] * column["is_primary"] + ["FK"] * bool(column["leads_to"])


def _type(column: warehouse.Row) -> str:
    """A type in its short name."""
    return _SHORT.get(column["column_type"], str(column["column_type"]))


def _bare(relation: str) -> str:
    """A relation's name without its schema."""
    return relation.rsplit(".", maxsplit=1)[-1]
