"""The peers' own environments: one for each file of requirements, made once, made anew when the file changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.peers.catalogue import REQUIREMENTS


def make(home: Path, names: Iterable[str]) -> dict[str, str]:
    """Make what is missing below a directory; why an environment could not be made, by its name."""
    home.mkdir(parents=True, exist_ok=True)
    problems = {}
    for name in names:
        print(f"environment {name}", flush=True)
        if problem := _make_one(home / name, REQUIREMENTS / f"{name}.txt"):
            problems[name] = problem
    return problems


def _make_one(place: Path, requirements: Path) -> str | None:
    """Make one environment; why it could not be made, if so."""
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    mark = place / "made-from"
    if mark.exists() and mark.read_text("ascii") == wanted:
        return None
    shutil.rmtree(place, ignore_errors=True)
    uv = str(Path(sys.executable).with_name("uv"))
    environment = {"UV_SYSTEM_CERTS": "1", "UV_LINK_MODE": "copy", **os.environ}
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(place)],
        # byte code now: the first to be measured would pay for it
        [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(place), "-r", str(requirements)],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"could not be installed: {' '.join(done.stderr.split())[:200]}"
    mark.write_text(wanted, "ascii")
    return None
