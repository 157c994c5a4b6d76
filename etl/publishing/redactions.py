"""The chain of redactions: from the landed file that a revision pinned to the one that stands now.

Each link says in a short text what it is about. It is signed where a key is set.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from etl import settings, warehouse
from etl.errors import Disagreement

Row = dict[str, Any]

_TITLE = "Hài Lòng: a landed file in which personal data were redacted (sha256)"
_FORGED = "do not trust the revision: find out who changed the redactions (ops.redaction) or the landing zone"


def linked(row: Row) -> Row:
    """A redaction with its text, signed where a key is set.

    ``row``: survey_month, treasury_code, old_sha256, new_sha256, redacted_count, reason_code.
    """
    text = _statement(row)
    if not settings.read().is_signing:
        return {**row, "signed_text": text}
    from etl.publishing import signing  # noqa: PLC0415  only who signs waits for it

    signed = signing.sign(text)
    return {**row, "signed_text": text, "signature": signed.signature, "public_key": signed.public_key.pem}


def of_files(connection: warehouse.Connection, paths: Iterable[str | None]) -> dict[str, list[Row]]:
    """The redactions of landed files, in order, by path."""
    named = sorted({path for path in paths if path})
    found: dict[str, list[Row]] = {}
    for row in warehouse.rows(connection, "publishing/redactions", landing_paths=named) if named else ():
        found.setdefault(row["landing_path"], []).append(row)
    return found


def now_standing(pinned: Row, links: list[Row], name: str) -> Row:
    """What a revision pinned, with the digest of the file that stands now.

    A link that was changed raises Disagreement. ``name`` is that of the revision.
    """
    digest = pinned["sha256"]
    for link in links:
        if link["old_sha256"] == digest:
            _refuse_forged(link, name)
            digest = link["new_sha256"]
    return {**pinned, "sha256": digest}


def check(found: dict[str, list[Row]], key_file: str, name: str) -> None:
    """Raise Disagreement unless each redaction is signed with a public key."""
    from etl.publishing.signing import PublicKey  # noqa: PLC0415

    trusted = PublicKey.of(Path(key_file))
    for link in (link for links in found.values() for link in links):
        if not link["signature"]:
            raise Disagreement(
                f"{name}: redaction {link['redaction_number']} of a landed file is not signed",
                next_action="ask who has the key whether it was made without one; from now on redact with the key set",
            )
        if not trusted.verifies(link["signed_text"], link["signature"]):
            raise Disagreement(
                f"{name}: redaction {link['redaction_number']} of a landed file is not signed with the given key",
                next_action="give the public key of its time; else do not trust the revision",
            )


def _refuse_forged(link: Row, name: str) -> None:
    """Raise Disagreement where a link does not say what was signed."""
    wrong = "it does not say what was recorded" if link["signed_text"] != _statement(link) else ""
    if link["signature"] and not wrong:
        from etl.publishing.signing import PublicKey  # noqa: PLC0415

        if not PublicKey(link["public_key"]).verifies(link["signed_text"], link["signature"]):
            wrong = "its signature is not of its text"
    if wrong:
        raise Disagreement(
            f"{name}: redaction {link['redaction_number']} of a landed file was changed: {wrong}", next_action=_FORGED
        )


def _statement(row: Row) -> str:
    """What is signed of a redaction."""
    said = {
        "month": f"{row['survey_month']:%Y-%m}",
        "treasury": row["treasury_code"],
        "old": row["old_sha256"],
        "new": row["new_sha256"],
        "responses": row["redacted_count"],
        "reason": row["reason_code"],
    }
    return "\n".join([_TITLE, *(f"{name} {value}" for name, value in said.items())]) + "\n"
