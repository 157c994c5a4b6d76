"""The command line: in this process, or for what only a process of its own shows (signals, pipes, two at once)."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from etl.cli import process


@dataclass(frozen=True)
class Result:
    """What a command left: its exit code and what it wrote."""

    exit_code: int
    stdout: str
    stderr: str


def hailong(*arguments: str) -> Result:
    """Run a command as a user would, but in this process: a second or two sooner.

    The environment and the working directory are this process's own, and are the same afterwards.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with _same_environment(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = process.run(arguments)
    return Result(code, _written(out), _written(err))


def in_a_process(*arguments: str) -> Result:
    """Run a command in a process of its own, to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "etl", *arguments], capture_output=True, text=True, timeout=240, check=False
    )
    return Result(done.returncode, done.stdout, done.stderr)


@contextlib.contextmanager
def _same_environment() -> Iterator[None]:
    """Undo what a command does to the environment: it thinks that the process ends with it."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _written(stream: io.TextIOWrapper) -> str:
    """What a stream was given."""
    stream.flush()
    content = stream.buffer
    assert isinstance(content, io.BytesIO)
    return content.getvalue().decode("utf-8")
