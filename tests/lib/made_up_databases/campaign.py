"""Many made-up databases, several at a time, with what does not hold of each and how to see it again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from tests.lib.made_up_databases.invariants import faults
from tests.lib.made_up_databases.made import Made, make
from tests.lib.made_up_databases.servers import Server
from tests.lib.made_up_databases.visit import Visits

AGAIN = "HAILONG_MADE_UP={engine}:{seed} .venv/bin/python -m pytest -q -n 0 {test}"
TEST = "tests/e2e/test_made_up_databases.py"
_MOST_TOLD = 40


@dataclass
class Report:
    """How many databases and rows were tried, and what does not hold."""

    engine: str
    databases: int = 0
    rows: int = 0
    loaded: int = 0
    turned_away: int = 0
    refused: int = 0
    seconds: float = 0.0
    told: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        figures = (
            f"{self.engine}: {self.databases} databases, {self.rows} rows, {self.seconds:.1f} s;"
            f" {self.loaded} rows loaded, {self.turned_away} turned away, {self.refused} months refused;"
            f" {len(self.told)} do not hold"
        )
        return "\n".join((figures, *self.told[:_MOST_TOLD]))


def run(visits: Visits, server: Server, seeds: Iterable[int], most_seconds: float | None = None) -> Report:
    """Try the databases of some seeds, as many as there are offices at once, until there is no time left."""
    report, started = Report(server.engine), time.monotonic()
    coming, size = iter(seeds), len(visits.network.office_codes) // (1 if most_seconds is None else 3)
    while group := list(islice(coming, size)):
        _try(visits, server, group, report)
        report.seconds = time.monotonic() - started
        if most_seconds and report.seconds * (1 + 1 / (report.databases // len(group))) > most_seconds:
            break
    return report


def _try(visits: Visits, server: Server, seeds: Iterable[int], report: Report) -> None:
    """Visit the offices of some seeds together."""
    lists = map(visits.network.lists, visits.network.office_codes)
    made = [make(server.engine, seed, declared) for seed, declared in zip(seeds, lists, strict=False)]
    urls = {}
    for one in made:
        try:
            urls[one.truth.code] = server.build(one)
        except Exception as error:  # noqa: BLE001 - to be told with its seed
            report.told.append("\n".join([*_named(one), f"  ✗ it cannot be made: {type(error).__name__}: {error}"]))
    made = [one for one in made if one.truth.code in urls]
    try:
        seen = visits.visit(server, made, urls)
    except Exception as error:  # noqa: BLE001 - to be told with its seed
        server.clear()
        if len(made) == 1:
            report.told.append(
                "\n".join([*_named(made[0]), f"  ✗ the whole month stops: {type(error).__name__}: {error}"])
            )
            return
        for one in made:
            _try(visits, server, [one.truth.seed], report)
        return
    server.clear()
    report.databases += len(made)
    for one in made:
        report.rows += len(one.truth.rows)
        of_office = seen[one.truth.code]
        is_loaded = of_office.state == "loaded"
        report.loaded += len(of_office.core) if is_loaded else 0
        report.turned_away += of_office.outcome.get("turned_away_count", 0) if is_loaded else 0
        report.refused += not is_loaded
        if broken := faults(one, of_office):
            report.told.append("\n".join([*_named(one), *(f"  ✗ {fault}" for fault in broken[:6])]))
    for shown in visits.shown:
        told = shown.stdout + shown.stderr
        if "Traceback" in told or any(ord(letter) < 32 and letter not in "\n\t" for letter in told):
            report.told.append(
                f"a command shows what it may not beside the seeds {[one.truth.seed for one in made]}: {told[-500:]}"
            )
    if not visits.is_plain_unchanged():
        report.told.append(f"the plain office changed beside the seeds {[one.truth.seed for one in made]}")


def _named(made: Made) -> Iterator[str]:
    """Which database it was, what is in it, and how to see it again."""
    yield made.truth.describe()
    yield f"  {AGAIN.format(engine=made.truth.engine, seed=made.truth.seed, test=TEST)}"
