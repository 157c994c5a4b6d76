"""What databases have besides tables: views, partitions, generated columns, keys, journals, policies, odd sessions."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.lib.made_up_databases.shapes import Table, Types

if TYPE_CHECKING:
    from tests.lib.made_up_databases.made import Made

DRESSES = {
    "postgresql": (
        "plain",
        "plain",
        "view",
        "partitions",
        "generated",
        "keys",
        "policy",
        "digits",
        "column gone",
        "table gone",
    ),
    "mariadb": ("plain", "plain", "view", "partitions", "generated", "keys", "aria", "column gone", "table gone"),
    "sqlite": ("plain", "plain", "view", "generated", "keys", "wal", "column gone", "table gone"),
}
_WEIGHTS = {"policy": 0.4, "digits": 0.6, "column gone": 0.3, "table gone": 0.3}
SQL_MODES = (
    "", "EMPTY_STRING_IS_NULL", "ANSI_QUOTES", "PIPES_AS_CONCAT", "NO_BACKSLASH_ESCAPES", "ORACLE", "TRADITIONAL",
    "PAD_CHAR_TO_FULL_LENGTH", "IGNORE_SPACE", "REAL_AS_FLOAT",
)  # fmt: skip
ROLES = {
    "plain": "",
    "odd": "datestyle = 'German, DMY'; timezone = 'America/New_York'; intervalstyle = 'sql_standard';"
    " bytea_output = 'escape'; extra_float_digits = -3; standard_conforming_strings = off; enable_hashjoin = off",
}
"""What is set for a guest's role in its database: each engine lets an office say so."""


def dress(draw: random.Random, made: Made, types: Types) -> None:
    """Give a made-up database one thing more."""
    engine = made.truth.engine
    names = DRESSES[engine]
    name = draw.choices(names, [_WEIGHTS.get(name, 1.0) for name in names])[0]
    main, answers = made.tables.tables[-1], made.tables.tables[1]
    match name:
        case "view":
            _behind_a_view(draw, made)
        case "partitions":
            name = _in_partitions(made, types, main)
        case "generated":
            main.more = ", shown integer generated always as (1 + 1) " + ("virtual" if engine == "sqlite" else "stored")
        case "keys":
            name = _with_keys(made, types, main, answers)
        case "aria":
            main.after = answers.after = " engine = aria"
        case "policy":
            made.truth.refusal = "must"
            key = next(iter(main.columns))
            made.tables.after += [
                f"alter table {main.name} enable row level security",
                f"create policy half on {main.name} for select using (length(cast({key} as text)) % 2 = 0)",
            ]
        case "digits" if made.truth.kind == "own":
            made.truth.refusal = "must"
            made.query = made.query.replace("r.comment,", "convert_to(r.comment, 'UTF8') as comment,")
        case "wal":
            made.session["wal"] = "on"
        case "column gone" | "table gone":
            made.truth.refusal = "must"
            last = list(main.columns)[-1]
            what = "" if name == "table gone" else f"column {last} "
            made.tables.after.append(f"alter table {main.name} rename {what}to gone")
    made.truth.traits["besides"] = name
    if engine == "mariadb":
        made.session["sql_mode"] = draw.choice(SQL_MODES) if draw.random() < 0.4 else ""
    if engine == "postgresql":
        made.session["role"] = draw.choice(("plain", "plain", "odd"))
    made.truth.traits |= {name: value for name, value in made.session.items() if value}


def _behind_a_view(draw: random.Random, made: Made) -> None:
    """Let each table be a view of another one."""
    for table in made.tables.tables[1:]:
        made.tables.after.append(f"create view {table.name} as select * from kept_{table.name}")
        table.name = f"kept_{table.name}"


def _in_partitions(made: Made, types: Types, main: Table) -> str:
    """The responses' table in partitions by their keys, where the engine takes keys of the type for that."""
    key = next(iter(main.columns))
    if made.truth.engine == "postgresql":
        main.after = f" partition by hash ({key})"
        made.tables.before_rows += [
            f"create table {main.name}_{part} partition of {main.name} for values with (modulus 2, remainder {part})"
            for part in range(2)
        ]
    elif types.of("response_key").split()[0] in ("text", "mediumtext", "longblob"):
        return "plain"
    else:
        main.after = f" partition by key ({key}) partitions 3"
    return "partitions"


def _with_keys(made: Made, types: Types, main: Table, answers: Table) -> str:
    """A primary key, and a foreign key where answers are rows."""
    key = next(iter(main.columns))
    keys = [row.key.written for row in made.truth.rows]
    if types.key.name not in ("int", "bigint", "uuid", "char", "numeric") or len(set(keys)) < len(keys):
        return "plain"
    main.more += f", primary key ({key})"
    if main is not answers:
        made.tables.tables.remove(answers)
        made.tables.tables.append(answers)
        answers.more += f", foreign key ({key}) references {main.name} ({key})"
    return "keys"
