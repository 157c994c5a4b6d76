"""The table of what every treasury should do first."""

from __future__ import annotations

from etl.reports.bulletin import what_to_do
from etl.reports.bulletin.content import Content, Row, Rows
from etl.reports.bulletin.tables.column import BulletinTable, Kind, TableColumn
from etl.reports.bulletin.tables.columns import TREASURY_CODE, TREASURY_EN, TREASURY_VI
from etl.reports.words import ENGLISH, VIETNAMESE


def rows(content: Content) -> Rows:
    """A row for each line of what to do, the treasuries by their codes; those without any are left out."""
    return [
        _row(content, row, place, todo)
        for row in sorted(content.ranking, key=lambda row: row["treasury_code"])
        for place, todo in enumerate(what_to_do.of_treasury(content, row["treasury_code"]), start=1)
    ]


def _row(content: Content, treasury: Row, place: int, todo: what_to_do.ToDo) -> Row:
    """One line in both languages."""
    said = {
        f"{name}_{language.code}": say(content, todo, language)
        for name, say in (("what", what_to_do.what), ("example", what_to_do.example), ("tried", what_to_do.suggestion))
        for language in (VIETNAMESE, ENGLISH)
    }
    names = {name: todo.first[name] for name in ("criterion_name_vi", "criterion_name_en")}
    return {**treasury, **names, **said, "todo_position": place}


# fmt: off
TODOS = BulletinTable(
    sheet=(
        TREASURY_CODE, TREASURY_VI, TREASURY_EN,
        TableColumn(Kind.COUNT, ("Thứ tự", "Place"), "todo_position", width=7),
        TableColumn(Kind.TEXT, ("Tiêu chí", "Criterion (vi)"), "criterion_name_vi", width=36),
        TableColumn(Kind.TEXT, ("Ở đâu, từ khi nào", "Where, since when (vi)"), "what_vi", width=60),
        TableColumn(Kind.TEXT, ("Nơi làm tốt", "Who does it well (vi)"), "example_vi", width=28),
        TableColumn(Kind.TEXT, ("Có thể thử", "May be tried (vi)"), "tried_vi", width=50),
        TableColumn(Kind.TEXT, ("Tiêu chí (tiếng Anh)", "Criterion"), "criterion_name_en", width=36),
        TableColumn(Kind.TEXT, ("Ở đâu, từ khi nào (tiếng Anh)", "Where, since when"), "what_en", width=60),
        TableColumn(Kind.TEXT, ("Nơi làm tốt (tiếng Anh)", "Who does it well"), "example_en", width=28),
        TableColumn(Kind.TEXT, ("Có thể thử (tiếng Anh)", "May be tried"), "tried_en", width=50),
    ),
)
"""What every treasury should do, a line a row."""
