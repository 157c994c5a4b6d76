"""What ``source check`` says of rows that our role may not see."""

from __future__ import annotations

from collections.abc import Iterator

from etl.admission.remarks import Remark
from etl.source.shape import Shape
from etl.source.sight import Sight, View


def of(sight: Sight, shape: Shape | None, tables: tuple[str, ...]) -> list[Remark]:
    """Hints about what may hide rows, and about tables of the header that nobody has seen."""
    return [*_of_tables(shape, tables), *map(_of_view, sight.views), *_of_copies(sight)]


def _of_tables(shape: Shape | None, tables: tuple[str, ...]) -> Iterator[Remark]:
    """Tables that the query's header names in vain: a run notes the same as drift."""
    for table in shape.lacking(tables) if shape else ():
        yield Remark(
            f"the query's header says that it reads {table}, which is not there under this name, or not for our role to"
            " see: no change of it is noticed",
            "write its name in -- reads: as the database does, with its schema where it needs one",
            is_fault=False,
        )


def _of_view(view: View) -> Remark:
    """A view, which shows the rows that its author chose."""
    beneath = f" of {', '.join(view.beneath)}" if view.beneath else ""
    return Remark(
        f"{view.name} is a view{beneath}: rows that it leaves out are seen by nobody here, and no count tells of them",
        "ask the office whether the view has a condition on rows, or rights that hide some",
        is_fault=False,
    )


def _of_copies(sight: Sight) -> Iterator[Remark]:
    """Databases that may be older than they seem."""
    if sight.is_replica_in_doubt:
        yield Remark(
            "the server only reads, perhaps as a replica that lags, and does not tell our role how far it has followed",
            "ask the office; or for 'grant replica monitor on *.*' (MariaDB) or 'replication client' (MySQL)",
            is_fault=False,
        )
    if sight.is_copy_in_doubt:
        yield Remark(
            "the file is in SQLite's write-ahead mode and no -wal stands beside it: a copy without it may lack the"
            " newest rows",
            "where it is a copy, let it be made by SQLite's command .backup",
            is_fault=False,
        )
