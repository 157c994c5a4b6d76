"""The search for planted values: it finds them in every form, and nothing else."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import escape
from tests.lib import planted

NAME, PASSWORD = "Đặng Thị Thử", "tr@ng/Thu#1 %&x"
FORMS = {
    "plain": str,
    "a URL's part": lambda value: quote(value, safe=""),
    "a URL's path": quote,
    "JSON": json.dumps,
    "HTML": escape.html,
    "hexadecimal": lambda value: value.encode().hex(),
    "bytes": lambda value: repr(value.encode()),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", [NAME, PASSWORD])
def test_a_value_is_found_as_it_may_be_written(form: str, value: str) -> None:
    values = {"planted": value, "another": "0987 065 432 1"}
    assert planted.found(values, f"before {FORMS[form](value)} after".encode()) == ["planted"]


@given(before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_a_value_is_found_in_base64_at_any_place(before: bytes, after: bytes) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert planted.found({"planted": NAME}, encode(before + NAME.encode() + after)) == ["planted"]
