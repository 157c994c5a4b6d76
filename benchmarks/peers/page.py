"""The page of a run: tables from its JSON, with plots beside them.

python -m benchmarks.peers.page benchmarks/results/peers.json
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

STEPS = ("import", "plan", "land", "admit")
ENGINES = {"postgresql": "PostgreSQL", "mariadb": "MariaDB", "sqlite": "SQLite"}
HERE = Path(__file__).resolve().parent
Run = dict[str, Any]


def write(file: Path, python: Path) -> Path:
    """Write the page and, with an interpreter that has matplotlib, its plots beside the JSON of a run; where it is."""
    run = json.loads(file.read_text("utf-8"))
    names = {"growth": f"{file.stem}-growth.svg", "memory": f"{file.stem}-memory.svg"}
    drawn = subprocess.run(
        [str(python), "-P", str(HERE / "plots.py"), str(file)], capture_output=True, text=True, check=False
    )
    if drawn.returncode:
        print(f"no plots: {drawn.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        names = {}
    peers = os.path.relpath(HERE, file.resolve().parent)
    page = file.with_suffix(".md")
    page.write_text(text(run, names).replace("](../peers/", f"]({peers}/"), "utf-8")
    return page


def text(run: Run, plots: dict[str, str]) -> str:
    """The page as Markdown."""
    parts = ["# Against other loaders", _introduction(run)]
    largest = max(line["rows"] for line in run["lines"])
    for engine, rows in _tables(run, largest):
        parts.append(f"## {ENGINES[engine]} to PostgreSQL, {rows:,} responses\n\n{_table(run, engine, rows)}")
    if plots:
        parts.append(
            f"## Growth and memory\n\n![Time over the number of responses]({plots['growth']})\n\n"
            f"![Memory at {largest:,} responses]({plots['memory']})"
        )
    smaller = sorted({line["rows"] for line in run["lines"]} - {largest})
    parts += [f"## PostgreSQL, {rows:,} responses (one turn)\n\n{_table(run, 'postgresql', rows)}" for rows in smaller]
    parts += [_what_is_lost(run, largest), _terms(run), _versions(run)]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(run: Run) -> str:
    """The tables of the largest size, for a terminal."""
    largest = max(line["rows"] for line in run["lines"])
    return "\n\n".join(
        f"{ENGINES[engine]} to PostgreSQL, {rows:,} responses\n{_aligned(_table(run, engine, rows))}"
        for engine, rows in _tables(run, largest)
    )


def _aligned(rows: str) -> str:
    """A table for a terminal: columns as wide as their widest cell, numbers to the right."""
    lines = [line.replace("*", "").strip("|").split("|") for line in rows.splitlines() if "|--" not in line]
    cells = [[cell.strip() for cell in line] for line in lines]
    widths = [max(len(row[place]) for row in cells if row[1] or row[2]) for place in range(len(cells[0]))]
    return "\n".join(
        "  ".join([f"{row[0]:<{widths[0]}}", *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in cells
    )


def median_of(line: dict[str, Any], figure: str) -> float | None:
    """The middle of a line's turns; None where there is no result."""
    return statistics.median(line[figure]) if line[figure] and not line["problem"] else None


def ratio(run: Run, line: dict[str, Any]) -> float | None:
    """A line's time against the limit's of the same rows; None where either has no result."""
    limits = [one for one in _lines(run, line["engine"], line["rows"]) if _peer(run, one)["role"] == "limit"]
    limit = median_of(limits[0], "seconds") if limits else None
    seconds = median_of(line, "seconds")
    return seconds / limit if limit and seconds is not None else None


def _tables(run: Run, rows: int) -> list[tuple[str, int]]:
    """The engines that were read at a size."""
    return [(engine, rows) for engine in ENGINES if _lines(run, engine, rows)]


def _lines(run: Run, engine: str, rows: int) -> list[dict[str, Any]]:
    return [line for line in run["lines"] if (line["engine"], line["rows"]) == (engine, rows)]


def _peer(run: Run, line: dict[str, Any]) -> dict[str, Any]:
    return next(peer for peer in run["peers"] if peer["code"] == line["code"])


def _table(run: Run, engine: str, rows: int) -> str:
    """One table, the fastest first, those without a result last."""
    names = ("way", "× limit", "seconds", "responses a second", "peak MB", "processes", "turns")
    head = f"| {' | '.join(names)} |\n|---|{'--:|' * (len(names) - 1)}"
    lines = sorted(_lines(run, engine, rows), key=lambda line: median_of(line, "seconds") or float("inf"))
    return "\n".join([head, *(_row(run, line) for line in lines)])


