"""The tables of the coverage in docs/ratings.md, made from the figures of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.coverage.clustering import WHO
from benchmarks.coverage.observed import Tally, broken
from benchmarks.coverage.rules import after, before

WORST = "worst"


@dataclass(frozen=True)
class Figures:
    """A run's figures: how often each promise was kept in each case, and who clusters."""

    promises: pd.DataFrame
    who_clusters: pd.DataFrame


_PARTS = {
    "levels": "levels of 3, 12, 63 and 700 offices",
    "uneven": "offices that do not answer alike, or whose rates differ",
    "small units": "units of 5 to 60 responses",
    "officers": "officers of 30 to 135 responses",
    "places": "63 offices",
    "units": "12 units of a treasury",
}
_MARKS = "<!-- coverage: {} -->", "<!-- coverage: end -->"


def write(path: Path, found: Figures) -> None:
    """Put the tables between their marks on a page."""
    text = path.read_text()
    for name, lines in (("grid", _grid(found)), ("places", _places(found)), ("clusters", _clusters(found))):
        start, end = (mark.format(name) for mark in _MARKS)
        head, rest = text.split(start, 1)
        text = head + "\n".join([start, *lines, end]) + rest.split(end, 1)[1]
    path.write_text(text)


def not_held(found: Figures) -> list[str]:
    """The promises that were not kept where they must be, by the rule set in force."""
    table = _table(found)
    held = table[table["is_held"] & table["rules"].eq(after().code)]
    named = held["part"] + ", " + held["case"] + ": " + held["promise"]
    return broken(zip(named, held["tally"], strict=True))


def by_rate_and_size(found: Figures) -> pd.DataFrame:
    """The worst share of the grid by rule set, rate and number of responses, over kinds of answers and laws."""
    table = _table(found)
    grid = table[table["part"].eq("grid")]
    return grid.groupby(["rules", "rate", "responses"])["share"].min().rename(WORST).reset_index()


def _table(found: Figures) -> pd.DataFrame:
    """The figures with their tallies and shares."""
    table = found.promises
    figures = zip(table["kept"], table["tried"], table["promised"], table["alike"], strict=True)
    tallies = [Tally(int(kept), int(tried), promised, alike) for kept, tried, promised, alike in figures]
    return table.assign(tally=tallies, share=table["kept"] / table["tried"])


def _grid(found: Figures) -> Iterator[str]:
    """A row for each rate: the worst of each size, and before."""
    worst = by_rate_and_size(found).pivot(index=["rate", "responses"], columns="rules", values=WORST)
    sizes = worst.index.unique("responses")
    yield "| true rate | " + " | ".join(f"{size:,} responses" for size in sizes) + " |"
    yield "|---|" + "--:|" * len(sizes)
    for rate in worst.index.unique("rate"):
        shares = [worst.loc[(rate, size)] for size in sizes]
        yield f"| {_percent(rate)} | " + " | ".join(_new_and_old(share) for share in shares) + " |"


def _places(found: Figures) -> Iterator[str]:
    """A row for each promise: how many cases, the worst and the mean, and before."""
    table = _table(found)
    yield "| what is said | of | cases | promised | observed, worst case | mean | before, worst | mean |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    for part, words in _PARTS.items():
        for promise in table.loc[table["part"].eq(part), "promise"].unique():
            rows = table[table["part"].eq(part) & table["promise"].eq(promise)]
            new, old = (rows[rows["rules"].eq(rules.code)] for rules in (after(), before()))
            worst = new.loc[new["share"].idxmin(), "tally"]
            shown = f"{_share(worst.share)} ± {100 * worst.error:.1f}", _share(new["share"].mean())
            was = _share(old["share"].min()), _share(old["share"].mean())
            promised = _share(worst.promised)
            yield f"| {promise} | {words} | {len(new)} | {promised} | {' | '.join((*shown, *was))} |"


def _clusters(found: Figures) -> Iterator[str]:
    """A row for who is drawn anew, a column for who is taken for independent."""
    table = found.who_clusters
    table = table.assign(share=table["kept"] / table["tried"]).set_index(["anew", "taken"])
    yield "| drawn anew | " + " | ".join(f"`{who}`" for who in WHO) + " |"
    yield "|---|" + "--:|" * len(WHO)
    for anew in WHO:
        yield f"| {anew} | " + " | ".join(_share(table.loc[(anew, taken), "share"]) for taken in WHO) + " |"


def _new_and_old(shares: pd.Series) -> str:
    return f"{_share(shares[after().code])} ({_share(shares[before().code])})"


def _share(share: float) -> str:
    return f"{100 * share:.1f}"


def _percent(rate: float) -> str:
    return f"{100 * rate:g} %"
