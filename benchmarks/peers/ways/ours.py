"""Hài Lòng's own steps for one treasury's month, as ``hailong run`` takes them: up to landing, or up to core."""

import itertools
import json
import sys
import time

moments = [("begin", time.perf_counter())]


def lap(name):
    moments.append((name, time.perf_counter()))


from etl.operation import steps  # noqa: E402

if sys.argv[1] == "load":
    import etl.admission.admit  # noqa: F401
lap("import")
planned = steps.plan("2023-07", only=["34"])
lap("plan")
assert all(is_landed for _, is_landed in steps.land_all(planned)), "the treasury's month did not land"
lap("land")
if sys.argv[1] == "load":
    steps.admit(planned, planned.treasury_codes)
    lap("admit")
laps = itertools.pairwise(moments)
print(json.dumps({name: round(end - start, 3) for (_, start), (name, end) in laps}))
