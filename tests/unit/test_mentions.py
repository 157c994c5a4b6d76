"""Keys, codes and columns from outside are called by short names that nobody can take for another's."""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from etl.admission import mentions
from etl.source import shape

KEYS = st.text() | st.from_regex(r"'{0,2}#\d{1,3}'{0,2}", fullmatch=True) | st.sampled_from([" a", "' a'", "a"])


def test_columns_that_begin_alike_have_short_names_of_their_own() -> None:
    """SQLite takes names of any length; that of a column stands in an index of ours when it comes or goes."""
    names = ["c" * 4000, "c" * 4001, "short"]
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create table card ({', '.join(f'{name} text' for name in names)})")
        found = shape.shape_of(connection, ["card"])
    assert found is not None
    seen = {column for _, column, _ in found.columns}
    assert len(seen) == 3
    assert "short" in seen
    assert max(map(len, seen)) < 200


@given(st.none() | KEYS, st.none() | KEYS, st.integers(1, 999), st.integers(1, 999))
def test_two_rows_are_never_called_alike_unless_their_keys_are(
    one: str | None, other: str | None, first: int, second: int
) -> None:
    """A row without a key is called by its number."""
    names = mentions.row(one, first), mentions.row(other, second)
    if one != other or (one is None and first != second):
        assert names[0] != names[1]
    else:
        assert names[0] == names[1]


def test_codes_are_shown_short_few_and_without_what_cannot_be_seen() -> None:
    assert mentions.codes(["10", "10", "\x1b[2J\u202e", "x" * 99]) == f"'10', '\\x1b[2J\\u202e', '{'x' * 30}…'"
    assert mentions.codes(map(str, range(9))).endswith("'4' …")
