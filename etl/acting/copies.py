"""What people wrote about cases, as it lies beside the warehouse: forms, their answers, registers that landed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from etl import files
from etl.acting import form, form_cells
from etl.errors import Refused
from etl.files import Folder
from etl.landing import register


def forget(treasury_codes: Iterable[str], case_numbers: Collection[int], form_paths: Iterable[str]) -> int:
    """Remove what was written about some cases of treasuries; how many files.

    These are the forms, read or on a shelf, in which a row is about one of them, with their answers, and all copies of
    the treasuries' registers: each is whole, and the next read keeps a new one. ``form_paths`` lead to forms that were
    read.
    """
    count = 0
    for place in form_paths:
        name = "/".join(place.split("/")[-2:])
        count += _is_about(form.folder(), name, case_numbers) and form.take_away(form.folder(), name)
    for code in treasury_codes:
        shelf, landed = form.shelf(code), register.folder(code)
        names = [name for name in shelf.names("*.xlsx") if _is_about(shelf, name, case_numbers)]
        answers = [form.answer_of(name) for name in names] + [form.answer_of(register.NAME)]
        count += sum(form.take_away(shelf, name) for name in (*names, *answers))
        count += sum(form.take_away(landed, name) for name in landed.names(f"{register.NAME}-*"))
    return count


def expire(before: dt.datetime) -> int:
    """Remove what was last written before a moment: forms, also blank ones, answers, registers; how many files."""
    kept = [(form.folder(), pattern) for pattern in ("*/*.xlsx", f"*/{form.answer_of('*')}")]
    kept.append((register.folder(), f"*/{register.NAME}-*"))
    return sum(
        form.take_away(folder, name)
        for folder, pattern in kept
        for name in folder.names(pattern)
        if _written(folder, name) < before
    )


def _written(folder: Folder, name: str) -> dt.datetime:
    """When a file was last written; one that is gone meanwhile is not due."""
    system, root = folder.open()
    with folder.explaining("read"):
        try:
            moment: dt.datetime = system.modified(f"{root}/{name}")
        except FileNotFoundError:
            return dt.datetime.max.replace(tzinfo=dt.UTC)
    return moment


def _is_about(folder: Folder, name: str, case_numbers: Collection[int]) -> bool:
    """Whether a form has a row about one of some cases; what is no form, or cannot be one, has none."""
    system, root = folder.open()
    path = f"{root}/{name}"
    if files.leads_elsewhere(system, path) or files.is_endless(system, path):
        return False
    try:
        rows = form_cells.read(folder.get(name) or b"").rows
    except Refused:
        return False
    numbers = (row["case_number"] for row in rows)
    return any(cell.kind == "number" and int(cell.value) in case_numbers for cell in numbers)
