"""What the demo's people do with the month: their registers are read, a form comes back, and some work with a login."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl

from etl import warehouse
from etl.acting import cases, form
from etl.acting.form_shelf import Heard
from etl.acting.moment import Moment
from etl.files import Folder
from etl.operation import office_claims

_BY_FORM, _BY_LOGIN = 2, 3
"""How many cases are answered by the form, and how many by somebody with a login."""


def take_in(codes: Sequence[str]) -> list[Heard]:
    """Let the offices say what they do, by all three ways; what came of their forms and registers.

    One login proposes to close a case, which a second would have to confirm: the embedded warehouse has only one.
    """
    heard = list(office_claims.registers(codes))
    unseen = [row for row in cases.listed() if row["case_state"] == "new"]
    if not unseen:
        return heard
    of_form = [row for row in unseen if row["treasury_code"] == unseen[0]["treasury_code"]][:_BY_FORM]
    by_login = [row for row in unseen if row not in of_form][:_BY_LOGIN]
    for row in by_login:
        cases.add(row["case_number"], "acknowledged", {"owner_name": "Phòng Kiểm tra"})
    if by_login:
        why = {"root_cause": "phiếu ghi nhầm quầy", "no_action_reason": "không có dấu hiệu nhũng nhiễu"}
        cases.add(by_login[-1]["case_number"], "closing_proposed", why)
    return heard + _by_form(of_form)


def _by_form(rows: warehouse.Rows) -> list[Heard]:
    """Fill in a treasury's form for some of its cases, the last with a day that can be read two ways, and read it."""
    code = str(rows[0]["treasury_code"])
    name = form.write(code).rpartition("/")[2]
    shelf: Folder = form.shelf(code)
    book = openpyxl.load_workbook(io.BytesIO(shelf.get(name) or b""))
    columns = {heading: place for place, heading in enumerate(form.COLUMNS, start=1)}
    with warehouse.transaction() as connection:
        today = Moment.now(connection).today
    said = {"event_kind": "acknowledged", "happened_on": today, "owner_name": "Phòng 1", "claimed_by": "Lan"}
    numbers = [row["case_number"] for row in rows]
    page = book[form.SHEET]
    for line in range(2, page.max_row + 1):
        if page.cell(line, columns["case_number"]).value in numbers:
            for column, value in said.items():
                page.cell(line, columns[column], value)
            if page.cell(line, columns["case_number"]).value == numbers[-1] and len(numbers) > 1:
                page.cell(line, columns["happened_on"], f"{today:%d/%m/%Y}")
    content = io.BytesIO()
    book.save(content)
    form.keep(f"{code}/{name}", content.getvalue())
    return [heard for heard in office_claims.forms([code]) if heard.name == name]
