"""One month through the steps, as ``hailong run`` does it: JSON with the seconds of each step, and of each processor.

``seconds`` are those of the clock; ``cpu`` are those of processors: of our processes, of the server of the branches and
of the warehouse's. The first depend on how many processors there are and on who else works there, the second do not.
"""

from __future__ import annotations

import json
import os
import sys
import time

import psutil

from etl import settings
from etl.operation import steps

SERVERS = ("branches", "warehouse")


def main(month: str) -> None:
    seconds: dict[str, float] = {}
    cpu: dict[str, dict[str, float]] = {}
    started, used = time.perf_counter(), processors()

    def lap(name: str) -> None:
        nonlocal started, used
        now = processors()
        seconds[name] = round(time.perf_counter() - started, 3)
        cpu[name] = {who: round(now[who] - used[who], 2) for who in now}
        started, used = time.perf_counter(), processors()

    import etl.admission.admit
    import etl.scoring.rate_period  # noqa: F401

    lap("import")
    planned = steps.plan(month)
    lap("plan")
    assert all(is_landed for _, is_landed in steps.land_all(planned))
    lap("land")
    steps.admit(planned, planned.treasury_codes)
    lap("admit")
    steps.score(planned)
    lap("score")
    steps.report(planned)
    lap("report")
    assert steps.verdict(planned) == []
    print(json.dumps({"seconds": seconds, "cpu": cpu}))


def processors() -> dict[str, float]:
    """The processor seconds so far of our processes, those that have ended included, and of the servers."""
    own = os.times()
    return {"ours": sum(own[:4])} | {name: of_server(name) for name in SERVERS}


def of_server(name: str) -> float:
    """The processor seconds so far of an embedded server and of all the sessions that it has had."""
    home = settings.read().state / "postgres" / name
    postmaster = psutil.Process(int((home / "data" / "postmaster.pid").read_text().splitlines()[0]))
    ended = postmaster.cpu_times()
    total = ended.user + ended.system + ended.children_user + ended.children_system
    for session in postmaster.children(recursive=True):
        try:
            times = session.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


if __name__ == "__main__":
    main(sys.argv[1])
