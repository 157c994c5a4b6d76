"""Measure the peers turn by turn, print the table, and write the run and its page.

    python -m benchmarks.peers --rows 10000 100000 --repeat 2 --patience 60

Every turn runs each peer once, one after the other; figures are medians over the turns. MariaDB and SQLite are measured
at the largest size only, the smaller sizes of PostgreSQL for one turn. Who is expected to take longer than
``--once-over`` is measured once, who longer than ``--patience`` not at all, and the table says so.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime as dt
import json
import os
import platform
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import psutil

from benchmarks.month import configured
from benchmarks.peers import catalogue, environments, page
from benchmarks.peers.catalogue import Peer
from etl.errors import HailongError
from etl.warehouse import embedded

ENGINES = ("postgresql", "mariadb", "sqlite")
ENVIRONMENTS = Path(".hailong/bench/environments").resolve()
STATE = Path(".hailong-bench/peers").resolve()


def main() -> None:
    given = arguments()
    peers = [peer for peer in catalogue.peers() if not given.only or peer.code in given.only or peer.role == "limit"]
    os.environ["HAILONG_STATE"] = str(STATE)
    os.environ["HAILONG_WORKERS"] = "1"
    clear_state()
    STATE.mkdir(parents=True)
    os.environ["HAILONG_CONFIG"] = str(configured(STATE / "config", "answer_columns"))
    wanted = sorted({name for peer in peers for name in peer.environments})
    problems = environments.make(ENVIRONMENTS, [*wanted, "page"])
    results = Results(given, peers, problems)
    try:
        results.measure()
    finally:
        clear_state()
    directory = Path(given.results)
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "peers.json"
    file.write_text(json.dumps(results.as_values(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(page.table(results.as_values()))
    print(f"\nthe page: {page.write(file, ENVIRONMENTS / 'page' / 'bin' / 'python')}")


def clear_state() -> None:
    """Remove the run's servers and rows, or what an earlier run left of its own when it was killed."""
    for name in embedded.SERVERS:
        with contextlib.suppress(HailongError, OSError):
            embedded.stop(STATE, name)
    shutil.rmtree(STATE, ignore_errors=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000], help="sizes; the last counts")
    parser.add_argument("--repeat", type=int, default=2, help="turns at the largest size")
    parser.add_argument("--once-over", type=float, default=60, help="seconds expected; longer is measured once")
    parser.add_argument("--patience", type=float, default=60, help="seconds expected; longer is left out")
    parser.add_argument("--timeout", type=float, default=600, help="seconds after which one is ended")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--only", nargs="+", help="codes of peers.yaml; the limit is always measured")
    parser.add_argument("--results", default=".hailong/bench/results", help="directory of the run and its page")
    given = parser.parse_args()
    given.rows.sort()
    return given


@dataclasses.dataclass
class Line:
    """One peer at one size from one engine: a figure for each turn, or why there is none."""

    engine: str
    rows: int
    code: str
    seconds: list[float] = dataclasses.field(default_factory=list)
    peak_mb: list[int] = dataclasses.field(default_factory=list)
    said: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    problem: str | None = None
    most_turns: int = 1


class Results:
    """A run: the lines to measure, and what came out."""

    def __init__(self, given: argparse.Namespace, peers: list[Peer], problems: dict[str, str]) -> None:
        self.given, self.peers, self.problems = given, peers, problems
        self.servers: dict[str, str] = {}
        largest = max(given.rows)
        self.lines = [
            self._line(peer, engine, rows)
            for rows in given.rows
            for engine in ENGINES
            if engine in given.engines and (rows == largest or engine == "postgresql")
            for peer in peers
            if engine in peer.sources
        ]

    def _line(self, peer: Peer, engine: str, rows: int) -> Line:
        """A line to measure, unless it is known now that it cannot or will not be."""
        expected = peer.expected_seconds(rows)
        line = Line(engine, rows, peer.code)
        line.most_turns = self.given.repeat if rows == max(self.given.rows) and expected <= self.given.once_over else 1
        broken = [self.problems[name] for name in peer.environments if name in self.problems]
        missing = {name: package for name, package in peer.programs.items() if not _can_use(name, engine, peer)}
        if broken:
            line.problem = f"did not run: {broken[0]}"
        elif missing:
            line.problem = f"did not run: {', '.join(missing)} is not here (Debian: {', '.join(missing.values())})"
        elif expected > self.given.patience:
            line.problem = f"left out of this run: takes more than {self.given.patience:.0f} s"
        return line

    def measure(self) -> None:
        """Run every line turn by turn; what fails once is not run again."""
        from benchmarks.peers import turns

        by_code = {peer.code: peer for peer in self.peers}
        with turns.Course.standing(STATE, ENVIRONMENTS, self.given) as course:
            self.servers = course.servers()
            for line in self.lines:
                line.problem = line.problem or course.lacks(line.engine)
            for number in range(self.given.repeat):
                for line in self.lines:
                    if line.problem or number >= line.most_turns:
                        continue
                    turn = course.turn(by_code[line.code], line.engine, line.rows)
                    line.problem = turn.problem
                    line.seconds.append(turn.seconds)
                    line.peak_mb.append(turn.peak_mb)
                    line.said.append(turn.said)
                    print(f"turn {number + 1}: {line.engine} {line.rows} {line.code}: {_short(turn)}", flush=True)

    def as_values(self) -> dict[str, Any]:
        """The run as plain values."""
        words = [word for word in sys.argv[1:] if not word.startswith("/")]
        return {
            "made_on": f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
            "command": " ".join(["python -m benchmarks.peers", *words]),
            "machine": {
                "cores": os.cpu_count(),
                "memory_gib": round(psutil.virtual_memory().total / 2**30),
                "system": f"{platform.system()} {platform.machine()}",
                "python": platform.python_version(),
            },
            "servers": self.servers,
            "peers": [{**peer.model_dump(), "versions": _versions(peer)} for peer in self.peers],
            "lines": [dataclasses.asdict(line) for line in self.lines],
        }


def _can_use(program: str, engine: str, peer: Peer) -> bool:
    """Whether a program is here, or is for another engine."""
    is_of_another = program in ("mariadb", "sqlite3") and not engine.startswith(program.rstrip("3"))
    return is_of_another or shutil.which(program) is not None


def _versions(peer: Peer) -> dict[str, str]:
    """The versions that a peer was installed from."""
    pinned: dict[str, str] = {}
    for name in peer.environments:
        pinned |= catalogue.pins(name)
    return {name: pinned[name] for name in peer.versions}


def _short(turn: Any) -> str:
    return turn.problem or f"{turn.seconds:.2f} s, {turn.peak_mb} MB"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # the servers are stopped on the way out
    main()
