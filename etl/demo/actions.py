"""What the demo's people do with the month: their registers are read, a form comes back, and some work with a login."""

from __future__ import annotations

from collections.abc import Sequence

from etl import warehouse
from etl.acting import cases, form, form_cells
from etl.acting.form_shelf import Heard
from etl.acting.moment import Moment
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
    with warehouse.transaction() as connection:
        today = Moment.now(connection).today
    said = {"event_kind": "acknowledged", "happened_on": today, "owner_name": "Phòng 1", "claimed_by": "Lan"}
    by_case = {int(row["case_number"]): said for row in rows}
    by_case[int(rows[-1]["case_number"])] = said | {"happened_on": f"{today:%d/%m/%Y}"}
    content = form_cells.filled(form.shelf(code).get(name) or b"", by_case)
    form.keep(f"{code}/{name}", content)
    return [heard for heard in office_claims.forms([code]) if heard.name == name]