def _row(run: Run, line: dict[str, Any]) -> str:
    peer = _peer(run, line)
    name = f"**{peer['name']}**" if peer["role"] == "ours" else peer["name"]
    seconds, against = median_of(line, "seconds"), ratio(run, line)
    if seconds is None:
        problem = (line["problem"] or "no result").replace("|", "/")
        return f"| {name}: *{problem}* |{' |' * 6}"
    cells = (
        f"{against:.2f}" if against else "",
        f"{seconds:.2f}",
        f"{line['rows'] / seconds:,.0f}",
        f"{median_of(line, 'peak_mb'):,.0f}",
        str(peer["processes"]),
        str(len(line["seconds"])),
    )
    return f"| {name} | {' | '.join(cells)} |"


def _introduction(run: Run) -> str:
    machine = run["machine"]
    return (
        f"Made from [the run's figures](peers.json) of {run['made_on']} by `{run['command']}`, on "
        f"{machine['cores']} cores with {machine['memory_gib']} GiB ({machine['system']}, Python {machine['python']}), "
        "both servers on the same machine. Each way moves the same table, one row per response with 32 columns, into "
        "PostgreSQL; the limit is what the source's own client writes, piped into `COPY`. The others extract and load, "
        "nothing else; ours is shown without and with cleaning, validation and the load into core."
    )


def _what_is_lost(run: Run, rows: int) -> str:
    """Who is faster or smaller than ours, said plainly."""
    said = []
    for engine, _ in _tables(run, rows):
        lines = _lines(run, engine, rows)
        for ours in (line for line in lines if _peer(run, line)["role"] == "ours"):
            said += [f"- {_compared(run, ours, lines, figure, word)}" for figure, word in _FIGURES.items()]
            said += _of_which(run, ours)
    return "## Where ours stands\n\n" + "\n".join(said) if said else ""


_FIGURES = {"seconds": "faster", "peak_mb": "smaller in memory"}


def _compared(run: Run, ours: dict[str, Any], lines: list[dict[str, Any]], figure: str, word: str) -> str:
    """Which peers do better than a line of ours in a figure."""
    name = f"{ENGINES[ours['engine']]}, {_peer(run, ours)['name'].partition(', ')[2]}"
    own = median_of(ours, figure)
    if own is None:
        return f"{name}: no result ({ours['problem']})"
    others = [(median_of(line, figure), _peer(run, line)) for line in lines]
    peers = [(value, peer["name"]) for value, peer in others if value is not None and peer["role"] == "peer"]
    better = [f"{other} ({own / value:.1f} ×)" for value, other in sorted(peers) if value < own]
    return f"{name}: {word} are {'; '.join(better) if better else 'none'} of the {len(peers)} others that ran"


def _of_which(run: Run, ours: dict[str, Any]) -> list[str]:
    """What our time went into, how it stands without the start of the process, and what became of the rows."""
    if ours["problem"]:
        return []
    laps = {step: statistics.median(said[step] for said in ours["said"]) for step in STEPS if step in ours["said"][-1]}
    steps = ", ".join(f"{step} {seconds:.2f} s" for step, seconds in laps.items())
    against, total = ratio(run, ours), median_of(ours, "seconds")
    work = sum(laps.values()) - laps["import"]
    apart = (
        f"; without the start of the process and its imports {against * work / total:.2f} × the limit"
        if against
        else ""
    )
    kept = "; {loaded:,} rows loaded, {turned_away:,} turned away".format(**ours["said"][-1]) if "admit" in laps else ""
    return [f"  - its steps: {steps}{apart}{kept}"]


def _terms(run: Run) -> str:
    return """## Terms

- All read one source with one table. Ours reads it as one treasury's month, with one worker; its target is core.
- A figure is the median of the turns of one run; each turn runs every way once, one after the other. The time is from a
  command's start to its end, start of the process and imports included. Before each, the target is emptied and both
  servers write out what they hold.
- Memory is the peak of all processes of a way together, without the servers; what they share is counted once.
- After each, counts and sums in the target are compared with the source's; a way that loads something else has no
  figure.
- *Left out* and single turns are decided by the pace that [peers.yaml](../peers/peers.yaml) expects, before the run.
- Nobody's settings were tuned beyond what the [scripts](../peers/ways) show."""


def _versions(run: Run) -> str:
    """Who was measured, with versions and the script that was run."""
    servers = ", ".join(f"{name} {version}" for name, version in run["servers"].items())
    rows = ["| way | script | versions | remark |", "|---|---|---|---|"]
    for peer in run["peers"]:
        versions = ", ".join(f"{name} {version}" for name, version in peer["versions"].items())
        script, _, words = peer["way"].partition(" ")
        way = f"[{script}](../peers/ways/{script}) {words}".strip()
        rows.append(f"| {peer['name'].replace('|', '/')} | {way} | {versions} | {peer['note']} |")
    return f"## Versions\n\nServers and clients: {servers}.\n\n" + "\n".join(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(".hailong/bench/environments/page/bin/python").absolute())
