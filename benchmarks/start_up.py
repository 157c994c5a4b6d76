"""What a command costs before and beside its work, against what importing Typer and Rich costs in the same run.

    python -m benchmarks.start_up --month 2023-07

In the directory of a demo whose month was run; its server must be running. Processor seconds of the process, the
median of so many turns, in which every command has its turn.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence

IMPORT = "import typer, rich"
HELP_AT_MOST, READING_AT_MOST = 2.0, 1.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--month", default="2023-07")
    arguments.add_argument("--repeat", type=int, default=7)
    given = arguments.parse_args()
    reading = ("ranking", "status", "turned-away", "revisions")
    commands = {"import": ("-c", IMPORT), "--help": ("-m", "etl", "--help"), "--version": ("-m", "etl", "--version")}
    commands["wrong usage"] = ("-m", "etl", "status", "2023-13")
    commands |= {name: ("-m", "etl", name, given.month) for name in reading}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(given.repeat + 1):
        for name, words in commands.items():
            seconds[name].append(processor_seconds(words))
    medians = {name: statistics.median(turns[1:]) for name, turns in seconds.items()}  # the first one compiled
    for name, median in medians.items():
        print(f"{name:<12} {median:5.2f} s   {median / medians['import']:4.1f} ×")
    slow = [name for name in reading if medians[name] > READING_AT_MOST]
    if medians["--help"] > HELP_AT_MOST * medians["import"] or slow:
        sys.exit(f"too slow: --help may cost {HELP_AT_MOST} × the import, a reading command {READING_AT_MOST} s")


def processor_seconds(words: Sequence[str]) -> float:
    """What a process of this Python spends, its user and system time together."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
