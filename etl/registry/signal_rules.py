"""When a signal on data quality is raised."""

from __future__ import annotations

from pydantic import Field, model_validator

from etl.registry.declared import Declared, Misplaced


class Signal(Declared):
    """A signal on data quality (``sql/signal/<code>.sql``): threshold and parameters."""

    raised_above: float | None = None
    raised_below: float | None = None
    params: dict[str, int] = Field(default={})
    why: str

    @model_validator(mode="after")
    def _one_side(self) -> Signal:
        if (self.raised_above is None) == (self.raised_below is None):
            raise Misplaced("give one of raised_above and raised_below", "raised_above")
        return self


class Signals(Declared):
    """The signals by code, and the fewest responses looked at."""

    least_responses: int = Field(ge=1)
    by_code: dict[str, Signal]
