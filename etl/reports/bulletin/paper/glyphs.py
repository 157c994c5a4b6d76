"""What the paper's font cannot show is set as its code: Typst makes no archive of a paper that lacks a letter."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import typst

FONT = "Libertinus Serif"
"""It comes with Typst, and has every Vietnamese letter."""
STANDARDS: Any = ["a-2a", "ua-1"]
"""Of PDF: tagged, and for archives."""

_BEYOND = re.compile("[^\n -\u024f\u1e00-\u1eff\u0300-\u0323]")
"""What is not sure to be in the font: it has all of these letters, and more."""
_TRIAL = f'#set document(title: "trial")\n#set text(font: "{FONT}", lang: "vi")\n#sys.inputs.sign'.encode()


def settable(document: str) -> str:
    """A JSON document whose texts can all be set."""
    lacking = {sign for sign in set(_BEYOND.findall(document)) if not _is_in_font(sign)}
    return document.translate({ord(sign): f"\\\\u{{{ord(sign):x}}}" for sign in lacking})


@cache
def _is_in_font(sign: str) -> bool:
    """Whether a character can be set; it is tried."""
    try:
        typst.compile(_TRIAL, sys_inputs={"sign": sign}, ignore_system_fonts=True, pdf_standards=STANDARDS, timestamp=0)
    except typst.TypstError:
        return False
    return True
