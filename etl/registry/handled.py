"""How many files each treasury handled in a month, where that is known: what a response rate is a share of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.registry.declared import Declared, Position, files_in, read
from etl.registry.network import Treasury


class HandledFiles(Declared):
    """``handled_files/<month>.yaml``: the files that each treasury handled in the month, by the treasury's code."""

    source: str = Field(min_length=1)
    handled_files: dict[str, Annotated[int, Field(ge=0, strict=True)]]


def load(path: Path, treasuries: tuple[Treasury, ...]) -> dict[SurveyMonth, HandledFiles]:
    """Read every month of a configuration directory; a code that is not open in the month raises Misdeclared."""
    by_month = {}
    for file in files_in(path / "handled_files"):
        month = _month_of(file)
        by_month[month] = read(file, HandledFiles)
        codes = {treasury.code for treasury in treasuries if treasury.is_open_in(month)}
        for code in by_month[month].handled_files:
            if code not in codes:
                raise Misdeclared(
                    f"{Position(file, ('handled_files', code))}: no treasury with the code '{code}' is open in {month}",
                    next_action=f"look the code up in {path / 'treasuries.yaml'}, or mend the month in the file's name",
                )
    return by_month


def _month_of(file: Path) -> SurveyMonth:
    """The month that a file is named after; another name raises Misdeclared."""
    try:
        return SurveyMonth.parse(file.stem)
    except Misdeclared as error:
        raise Misdeclared(
            f"{file}:1: the file is not named after a survey month",
            next_action="name it by the month of its numbers, for example 2023-07.yaml",
        ) from error
