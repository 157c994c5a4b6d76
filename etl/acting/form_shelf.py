"""Read all forms on a treasury's shelf, and put beside each an answer of what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from etl import escape, files, vietnamese
from etl.acting import form, form_cells, form_reading
from etl.acting.claims import TakenIn
from etl.errors import HailongError, Refused
from etl.landing.treasury_month import shielded

MOST_FORMS = 60
"""The workbooks of one shelf that are read; whoever has more moves the old ones away."""


@dataclass(frozen=True)
class Heard:
    """What came of a form or register: its treasury, its name, and the outcome, or why there is none."""

    treasury_code: str
    name: str
    outcome: TakenIn
    error: HailongError | None = None

    @property
    def is_new(self) -> bool:
        """Whether there is something to tell that was not told before."""
        return self.error is not None or not (self.outcome.is_known or self.outcome.is_blank)

    def lines(self) -> list[str]:
        """What is told of it, without a word of what people wrote."""
        if self.error:
            return [f"✗ {self.error.message}", f"  → {self.error.next_action}"]
        return self.outcome.lines()


def read(treasury_code: str) -> list[Heard]:
    """Read the forms of a shelf that are new; one that cannot be read is told, and stops no other."""
    names = [name for name in form.shelf(treasury_code).names("*.xlsx") if not name.startswith((".", "~$"))]
    heard = [_heard(treasury_code, name) for name in names[:MOST_FORMS]]
    if len(names) > MOST_FORMS:
        error = Refused(
            f"{treasury_code}: its shelf has {len(names)} forms, and {MOST_FORMS} of them are read",
            next_action="move those away that were read",
        )
        heard.append(Heard(treasury_code, "…", TakenIn(), error))
    return heard


def answer(heard: Heard) -> None:
    """Put the answer beside a form or register, in Vietnamese and in English, unless the same lies there."""
    lines = [both for line in heard.lines() for both in dict.fromkeys((vietnamese.said(line, "vi"), line))]
    content = "\r\n".join([escape.line(f"{heard.treasury_code}: {heard.name}"), "", *map(escape.line, lines), ""])
    name = form.answer_of(heard.name)
    if form.shelf(heard.treasury_code).get(name) != content.encode():
        form.keep(f"{heard.treasury_code}/{name}", content.encode())


def _heard(treasury_code: str, name: str) -> Heard:
    """Read one form of a shelf, and answer it."""
    outcome, error = TakenIn(), None
    try:
        with shielded(f"{treasury_code}, {escape.line(name)}"):
            outcome = form_reading.take_in(_content(treasury_code, name), treasury_code)
    except HailongError as told:
        error = told
    heard = Heard(treasury_code, name, outcome, error)
    if heard.is_new:
        answer(heard)
    return heard


def _content(treasury_code: str, name: str) -> bytes:
    """What a form of a shelf holds; a link, what is no file, and what is too large is refused before it is read."""
    shelf = form.shelf(treasury_code)
    system, root = shelf.open()
    path = f"{root}/{name}"
    with shelf.explaining("read", treasury_code):
        if files.leads_elsewhere(system, path) or files.is_endless(system, path):
            raise Refused("it is a link, or no file", next_action="put the form itself there")
        if system.size(path) > form_cells.MOST_BYTES:
            raise Refused(f"it is larger than {form_cells.MOST_BYTES} bytes", next_action="send the form")
    return shelf.get(name) or b""
