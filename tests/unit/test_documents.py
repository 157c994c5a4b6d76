"""A JSON document of answers has one meaning, whatever a database would have made of it."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.source import contract, documents

MEANINGS = [
    # the document                         | the answers
    ('{"a": 5, "b": "4"}',                   "a=5|b=4"),
    ('{"a": null, "b": 1}',                  "a=|b=1"),
    ('{"a": ""}',                            "a="),
    ('{"a": "null"}',                        "a=null"),
    ('{"a": 5.0, "b": 5e0, "c": 50E-1}',     "a=5|b=5|c=5"),
    ('{"a": -0, "b": -0.0, "c": 0e9}',       "a=0|b=0|c=0"),
    ('{"a": 4.50, "b": 0.5}',                "a=4.5|b=0.5"),
    ('{"a": 12345678901234567890123456789}', "a=12345678901234567890123456789"),
    ('{"a": 5.0000000000000000000000000001}', "a=5.0000000000000000000000000001"),
    ('{"a": 1e400}',                         "a=1e400"),
    ('{"a": true, "b": false}',              "a=true|b=false"),
    ('{"a": [5], "b": {"c": 5}}',            "?|?"),
    ('{"a": "5|b=1"}',                       "?"),
    ('{"a": 5, "b|c": 1}',                   "a=5|?"),
    ('{"a=5|b": null}',                      "?"),
    ('{"a=5": null}',                        "?"),
    ('{"a": "5=5"}',                         "a=5=5"),
    ('{"a": 5, "a": 1}',                     "a=5|a=1|?"),
    ('{"a": 5, "a": 5}',                     "a=5|a=5|?"),
    ('{"a": 5, "a": null}',                  "a=5|a=|?"),
    ('{"a": 5, "\\u0061": 5}',               "a=5|a=5|?"),
    ('{"": 5}',                              "=5"),
    ('{"a": "\\u0000"}',                     "a=\x00"),
    ('{"a": "\\ud800"}',                     "a=?"),
    ('{"a": "\\ud83d\\ude00"}',              "a=😀"),
    ('{"a": 1e99999999999999999999}',        "?"),
    (f'{{"a": {"9" * 5000}}}',               "?"),
    (f'{{"a": {"[" * 20000}{"]" * 20000}}}', "?"),
    ('{"a": NaN}',                           "?"),
    ('{"a": 5',                              "?"),
    ("{'a': 5}",                             "?"),
    ("a=5",                                  "?"),
    ("5",                                    "?"),
    ('"a=5"',                                "?"),
    ("[1, 2]",                               "?"),
    ("true",                                 "?"),
    ('{"a": 5} {"a": 1}',                    "?"),
    ("{}",                                   ""),
    ("null",                                 None),
    ("",                                     None),
    (" \n",                                  None),
]  # fmt: skip


@pytest.mark.parametrize(("document", "meant"), MEANINGS, ids=lambda value: str(value)[:40])
def test_a_document_means_one_thing(document: str, meant: str | None) -> None:
    assert documents.answers_of(document) == meant


def test_true_is_never_the_level_one() -> None:
    assert documents.answers_of('{"a": 1, "b": true}') == "a=1|b=true"


@given(st.text(max_size=60) | st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
       lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)).map(json.dumps))  # fmt: skip
def test_nothing_raises_and_what_comes_out_can_be_kept(document: str) -> None:
    (documents.answers_of(document) or "").encode()


@given(st.dictionaries(st.text("abc", min_size=1), st.sampled_from([1, "2", 3.0, "label", None]), min_size=1))
def test_each_answer_crosses_in_its_order(answers: dict[str, Any]) -> None:
    crossed = documents.answers_of(json.dumps(answers))
    shown = {None: "", 3.0: "3"}
    assert crossed == "|".join(f"{name}={shown.get(value, value)}" for name, value in answers.items())


def test_the_columns_of_a_batch_stay_in_their_order() -> None:
    batch = pa.record_batch([pa.array(["1", "2"]), pa.array(['{"a": 5}', None])], ["response_key", contract.DOCUMENT])
    assert documents.taken_apart(batch).to_pylist() == [
        {"response_key": "1", "answers": "a=5"},
        {"response_key": "2", "answers": None},
    ]
    other = pa.record_batch([pa.array(["x"])], ["answers"])
    assert documents.taken_apart(other) is other


def test_the_contract_takes_one_form_of_answers() -> None:
    assert contract.faults([*contract.FIXED, contract.DOCUMENT]) == []
    for more in ("answers", "answer_a"):
        (told,) = contract.faults([*contract.FIXED, contract.DOCUMENT, more])
        assert "twice" in told
