"""The figures of officers in a window of months: effective responses, what was expected, how unlikely they are.

What is handed in, a row a response that names an officer: officer, unit, stratum (procedure and channel), customer (a
pseudonym), month (whole numbers that count months), and for each criterion that counts towards persons
(``registry.competences``) a column of 1 for an answer that is not satisfied, 0 for one that is, NaN for one that is not
counted by the rule set. An officer's key must be hers alone in the whole network, and so must a unit's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.scoring.statistics.customers import answers_worth, correlation, effective_responses
from etl.scoring.statistics.expected import expectations, numbered_pairs
from etl.scoring.statistics.shortfall import shortfall

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]
Marks = npt.NDArray[np.bool_]
FIGURES = ["response_count", "effective_responses", "bad_rate", "expected_rate", "known", "p_value"]
"""The columns of ``figures``: counts, shares of answers that are not satisfied, what the expectation is worth."""


@dataclass(frozen=True)
class OfficerAnswers:
    """Responses as numbers: officers are numbered, and so are cells (officer, unit, stratum) and pairs (customer).

    ``bad``: by criterion, and under ``""`` all together, the share of the counted answers that are not satisfied.
    """

    officers: pd.Index
    cells: pd.DataFrame
    officer: Numbers
    cell: Numbers
    pair: Numbers
    officer_of_pair: Numbers
    month: Numbers
    bad: dict[str, Floats]

    @classmethod
    def of(cls, responses: pd.DataFrame, criteria: Sequence[str]) -> OfficerAnswers:
        """The numbers of responses."""
        officer, officers = pd.factorize(responses["officer"])
        unit, stratum, customer = (pd.factorize(responses[name])[0] for name in ("unit", "stratum", "customer"))
        cell, first = numbered_pairs(officer, numbered_pairs(unit, stratum)[0])
        pair, of_pair = numbered_pairs(officer, customer)
        cells = pd.DataFrame({"person": officer[first], "unit": unit[first], "stratum": stratum[first]})
        answers = responses[list(criteria)].to_numpy(np.float64)
        size = (~np.isnan(answers)).sum(axis=1)
        bad = {"": np.nansum(answers, axis=1) / np.where(size > 0, size, np.nan)}
        bad |= {criterion: answers[:, place] for place, criterion in enumerate(criteria)}
        month = responses["month"].to_numpy(np.intp)
        return cls(pd.Index(officers), cells, officer, cell, pair, officer[of_pair], month, bad)


@dataclass(frozen=True)
class EvidenceWindow:
    """The responses of some months that say something, each with what was expected of it by all others of them.

    ``known``: by officer, how many responses the expectation is worth. ``alike``: how alike two responses of one
    customer to one officer are; ``worth``: how many independent answers of yes or no a response is worth.
    """

    of: OfficerAnswers
    at: Numbers
    bad: Floats
    expected: Floats
    known: Floats
    alike: float
    worth: float

    @property
    def officer(self) -> Numbers:
        """The officer of each of its responses."""
        return self.of.officer[self.at]

    @property
    def month(self) -> Numbers:
        """The month of each of its responses."""
        return self.of.month[self.at]


def window(of: OfficerAnswers, months: tuple[int, int], criterion: str = "") -> EvidenceWindow:
    """The responses of the months from first to last, by one criterion or by all together."""
    return window_of(of, range(months[0], months[1] + 1), criterion)


def window_of(of: OfficerAnswers, months: Collection[int], criterion: str = "") -> EvidenceWindow:
    """The responses of some months, by one criterion or by all together.

    How alike returning customers are is learnt first, from expectations that know procedure and channel alone.
    """
    values = of.bad[criterion]
    at = np.flatnonzero(np.isin(of.month, list(months)) & ~np.isnan(values))
    bad, cell = values[at], of.cell[at]
    if not len(at):
        return EvidenceWindow(of, at, bad, bad, np.zeros(len(of.officers)), 0.0, 1.0)
    size = np.bincount(cell, minlength=len(of.cells))
    is_there = size > 0
    counts = of.cells[is_there].assign(
        response_count=size[is_there], bad_count=np.bincount(cell, bad, len(of.cells))[is_there]
    )
    row_of_cell = np.cumsum(is_there) - 1
    rough = expectations(counts).by_cell[row_of_cell[cell]]
    alike, worth = correlation(of.pair[at], bad, rough), answers_worth(bad, rough)
    n, squares = _of_customers(of, at)
    share = float(effective_responses(n, squares, alike).sum() / len(at))
    made = expectations(counts, share)
    known = np.zeros(len(of.officers))
    known[made.person.astype(np.intp)] = made.weight
    return EvidenceWindow(of, at, bad, made.by_cell[row_of_cell[cell]], known, alike, worth)


def figures(of: EvidenceWindow, is_counted: Marks | None = None) -> pd.DataFrame:
    """A row for each officer who has a counted response, by officer: the columns ``FIGURES``.

    ``is_counted``: of the window's responses, those that are looked at, such as the ones since a decision; what was
    expected stays that of the whole window.
    """
    mask = np.ones(len(of.at), dtype=bool) if is_counted is None else is_counted
    at, count = of.at[mask], len(of.of.officers)
    officer = of.of.officer[at]
    n, squares = _of_customers(of.of, at)
    who = np.flatnonzero(n > 0)
    n, squares = n[who], squares[who]
    bad, expected = (np.bincount(officer, values[mask], count)[who] / n for values in (of.bad, of.expected))
    size = effective_responses(n, squares, of.alike)
    trials, known = size * of.worth, of.known[who]
    values = {
        "response_count": n.astype(np.int64),
        "effective_responses": size,
        "bad_rate": bad,
        "expected_rate": expected,
        "known": known,
        "p_value": shortfall(bad * trials, trials, expected, known * of.worth),
    }
    return pd.DataFrame(values, index=of.of.officers[who].rename("officer"), columns=FIGURES)


def adjusted_counts(of: EvidenceWindow) -> tuple[Floats, Floats]:
    """Satisfied ones and all of each officer's effective responses: see ``adjusted``."""
    found = adjusted(of)
    return found["satisfied"].to_numpy(np.float64), found["count"].to_numpy(np.float64)


def adjusted(of: EvidenceWindow) -> pd.DataFrame:
    """By officer: satisfied and count of her effective responses, as if all had had the same customers.

    In independent answers of yes or no, of which a response is ``worth`` several, as a binomial has them. The mean
    expected rate, moved by how far each officer lies from hers.
    """
    found = figures(of)
    n = found["effective_responses"].to_numpy(np.float64)
    if not len(n):
        return pd.DataFrame({"satisfied": n, "count": n}, index=found.index)
    expected = found["expected_rate"].to_numpy(np.float64)
    bad = np.clip((expected * n).sum() / n.sum() + found["bad_rate"].to_numpy(np.float64) - expected, 0, 1)
    return pd.DataFrame({"satisfied": n * of.worth * (1 - bad), "count": n * of.worth}, index=found.index)


def _of_customers(of: OfficerAnswers, at: Numbers) -> tuple[Floats, Floats]:
    """By officer the number of some responses, and the sum of the squares of those of each customer."""
    size = np.bincount(of.pair[at], minlength=len(of.officer_of_pair)).astype(np.float64)
    count = len(of.officers)
    sums = [np.bincount(of.officer_of_pair, values, count).astype(np.float64) for values in (size, size**2)]
    return sums[0], sums[1]
