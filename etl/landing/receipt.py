"""The receipt of a landing: what was read, where it is, and what it left at the source."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter

from etl import files
from etl.source.census import TableCounts, discords

_MOST_BYTES = 1 << 20
_LANDED = re.compile(r"responses-[0-9a-f]+\.parquet")
_UNSTORED = ("unread_count", "strayed_count")
"""Counts that only the first door asks for."""
Count = Annotated[int, Field(ge=0, lt=1 << 63)]


def _moment(text: str) -> str:
    """A moment as text; one that is none, or of no zone, raises ValueError."""
    if dt.datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("it has no time zone")
    return text


@dataclass(frozen=True)
class Receipt:
    """What was landed, from which source, and where it is.

    ``snapshot_at`` is the source's snapshot time (ISO 8601). ``shape_digest`` is that of the source's shape, where it
    is known. ``census`` is what the whole table held, or ``uncounted_why`` says why it was not counted; older receipts
    have neither.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012

    row_count: Count
    byte_count: Count
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    source_name: str
    snapshot_at: Annotated[str, AfterValidator(_moment)]
    landing_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    landing_path: str
    shape_digest: str | None = None
    census: TableCounts | None = None
    uncounted_why: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Receipt:
        """The receipt of a landing that the warehouse knows, from its row."""
        return cls(
            row_count=row["row_count"],
            byte_count=0,
            sha256=row["sha256"],
            source_name=row["source_name"],
            snapshot_at=row["snapshot_at"].isoformat(),
            landing_seconds=0.0,
            landing_path=row["landing_path"],
        )

    @classmethod
    def of_json(cls, text: bytes, directory: str) -> Receipt:
        """The receipt as it is kept in a directory.

        One that is cut short, of another form, or names a file anywhere else than there raises ValueError: whoever
        follows it would read, or remove, what is not a landing of this place.
        """
        receipt: Receipt = _form().validate_json(text, strict=True)
        name = receipt.landing_path.removeprefix(f"{directory}/")
        if receipt.landing_path == name or not _LANDED.fullmatch(name):
            raise ValueError("it names a file that is not beside it")
        return receipt

    def is_whole(self, most_share: float) -> bool:
        """Whether what was read is what the table has in the month, as far as it was counted.

        ``most_share`` is the share of rows whose times may not sort as the bounds do.
        """
        return self.census is None or not discords(self.census, self.row_count, most_share)

    def row(self) -> dict[str, Any]:
        """The columns of ``ops.receipt``."""
        names = [field.name for field in dataclasses.fields(TableCounts) if field.name not in _UNSTORED]
        census = dataclasses.asdict(self.census) if self.census else {}
        counts = {name: census.get(name) for name in names}
        values = {name: value for name, value in dataclasses.asdict(self).items() if name != "census"}
        return {**values, **counts}


def content_of(system: Any, path: str) -> bytes:
    """What stands in the place of a receipt; what cannot be one raises ValueError, and is not read."""
    if files.is_endless(system, path) or system.size(path) > _MOST_BYTES:
        raise ValueError(path)
    return bytes(system.cat_file(path))


@cache
def _form() -> TypeAdapter[Receipt]:
    """What a receipt must be."""
    return TypeAdapter(Receipt)


@dataclass(frozen=True)
class Taken:
    """What a read says of itself after its last batch.

    ``at`` is the source's snapshot time; the others are those of the receipt.
    """

    at: dt.datetime
    census: TableCounts | None = None
    uncounted_why: str | None = None
