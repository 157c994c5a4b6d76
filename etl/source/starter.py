"""Write a commented starting file for a new kind of source."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from etl.errors import Misdeclared
from etl.registry import Registry
from etl.registry.questionnaire import Questionnaire
from etl.source import contract
from etl.warehouse import statements
from etl.warehouse.statements import Statement


class Dialect(StrEnum):
    """The dialects of a starting file; MariaDB's is ``mysql``."""

    postgresql = "postgresql"
    mysql = "mysql"
    sqlite = "sqlite"
    mssql = "mssql"
    oracle = "oracle"


class Manner(NamedTuple):
    """How a dialect writes what every starting file needs.

    ``sqlfluff`` is the checker's name for it. ``same`` compares two keys by their bytes, for a collation takes two of
    them for one.
    """

    sqlfluff: str
    text: str
    moment: str
    bound: str
    joined: str
    same: str
    alias: str = " as"
    comment: str = "comment"


MANNERS = {
    Dialect.postgresql: Manner(
        sqlfluff="postgres",
        text="cast({} as text)",
        moment="cast({} as text)",
        bound=":{}",
        joined="string_agg(concat(a.your_criterion, '=', a.your_answer), '|')",
        same='cast(a.your_key as text) collate "C" = cast(r.your_key as text)',
    ),
    Dialect.mysql: Manner(
        sqlfluff="mysql",
        text="cast({} as char)",
        moment="cast({} as char)",
        bound=":{}",
        joined="group_concat(coalesce(a.your_criterion, ''), '=', coalesce(a.your_answer, '') separator '|')",
        same="cast(a.your_key as binary) = cast(r.your_key as binary)",
    ),
    Dialect.sqlite: Manner(
        sqlfluff="sqlite",
        text="cast({} as text)",
        moment="cast({} as text)",
        bound=":{}",
        joined="group_concat(coalesce(a.your_criterion, '') || '=' || coalesce(a.your_answer, ''), '|')",
        same="cast(a.your_key as blob) = cast(r.your_key as blob)",
    ),
    Dialect.mssql: Manner(
        sqlfluff="tsql",
        text="cast({} as nvarchar(4000))",
        moment="convert(nvarchar(33), {}, 126)",
        bound="cast(:{} as datetime2)",
        joined="string_agg(cast(concat(a.your_criterion, '=', a.your_answer) as nvarchar(max)), '|')",
        same="cast(a.your_key as varbinary(8000)) = cast(r.your_key as varbinary(8000))",
    ),
    Dialect.oracle: Manner(
        sqlfluff="oracle",
        text="cast({} as varchar2(4000))",
        moment="""to_char({}, 'YYYY-MM-DD"T"HH24:MI:SS.FF6')""",
        bound="to_timestamp(:{}, 'YYYY-MM-DD HH24:MI:SS')",
        joined="listagg(a.your_criterion || '=' || a.your_answer, '|') within group (order by a.your_criterion)",
        same="nlssort(a.your_key, 'NLS_SORT=BINARY') = nlssort(r.your_key, 'NLS_SORT=BINARY')",
        alias="",
        comment='"comment"',
    ),
}

MEANINGS = {
    "response_key": "the key of the response, unique within the office's month; never null",
    "treasury_code": "the office's code, if possible from a table of its database: it gives crossed connections away",
    "submitted_at": "when the customer answered, as ISO 8601; without an offset it is local time of the office",
    "unit_code": "the unit that served the customer, a code of units.yaml; null when not stated",
    "officer_code": "a pseudonym of who served the customer; null when not stated",
    "procedure_code": "what the customer came for, a code or label of codes.yaml; null when not stated",
    "channel_code": "how the answer came in, a code or label of codes.yaml; null when not stated",
    "respondent_type_code": "what kind of customer, a code or label of codes.yaml; null when not stated",
    "respondent_ref": "what identifies the customer (replaced by a keyed hash before anything is written); null when "
    "not known",
    "harassment_reported": "whether the customer reports harassment, true or false; 'false' when that is not asked",
    "comment": "the customer's own words; null when that is not asked",
}

_NAME = re.compile(r"[A-Za-z0-9_-]+")

