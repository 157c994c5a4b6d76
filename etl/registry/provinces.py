"""The provinces as geography: which former provincial treasuries lay in each. A province is no office."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, model_validator

from etl.errors import Misdeclared
from etl.registry.declared import Dated, Declared, Position, read, stands, unique
from etl.registry.network import Named, Treasury
from etl.registry.succession import bearers


class Province(Named, Dated):
    """A province, and the codes of the treasuries that lay in it before it began.

    A code means its last bearer that ended before the province's first day.
    """

    treasuries: tuple[str, ...] = Field(min_length=1)


class Provinces(Declared):
    """``provinces.yaml``; a network without one has no provinces."""

    provinces: tuple[Province, ...] = ()

    @model_validator(mode="after")
    def _one_each(self) -> Provinces:
        unique("province", [(one.code, ("provinces", place, "code")) for place, one in enumerate(self.provinces)])
        parts = [
            (code, ("provinces", place, "treasuries", number))
            for place, one in enumerate(self.provinces)
            for number, code in enumerate(one.treasuries)
        ]
        unique("treasury of a province", parts)
        return self


def load(path: Path, treasuries: tuple[Treasury, ...]) -> tuple[Province, ...]:
    """The provinces of a configuration directory; one of an unknown treasury raises Misdeclared.

    So does a treasury of which a province is known that is not declared.
    """
    file = path / "provinces.yaml"
    provinces = read(file, Provinces).provinces if stands(file) else ()
    for place, province in enumerate(provinces):
        for number, code in enumerate(province.treasuries):
            if _former(treasuries, code, province) is None:
                where = Position(file, ("provinces", place, "treasuries", number))
                raise Misdeclared(
                    f"{where}: province {province.code} has the treasury '{code}', and none of this code ended before "
                    f"{province.valid_from}",
                    next_action=f"look the code up in {path / 'treasuries.yaml'}",
                )
    codes = {province.code for province in provinces}
    for index, treasury in enumerate(treasuries):
        for number, known in enumerate(treasury.known or ()):
            if known.province not in codes:
                where = Position(path / "treasuries.yaml", ("treasuries", index, "known", number, "province"))
                raise Misdeclared(
                    f"{where}: treasury {treasury.code} is known to have the province '{known.province}', which is not"
                    " declared",
                    next_action=f"declare it in {file}, or mend the code",
                )
    return provinces


def pairs(provinces: tuple[Province, ...], treasuries: tuple[Treasury, ...]) -> Iterator[tuple[Province, Treasury]]:
    """Each province with each former treasury that lay in it."""
    for province in provinces:
        for code in province.treasuries:
            if treasury := _former(treasuries, code, province):
                yield province, treasury


def _former(treasuries: tuple[Treasury, ...], code: str, province: Province) -> Treasury | None:
    """The last bearer of a code that ended before a province began; None without one."""
    ended = [t for t in bearers(treasuries, code) if t.valid_to and t.valid_to < province.valid_from]
    return next((t for t in reversed(ended) if t.withdrawn is None), None)
