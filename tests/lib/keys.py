"""Keys to sign with, made as docs/signing.md says."""

from __future__ import annotations

import subprocess
from pathlib import Path


def keys(directory: Path, name: str) -> tuple[Path, Path]:
    """A private and a public key, made as the documentation says."""
    private, public = directory / f"{name}.pem", directory / f"{name}.public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    return private, public
