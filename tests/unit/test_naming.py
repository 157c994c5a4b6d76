"""An office as people write it: by its code, or by its name with or without marks."""

from __future__ import annotations

import pytest

from etl.periods import SurveyMonth
from etl.registry import Registry, naming

WRITTEN = [
    # written            | names
    ("34",                "34"),
    ("Thái Bình",         "34"),
    ("thai binh",         "34"),
    ("THAI  BINH ",       "34"),
    ("KBNN Thái Bình",    "34"),
    ("Tha\N{COMBINING ACUTE ACCENT}i Bi\N{COMBINING GRAVE ACCENT}nh", "34"),
    ("dak lak",           "66"),
    ("Đắk Lắk",           "66"),
    ("ho chi minh",       "79"),
    ("hue",               "46"),
    ("Bình",              "17 34 37 44"),
    ("binh",              "17 34 37 44"),
    ("inh",               ""),
    ("KBNN",              ""),
    ("thai bin",          ""),
    ("99",                ""),
    (" ",                 ""),
]  # fmt: skip
SIMILAR = [("thai bin", "34"), ("Tahi Binh", "34"), ("hanoi", "01"), ("dac lac", "66"), ("xyz", None)]


@pytest.fixture(scope="module")
def treasuries() -> tuple[naming.Treasury, ...]:
    """The treasuries of July 2023."""
    return Registry.configured().treasuries_in(SurveyMonth(2023, 7))


@pytest.mark.parametrize(("written", "codes"), WRITTEN)
def test_a_treasury_is_named_by_code_or_name(written: str, codes: str, treasuries: tuple[naming.Treasury, ...]) -> None:
    assert " ".join(treasury.code for treasury in naming.named(treasuries, written)) == codes


@pytest.mark.parametrize(("written", "first"), SIMILAR)
def test_who_may_be_meant_by_a_slip_is_known(
    written: str, first: str | None, treasuries: tuple[naming.Treasury, ...]
) -> None:
    assert next((treasury.code for treasury in naming.similar(treasuries, written)), None) == first


def test_every_treasury_is_found_by_its_name_without_marks(treasuries: tuple[naming.Treasury, ...]) -> None:
    for treasury in treasuries:
        assert naming.named(treasuries, naming.plain(treasury.name_vi)) == (treasury,)
        assert naming.named(treasuries, treasury.name_vi.removeprefix("KBNN ")) == (treasury,)


def test_a_name_with_its_marks_goes_before_one_that_looks_like_it(treasuries: tuple[naming.Treasury, ...]) -> None:
    one, other = (treasuries[0].model_copy(update={"name_vi": name}) for name in ("Lương Sơn", "Lượng Sơn"))
    assert naming.named((one, other), "Lượng Sơn") == (other,)
    assert naming.named((one, other), "luong son") == (one, other)


def test_a_long_list_is_cut(treasuries: tuple[naming.Treasury, ...]) -> None:
    assert naming.listed(treasuries[:1]) == "01 KBNN Hà Nội"
    assert naming.listed(treasuries).endswith(", 58 more")
