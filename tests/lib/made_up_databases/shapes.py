"""Tables of an office's database in each shape, and the query that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.lib.made_up_databases.answers import SCORE_TYPES, Answers
from tests.lib.made_up_databases.codes import CODE_TYPES, TruthType
from tests.lib.made_up_databases.keys import KeyType
from tests.lib.made_up_databases.texts import Storage
from tests.lib.made_up_databases.times import TimeType
from tests.lib.made_up_databases.truth import Row

CODED = ("unit_code", "procedure_code", "channel_code", "respondent_type_code")
LEGACY = {
    "response_key": "so_phieu", "submitted_at": "ngay_gio", "unit_code": "ma_phong", "officer_code": "ma_can_bo",
    "procedure_code": "ma_thu_tuc", "channel_code": "kenh", "respondent_type_code": "doi_tuong",
    "respondent_ref": "ma_khach", "harassment_reported": "nhung_nhieu", "comment": "y_kien",
}  # fmt: skip
SHIPPED = {**{name: name for name in LEGACY}, "response_key": "response_id"}


@dataclass(frozen=True)
class Types:
    """The type of each sort of column, and how texts are held."""

    engine: str
    key: KeyType
    time: TimeType
    codes: Mapping[str, str]
    truth: TruthType
    answers: Answers
    text: str
    storage: Storage
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, column: str) -> str:
        """The SQL type of a column of the contract."""
        match column:
            case "response_key":
                return self.text if self.key.is_text else self.key.sql[self.engine]
            case "submitted_at":
                return self.time.sql
            case "harassment_reported":
                return self.truth.sql
        return self._coded(column) if column in CODED else self.text

    def score(self) -> str:
        """The SQL type of a score, or of a document."""
        if self.answers.shape in ("answer_document", "own"):
            return {"text": self.text}.get(self.answers.score_type, self.answers.score_type)
        return SCORE_TYPES[self.answers.score_type][0][self.engine]

    def _coded(self, column: str) -> str:
        name = CODE_TYPES[self.codes[column]][self.engine]
        if name != "enum":
            return self.text if name == "text" else name
        return f"{column}_enum" if self.engine == "postgresql" else f"enum({_quoted(self.words[column])})"

    def created(self) -> list[str]:
        """The types that PostgreSQL must be told of first."""
        if self.engine != "postgresql":
            return []
        enums = [f"create type score_enum as enum ({_quoted('54321')})"] if self.score() == "score_enum" else []
        return enums + [
            f"create type {column}_enum as enum ({_quoted(self.words[column])})"
            for column in CODED
            if self.codes[column] == "enum"
        ]


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


@dataclass
class Table:
    """A table: its columns with their types, and its rows."""

    name: str
    columns: dict[str, str]
    rows: list[Sequence[Any]]
    more: str = ""
    after: str = ""


@dataclass
class Tables:
    """What is made in a database, in order: statements, tables, statements, their rows, statements."""

    before: list[str]
    tables: list[Table]
    before_rows: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


def tables(types: Types, rows: Sequence[Row], owner: Table) -> Tables:
    """The tables of the shape that the answers have."""
    shape, criteria = types.answers.shape, types.answers.criteria
    named, main = (LEGACY, "phieu") if shape == "legacy" else (SHIPPED, "survey_response")
    columns = {own: types.of(column) for column, own in named.items()}
    written = [[row.cells[column].written for column in named] for row in rows]
    made = [owner]
    match shape:
        case "answer_rows" | "legacy":
            made.append(_answers(types, rows))
        case "answer_columns":
            columns |= dict.fromkeys(criteria, types.score())
            for line, row in zip(written, rows, strict=True):
                line += [row.cells["answers"].written.get(code) for code in criteria]
        case _:
            columns["answers"] = types.score()
            for line, row in zip(written, rows, strict=True):
                line.append(row.cells["answers"].written)
    return Tables(types.created(), [*made, Table(main, columns, written)])


def _answers(types: Types, rows: Sequence[Row]) -> Table:
    """The table with a row for each answer."""
    pairs = [(row.key.written, *answer) for row in rows for answer in row.cells["answers"].written]
    if types.answers.shape == "legacy":
        mark = "integer"
        columns = {"so_phieu": types.of("response_key"), "ma_tieu_chi": types.text, "diem": mark, "thang_diem": mark}
        return Table("cau_tra_loi", columns, pairs)
    columns = {"response_id": types.of("response_key"), "criterion_code": types.text, "score": types.score()}
    return Table("survey_answer", columns, pairs)


OWN = """\
-- what: a made-up office that keeps its answers as one text
-- grain: response
-- params: month_start, month_end
-- reads: treasury, survey_response
-- counts: survey_response
-- time: {counted}
-- key: response_id
select
    {key} as response_key,
    (select t.treasury_code from treasury as t) as treasury_code,
    {shown} as submitted_at,
    r.unit_code,
    r.officer_code,
    r.procedure_code,
    r.channel_code,
    r.respondent_type_code,
    r.respondent_ref,
    cast(r.harassment_reported as {text}) as harassment_reported,
    r.comment,
    r.answers
from survey_response as r
where {time} >= :month_start and {time} < :month_end
"""


def own_query(types: Types) -> str:
    """The query of an office with a shape of its own."""
    text = "char" if types.engine == "mariadb" else "text"
    time = types.time.expression.format("r.submitted_at")
    shown = time if types.engine == "sqlite" else f"cast({time} as {text})"
    key = "r.response_id" if types.text == "longblob" else f"cast(r.response_id as {text})"
    return OWN.format(text=text, time=time, shown=shown, key=key, counted=types.time.expression.format("submitted_at"))
