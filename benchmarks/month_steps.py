"""One month through the steps, as ``hailong run`` does it, with the seconds of each step as JSON."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from etl import settings, steps


def main(month: str) -> None:
    laps: dict[str, float] = {}
    started = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal started
        laps[name] = round(time.perf_counter() - started, 3)
        started = time.perf_counter()

    import etl.admission
    import etl.scoring  # noqa: F401

    lap("import")
    planned = steps.plan(month)
    lap("plan")
    with ThreadPoolExecutor(settings.read().workers) as pool:
        list(pool.map(lambda code: steps.land(planned, code), planned.treasury_codes))
    lap("land")
    steps.admit(planned, planned.treasury_codes)
    lap("admit")
    steps.score(planned)
    lap("score")
    steps.check(month)
    lap("check")
    steps.report(planned)
    lap("report")
    assert steps.verdict(planned) == []
    print(json.dumps(laps))


if __name__ == "__main__":
    main(sys.argv[1])
