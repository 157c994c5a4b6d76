"""The command line as a process: the exit code of what went wrong, signals, and pipes that nobody reads any more.

Nothing else is imported before signals are taken: Ctrl-C in the first moment is answered like any other.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import NoReturn

_COLLECT_AFTER = 20_000
"""How many new objects Python looks for garbage after: libraries make a million that stay, and at 700 it looks at them
again and again. What a command leaves behind is freed by counts, and workers inherit this."""
_NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}


class Stopped(KeyboardInterrupt):
    """The process was asked to stop.

    Python may end by SIGINT, whatever is returned, after a ``KeyboardInterrupt`` itself.
    """


class Stop:
    """The first signal that asked the process to stop, if any."""

    def __init__(self) -> None:
        self.signal_number: int | None = None
        self.process_id = os.getpid()

    def __call__(self, signal_number: int, _: FrameType | None) -> None:
        """Raise Stopped at the first signal; later ones do not disturb the ending."""
        if os.getpid() != self.process_id:  # a worker, forked from us: the same signal ends the one that would talk
            os._exit(128 + signal_number)
        if self.signal_number is None:
            self.signal_number = signal_number
            raise Stopped


def main() -> NoReturn:
    """Run what this process was called with, and end it."""
    gc.set_threshold(_COLLECT_AFTER)
    code = run(sys.argv[1:])
    for number in _NAMES:  # all is done: whoever is too impatient for Python's own ending is not shown it
        signal.signal(number, signal.SIG_DFL)
    sys.exit(code)


def run(words: Sequence[str]) -> int:
    """Run a command; every error becomes a message and an exit code."""
    with _stoppable() as stop:
        try:
            code = _exit_code(words, stop)
        except Stopped:
            code = 1
    if stop.signal_number and code:
        _say_stopped(stop.signal_number, words)
        code = 128 + stop.signal_number
    return code


@contextlib.contextmanager
def _stoppable() -> Iterator[Stop]:
    """Take SIGINT and SIGTERM while the command runs."""
    stop = Stop()
    before = {number: signal.signal(number, stop) for number in _NAMES}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code(words: Sequence[str], stop: Stop) -> int:
    """Run a command and say what went wrong; its exit code."""
    from typer._click.exceptions import ClickException
    from typer.main import get_command

    from etl.cli import language, output
    from etl.cli.app import app
    from etl.errors import HailongError

    output.begin()
    try:
        language.take(words)
        command = get_command(app)
        language.speak(command)
        asked = command(words, prog_name="hailong", standalone_mode=False)
        code = asked if isinstance(asked, int) else 0
    except ClickException as error:
        output.say_wrong_usage(error.show)
        code = error.exit_code
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
    """Drop what is still buffered; the exit code of a closed pipe."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


def _say_stopped(signal_number: int, words: Sequence[str]) -> None:
    """Say in one line that the work was stopped, and how it starts over.

    A password in a URL is not repeated.
    """
    import re
    import shlex

    from etl import escape
    from etl.cli import language

    again = re.sub(r"//[^/@\s]*@", "//…@", escape.line(shlex.join(["hailong", *words])))
    start = "\n" if sys.stderr.isatty() else ""  # behind the terminal's ^C
    by = _NAMES[signal.Signals(signal_number)]
    said = language.said(f"stopped by {by}: nothing is half-written; to start over: {again}")
    sys.stderr.write(f"{start}{said}\n")
