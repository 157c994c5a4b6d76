"""Re-basing: counts are summed up to the offices that came after, and nothing is lost or averaged on the way."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.scoring.statistics.rebase import rebased
from tests.lib.cases import slow

KEYS = ["breakdown", "member_code"]
COUNTED = ["answer_count", "satisfied_count", "answer_squares", "satisfied_answer_products"]
COLUMNS = ["treasury_id", *KEYS, *COUNTED]

PHU_THO, VINH_PHUC, HOA_BINH, HA_NOI, PHU_THO_2025 = 25, 26, 17, 1, 125
MERGED = {PHU_THO: PHU_THO_2025, VINH_PHUC: PHU_THO_2025, HOA_BINH: PHU_THO_2025, HA_NOI: HA_NOI}

# fmt: off
COUNTS = pd.DataFrame([
    # treasury | breakdown | member | answers, satisfied | sums of squares and products
    (PHU_THO,    "total",    "all",   100, 90,             1000, 800),
    (VINH_PHUC,  "total",    "all",    10,  1,              100,   1),
    (PHU_THO,    "channel",  "web",    60, 55,              600, 500),
    (HA_NOI,     "total",    "all",    50, 50,              500, 500),
    (HOA_BINH,   "total",    "all",     0,  0,                0,   0),
], columns=COLUMNS)

SUMMED = [
    (PHU_THO_2025, "total",   "all",  110, 91,             1100, 801),
    (PHU_THO_2025, "channel", "web",   60, 55,              600, 500),
    (HA_NOI,       "total",   "all",   50, 50,              500, 500),
]

UNSUITABLE = [
    # columns added                   | named in the error
    ({"treasury_code": "25"},           "treasury_code"),
    ({"region_code": "delta"},          "region_code"),
    ({"unit_code": None},               "unit_code"),
    ({"satisfaction_rate": 0.9},        "satisfaction_rate"),
    ({"answer_count": 1.5},             "answer_count"),
    ({"unit_code": None, "region_code": "delta"}, "unit_code, region_code"),
]
# fmt: on

OFFICES = st.integers(1, 6)
SUCCESSION = st.fixed_dictionaries(dict.fromkeys(range(1, 7), OFFICES))
ROWS = st.lists(
    st.tuples(
        OFFICES,
        st.sampled_from(["total", "channel"]),
        st.sampled_from(["all", "web", "counter", None]),
        *[st.integers(0, 10**9)] * 4,
    ),
    max_size=25,
)


def frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    """Counts of several rows a treasury and keys at most once each."""
    made = pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(["treasury_id", *COUNTED], "int64"))
    return made.drop_duplicates(["treasury_id", *KEYS]).reset_index(drop=True)


def by_key(counts: pd.DataFrame, keys: list[str]) -> dict[tuple[object, ...], tuple[int, ...]]:
    """The sums of the counted columns by some of the keys."""
    found: dict[tuple[object, ...], tuple[int, ...]] = {}
    for row in counts.astype(object).where(counts.notna(), None).to_dict("records"):
        key = tuple(row[name] for name in keys)
        found[key] = tuple(a + row[name] for a, name in zip(found.get(key, (0,) * 4), COUNTED, strict=True))
    return found


def test_three_treasuries_that_merged_are_one_sum_and_not_one_mean() -> None:
    found = rebased(COUNTS, MERGED)
    assert list(found.itertuples(index=False, name=None)) == SUMMED
    assert list(found.columns) == COLUMNS
    total = found.iloc[0]
    assert total["satisfied_count"] / total["answer_count"] == 91 / 110 != (90 / 100 + 1 / 10) / 2


def test_counts_stay_whole_and_the_argument_as_it_was() -> None:
    before = COUNTS.copy()
    assert [str(kind) for kind in rebased(COUNTS, MERGED)[["treasury_id", *COUNTED]].dtypes] == ["int64"] * 5
    nullable = COUNTS.astype({"treasury_id": "Int64", "answer_count": "Int64"})
    assert str(rebased(nullable, MERGED)["treasury_id"].dtype) == "Int64"
    pd.testing.assert_frame_equal(COUNTS, before)


def test_without_keys_the_treasuries_alone_are_summed() -> None:
    found = rebased(pd.DataFrame({"treasury_id": [25, 26, 1], "file_count": [1, 2, 4]}), MERGED)
    assert found.to_dict("list") == {"treasury_id": [PHU_THO_2025, HA_NOI], "file_count": [3, 4]}


def test_keys_as_categories_make_up_no_rows() -> None:
    found = rebased(COUNTS.astype(dict.fromkeys(KEYS, "category")), MERGED)
    assert list(found.itertuples(index=False, name=None)) == SUMMED
    assert [str(found[name].dtype) for name in KEYS] == ["category"] * 2


def test_nothing_stays_nothing() -> None:
    found = rebased(COUNTS.iloc[:0], MERGED)
    assert (len(found), list(found.columns)) == (0, COLUMNS)


def test_treasuries_without_a_successor_are_named() -> None:
    with pytest.raises(ValueError, match="no successor is given for the treasury_id 25, 17$"):
        rebased(COUNTS, {VINH_PHUC: PHU_THO_2025, HA_NOI: HA_NOI})


def test_counts_of_no_treasury_have_no_successor() -> None:
    of_the_system = COUNTS.assign(treasury_id=pd.array([None, 26, 25, 1, 17], dtype="Int64"))
    with pytest.raises(ValueError, match="no successor is given for the treasury_id <NA>"):
        rebased(of_the_system, MERGED)


@pytest.mark.parametrize(("added", "named"), UNSUITABLE)
def test_what_cannot_be_summed_is_refused(added: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=f"cannot be summed up to another office: {named}$"):
        rebased(COUNTS.assign(**added), MERGED)


@slow(30)
@given(ROWS, SUCCESSION)
def test_totals_stay_as_they_are(rows: list[tuple[object, ...]], succession: dict[int, int]) -> None:
    counts = frame(rows)
    assert by_key(rebased(counts, succession), KEYS) == by_key(counts, KEYS)


@slow(30)
@given(ROWS, SUCCESSION)
def test_it_is_the_same_to_re_base_and_sum_the_members_or_to_sum_and_re_base(
    rows: list[tuple[object, ...]], succession: dict[int, int]
) -> None:
    counts = frame(rows)
    without_members = counts.groupby(["treasury_id", "breakdown"], as_index=False)[COUNTED].sum()
    keys = ["treasury_id", "breakdown"]
    assert by_key(rebased(counts, succession), keys) == by_key(rebased(without_members, succession), keys)


@slow(30)
@given(ROWS, SUCCESSION, SUCCESSION)
def test_two_reforms_one_after_the_other_are_as_one(
    rows: list[tuple[object, ...]], first: dict[int, int], second: dict[int, int]
) -> None:
    counts, keys = frame(rows), ["treasury_id", *KEYS]
    at_once = rebased(counts, {office: second[successor] for office, successor in first.items()})
    assert by_key(rebased(rebased(counts, first), second), keys) == by_key(at_once, keys)
    assert not at_once.duplicated(keys).any()
