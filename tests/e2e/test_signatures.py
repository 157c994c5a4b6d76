"""A revision is signed when it is published, or later; what is changed is told, and a stranger can check an export."""

from __future__ import annotations

import hashlib
import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etl import warehouse
from etl.errors import HailongError, Misdeclared
from etl.publishing import publish, revisions, signature
from etl.publishing.publish import Decision
from etl.publishing.signing import PublicKey
from etl.registry import Registry
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.keys import keys
from tests.lib.months import PAIR, query
from tests.lib.readers import MONTH, PUBLISHED

PROJECT = Path(__file__).resolve().parents[2]
ANNA = Decision("anna", "complete", is_provisional_allowed=True)
KEY = {"period_code": MONTH, "revision_number": 1}
WORD = "update score.revision_treasury set treasury_name_vi = 'x'"
FIGURE = "update score.rating set rank = 1 where revision_number = 1"
AGAIN = "update score.revision set {0}_digest = score.{0}_digest(period_code, 1) where revision_number = 1"
FORGERIES = [
    # what was changed | is told
    (FIGURE, "the stored figures are not those"),
    (WORD, "the stored names, codes, bands or criteria are not"),
    (f"{FIGURE}; {AGAIN.format('figures')}", "what was signed is not what is stored: figures"),
    (f"{WORD}; {AGAIN.format('words')}", "what was signed is not what is stored: names"),
    ("update score.revision_signature set signature = encode(sha512('x'), 'base64')", "its signature is none of the"),
    ("update score.revision_signature set signed_text = signed_text || 'x'", "its signature is none of the key"),
    ("delete from score.revision_signature", "it is not signed"),
]


def forge(statement: str) -> None:
    """Change what is stored as a superuser does, past the triggers."""
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        connection.exec_driver_sql(statement)


