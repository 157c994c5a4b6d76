"""Yes and no about harassment are understood as people and databases write them; anything else is neither."""

from __future__ import annotations

import json
import shutil
import unicodedata
from pathlib import Path

import pytest

from etl import registry
from etl.admission import harassment
from etl.periods import SurveyMonth
from etl.registry import codebook
from tests.lib.books import BOOK

JULY = SurveyMonth(2023, 7)
YES = [
    *("true", "t", "yes", "y", "on", "1", "x", "có", "co", "c", "đúng", "dung", "đ", "✓"),
    *("1.0", "01", "+1", "-1", "1.", "b'1'", "x'01'", "0x01", "\\x01", "\x01"),
]
NO = [
    *("false", "f", "no", "n", "off", "0", "không", "khong", "k", "ko", "sai", "không có"),
    *("0.0", "00", "-0", "b'0'", "x'00'", "0x00", "\\x00", "\x00"),
]
NEITHER = ["perhaps", "2", "0.5", "1e0", "truth", "có lẽ", "1|0", "\x02", "\x00\x00", "?", "-", "null", "١", "１"]
"""Of another script, of another number, or of two minds."""


def forms(text: str) -> set[str]:
    """A text in other cases and normal forms, and with spaces around it."""
    cases = {text, text.upper(), text.title()}
    return {form for case in cases for form in (case, unicodedata.normalize("NFD", case), f" {case}\t")}


@pytest.mark.parametrize("text", YES)
def test_a_report_is_a_report_however_it_is_written(text: str) -> None:
    assert {form: harassment.meaning(form, {}) for form in forms(text)} == dict.fromkeys(forms(text), True)


@pytest.mark.parametrize("text", NO)
def test_no_report_is_none_however_it_is_written(text: str) -> None:
    assert {form: harassment.meaning(form, {}) for form in forms(text)} == dict.fromkeys(forms(text), False)


@pytest.mark.parametrize("text", NEITHER)
def test_a_word_that_nobody_knows_is_neither(text: str) -> None:
    assert {harassment.meaning(form, {}) for form in forms(text)} == {None}


def test_a_field_of_a_fixed_length_is_filled_up() -> None:
    assert harassment.meaning("co\x00\x00", {}) is True


def test_what_an_office_declares_comes_before_the_usual() -> None:
    declared = {harassment.folded(text): is_reported for text, is_reported in {"1": False, "Có thể": True}.items()}
    assert [harassment.meaning(text, declared) for text in ("1", "CÓ THỂ", "0")] == [False, True, False]


def test_what_an_office_declares_stands_in_its_book(tmp_path: Path) -> None:
    """So that a revision is made again by the words of its time."""
    config = Path(shutil.copytree(Path(__file__).parents[2] / "config", tmp_path / "config"))
    with (config / "codes.yaml").open("a", encoding="utf-8") as file:
        file.write('harassment: {reported: ["Bị gây khó"], not_reported: ["1"]}\n')
    books = []
    for path in (config, Path(__file__).parents[2] / "config"):
        here = registry.load(path)
        books.append(codebook.of(here, here.treasury("34", JULY), JULY))
    with_words, without = books
    assert with_words.harassment == {"Bị gây khó": True, "1": False}
    assert with_words.digest != without.digest
    assert codebook.kept(json.loads(with_words.text()), with_words.questionnaire) == with_words


def test_a_book_without_words_of_its_own_is_the_book_that_it_was() -> None:
    """The digest of what a revision pinned stays, and what was kept then is read."""
    assert "harassment" not in BOOK.text()
    assert BOOK.digest == "fde8e2cbc906c15ce322aab0d912ee45456295d70d184bef0f76bc1c41be4152"
    kept = {name: getattr(BOOK, name) for name in ("units", "procedures", "channels", "respondent_types")}
    assert codebook.kept({**kept, "zone": BOOK.zone.key}, BOOK.questionnaire) == BOOK
