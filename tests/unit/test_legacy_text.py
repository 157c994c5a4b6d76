"""TCVN3, VNI and UTF-8 kept as Latin-1: every Vietnamese letter comes back, and any bytes give a text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.registry.terms import LOST
from etl.source import legacy_text
from tests.lib.letters import CAPITAL, LETTERS, SMALL

# fmt: off


TEXTS = [
    # encoding     | as Windows-1252 shows the bytes                      | says
    ("tcvn3",         "Kho b¹c Nhµ n\xadíc: c¸n bé rÊt nhiÖt t×nh",          "Kho bạc Nhà nước: cán bộ rất nhiệt tình"),
    ("tcvn3",         "“Thñ tôc” – hå s¬… n¨m 2023",                      "“Thủ tục” – hồ sơ… năm 2023"),
    ("tcvn3",         "KHO B¹C NHµ N¦íC",                                  "KHO BạC NHà NƯớC"),  # capitals in a font
    ("vni",           "Kho baïc Nhaø nöôùc: caùn boä raát nhieät tình",     "Kho bạc Nhà nước: cán bộ rất nhiệt tình"),
    ("vni",           "KHO BAÏC NHAØ NÖÔÙC, ÑÒA CHÆ, KYÛ, TÎ",              "KHO BẠC NHÀ NƯỚC, ĐỊA CHỈ, KỶ, TỴ"),
    ("vni",           "“Ñöôïc” – toát…",                                    "“Được” – tốt…"),
    ("latin1-utf8",   "Háº£i PhÃ²ng",                                       "Hải Phòng"),
    ("latin1-utf8",   "plain",                                              "plain"),
]
# fmt: on


def test_the_tables_name_every_letter_of_the_language() -> None:
    assert len(SMALL) == len(set(SMALL)) == 73
    assert set(SMALL) <= set(LETTERS["tcvn3"])
    assert set(SMALL + CAPITAL) <= set(LETTERS["vni"])


@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_comes_back_alone_and_between_others(name: str) -> None:
    decode = legacy_text.decoder(name)
    for letter, value in LETTERS[name].items():
        assert decode(value) == letter
        assert decode(b"x" + value + b"ng " + value) == f"x{letter}ng {letter}"


@pytest.mark.parametrize("name", LETTERS)
def test_a_database_that_takes_the_bytes_for_latin1_changes_nothing(name: str) -> None:
    decode = legacy_text.decoder(name)
    for letter, value in LETTERS[name].items():
        assert decode(value.decode("cp1252").encode()) == letter
        assert decode(value.decode("latin-1").encode()) == letter


@pytest.mark.parametrize(("name", "shown", "said"), TEXTS)
def test_a_text_is_read(name: str, shown: str, said: str) -> None:
    decode = legacy_text.decoder(name)
    single = bytes(legacy_text._BYTE_OF[letter] for letter in shown)
    assert decode(single) == said
    assert decode(shown.encode()) == said
    assert unicodedata.is_normalized("NFC", decode(single))


@pytest.mark.parametrize("name", legacy_text.NAMES)
def test_what_is_unicode_already_stays(name: str) -> None:
    for text in ("", "Kho bạc Nhà nước", "đủ", "日本", "giá — được", "đủ".replace("ủ", "u\u0309")):
        assert legacy_text.decoder(name)(text.encode()) == unicodedata.normalize("NFC", text)


def test_utf8_that_never_was_taken_for_latin1_stays_with_any_letters() -> None:
    assert legacy_text.decoder("latin1-utf8")("giá, quý".encode()) == "giá, quý"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("tcvn3", b"a\xc0b", f"a{LOST}b"),  # a byte that TCVN3 does not use
        ("tcvn3", b"x\xb3y", f"x{LOST}y"),  # a mark alone
        ("tcvn3", b"a\xb3y", "áy"),
        ("tcvn3", b"\x81\xb8", f"{LOST}á"),  # not used in Windows-1252 either
        ("vni", "tù".encode("cp1252"), f"t{LOST}"),  # a mark without a vowel
        ("vni", "eê".encode("cp1252"), f"e{LOST}"),  # e bears no breve
        ("vni", "aùù".encode("cp1252"), f"á{LOST}"),
        ("vni", b"\xfe", LOST),
        ("latin1-utf8", b"H\xe1\xba", f"H{LOST}"),
    ],
)
def test_a_byte_that_means_nothing_is_marked(name: str, value: bytes, said: str) -> None:
    assert legacy_text.decoder(name)(value) == said


@given(value=st.binary())
@pytest.mark.parametrize("name", legacy_text.NAMES)
def test_any_bytes_give_a_text_in_nfc(name: str, value: bytes) -> None:
    text = legacy_text.decoder(name)(value)
    assert unicodedata.is_normalized("NFC", text)
    assert text.encode().decode() == text


@given(text=st.text(alphabet=sorted(set(SMALL + CAPITAL)) + list(" .,xKn19"), max_size=60))
def test_what_is_written_in_vni_is_read_again(text: str) -> None:
    value = b"".join(LETTERS["vni"].get(letter) or letter.encode() for letter in text)
    assert legacy_text.decoder("vni")(value) == text


@given(text=st.text(alphabet=[*SMALL, *"ĂÂÊÔƠƯĐ .,xKn19"], max_size=60))
def test_what_is_written_in_tcvn3_is_read_again(text: str) -> None:
    said = f"Kho bạc: {text}"  # by themselves a few odd pairs of letters, such as ì and à, could be UTF-8
    value = b"".join(LETTERS["tcvn3"].get(letter) or letter.encode() for letter in said)
    assert legacy_text.decoder("tcvn3")(value) == said


@pytest.mark.parametrize(("name", "shown"), [(name, shown) for name, shown, _ in TEXTS if not shown.isascii()])
def test_a_text_in_a_wrong_encoding_is_suspected(name: str, shown: str) -> None:
    assert legacy_text.suspected(shown) == name


@pytest.mark.parametrize(
    "text",
    [
        *("", "plain", "Kho bạc Nhà nước", "Được", "Đà Nẵng", "đã", "Nguyễn", "ý kiến", "ý", "Ý", "HOÀ", "GIÁ"),
        *("hoà, khoá, toà, quý, bê, hè, xã, ví, dì, cô", "café", "10 µm", "100 µm ± 2 °C", "số 1/7 ©"),
        *("“trích” – …", "«trích»", "Windows®", "(c) ©1998", "co\xadoperate"),
    ],
)
def test_what_is_text_is_not_suspected(text: str) -> None:
    assert legacy_text.suspected(text) is None
