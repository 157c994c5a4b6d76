"""Write the public data of a published period as CSV and Parquet, with a Data Package that explains and seals them.

``datapackage.json`` names each file with its digest, and each column with its type and the warehouse's own comment on
it. Nothing outside of schema mart is read, so that a reader's login is enough, and what is hidden there stays hidden.
The same revision gives the same bytes with the same version of this program, names and footnotes: what says how things
stand now, and not what was published, is left out. So is who published and why: names of persons, and what a person
wrote freely, have no place in files that are passed on.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from etl import registry, settings, warehouse
from etl.errors import HailongError, Misdeclared, Unavailable
from etl.landing import zone
from etl.periods import Period
from etl.publishing import places
from etl.registry.network import Network

DESCRIPTOR = "datapackage.json"
UNFINISHED = "datapackage.unfinished.json"
"""On an object store, the descriptor of an export that is not all there yet."""
KEYS = {
    "treasury_ranking": ("treasury_code",),
    "treasury_trend": ("treasury_code",),
    "unit_rating": ("treasury_code", "unit_code"),
    "criterion_rating": ("treasury_code", "criterion_code"),
    "procedure_rating": ("treasury_code", "procedure_code"),
    "breakdown_rating": ("area_level", "area_code", "breakdown", "member_code"),
    "weakness": ("area_level", "area_code", "criterion_code"),
    "footnote": ("footnote_code",),
    "revision": ("period_code", "revision_number"),
}
"""The marts that are exported, with what tells the rows of a period apart."""
_REFERENCES = {"treasury_ranking": ("treasury_code",), "revision": ("period_code", "revision_number")}
"""The resources to which the others refer, with the columns that do."""
_LEFT_OUT = {
    ("treasury_trend", "previous_month_status"),
    ("revision", "is_current"),
    ("revision", "published_by"),
    ("revision", "reason"),
}
"""Columns that say how another revision stands today, who published, and what that person wrote."""

_NUMERIC = pa.decimal128(38, 12)  # no figure of the marts is finer than a standard error, and a finer one is refused
_TYPES = {
    # of PostgreSQL          | of a Data Package | of Arrow
    "text":                     ("string",        pa.string()),
    "boolean":                  ("boolean",       pa.bool_()),
    "smallint":                 ("integer",       pa.int16()),
    "integer":                  ("integer",       pa.int32()),
    "bigint":                   ("integer",       pa.int64()),
    "numeric":                  ("number",        _NUMERIC),
    "double precision":         ("number",        pa.float64()),
    "date":                     ("date",          pa.date32()),
    "timestamp with time zone": ("datetime",      pa.timestamp("us", "UTC")),
    "text[]":                   ("array",         pa.list_(pa.string())),
    "integer[]":                ("array",         pa.list_(pa.int32())),
}  # fmt: skip
_FILES = {f"{name}.{form}" for name in KEYS for form in ("csv", "parquet")}
_TITLE = re.compile(r"\s*(?:[;:(]|[.](?:\s|$))")

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Revision:
    """A published revision of a period, and the network whose it is."""

    network: Network
    period: Period
    number: int
    published_at: dt.datetime
    month_status: str

    @classmethod
    def found(cls, connection: warehouse.Connection, code: str, number: int | None) -> Revision:
        """The revision of a period, the last one for want of a number; an unpublished one raises Misdeclared."""
        here = registry.load(settings.read().config)
        period = here.period(code)
        for one in warehouse.rows(
            connection, "publishing/exported_revision", period_code=period.code, revision_number=number
        ):
            known = one["revision_number"], one["published_at"].astimezone(dt.UTC), one["month_status"]
            return cls(here.network, period, *known)
        if number:
            raise Misdeclared(
                f"{period} has no published revision {number}", next_action=f"see hailong revisions {period}"
            )
        raise Misdeclared(
            f"nothing of {period} is published, and a draft is not exported",
            next_action=f"publish it first: hailong publish {period} --why '…'",
        )


@dataclass(frozen=True)
class Resource:
    """One mart's rows of a revision: its columns as the warehouse describes them, and rows in the order of its key."""

    name: str
    columns: Rows
    rows: Rows

    @property
    def has_key(self) -> bool:
        """Whether its key tells the rows apart: not so where a code passes to another office within the period."""
        return len({self._key(row) for row in self.rows}) == len(self.rows)

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        return [one["column_name"] for one in self.columns]

    def _key(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in KEYS[self.name])

    def in_order(self) -> Resource:
        """The same, with its rows in an order that no server decides."""
        ordered = sorted(self.rows, key=lambda row: (self._key(row), [str(value) for value in row.values()]))
        return Resource(self.name, self.columns, ordered)

    def csv(self) -> bytes:
        """As CSV (RFC 4180, but for lines that end in LF): UTF-8, a decimal point, ISO dates in UTC, arrays as JSON."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.names)
        writer.writerows([_cell(value) for value in row.values()] for row in self.rows)
        return text.getvalue().encode()

    def parquet(self) -> bytes:
        """As Parquet, with the types of the warehouse and its comments as metadata."""
        schema = pa.schema(
            [
                pa.field(one["column_name"], _TYPES[one["type_name"]][1], metadata={"description": _said(one)})
                for one in self.columns
            ]
        )
        file = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(self.rows, schema), file, compression="zstd")
        return file.getvalue()


def export(code: str, target: str | None = None, number: int | None = None) -> str:
    """Export a published revision of a period, the last one for want of a number; where it is.

    ``target`` is a directory or any URL of fsspec, and else beside the revision's bulletin; an earlier export there is
    replaced as a whole. An unpublished period or an unknown revision, and a target that does not let us in or holds
    anything but an export of the same network, raise Misdeclared; a target that is away Unavailable.
    """
    with warehouse.transaction() as connection:
        revision = Revision.found(connection, code, number)
        resources = _resources(connection, revision)
    home = f"{places.published().url.rstrip('/')}/{places.directory(revision.period.code, revision.number)}/data"
    return _put(target or home, _package(revision, resources), _package_name(revision.network, ""))


def _resources(connection: warehouse.Connection, revision: Revision) -> list[Resource]:
    """What is exported, as the revision has it."""
    warehouse.rows(connection, "marts/show", shown=str(revision.number))
    columns = warehouse.rows(connection, "publishing/exported_columns", view_names=list(KEYS))
    return [_resource(connection, revision, name, columns) for name in KEYS]


def _resource(connection: warehouse.Connection, revision: Revision, name: str, columns: Rows) -> Resource:
    """One mart's rows of a revision."""
    its = [one for one in columns if one["view_name"] == name]
    kept = [one for one in its if (name, one["column_name"]) not in _LEFT_OUT]
    key = {"period_code": revision.period.code, "revision_number": revision.number}
    where = {column: value for column, value in key.items() if column in {one["column_name"] for one in its}}
    names = [one["column_name"] for one in kept]
    return Resource(name, kept, warehouse.table(connection, ("mart", name), names, where)).in_order()


