"""The tile grids on which treasuries or provinces are drawn: one square each, of the same size for all."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from etl.registry.declared import Dated, Declared, Misplaced, read, stands, unique
from etl.registry.network import Named

_EMPTY = ".."
Square = tuple[int, int]
"""The column and the row of a square, both from 0."""


class Islands(Declared):
    """Islands that a map must show and that have no treasury, and the treasury to whose province they belong."""

    name_vi: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    treasury_code: str


class TileMap(Named, Dated):
    """The squares of the treasuries, or of the provinces, of a time, drawn as lines of codes.

    ``..`` is an empty square. ``of``: whose codes they are.
    """

    grid: str
    of: Literal["treasuries", "provinces"] = "treasuries"
    islands: dict[str, Islands] = Field(default={})

    @property
    def squares(self) -> dict[str, Square]:
        """Where each treasury's code, and each mark of islands, stands."""
        lines = enumerate(self.grid.strip().splitlines())
        cells = ((mark, (column, row)) for row, line in lines for column, mark in enumerate(line.split()))
        return {mark: square for mark, square in cells if mark != _EMPTY}

    @property
    def treasury_codes(self) -> frozenset[str]:
        """The treasuries, or the provinces, that are drawn."""
        return frozenset(self.squares) - frozenset(self.islands)

    @model_validator(mode="after")
    def _one_each(self) -> TileMap:
        unique("square", [(mark, ("grid",)) for mark in self.grid.split() if mark != _EMPTY])
        for mark, one in self.islands.items():
            if mark not in self.squares or one.treasury_code not in self.treasury_codes:
                raise Misplaced(f"'{mark}' or its treasury {one.treasury_code} has no square", "islands", mark)
        return self


class TileMaps(Declared):
    """``maps.yaml``; a network that is drawn on no map has none."""

    maps: tuple[TileMap, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> TileMaps:
        unique("map", [(one.code, ("maps", place, "code")) for place, one in enumerate(self.maps)])
        return self


def load(path: Path) -> tuple[TileMap, ...]:
    """The maps of a configuration directory in their order; one that contradicts itself raises Misdeclared."""
    file = path / "maps.yaml"
    return read(file, TileMaps).maps if stands(file) else ()
