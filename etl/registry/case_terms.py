"""``cases.yaml``: within how many working days a case of each ground is acknowledged and assessed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import Field

from etl.registry.declared import Declared, read, stands


class Term(Declared):
    """Two terms in working days, and who set them."""

    acknowledge: int = Field(ge=1)
    assess: int = Field(ge=1)
    source: str = Field(min_length=1)


class LastingTerm(Term):
    """The terms of a lasting weakness, and for how many months running a unit must be weak in a criterion."""

    months: int = Field(default=3, ge=2)


_PROPOSED = "proposed: no rule of the network was found"


class CaseTerms(Declared):
    """The terms by ground; ``correction``: to answer what an officer asks to have corrected.

    ``reported_since``: reports of harassment from before that day open no case, nor do weaknesses of months before
    its own; without it all do.
    """

    recommendation: Term = Term(acknowledge=2, assess=10, source=_PROPOSED)
    harassment: Term = Term(acknowledge=1, assess=5, source=_PROPOSED)
    lasting_weakness: LastingTerm = LastingTerm(acknowledge=2, assess=10, source=_PROPOSED)
    petition: Term = Term(acknowledge=2, assess=10, source=_PROPOSED)
    own_report: Term = Term(acknowledge=1, assess=5, source=_PROPOSED)
    correction: int = Field(default=2, ge=1)
    reported_since: dt.date | None = None

    def of(self, ground_code: str) -> Term:
        """The terms of a ground."""
        term: Term = getattr(self, ground_code)
        return term


def declared(config: Path) -> CaseTerms:
    """The terms of a configuration directory; those that are proposed where the file is not there."""
    file = config / "cases.yaml"
    return read(file, CaseTerms) if stands(file) else CaseTerms()
