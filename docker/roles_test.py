"""Try what each role may do, on the running API server; one line for each request that is answered otherwise.

Run by ``docker/compose-test``, with the password of ``admin`` on standard input.
"""

from __future__ import annotations

import json
import secrets
import sys
import urllib.error
import urllib.request
from typing import Any

SERVER = "http://localhost:8080"
DAGS = "/api/v2/dags"
CLEAR = {"dry_run": True, "only_failed": True}
RUN = {"logical_date": None, "conf": {"month": "no month"}}
ANSWER = {"chosen_options": ["Approve"], "params_input": {}}
DONE = {"new_state": "success"}
ASKED_FOR = f"{DAGS}/publish_ratings/dagRuns/none/taskInstances/approve"
# 400 and 404: the role was let in, and what it asked for is nonsense
# fmt: off
REQUESTS = [
    # method | path                                             | body    | viewer | operator | approver
    ("GET",    f"{DAGS}/monthly_ratings",                         None,     200,     200,       200),
    ("GET",    f"{DAGS}/~/dagRuns/~/hitlDetails",                 None,     200,     200,       200),
    ("GET",    "/api/v2/connections",                             None,     403,     403,       403),
    ("GET",    "/api/v2/variables",                               None,     403,     403,       403),
    ("GET",    "/api/v2/config",                                  None,     403,     403,       403),
    ("GET",    "/auth/fab/v1/users",                              None,     403,     403,       403),
    ("POST",   f"{DAGS}/monthly_ratings/dagRuns",                 RUN,      403,     400,       403),
    ("POST",   f"{DAGS}/monthly_ratings/clearTaskInstances",      CLEAR,    403,     200,       403),
    ("POST",   f"{DAGS}/publish_ratings/dagRuns",                 RUN,      403,     403,       403),
    ("POST",   f"{DAGS}/publish_ratings/clearTaskInstances",      CLEAR,    403,     403,       403),
    ("PATCH",  ASKED_FOR,                                         DONE,     403,     403,       403),
    ("PATCH",  f"{ASKED_FOR}/-1/hitlDetails",                     ANSWER,   403,     403,       404),
]
# fmt: on
ROLES = ("viewer", "operator", "approver")


def call(method: str, path: str, token: str = "", body: Any = None) -> tuple[int, Any]:
    """Ask the server; status and answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(SERVER + path, data, {"Content-Type": "application/json"}, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, None


def token_of(name: str, password: str) -> str:
    """Log in."""
    status, answer = call("POST", "/auth/token", body={"username": name, "password": password})
    if status != 201:
        sys.exit(f"{name} cannot log in: {status}")
    return str(answer["access_token"])


def main() -> None:
    """Make an account for each role, and compare."""
    admin = token_of("admin", sys.stdin.read().strip())
    wrong = 0
    for place, role in enumerate(ROLES):
        password = f"Aa1!Bb2!{secrets.token_urlsafe(12)}"
        name = {"username": f"test-{role}", "email": f"{role}@test.example", "first_name": role, "last_name": "test"}
        call("POST", "/auth/fab/v1/users", admin, {**name, "password": password, "roles": [{"name": role}]})
        token = token_of(f"test-{role}", password)
        for method, path, body, *expected in REQUESTS:
            status, _ = call(method, path, token, body)
            if status != expected[place]:
                sys.stdout.write(f"{role}: {method} {path} answers {status}, not {expected[place]}\n")
                wrong += 1
    sys.stdout.write(f"{len(REQUESTS)} requests of each of {len(ROLES)} roles, {wrong} answered otherwise than said\n")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
