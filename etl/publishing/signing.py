"""The key with which revisions are signed (Ed25519): a file, or a command, so that a card can hold it."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from etl import settings
from etl.errors import Misdeclared, Unavailable

_SECONDS = 120
"""How long a command may take: somebody may have to type the PIN of a card."""


@dataclass(frozen=True)
class PublicKey:
    """A public key as people hand it on."""

    pem: str

    @classmethod
    def of(cls, path: Path) -> PublicKey:
        """The public key in a file; one that is none raises Misdeclared."""
        return cls(_read(path))._known(str(path))

    @property
    def fingerprint(self) -> str:
        """The sha256 of the key as DER, as ``openssl pkey -pubin -outform DER | sha256sum`` gives it."""
        der = self._key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    def verifies(self, text: str, signature: str) -> bool:
        """Whether a signature (base64) is of a text and of this key."""
        try:
            self._key().verify(base64.b64decode(signature, validate=True), text.encode())
        except (InvalidSignature, binascii.Error):
            return False
        return True

    def _key(self) -> Ed25519PublicKey:
        key = load_pem_public_key(self.pem.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError(type(key).__name__)
        return key

    def _known(self, name: str) -> PublicKey:
        try:
            self._key()
        except ValueError:
            raise Misdeclared(
                f"{name} is no public key of Ed25519 (PEM)",
                next_action="make it of the private one: openssl pkey -in key.pem -pubout -out public.pem",
            ) from None
        return self


@dataclass(frozen=True)
class Signed:
    """A signature (base64) with the public key that verifies it."""

    signature: str
    public_key: PublicKey


def sign(text: str) -> Signed:
    """Sign a text with the key or the command that is set.

    A key that cannot be used, and a command that fails, raise Misdeclared; one that takes too long Unavailable.
    """
    current = settings.read()
    if current.signing_command:
        if not current.signing_public_key:
            raise Misdeclared(
                "HAILONG_SIGNING_COMMAND signs, and HAILONG_SIGNING_PUBLIC_KEY is not set",
                next_action="set it to the file of the card's public key (PEM)",
            )
        signed = Signed(_by_command(current.signing_command, text), PublicKey.of(current.signing_public_key))
    elif current.signing_key:
        key = _private(current.signing_key)
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        signed = Signed(base64.b64encode(key.sign(text.encode())).decode(), PublicKey(pem))
    else:
        raise Misdeclared("no key is set to sign with", next_action="set HAILONG_SIGNING_KEY (docs/signing.md)")
    if not signed.public_key.verifies(text, signed.signature):
        raise Misdeclared(
            "what HAILONG_SIGNING_COMMAND gives is no signature of the key in HAILONG_SIGNING_PUBLIC_KEY",
            next_action="let it write the 64 bytes of an Ed25519 signature, or their base64, and nothing else",
        )
    return signed


def _private(path: Path) -> Ed25519PrivateKey:
    """The private key in a file without a password."""
    try:
        key = load_pem_private_key(_read(path).encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Misdeclared(
            f"{path} is no private key of Ed25519 (PEM, without a password)",
            next_action="make one: openssl genpkey -algorithm ed25519 -out key.pem; one with a password signs by"
            " HAILONG_SIGNING_COMMAND",
        )
    return key


def _by_command(command: str, text: str) -> str:
    """What a command writes that is given a file with the text in the place of ``{}``, as base64."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "revision.txt"
        file.write_bytes(text.encode())
        words = [word.replace("{}", str(file)) for word in shlex.split(command)]
        try:
            done = subprocess.run(words, capture_output=True, timeout=_SECONDS, check=True)
        except subprocess.TimeoutExpired:
            raise Unavailable(
                f"HAILONG_SIGNING_COMMAND did not answer within {_SECONDS} seconds",
                next_action="see that the card is there and unlocked, then publish again: nothing was published",
            ) from None
        except (subprocess.CalledProcessError, OSError) as error:
            raise Misdeclared(
                f"HAILONG_SIGNING_COMMAND failed ({type(error).__name__})",
                next_action="try it by hand on a file; nothing was published",
            ) from None
    if len(done.stdout) != 64:
        with contextlib.suppress(UnicodeDecodeError):
            return "".join(done.stdout.decode().split())
    return base64.b64encode(done.stdout).decode()


def _read(path: Path) -> str:
    """The text of a file of a key."""
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise Misdeclared(
            f"the key {path} cannot be read ({type(error).__name__})",
            next_action="check the path, and that the user under which we run may read it",
        ) from None
