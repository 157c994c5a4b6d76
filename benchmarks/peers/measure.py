"""Run one command: how long it took from its start to its end, and the memory of all its processes together."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

_PAUSE_SECONDS = 0.1
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Turn:
    """One run of one command; with a ``problem`` the other figures mean nothing."""

    seconds: float = 0.0
    peak_mb: int = 0
    problem: str | None = None
    said: dict[str, Any] = field(default_factory=dict)


def run(command: list[str], environment: Mapping[str, str], directory: Path, limit_seconds: float) -> Turn:
    """Run a command in a directory; its last line of output, where it is JSON, is what it ``said``."""
    turn = Turn()
    with (directory / "output").open("w+", encoding="utf-8", errors="replace") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(environment), cwd=directory, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        watcher = threading.Thread(target=_watch, args=(process, turn), daemon=True)
        watcher.start()
        try:
            process.wait(limit_seconds)
        except subprocess.TimeoutExpired:
            turn.problem = f"did not finish in {limit_seconds:.0f} s"
        finally:
            turn.seconds = round(time.perf_counter() - started, 3)
            _end(process)
        watcher.join()
        output.seek(0)
        lines = output.read().strip().splitlines()
    if process.returncode and not turn.problem:
        turn.problem = (
            f"failed: {_COLOUR.sub('', lines[-1]).strip()[:160] if lines else f'status {process.returncode}'}"
        )
    elif lines and lines[-1].startswith("{"):
        turn.said = json.loads(lines[-1])
    return turn


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a command's own session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _watch(process: subprocess.Popen[bytes], turn: Turn) -> None:
    """Keep the largest sum of the memory of a process and its descendants."""
    started = time.perf_counter()
    while process.returncode is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(process.pid)
            held = sum(map(_held, [root, *root.children(recursive=True)]))
            turn.peak_mb = max(turn.peak_mb, round(held / 1e6))
        time.sleep(_PAUSE_SECONDS if time.perf_counter() - started > 2 else _PAUSE_SECONDS / 4)


def _held(process: psutil.Process) -> int:
    """The bytes that a process has in memory; what it shares with others is divided among them."""
    try:
        memory = process.memory_full_info()
        return int(getattr(memory, "pss", memory.rss))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
