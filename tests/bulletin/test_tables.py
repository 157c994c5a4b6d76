"""The tables of the bulletin as they are declared: each form can lay out each of them."""

from __future__ import annotations

import pytest

from etl.reports.bulletin.tables import figures, gaps, intake, ratings, record
from etl.reports.bulletin.tables.column import BulletinTable, Kind
from etl.reports.bulletin.workbook.cells import FORMATS
from etl.reports.bulletin.workbook.writer import heading

MODULES = (figures, gaps, intake, ratings, record)
TABLES = {
    name: table
    for module in MODULES
    for name, table in [*vars(module).items(), *figures.MEMBERS.items()]
    if isinstance(table, BulletinTable)
}
TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))


@TABLE
def test_a_table_stands_somewhere_and_names_its_rows_on_a_page(table: BulletinTable) -> None:
    assert table.page or table.paper or table.sheet
    assert sum(column.is_head for column in table.page) == (1 if table.page else 0)


@TABLE
def test_each_column_has_a_heading_of_its_own_in_both_languages(table: BulletinTable) -> None:
    for of_form in (
        [column.heading for column in table.page],
        [column.paper or column.heading for column in table.paper],
        [column.sheet or column.heading for column in table.sheet],
    ):
        assert all(vi and en for vi, en in of_form)
        assert len(set(of_form)) == len(of_form)
    assert len({heading(column) for column in table.sheet}) == len(table.sheet)


@TABLE
def test_each_form_knows_the_kinds_of_its_columns(table: BulletinTable) -> None:
    assert {column.kind for column in table.sheet} <= set(FORMATS)
    assert Kind.PLOT not in {column.kind for column in table.paper}
