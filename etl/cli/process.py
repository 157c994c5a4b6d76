"""The command line as a process: the exit code of what went wrong, signals, and pipes that nobody reads any more."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from etl.cli import output
from etl.cli.app import app
from etl.errors import HailongError

_NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}
_PASSWORD = re.compile(r"//[^/@\s]*@")


@dataclass
class Stop:
    """The first signal that asked the process to stop, if any."""

    signal_number: int | None = None
    process_id: int = field(default_factory=os.getpid)

    def __call__(self, signal_number: int, _: FrameType | None) -> None:
        """Take a signal: the first one ends the work wherever it is, later ones do not disturb the ending."""
        if os.getpid() != self.process_id:  # a worker, forked from us: the same signal ends the one that would talk
            os._exit(128 + signal_number)
        if self.signal_number is None:
            self.signal_number = signal_number
            raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; an error that a user is meant to read becomes a message and an exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    output.begin()
    with _stoppable() as stop:
        code = _exit_code(words, stop)
    if stop.signal_number and code:
        _say_stopped(stop.signal_number, words)
        code = 128 + stop.signal_number
    sys.exit(code)


@contextlib.contextmanager
def _stoppable() -> Iterator[Stop]:
    """Take SIGINT and SIGTERM while the command runs; only a main thread may."""
    stop, is_main = Stop(), threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, stop) for number in _NAMES} if is_main else {}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code(words: list[str], stop: Stop) -> int:
    """Run a command to its end, and say what went wrong unless it was stopped."""
    try:
        app(words, prog_name="hailong")
    except SystemExit as ended:  # Typer and Rich both leave this way when nobody reads on
        if isinstance(ended.__context__, BrokenPipeError):
            return _nobody_reads()
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except HailongError as error:
        if stop.signal_number is None:
            output.say_error(error)
        code = error.exit_code
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _nobody_reads()
    return code


def _nobody_reads() -> int:
    """Let what is still buffered go nowhere; the exit code of who writes to a closed pipe."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


def _say_stopped(signal_number: int, words: list[str]) -> None:
    """Say in one line that the work was stopped, and how it starts over; passwords in URLs are not repeated."""
    again = _PASSWORD.sub("//…@", shlex.join(["hailong", *words]))
    start = "\n" if sys.stderr.isatty() else ""  # behind the terminal's ^C
    by = _NAMES[signal.Signals(signal_number)]
    sys.stderr.write(f"{start}stopped by {by}: nothing is half-written; to start over: {again}\n")
