"""The letters of Vietnamese as the old encodings write them."""

from __future__ import annotations

import unicodedata
from itertools import product

TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")  # none, grave, hook, tilde, acute, dot
VOWELS = "aăâeêioôơuưy"
SMALL = ["đ", *(unicodedata.normalize("NFC", vowel + tone) for vowel, tone in product(VOWELS, TONES))]
CAPITAL = [letter.upper() for letter in SMALL]
# fmt: off
TCVN3 = [
    # vowel | its bytes: without a tone, grave, hook, tilde, acute, dot (TCVN 5712:1993, VN3)
    ("a",     "61 B5 B6 B7 B8 B9"),
    ("ă",     "A8 BB BC BD BE C6"),
    ("â",     "A9 C7 C8 C9 CA CB"),
    ("e",     "65 CC CE CF D0 D1"),
    ("ê",     "AA D2 D3 D4 D5 D6"),
    ("i",     "69 D7 D8 DC DD DE"),
    ("o",     "6F DF E1 E2 E3 E4"),
    ("ô",     "AB E5 E6 E7 E8 E9"),
    ("ơ",     "AC EA EB EC ED EE"),
    ("u",     "75 EF F1 F2 F3 F4"),
    ("ư",     "AD F5 F6 F7 F8 F9"),
    ("y",     "79 FA FB FC FD FE"),
]
TCVN3_OTHERS = [("đ", "AE"), ("Ă", "A1"), ("Â", "A2"), ("Ê", "A3"), ("Ô", "A4"), ("Ơ", "A5"), ("Ư", "A6"), ("Đ", "A7")]
VNI = [
    # vowel | as Windows-1252 shows it: without a tone, grave, hook, tilde, acute, dot
    ("a",     "a  aø aû aõ aù aï"),
    ("ă",     "aê aè aú aü aé aë"),
    ("â",     "aâ aà aå aã aá aä"),
    ("e",     "e  eø eû eõ eù eï"),
    ("ê",     "eâ eà eå eã eá eä"),
    ("i",     "i  ì  æ  ó  í  ò"),
    ("o",     "o  oø oû oõ où oï"),
    ("ô",     "oâ oà oå oã oá oä"),
    ("ơ",     "ô  ôø ôû ôõ ôù ôï"),
    ("u",     "u  uø uû uõ uù uï"),
    ("ư",     "ö  öø öû öõ öù öï"),
    ("y",     "y  yø yû yõ yù î"),
]


# fmt: on


def bytes_of_letters() -> dict[str, dict[str, bytes]]:
    """The bytes of each letter in each encoding, by the tables above."""
    tcvn3 = {letter: bytes.fromhex(byte) for letter, byte in TCVN3_OTHERS}
    vni = {"đ": "ñ".encode("cp1252"), "Đ": "Ñ".encode("cp1252")}
    for vowel, row in TCVN3:
        for tone, byte in zip(TONES, row.split(), strict=True):
            tcvn3[unicodedata.normalize("NFC", vowel + tone)] = bytes.fromhex(byte)
    for vowel, row in VNI:
        for tone, shown in zip(TONES, row.split(), strict=True):
            letter = unicodedata.normalize("NFC", vowel + tone)
            vni[letter], vni[letter.upper()] = shown.encode("cp1252"), shown.upper().encode("cp1252")
    return {"tcvn3": tcvn3, "vni": vni}


LETTERS = bytes_of_letters()
