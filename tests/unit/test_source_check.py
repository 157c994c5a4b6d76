"""The check of a source stands whatever a database holds, and never quotes an answer, a comment or a customer."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from etl import registry
from etl.admission import trial
from etl.periods import SurveyMonth
from etl.registry import codebook
from etl.source import contract
from tests.lib.cases import slow

MAY = SurveyMonth(2023, 5)
HERE = registry.load(Path(__file__).parents[1] / "e2e" / "libraries")
EAST = HERE.treasury("east", MAY)
OFFICE = trial.Office("east", HERE.days_of(EAST, MAY), codebook.of(HERE, EAST, MAY))
PRIVATE = ("respondent_ref", "comment", "answers", "answer_staff", "response_key", "officer_code")

words = st.one_of(
    st.none(), st.text(max_size=8), st.sampled_from(["9/10", "2023-05-03 10:00", "east", "staff=3/3|=|x"])
)


def table(rows: list[dict[str, str | None]], names: tuple[str, ...]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], contract.arrow_type(name)) for name in names})


@slow(10)
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(contract.COLUMNS, words)), max_size=10))
def test_any_texts_are_judged(rows: list[dict[str, str | None]]) -> None:
    found = trial.of_rows(table(rows, contract.COLUMNS), OFFICE)
    assert found or rows
    assert all(one.what and one.next_action for one in found)


@slow(30)
@given(texts=st.lists(st.text(alphabet="zqjkwåäÃ»¹µ\ufffd=|", min_size=6, max_size=12), min_size=1, max_size=10))
def test_what_a_customer_said_or_is_called_is_never_told(texts: list[str]) -> None:
    for answers in ("answers", "answer_staff"):
        names = (*contract.FIXED, answers)
        rows = [{name: text if name in PRIVATE else None for name in names} for text in texts]
        said = " ".join(f"{one.what} {one.next_action}" for one in trial.of_rows(table(rows, names), OFFICE))
        assert [text for text in texts if text in said] == []


@given(columns=st.lists(st.tuples(st.sampled_from([*contract.COLUMNS, "answer_staff", "mood"]), st.text(max_size=9))))
def test_any_columns_are_judged(columns: list[tuple[str, str]]) -> None:
    found = trial.of_shape(columns, OFFICE)
    assert bool(contract.faults(name for name, _ in columns)) <= bool(found)
