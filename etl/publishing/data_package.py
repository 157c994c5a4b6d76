"""Export a published period as a Data Package: CSV, Parquet, descriptor.

The same revision gives the same bytes with the same version of this program, names and footnotes. Which marts and
columns are exported: ``resources``; how they are described: ``descriptor``.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl import files, warehouse
from etl.errors import Misdeclared
from etl.publishing import descriptor, places, resources, signature
from etl.publishing.descriptor import Revision
from etl.registry import Registry
from etl.registry.network import Network

DESCRIPTOR = "datapackage.json"
UNFINISHED = "datapackage.unfinished.json"
"""On an object store, the descriptor of an export that is not all there yet."""
_FILES = {f"{name}.{form}" for name in resources.KEYS for form in ("csv", "parquet")}
_SIGNED = set(descriptor.SIGNED_IN.values())


@dataclass(frozen=True)
class _Target:
    """A directory for an export, and the prefix of our packages' names."""

    system: Any
    path: str
    name_prefix: str


def export(code: str, target: str | None = None, number: int | None = None) -> str:
    """Export a published revision of a period; where it is.

    Without a number it is the last one.

    ``target`` is a directory or any URL of fsspec, and else beside the revision's bulletin; an earlier export there is
    replaced as a whole. An unpublished period or an unknown revision, and a target that does not let us in or holds
    anything but an export of the same network, raise Misdeclared; a target that is away Unavailable.
    """
    with warehouse.transaction() as connection:
        revision = _revision(connection, Registry.configured(), code, number)
        marts = resources.read(connection, revision.period.code, revision.number)
    package = {name: content for mart in marts for name, content in _in_both_forms(mart).items()}
    described = {DESCRIPTOR: descriptor.written(revision, marts, package)}
    return _put(_folder(target, revision), package | _signed(revision) | described, revision.network)


def _revision(connection: warehouse.Connection, declared: Registry, code: str, number: int | None) -> Revision:
    """A period's revision, the last one without a number.

    An unpublished one raises Misdeclared.
    """
    period = declared.period(code)
    for row in warehouse.rows(
        connection, "publishing/exported_revision", period_code=period.code, revision_number=number
    ):
        return Revision(
            network=declared.network,
            period=period,
            number=row["revision_number"],
            published_at=row["published_at"].astimezone(dt.UTC),
            month_status=row["month_status"],
            signature=_newest_signature(connection, period.code, row["revision_number"]),
        )
    if number:
        raise Misdeclared(f"{period} has no published revision {number}", next_action=f"see hailong revisions {period}")
    raise Misdeclared(
        f"nothing of {period} is published, and a draft is not exported",
        next_action=f"publish it first: hailong publish {period} --why '…'",
    )


def _newest_signature(connection: warehouse.Connection, code: str, number: int) -> signature.Signature | None:
    """The newest signature of a revision, if it is signed."""
    signatures = signature.kept(connection, {"period_code": code, "revision_number": number})
    return signatures[0] if signatures else None


def _signed(revision: Revision) -> dict[str, bytes]:
    """The files of a revision's signature by name; none where it is not signed."""
    signed = revision.signature
    if signed is None:
        return {}
    names = descriptor.SIGNED_IN
    return {
        names["signed"]: signed.signed_text.encode(),
        names["signature"]: base64.b64decode(signed.signature),
        names["publicKey"]: signed.public_key.encode(),
    }


def _in_both_forms(mart: resources.Resource) -> dict[str, bytes]:
    """The files of a mart by name."""
    return {f"{mart.name}.csv": mart.csv(), f"{mart.name}.parquet": mart.parquet()}


def _folder(target: str | None, revision: Revision) -> files.Folder:
    """The target of an export, else a folder beside the bulletin."""
    if target:
        return places.chosen(target, "export")
    return places.published().below(f"{places.directory(revision.period.code, revision.number)}/data")


def _put(folder: files.Folder, package: Mapping[str, bytes], network: Network) -> str:
    """Put a package, replacing an earlier one; where it is.

    On a local disk the directory is exchanged as a whole. Elsewhere nothing moves as a whole: there the descriptor is
    taken away first and comes back last.
    """
    system, path = folder.open()
    with folder.explaining("written"):
        if files.is_local(system):
            path = str(Path(path).resolve())
        _refuse_others(_Target(system, path, descriptor.package_name(network, "")))
        if files.is_local(system):
            files.exchange(Path(path), package)
        else:
            folder.make_directory(system, path)
            _replace(system, path, package)
        return files.shown(system, path)


def _refuse_others(target: _Target) -> None:
    """Raise Misdeclared where a target holds anything but our export."""
    try:
        # an object store may keep an empty object for the directory itself
        entries = [e for e in target.system.ls(target.path, detail=True) if e["name"] != f"{target.path}/"]
    except FileNotFoundError:
        return
    if any(entry["name"] == target.path and entry["type"] != "directory" for entry in entries):
        raise Misdeclared("the target of the export is a file", next_action="name a directory")
    names = {entry["name"].removeprefix(f"{target.path}/"): entry["type"] for entry in entries}
    plain = {name for name, kind in names.items() if kind != "directory"}
    is_export = any(_is_ours(target, name) for name in plain & {DESCRIPTOR, UNFINISHED})
    known = plain & {DESCRIPTOR, UNFINISHED, *_FILES, *_SIGNED} if is_export else set()
    if others := sorted(names.keys() - known):
        raise Misdeclared(
            f"the target of the export holds something else, first {others[0]}",
            next_action="name a directory that is new, or empty, or an earlier export of this network",
        )


def _is_ours(target: _Target, file_name: str) -> bool:
    """Whether a file is the descriptor of an export of ours.

    The package's name and the described files tell.
    """
    try:
        said = json.loads(target.system.cat_file(f"{target.path}/{file_name}"))
        name, described = said["name"], {resource["path"] for resource in said["resources"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return isinstance(name, str) and name.startswith(target.name_prefix) and bool(described) and described <= _FILES


def _replace(system: Any, path: str, package: Mapping[str, bytes]) -> None:
    """Write a package file by file, its descriptor last.

    While it is not whole, only the unfinished descriptor says that the files are an export's.
    """
    system.pipe_file(f"{path}/{UNFINISHED}", package[DESCRIPTOR])
    with contextlib.suppress(FileNotFoundError):
        system.rm_file(f"{path}/{DESCRIPTOR}")
    for name, content in package.items():
        system.pipe_file(f"{path}/{name}", content)
    system.rm_file(f"{path}/{UNFINISHED}")
