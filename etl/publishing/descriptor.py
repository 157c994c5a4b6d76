"""The descriptor of a Data Package: files, columns, digests.

``datapackage.json`` names each file with its digest, and each column with its type and the warehouse's own comment on
it (https://specs.frictionlessdata.io/data-package/).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from etl import escape
from etl.periods import Period
from etl.publishing.resources import DOUBLE, KEYS, TYPES, Resource, as_text, meaning_of
from etl.publishing.signature import Signature, covers
from etl.registry.network import Network

_REFERENCES = {"treasury_ranking": ("treasury_code",), "revision": ("period_code", "revision_number")}
"""The resources to which the others refer, with the columns that do."""
_FIRST_WORDS = re.compile(r"\s*(?:[;:(]|[.](?:\s|$))")
SIGNED_IN = {"signed": "revision.txt", "signature": "revision.sig", "publicKey": "revision.pem"}
"""The files of a signed package beside its resources: what was signed, its signature, and the key."""
_CSV = {
    "encoding": "utf-8",
    "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True},
}

_GUARD = {
    "character": "'",
    "pattern": escape.GUARDED.pattern,
    "description": "A text that a spreadsheet would take for a formula has one apostrophe more in front. To read the"
    " text, take the first character away from each cell that matches the pattern.",
}
"""How CSV is kept from becoming a formula, said to those who read it."""
_DOUBLES = {
    "suffix": DOUBLE,
    "description": "Beside each exact decimal stands the same number as a double, for programs that do not count with"
    " decimals. Quote the decimal.",
}
"""Which columns Parquet has more than CSV."""
_READING = {
    "codes": "A code is text, also one that looks like a number: 01 is not 1. The schema of each CSV says which columns"
    " are of type string.",
    "pandas": "pd.read_csv('treasury_ranking.csv', dtype={'treasury_code': str}), or pd.read_parquet, which needs to be"
    " told nothing.",
    "readr": "read_csv('treasury_ranking.csv', col_types = cols(treasury_code = col_character(), .default ="
    " col_guess())), or arrow::read_parquet.",
    "rates": "Never average rates: sum satisfied_count, sum answer_count, divide.",
}
"""What goes wrong when the files are read without looking at their schema."""


@dataclass(frozen=True)
class Revision:
    """A published revision of a period, and the network whose it is."""

    network: Network
    period: Period
    number: int
    published_at: dt.datetime
    month_status: str
    signature: Signature | None = None


def written(revision: Revision, resources: Sequence[Resource], files: Mapping[str, bytes]) -> bytes:
    """The descriptor of a revision's resources.

    ``files`` are those of the resources, by name.
    """
    referable = {resource.name for resource in resources if resource.has_key}
    described = [entry for resource in resources for entry in _entries(resource, files, referable)]
    said = _about(revision) | {"signature": _signature(revision.signature, files), "resources": described}
    return json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"


def package_name(network: Network, period_code: str) -> str:
    """The name of a period's package.

    Without a period it is what the names of all the network's packages begin with.
    """
    return re.sub(r"[^a-z0-9._-]", "-", f"{network.code}-{period_code}".lower())


def _about(revision: Revision) -> dict[str, Any]:
    """What a package says of itself as a whole."""
    network, period = revision.network, revision.period
    titles = {
        "vi": f"{network.name_vi}: mức độ hài lòng của khách hàng, {period.name_vi}",
        "en": f"{network.name_en}: customer satisfaction, {period.name_en}",
    }
    return {
        "profile": "data-package",
        "name": package_name(network, period.code),
        "version": str(revision.number),
        "created": as_text(revision.published_at),
        "title": f"{titles['vi']} · {titles['en']}",
        "title_vi": titles["vi"],
        "title_en": titles["en"],
        "description": f"Revision {revision.number}, {revision.month_status}. Cells of few responses are hidden: their"
        " figures are empty, with the footnote 'suppressed'.",
        # the network alone can permit what others do with its figures, and it declares nothing
        "licenses": [{"name": "notspecified", "title": f"Not specified: ask {network.name_en}"}],
        "reading": _READING,
        "sources": [{"title": f"Answers of customers of {network.name_en} ({network.name_vi})"}],
    }


def _signature(signature: Signature | None, files: Mapping[str, bytes]) -> dict[str, Any] | None:
    """How the package is signed; None when it is not.

    ``coversFiles`` is false where another version of this program wrote other columns when it was signed.
    """
    if signature is None:
        return None
    return {
        "algorithm": "Ed25519",
        "keyFingerprint": f"sha256:{signature.key_fingerprint}",
        **SIGNED_IN,
        "coversFiles": covers(signature, files),
    }


def _entries(resource: Resource, files: Mapping[str, bytes], referable: set[str]) -> list[dict[str, Any]]:
    """What is said of a resource's CSV and Parquet files."""
    return [
        {
            "name": resource.name,
            "profile": "tabular-data-resource",
            **_sealed(f"{resource.name}.csv", files, "text/csv"),
            **_CSV,
            **_described(resource.meaning),
            "formulaGuard": _GUARD,
            "schema": _schema(resource, referable),
        },
        {
            "name": f"{resource.name}.parquet",
            "profile": "data-resource",
            "type": "file",
            **_sealed(f"{resource.name}.parquet", files, "application/vnd.apache.parquet"),
            **_described(resource.meaning),
            "doubles": _DOUBLES,
        },
    ]


def _sealed(name: str, files: Mapping[str, bytes], media_type: str) -> dict[str, Any]:
    """A file's name, kind, size and digest."""
    digest = hashlib.sha256(files[name]).hexdigest()
    kind = {"path": name, "format": name.rpartition(".")[2], "mediatype": media_type}
    return kind | {"bytes": len(files[name]), "hash": f"sha256:{digest}"}


def _schema(resource: Resource, referable: set[str]) -> dict[str, Any]:
    """The columns of a resource, its key and its references."""
    key = KEYS[resource.name] if resource.has_key else ()
    fields = [
        {
            "name": column["column_name"],
            "type": TYPES[column["column_type"]].of_package,
            **_described(meaning_of(column)),
        }
        | ({"constraints": {"required": True}} if column["column_name"] in key else {})
        for column in resource.columns
    ]
    led = [
        {"fields": list(columns), "reference": {"resource": name, "fields": list(columns)}}
        for name, columns in _REFERENCES.items()
        if name in referable - {resource.name} and set(columns) <= set(resource.column_names)
    ]
    said = {"fields": fields, "missingValues": [""]}
    return said | ({"primaryKey": list(key)} if key else {}) | ({"foreignKeys": led} if led else {})


def _described(comment: str) -> dict[str, str]:
    """A comment's first words as a title, and all of it."""
    return {"title": _FIRST_WORDS.split(comment, maxsplit=1)[0], "description": comment}
