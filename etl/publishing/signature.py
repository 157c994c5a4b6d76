"""The signatures of published revisions: what is signed, kept and checked.

What is signed is a short text: the period, the revision, its digests, and the digest of each CSV file of its export, so
that a stranger who has the export and the public key needs nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl import warehouse
from etl.errors import Disagreement, Misdeclared

Key = dict[str, Any]

_TITLE = "Hài Lòng: a published revision and the CSV files of its export (sha256)"
_DIGESTS = {"figures": "figures_digest", "names": "words_digest", "inputs": "input_digest"}


@dataclass(frozen=True)
class Signature:
    """A signature as it is kept: base64, of a text, with its public key as PEM."""

    key_fingerprint: str
    signature: str
    public_key: str
    signed_text: str

    def says(self, line: str) -> bool:
        """Whether a line stands in what was signed."""
        return line in self.signed_text.splitlines()


def kept(connection: warehouse.Connection, key: Key) -> list[Signature]:
    """The signatures of a revision (period_code, revision_number), the newest first."""
    return [Signature(**row) for row in warehouse.rows(connection, "publishing/signatures", **key)]


def sign(connection: warehouse.Connection, key: Key) -> str:
    """Sign a published revision with the key that is set, and keep the signature; the key's fingerprint."""
    from etl.publishing import signing  # noqa: PLC0415  only who signs waits for it

    text = _statement(connection, key)
    signed = signing.sign(text)
    row = {**key, "signed_text": text, "signature": signed.signature, "public_key": signed.public_key.pem}
    return str(warehouse.rows(connection, "publishing/sign", **row)[0]["key_fingerprint"])


def said(connection: warehouse.Connection, key: Key) -> str:
    """Which keys have signed a revision, in words."""
    fingerprints = dict.fromkeys(signature.key_fingerprint[:16] for signature in kept(connection, key))
    return f"signed with the key {', '.join(fingerprints)}" if fingerprints else "not signed"


def about(period_code: str, number: int) -> str:
    """Which keys have signed a published revision, in words."""
    with warehouse.transaction() as connection:
        return said(connection, {"period_code": period_code, "revision_number": number})


def add(period_code: str, number: int) -> str:
    """Sign a published revision; the key's fingerprint. Signed with the same key again, nothing is added."""
    with warehouse.transaction() as connection:
        return sign(connection, {"period_code": period_code, "revision_number": number})


def check(connection: warehouse.Connection, revision: Key, key_file: str) -> None:
    """Raise Disagreement unless a revision is signed with a public key as it is stored.

    ``revision`` is a row of ``publishing/revisions``; a file that holds no public key raises Misdeclared.
    """
    from etl.publishing.signing import PublicKey  # noqa: PLC0415

    trusted = PublicKey.of(Path(key_file))
    key = {name: revision[name] for name in ("period_code", "revision_number")}
    name, signatures = f"{key['period_code']}, revision {key['revision_number']}", kept(connection, key)
    again = f"hailong sign {key['period_code']} --revision {key['revision_number']}"
    ours = [signature for signature in signatures if signature.key_fingerprint == trusted.fingerprint]
    if not signatures:
        raise Disagreement(
            f"{name}: it is not signed",
            next_action=f"if it was published without a key, who has the key signs it: {again}; else find out who took"
            " the signature away",
        )
    if not ours:
        raise Disagreement(
            f"{name}: it is {said(connection, key)}, and not with the given one, {trusted.fingerprint[:16]}",
            next_action=f"give the public key of its time; or sign it with the new one as well: {again}",
        )
    valid = [one for one in ours if trusted.verifies(one.signed_text, one.signature)]
    if not valid:
        raise Disagreement(
            f"{name}: its signature is none of the key {trusted.fingerprint[:16]}: it, or what was signed, was changed",
            next_action=f"do not trust the revision: find out who changed the warehouse; then sign it: {again}",
        )
    if not any(_is_about(one, revision) for one in valid):
        wrong = [what for what, column in _DIGESTS.items() if not valid[0].says(f"{what} {revision[column]}")]
        raise Disagreement(
            f"{name}: what was signed is not what is stored: {', '.join(wrong) or 'another period or revision'}",
            next_action="do not trust the revision: find out who changed the warehouse",
        )


def covers(signature: Signature, files: Mapping[str, bytes]) -> bool:
    """Whether each CSV file is what was signed, byte by byte."""
    return all(signature.says(_line(name, content)) for name, content in files.items() if name.endswith(".csv"))


def _is_about(signature: Signature, revision: Key) -> bool:
    """Whether what was signed names a revision and its digests."""
    lines = [f"period {revision['period_code']}", f"revision {revision['revision_number']}"]
    lines += [f"{what} {revision[column]}" for what, column in _DIGESTS.items()]
    return all(signature.says(line) for line in lines)


def _statement(connection: warehouse.Connection, key: Key) -> str:
    """What is signed of a revision; a draft, or none, raises Misdeclared."""
    from etl.publishing import resources  # noqa: PLC0415

    for row in warehouse.rows(connection, "publishing/signable", **key):
        marts = resources.read(connection, key["period_code"], key["revision_number"])
        lines = [
            _TITLE,
            f"network {row['network_name_vi']}",
            f"period {row['period_code']}",
            f"revision {row['revision_number']}",
            *(f"{what} {row[column]}" for what, column in _DIGESTS.items()),
            *(_line(f"{mart.name}.csv", mart.csv()) for mart in marts),
        ]
        return "\n".join(lines) + "\n"
    raise Misdeclared(
        f"{key['period_code']} has no published revision {key['revision_number']}",
        next_action=f"see which there are: hailong revisions {key['period_code']}",
    )


def _line(name: str, content: bytes) -> str:
    """A file's digest as ``sha256sum`` writes and checks it."""
    return f"{hashlib.sha256(content).hexdigest()}  {name}"
