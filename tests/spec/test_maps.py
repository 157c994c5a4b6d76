"""The maps that are shipped: all of their time, nobody else, near to where their provinces lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl import registry
from etl.errors import Misdeclared
from etl.registry import maps
from etl.registry.maps import TileMap
from etl.registry.network import Treasury
from etl.registry.provinces import Province

CONFIG = Path(__file__).parents[2] / "config"
MAPS = maps.load(CONFIG)
ISLANDS = {"Hoàng Sa": "Đà Nẵng", "Trường Sa": "Khánh Hòa"}
HEAD = "maps:\n- code: a\n  name_vi: a\n  name_en: a\n  valid_from: 2008-08-01\n"

# fmt: off
NEIGHBOURS = [
    # map            | a province     | what it touches
    ("provinces_2008", "Hà Nội",        "Vĩnh Phúc, Bắc Ninh, Hà Nam, Hưng Yên, Phú Thọ, Thái Nguyên, Bắc Giang"),
    ("provinces_2008", "Thái Bình",     "Hưng Yên, Hải Dương, Hải Phòng, Nam Định"),
    ("provinces_2008", "Thanh Hóa",     "Ninh Bình, Nghệ An"),
    ("provinces_2008", "Đà Nẵng",       "Thừa Thiên Huế, Quảng Nam"),
    ("provinces_2008", "Lâm Đồng",      "Đắk Nông, Đắk Lắk, Khánh Hòa, Ninh Thuận, Bình Thuận, Đồng Nai"),
    ("provinces_2008", "Hồ Chí Minh",   "Long An, Bình Dương, Đồng Nai, Bà Rịa - Vũng Tàu, Tây Ninh, Tiền Giang"),
    ("provinces_2008", "Cần Thơ",       "An Giang, Đồng Tháp, Vĩnh Long, Hậu Giang, Kiên Giang"),
    ("provinces_2025", "Hà Nội",        "Phú Thọ, Thái Nguyên, Bắc Ninh, Hưng Yên, Ninh Bình"),
    ("provinces_2025", "Lâm Đồng",      "Đắk Lắk, Khánh Hòa, Đồng Nai, Hồ Chí Minh"),
    ("provinces_2025", "Đồng Tháp",     "An Giang, Tây Ninh, Vĩnh Long, Cần Thơ"),
]

MISTAKES = [
    # grid and islands                                                                        | is told
    ('  grid: "01 02 01"\n',                                                                    "01"),
    ('  grid: "01 HS"\n  islands: {XX: {name_vi: a, name_en: a, treasury_code: "01"}}\n',       "XX"),
    ('  grid: "01 HS"\n  islands: {HS: {name_vi: a, name_en: a, treasury_code: "02"}}\n',       "02"),
]
# fmt: on


def squares(drawn: TileMap) -> dict[str, tuple[int, int]]:
    """Where each treasury lies, by the name of its province."""
    names = {one.code: one.name_vi.removeprefix("KBNN ") for one in those(drawn)}
    return {names[code]: drawn.squares[code] for code in drawn.treasury_codes}


def those(drawn: TileMap) -> list[Treasury | Province]:
    """The treasuries, or the provinces, that there are on the map's first day."""
    declared = registry.load(CONFIG)
    listed = declared.treasuries if drawn.of == "treasuries" else declared.provinces
    return [one for one in listed if one.is_open_on(drawn.valid_from)]


def touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two squares share a side or a corner."""
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) == 1


@pytest.mark.parametrize("drawn", MAPS, ids=[one.code for one in MAPS])
def test_a_map_has_exactly_the_treasuries_or_the_provinces_of_its_time(drawn: TileMap) -> None:
    assert drawn.treasury_codes == {one.code for one in those(drawn)}
    assert drawn.valid_to is None or all(one.is_open_on(drawn.valid_to) for one in those(drawn))


def test_the_34_of_today_are_drawn_as_provinces_and_the_63_as_treasuries() -> None:
    assert {drawn.code: (drawn.of, len(those(drawn))) for drawn in MAPS} == {
        "provinces_2008": ("treasuries", 63),
        "provinces_2025": ("provinces", 34),
    }


@pytest.mark.parametrize("drawn", MAPS, ids=[one.code for one in MAPS])
def test_both_archipelagos_are_on_every_map_by_the_province_they_belong_to(drawn: TileMap) -> None:
    places = {square: name for name, square in squares(drawn).items()}
    owners = {one.name_vi: places[drawn.squares[one.treasury_code]] for one in drawn.islands.values()}
    assert owners == ISLANDS
    coast = max(column for column, _ in places)
    assert all(drawn.squares[mark][0] > coast for mark in drawn.islands)


@pytest.mark.parametrize("drawn", MAPS, ids=[one.code for one in MAPS])
def test_the_country_is_of_one_piece(drawn: TileMap) -> None:
    left = set(squares(drawn).values())
    reached = [left.pop()]
    for one in reached:
        near = {other for other in left if touch(one, other)}
        left -= near
        reached.extend(near)
    assert left == set()


@pytest.mark.parametrize(("code", "name", "others"), NEIGHBOURS)
def test_a_province_touches_its_neighbours(code: str, name: str, others: str) -> None:
    (drawn,) = [one for one in MAPS if one.code == code]
    places = squares(drawn)
    assert [other for other in others.split(", ") if not touch(places[name], places[other])] == []


@pytest.mark.parametrize(("grid", "told"), MISTAKES)
def test_a_mistake_in_a_map_is_told(tmp_path: Path, grid: str, told: str) -> None:
    (tmp_path / "maps.yaml").write_text(HEAD + grid, "utf-8")
    with pytest.raises(Misdeclared, match=told):
        maps.load(tmp_path)


def test_a_network_may_have_no_map(tmp_path: Path) -> None:
    assert maps.load(tmp_path) == ()
