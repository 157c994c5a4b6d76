"""Now, today, and what is due from now, by the warehouse's clock and the network's calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from etl import settings, warehouse
from etl.acting.working_days import WorkingDays
from etl.registry import case_terms
from etl.registry.case_terms import CaseTerms


@dataclass(frozen=True)
class Moment:
    """A moment in the network's calendar, with the terms that are declared."""

    at: dt.datetime
    calendar: WorkingDays
    terms: CaseTerms

    @classmethod
    def now(cls, connection: warehouse.Connection) -> Moment:
        """The moment that the warehouse's clock shows."""
        config = settings.read().config
        calendar = WorkingDays.of(config, settings.time_zone())
        return cls(warehouse.now(connection), calendar, case_terms.declared(config))

    @property
    def today(self) -> dt.date:
        """The local day."""
        return self.at.astimezone(self.calendar.zone).date()

    def due_of(self, ground_code: str) -> dict[str, dt.date]:
        """The last days to acknowledge and to assess a case that is opened now."""
        term = self.terms.of(ground_code)
        return {"acknowledge_by": self.due(term.acknowledge), "due_date": self.due(term.assess)}

    def due(self, count: int) -> dt.date:
        """The last of so many working days from now."""
        return self.calendar.due(self.at, count)