def _package(revision: Revision, resources: Sequence[Resource]) -> dict[str, bytes]:
    """The files of a package by name, its descriptor last."""
    files: dict[str, bytes] = {}
    described: list[dict[str, Any]] = []
    referable = {one.name for one in resources if one.has_key}
    for one in resources:
        files |= {f"{one.name}.csv": one.csv(), f"{one.name}.parquet": one.parquet()}
        described += [
            {
                "name": one.name,
                "profile": "tabular-data-resource",
                **_sealed(f"{one.name}.csv", files, "text/csv"),
                "encoding": "utf-8",
                "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True},
                **_described(one.columns[0]["view_comment"]),
                "schema": _schema(one, referable),
            },
            {
                "name": f"{one.name}.parquet",
                "profile": "data-resource",
                "type": "file",
                **_sealed(f"{one.name}.parquet", files, "application/vnd.apache.parquet"),
                **_described(one.columns[0]["view_comment"]),
            },
        ]
    said = _about(revision) | {"resources": described}
    return files | {DESCRIPTOR: json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"}


def _about(revision: Revision) -> dict[str, Any]:
    """What a package says of itself as a whole."""
    network, period = revision.network, revision.period
    titles = {
        "vi": f"{network.name_vi}: mức độ hài lòng của khách hàng, {period.name_vi}",
        "en": f"{network.name_en}: customer satisfaction, {period.name_en}",
    }
    return {
        "profile": "data-package",
        "name": _package_name(network, period.code),
        "version": str(revision.number),
        "created": _cell(revision.published_at),
        "title": f"{titles['vi']} · {titles['en']}",
        "title_vi": titles["vi"],
        "title_en": titles["en"],
        "description": f"Revision {revision.number}, {revision.month_status}. Cells of few responses are hidden: their"
        " figures are empty, with the footnote 'suppressed'.",
        # the network alone can permit what others do with its figures, and it declares nothing
        "licenses": [{"name": "notspecified", "title": f"Not specified: ask {network.name_en}"}],
        "sources": [{"title": f"Answers of customers of {network.name_en} ({network.name_vi})"}],
    }


def _package_name(network: Network, period_code: str) -> str:
    """The name of a period's package; without a period, what all names of the network's packages begin with."""
    return re.sub(r"[^a-z0-9._-]", "-", f"{network.code}-{period_code}".lower())


def _sealed(name: str, files: Mapping[str, bytes], media_type: str) -> dict[str, Any]:
    """Where a file of the package is, what it is, and how one sees that it is still the same."""
    digest = hashlib.sha256(files[name]).hexdigest()
    kind = {"path": name, "format": name.rpartition(".")[2], "mediatype": media_type}
    return kind | {"bytes": len(files[name]), "hash": f"sha256:{digest}"}


def _schema(resource: Resource, referable: set[str]) -> dict[str, Any]:
    """The columns of a resource, what tells its rows apart, and to which others they lead."""
    key = KEYS[resource.name] if resource.has_key else ()
    fields = [
        {"name": one["column_name"], "type": _TYPES[one["type_name"]][0], **_described(_said(one))}
        | ({"constraints": {"required": True}} if one["column_name"] in key else {})
        for one in resource.columns
    ]
    led = [
        {"fields": list(columns), "reference": {"resource": name, "fields": list(columns)}}
        for name, columns in _REFERENCES.items()
        if name in referable - {resource.name} and set(columns) <= set(resource.names)
    ]
    said = {"fields": fields, "missingValues": [""]}
    return said | ({"primaryKey": list(key)} if key else {}) | ({"foreignKeys": led} if led else {})


def _described(comment: str) -> dict[str, str]:
    """A comment's first words as a title, and all of it."""
    return {"title": _TITLE.split(comment, maxsplit=1)[0], "description": comment}


def _said(column: Mapping[str, Any]) -> str:
    """The warehouse's comment on a column."""
    return column["column_comment"] or str(column["column_name"]).replace("_", " ")


def _cell(value: Any) -> str:
    """A value as it stands in CSV; empty where there is none."""
    match value:
        case None:
            return ""
        case bool() | list():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return f"{value:f}"
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        case _:
            return str(value)


def _put(target: str, package: Mapping[str, bytes], ours: str) -> str:
    """Put a package in the place of what its target held; where it is.

    ``ours`` is what the names of the network's packages begin with: nothing else is replaced. On a local disk
    the directory is made beside and then exchanged. Elsewhere nothing moves as a whole: there the descriptor is taken
    away first and comes back last.
    """
    files, place = _file_system(target)
    with _reached():
        if isinstance(files, LocalFileSystem):
            place = str(Path(place).resolve())
        _refuse_others(files, place, ours)
        if isinstance(files, LocalFileSystem):
            _exchange(Path(place), package)
        else:
            _replace(files, place, package)
        return str(files.unstrip_protocol(place)).removeprefix("file://")


def _file_system(target: str) -> tuple[Any, str]:
    """The file system of a target and the path on it; a URL that leads to none raises Misdeclared, without the URL."""
    try:
        return fsspec.url_to_fs(target, use_listings_cache=False)  # type: ignore[no-any-return]
    except (ImportError, ValueError) as error:
        raise Misdeclared(
            f"the target of the export leads to no file system ({type(error).__name__})",
            next_action="correct what --to says, or install what it names (for s3:// pip install 'hailong[s3]')",
        ) from None


def _refuse_others(files: Any, place: str, ours: str) -> None:
    """Raise Misdeclared where a place is a file, or holds anything that no export of ours has put there."""
    try:
        # an object store may keep an empty object for the directory itself
        found = [one for one in files.ls(place, detail=True) if one["name"] != f"{place}/"]
    except FileNotFoundError:
        return
    if any(one["name"] == place and one["type"] != "directory" for one in found):
        raise Misdeclared("the target of the export is a file", next_action="name a directory")
    names = {one["name"].removeprefix(f"{place}/") for one in found if one["type"] != "directory"}
    is_export = any(_is_ours(files, f"{place}/{name}", ours) for name in names & {DESCRIPTOR, UNFINISHED})
    known = names & {DESCRIPTOR, UNFINISHED, *_FILES} if is_export else set()
    if others := sorted({one["name"].removeprefix(f"{place}/") for one in found} - known):
        raise Misdeclared(
            f"the target of the export holds something else, first {others[0]}",
            next_action="name a directory that is new, or empty, or an earlier export of this network",
        )


def _is_ours(files: Any, path: str, ours: str) -> bool:
    """Whether a file is the descriptor of an export of ours: by its name, and by the files that it describes."""
    try:
        said = json.loads(files.cat_file(path))
        name, described = said["name"], {one["path"] for one in said["resources"]}
        return isinstance(name, str) and name.startswith(ours) and bool(described) and described <= _FILES
    except (ValueError, KeyError, TypeError):
        return False


def _exchange(place: Path, package: Mapping[str, bytes]) -> None:
    """Make a directory beside the place, and put it there with two moves; what was there comes back if one fails."""
    mark = uuid.uuid4().hex[:12]
    draft, old = (place.with_name(f".{place.name}-{mark}-{what}") for what in ("new", "old"))
    try:
        draft.mkdir(parents=True)
        for name, content in package.items():
            with (draft / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        try:
            with contextlib.suppress(FileNotFoundError):
                place.rename(old)
            draft.rename(place)
        except BaseException:
            with contextlib.suppress(OSError):  # what failed first is what is told
                old.rename(place)
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _replace(files: Any, place: str, package: Mapping[str, bytes]) -> None:
    """Write a package file by file; while it is not whole, only a mark says that the files are an export's."""
    if place.startswith("/"):  # else its first part is a bucket, which is not ours to make
        files.makedirs(place, exist_ok=True)
    files.pipe_file(f"{place}/{UNFINISHED}", package[DESCRIPTOR])
    with contextlib.suppress(FileNotFoundError):
        files.rm_file(f"{place}/{DESCRIPTOR}")
    for name, content in package.items():
        files.pipe_file(f"{place}/{name}", content)
    files.rm_file(f"{place}/{UNFINISHED}")


@contextlib.contextmanager
def _reached() -> Iterator[None]:
    """Say what it means that the target does not do as it is asked, whatever its store raises; never its URL."""
    try:
        yield
    except HailongError:
        raise
    except Exception as error:
        if not (isinstance(error, OSError) or zone.is_of_the_store(error)):
            raise
        number = getattr(error, "errno", None)
        why = os.strerror(number) if number else type(error).__name__
        message = f"the target of the export cannot be written ({why})"
        is_refused = isinstance(error, FileNotFoundError | PermissionError | NotADirectoryError)
        if is_refused or "Credential" in type(error).__name__:
            raise Misdeclared(
                message, next_action="correct what --to says, or its rights: it has to let us in"
            ) from error
        raise Unavailable(
            message,
            next_action=f"see that its disk or store answers and has room, then export again: without {DESCRIPTOR}"
            " it is not whole",
        ) from error