_HEADER = """\
-- what: <whose databases these are>, in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: your_response, your_answer
-- counts: your_response
-- time: your_time
-- key: your_key
--
-- The lines above are read by the program. "reads" names the tables that the query reads. "counts" names the one that
-- has a row for each response, "time" and "key" its columns: all of it is counted, so that no row is lost in silence.
-- Where texts are in TCVN3 (ABC), in VNI, or UTF-8 in a Latin-1 column, add a line "encoding" with tcvn3, vni or
-- latin1-utf8 in the same form.
--
-- Replace every name that begins with your_, and each null where your tables know better. Every value is text. The
-- bounds are the first moment of the month and of the next one, {bounds}.
-- Keep one of the three forms of answers. Then try it: hailong source check CODE
-- sqlfluff:dialect:{sqlfluff}
"""


def write(registry: Registry, kind: str, dialect: Dialect) -> Path:
    """Write ``source/<kind>.<dialect>.sql`` into the network's configuration directory; where it is.

    A name that is none, or a file that is there already, raises Misdeclared.
    """
    if not _NAME.fullmatch(kind):
        raise Misdeclared(
            f"'{kind}' cannot be the name of a kind of source",
            next_action="use letters without marks, digits, hyphens and underscores",
        )
    path = registry.path / "source" / f"{kind}.{dialect}.sql"
    questionnaire = max(registry.questionnaires, key=lambda questionnaire: questionnaire.valid_from)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(starting_file(dialect, questionnaire))
    except FileExistsError:
        raise Misdeclared(f"{path} is there already", next_action="edit it, or give another name") from None
    except OSError as error:
        raise Misdeclared(
            f"{path} cannot be written: {error.strerror}", next_action="name a directory of yours with --config"
        ) from None
    statements.parse(path, kind)
    return path


def starting_file(dialect: Dialect, questionnaire: Questionnaire) -> str:
    """The text of a starting file, with the criteria of a questionnaire."""
    say = MANNERS[dialect]
    bounds = "as moments" if dialect is Dialect.postgresql else "in the office's local time, YYYY-MM-DD"
    return "\n".join(
        [
            _HEADER.format(bounds=bounds, sqlfluff=say.sqlfluff) + "select",
            *(line for column in contract.FIXED for line in _column(say, column)),
            *_answers(say, questionnaire),
            f"from your_response{say.alias} r",
            "where",
            f"    r.your_time >= {say.bound.format('month_start')}",
            f"    and r.your_time < {say.bound.format('month_end')}",
            "",
        ]
    )


def left_in(statement: Statement) -> list[str]:
    """A starting file's names that are still in a query, or in what it counts."""
    header = (statement.counts, statement.time, statement.key)
    texts = (re.sub(r"--[^\n]*", "", statement.sql), *(part for part in header if part))
    return sorted(set(re.findall(r"\byour_\w+", " ".join(texts))))


def _column(say: Manner, column: str) -> tuple[str, str]:
    """The comment and the line of one column."""
    given = {
        "response_key": say.text.format("r.your_key"),
        "treasury_code": "'your_code'",
        "submitted_at": say.moment.format("r.your_time"),
        "harassment_reported": "'false'",
    }.get(column, "null")
    return f"    -- {MEANINGS[column]}", f"    {given} as {say.comment if column == 'comment' else column},"


def _answers(say: Manner, questionnaire: Questionnaire) -> list[str]:
    """Both forms of the answers, the second one as a comment."""
    labels = ", ".join(label for level in questionnaire.scale for label in level.labels)
    named = [criterion.code for criterion in questionnaire.criteria]
    columns = [f"    -- {say.text.format(f'r.your_{code}')} as {contract.ANSWER_PREFIX}{code}" for code in named]
    return [
        f"    -- the answers, as the questionnaire's labels: {labels}",
        f"    -- form (a): one text criterion=answer|criterion=answer, with the criteria of {questionnaire.code}",
        "    (",
        f"        select {say.joined}",
        f"        from your_answer{say.alias} a",
        "        where",
        "            a.your_key = r.your_key",
        f"            and {say.same}",
        "    ) as answers",
        "    -- form (b), where answers are columns: delete form (a) and take the dashes away below; a criterion that",
        "    -- is not asked has null",
        *(f"{line}," for line in columns[:-1]),
        columns[-1],
        "    -- form (c), where they are one JSON object {criterion: answer}: delete form (a) and take the dashes away",
        f"    -- r.your_document as {contract.DOCUMENT}",
    ]
