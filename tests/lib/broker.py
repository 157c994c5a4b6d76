"""The stack's Redis on a free port: its own script, its users, and what docker-compose.yml tells each of them."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
import yaml

PROJECT = Path(__file__).resolve().parents[2]
USERS = ("scheduler", "worker", "publisher")
_ADDRESSES = ("AIRFLOW__CELERY__BROKER_URL", "AIRFLOW__CELERY__RESULT_BACKEND")


@dataclass(frozen=True)
class Broker:
    """A running Redis: its port, and the password of each user."""

    port: int
    passwords: dict[str, str]

    def url(self, user: str) -> str:
        """Its URL for a user."""
        return f"redis://{user}:{self.passwords[user]}@127.0.0.1:{self.port}/0"

    def client(self, user: str) -> redis.Redis:
        """A connection of a user."""
        return redis.Redis.from_url(self.url(user), decode_responses=True)

    def environment(self, user: str) -> dict[str, str]:
        """What the service of a user is told of Celery in docker-compose.yml, with this broker."""
        said = _services()[user]["environment"]
        plain = {name: str(value) for name, value in said.items() if name.startswith("AIRFLOW__CELERY")}
        plain = {name: value for name, value in plain.items() if not name.endswith("_CMD") and "$" not in value}
        return {**plain, **dict.fromkeys(_ADDRESSES, self.url(user))}


def command(user: str) -> str:
    """How docker-compose.yml starts the service of a user, as a command of Airflow."""
    return " ".join(_services()[user]["command"][1:])


@contextlib.contextmanager
def running(home: Path) -> Iterator[Broker]:
    """Run the stack's Redis in a directory, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    passwords = {user: f"{user}-password" for user in USERS}
    for user, password in passwords.items():
        (home / f"redis_{user}_password").write_text(password, "ascii")
    entrypoint = home / "docker-entrypoint.sh"
    entrypoint.write_text('#!/bin/sh\nexec "$@"\n', "ascii")
    entrypoint.chmod(0o755)
    environment = {
        "PATH": f"{home}:{Path(str(shutil.which('redis-server'))).parent}:{os.environ['PATH']}",
        "SECRETS": str(home),
        "SETTINGS": f"port {port}\nbind 127.0.0.1\ndir {home}",
    }
    with (home / "redis.log").open("ab") as log:
        server = subprocess.Popen(["sh", str(PROJECT / "docker" / "redis.sh")], env=environment, stdout=log, stderr=log)
    try:
        _wait(port)
        yield Broker(port, passwords)
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    """Wait until it answers, as its healthcheck asks it."""
    end = time.monotonic() + 20
    while True:
        with contextlib.suppress(redis.ConnectionError):
            assert redis.Redis(port=port).ping()
            return
        assert time.monotonic() < end, "Redis does not answer"
        time.sleep(0.05)


def _services() -> dict[str, Any]:
    """The services of docker-compose.yml."""
    return dict(yaml.safe_load((PROJECT / "docker-compose.yml").read_text("utf-8"))["services"])