@pytest.fixture
def signed(copy_of: Callable[[Kept], Copy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """July of two treasuries, published with a key; the public key."""
    copy_of(PAIR)
    private, public = keys(tmp_path, "first")
    monkeypatch.setenv("HAILONG_SIGNING_KEY", str(private))
    assert publish.publish(MONTH, ANNA) == 1
    return public


def test_what_is_published_with_a_key_is_signed_and_verified(signed: Path) -> None:
    fingerprint = PublicKey.of(signed).fingerprint
    command = ["openssl", "pkey", "-pubin", "-in", signed, "-outform", "DER"]
    der = subprocess.run(command, check=True, capture_output=True).stdout
    assert fingerprint == hashlib.sha256(der).hexdigest()
    assert query("select key_fingerprint from mart.revision_signature") == [{"key_fingerprint": fingerprint}]
    said = hailong("verify", MONTH, "--key", str(signed))
    assert said.exit_code == 0, said.stderr
    assert said.stdout == f"✓ {MONTH} revision 1: the same figures and names; signed with the key {fingerprint[:16]}\n"


@pytest.mark.parametrize(("forgery", "told"), FORGERIES)
def test_a_figure_a_word_or_a_signature_that_was_changed_is_told(signed: Path, forgery: str, told: str) -> None:
    forge(forgery)
    said = hailong("verify", MONTH, "--key", str(signed))
    assert said.exit_code != 0
    assert f"{MONTH}, revision 1: {told}" in said.stderr
    assert "find out who" in said.stderr


def test_another_key_is_told_and_a_new_key_signs_beside_the_old_one(
    signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private, public = keys(tmp_path, "second")
    said = hailong("verify", MONTH, "--key", str(public))
    assert (said.exit_code != 0, "and not with the given one" in said.stderr) == (True, True)
    assert f"hailong sign {MONTH} --revision 1" in said.stderr
    monkeypatch.setenv("HAILONG_SIGNING_KEY", str(private))
    for _ in range(2):
        assert hailong("sign", MONTH).exit_code == 0
    for key in (signed, public):
        assert hailong("verify", MONTH, "--key", str(key)).exit_code == 0
    assert query("select count(*) as n from mart.revision_signature") == [{"n": 2}]


def test_an_unsigned_revision_says_so_and_is_signed_later(
    copy_of: Callable[[Kept], Copy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_of(PUBLISHED)
    private, public = keys(tmp_path, "late")
    assert hailong("verify", MONTH).stdout.endswith("the same figures and names; not signed\n")
    assert "not signed" in hailong("verify", MONTH, "--key", str(public)).stderr
    no_key = hailong("sign", MONTH)
    assert (no_key.exit_code != 0, "HAILONG_SIGNING_KEY" in no_key.stderr) == (True, True)
    exported = hailong("export", MONTH, "--to", str(tmp_path / "unsigned"))
    assert exported.exit_code == 0
    assert json.loads((tmp_path / "unsigned" / "datapackage.json").read_text())["signature"] is None
    monkeypatch.setenv("HAILONG_SIGNING_KEY", str(private))
    assert hailong("sign", MONTH).exit_code == 0
    assert hailong("verify", MONTH, "--key", str(public)).exit_code == 0


def test_a_command_signs_as_a_card_does_and_one_that_fails_publishes_nothing(
    copy_of: Callable[[Kept], Copy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_of(PAIR)
    private, public = keys(tmp_path, "card")
    monkeypatch.setenv("HAILONG_SIGNING_COMMAND", "false")
    with pytest.raises(Misdeclared, match="HAILONG_SIGNING_PUBLIC_KEY is not set"):
        publish.publish(MONTH, ANNA)
    monkeypatch.setenv("HAILONG_SIGNING_PUBLIC_KEY", str(public))
    for command, told in (("false", "failed"), ("echo eA==", "is no signature of the key")):
        monkeypatch.setenv("HAILONG_SIGNING_COMMAND", command)
        with pytest.raises(HailongError, match=told):
            publish.publish(MONTH, ANNA)
        assert [row["revision_number"] for row in revisions.of_period(Registry.configured().period(MONTH))] == [0]
    card = f"openssl pkeyutl -sign -rawin -inkey {shlex.quote(str(private))} -in {{}}"
    monkeypatch.setenv("HAILONG_SIGNING_COMMAND", card)
    assert publish.publish(MONTH, ANNA) == 1
    assert hailong("verify", MONTH, "--key", str(public)).exit_code == 0


def test_a_stranger_checks_an_export_with_the_commands_of_the_documentation(signed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    assert hailong("export", MONTH, "--to", str(folder)).exit_code == 0
    assert hailong("export", MONTH, "--to", str(folder)).exit_code == 0  # again in the same place
    about = json.loads((folder / "datapackage.json").read_text("utf-8"))["signature"]
    assert about["keyFingerprint"] == f"sha256:{PublicKey.of(signed).fingerprint}"
    assert about["coversFiles"] is True
    (folder.parent / "public.pem").write_bytes(signed.read_bytes())
    page = (PROJECT / "docs" / "signing.md").read_text("utf-8")
    line = next(one for one in page.splitlines() if one.startswith("openssl pkeyutl -verify"))
    python = page.split("```python\n")[1].split("```")[0]

    def both() -> list[bool]:
        runs = [["sh", "-c", line], [sys.executable, "-c", python]]
        return [subprocess.run(run, cwd=folder, capture_output=True, check=False).returncode == 0 for run in runs]

    assert both() == [True, True]
    for name in ("treasury_ranking.csv", "revision.txt", "revision.sig"):
        file = folder / name
        content = file.read_bytes()
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert both() == [False, False], name
        file.write_bytes(content)
    assert both() == [True, True]


@pytest.mark.parametrize("text", ["", "x", "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n"])
def test_a_file_that_holds_no_key_is_told(signed: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "none.pem"
    file.write_text(text)
    for command in (("verify", MONTH, "--key", str(file)), ("verify", MONTH, "--key", str(tmp_path / "gone.pem"))):
        said = hailong(*command)
        assert said.exit_code != 0
        assert "Traceback" not in said.stderr


def test_signatures_are_only_added_and_only_such_as_name_the_revision(signed: Path) -> None:
    for statement in ("update score.revision_signature set signature = 'x'", "delete from score.revision_signature"):
        with pytest.raises(Misdeclared, match="refuses a statement"), warehouse.transaction() as connection:
            connection.exec_driver_sql(statement)
    row = {**KEY, "signed_text": "x", "signature": "x", "public_key": signed.read_text()}
    with pytest.raises(Misdeclared, match="refuses a statement"), warehouse.transaction() as connection:
        warehouse.rows(connection, "publishing/sign", **row)
    with warehouse.transaction() as connection:
        assert [one.key_fingerprint for one in signature.kept(connection, KEY)] == [PublicKey.of(signed).fingerprint]
