"""A code's names are labels by themselves, where they name one code only."""

from __future__ import annotations

import pytest

from etl.registry.questionnaire import Coded, code_of_label

ONLINE = Coded(code="online", name_vi="Trực tuyến", name_en="Online", labels=("web",))
COUNTER = Coded(code="counter", name_vi="Tại quầy", name_en="At the counter")

# fmt: off
TABLE = [
    # another entry                                                 | text          | stands for
    (COUNTER,                                                        "online",       "online"),
    (COUNTER,                                                        "web",          "online"),
    (COUNTER,                                                        "Trực tuyến",   "online"),
    (COUNTER,                                                        "Online",       "online"),
    (COUNTER,                                                        "Tại quầy",     "counter"),
    (COUNTER,                                                        "ONLINE",       None),
    (Coded(code="app", name_vi="Trực tuyến", name_en="App"),         "Trực tuyến",   None),      # of two: of none
    (Coded(code="app", name_vi="Trực tuyến", name_en="App"),         "Online",       "online"),
    (Coded(code="app", name_vi="App", name_en="App"),                "App",          "app"),     # twice of one
    (Coded(code="Online", name_vi="Ứng dụng", name_en="App"),        "Online",       "Online"),  # a code goes first
    (Coded(code="app", name_vi="A", name_en="B", labels=("Online",)), "Online",      "app"),     # and so does a label
]
# fmt: on


@pytest.mark.parametrize(("other", "text", "code"), TABLE)
def test_a_name_stands_for_its_code(other: Coded, text: str, code: str | None) -> None:
    assert code_of_label((ONLINE, other)).get(text) == code
    assert code_of_label((other, ONLINE)).get(text) == code
