"""Everything that the environment decides, read in one place.

| variable | meaning | default |
|---|---|---|
| HAILONG_CONFIG | configuration directory of the network | ``config/`` of this project |
| HAILONG_STATE | state directory: embedded server, landing, reports | ``.hailong/`` in the working directory |
| HAILONG_WAREHOUSE_URL | SQLAlchemy URL of the warehouse (PostgreSQL 15 or later) | the embedded server |
| HAILONG_CONNECTIONS | YAML file ``treasury_<code>: URL`` | ``<state>/connections.yaml`` |
| AIRFLOW_CONN_TREASURY_<CODE> | one treasury's connection, before the file | none |
| HAILONG_LANDING | fsspec URL of the landing zone | ``<state>/landing`` |
| HAILONG_REPORTS | directory of the validation pages, and of the bulletins of drafts | ``<state>/reports`` |
| HAILONG_BULLETINS | directory or fsspec URL of the published bulletins and exports | ``<state>/bulletins`` |
| HAILONG_DRAFT_BULLETINS | ``off``: the DAG makes no bulletin of a draft, only of what is published | ``on`` |
| HAILONG_BULLETIN_MAIL | ``contacts``: each office's ``contact`` is sent its page of a bulletin; ``none`` | ``none`` |
| HAILONG_PSEUDONYM_KEY | secret key of the respondents' pseudonyms, 32 characters or more | embedded: made once |
| HAILONG_WORKERS | treasuries worked on at the same time | the cores of this machine, at most 4 |
| HAILONG_SOURCE_TIMEOUT | seconds a source may take for one answer to a question of ours | 600 |
| HAILONG_SOURCE_TRIES | how often connecting to a source is tried before it counts as away | 3 |
| HAILONG_SOURCE_CONNECTIONS | connections to one source server at the same time, from all machines together | 4 |
| HAILONG_SCHEDULE | ``off``: the DAG only runs when asked | ``on`` |
| HAILONG_RETRY_SECONDS | seconds before the DAG tries a source again, doubled each time | 60 |
| HAILONG_BATCH_ROWS | responses held in memory at once by one worker | 30000 |
| HAILONG_APPROVAL | ``person``: somebody approves each draft in Airflow; ``none``: nobody is asked | ``person`` |
| HAILONG_NOTICE_TO | mail addresses of those who are told what needs a person, with commas between them | nobody |
| HAILONG_KEEP_LANDING_DAYS | days after which a landed file that nothing was made from is removed; 0: never | 0 |
| HAILONG_KEEP_LOG_DAYS | days after which validation pages and Airflow's task logs are removed; 0: never | 0 |
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from etl.errors import Misdeclared

PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    """A directory of the project: inside the package when installed, beside it in a checkout."""
    inside = PACKAGE / "shipped" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


SQL = _shipped("sql")
EXPECTATIONS = _shipped("expectations")
DAGS = _shipped("dags")


@dataclass(frozen=True)
class Settings:
    """The environment's decisions, resolved to absolute paths and plain values."""

    config: Path
    state: Path
    warehouse_url: str | None
    connections: Path
    landing: str
    reports: Path
    bulletins: str
    workers: int
    source_timeout: int
    source_tries: int
    source_connections: int
    batch_rows: int

    @property
    def is_embedded(self) -> bool:
        """Whether the warehouse is the embedded server, for want of a URL."""
        return self.warehouse_url is None


def read() -> Settings:
    """Read the environment now; a number that is none raises Misdeclared."""
    ours = tuple(item for item in os.environ.items() if item[0].startswith("HAILONG_"))
    return _read(ours, Path.cwd())


@lru_cache(maxsize=1)  # it is asked for often, and resolving paths takes its time
def _read(_: tuple[tuple[str, str], ...], __: Path) -> Settings:
    """The decisions of an environment, relative to a working directory."""
    state = _path("HAILONG_STATE", Path(".hailong"))
    return Settings(
        config=_path("HAILONG_CONFIG", _shipped("config")),
        state=state,
        warehouse_url=os.environ.get("HAILONG_WAREHOUSE_URL") or None,
        connections=_path("HAILONG_CONNECTIONS", state / "connections.yaml"),
        landing=os.environ.get("HAILONG_LANDING") or str(state / "landing"),
        reports=_path("HAILONG_REPORTS", state / "reports"),
        bulletins=os.environ.get("HAILONG_BULLETINS") or str(state / "bulletins"),
        workers=_number("HAILONG_WORKERS", min(os.cpu_count() or 1, 4)),
        source_timeout=_number("HAILONG_SOURCE_TIMEOUT", 600),
        source_tries=_number("HAILONG_SOURCE_TRIES", 3),
        source_connections=_number("HAILONG_SOURCE_CONNECTIONS", 4),
        batch_rows=_number("HAILONG_BATCH_ROWS", 30_000),
    )


def use_config(directory: Path) -> None:
    """Point this process and its children to another configuration directory."""
    os.environ["HAILONG_CONFIG"] = str(directory.expanduser().resolve())


def time_zone() -> str:
    """The network's time zone, for those who cannot afford to read the whole registry; none raises Misdeclared."""
    import yaml  # noqa: PLC0415  who needs only the environment does not wait for it

    file = read().config / "network.yaml"
    try:
        return str(yaml.safe_load(file.read_text("utf-8"))["time_zone"])
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise Misdeclared(f"{file} does not give the time_zone", next_action="mend the file") from error


def is_scheduled() -> bool:
    """Whether the DAG runs by itself each month; the demo, whose months are long past, only runs when asked."""
    return os.environ.get("HAILONG_SCHEDULE", "on") != "off"


def retry_seconds() -> int:
    """How long the DAG waits before it tries a source again; twice as long before the next time."""
    return _number("HAILONG_RETRY_SECONDS", 60)


def is_attended() -> bool:
    """Whether a person approves each draft before it is published; a word that says neither raises Misdeclared."""
    said = os.environ.get("HAILONG_APPROVAL") or "person"
    if said not in ("person", "none"):
        raise Misdeclared(f"HAILONG_APPROVAL={said} says nothing", next_action="set HAILONG_APPROVAL to person or none")
    return said == "person"


def makes_draft_bulletins() -> bool:
    """Whether the DAG makes the bulletin of each draft; a word that says neither raises Misdeclared."""
    said = os.environ.get("HAILONG_DRAFT_BULLETINS") or "on"
    if said not in ("on", "off"):
        raise Misdeclared(
            f"HAILONG_DRAFT_BULLETINS={said} says nothing", next_action="set HAILONG_DRAFT_BULLETINS to on or off"
        )
    return said == "on"


def mails_bulletins() -> bool:
    """Whether each office is sent its own page of a published bulletin; a word that says neither raises Misdeclared."""
    said = os.environ.get("HAILONG_BULLETIN_MAIL") or "none"
    if said not in ("contacts", "none"):
        raise Misdeclared(
            f"HAILONG_BULLETIN_MAIL={said} says nothing", next_action="set HAILONG_BULLETIN_MAIL to contacts or none"
        )
    return said == "contacts"


def notice_recipients() -> tuple[str, ...]:
    """Who is told what needs a person, by mail address; a text that is none raises Misdeclared."""
    addresses = [one.strip() for one in os.environ.get("HAILONG_NOTICE_TO", "").split(",")]
    for one in filter(None, addresses):
        name, _, host = one.partition("@")
        if not name or not host or "@" in host or any(map(str.isspace, one)):
            raise Misdeclared(
                f"HAILONG_NOTICE_TO: '{one}' is no mail address",
                next_action="write addresses with commas between them: anna@office.example, binh@office.example",
            )
    return tuple(filter(None, addresses))


def keep_landing_days() -> int:
    """For how many days a landed file is kept that nothing was made from; 0: for ever."""
    return _days("HAILONG_KEEP_LANDING_DAYS")


def keep_log_days() -> int:
    """For how many days validation pages and Airflow's own logs are kept; 0: for ever."""
    return _days("HAILONG_KEEP_LOG_DAYS")


def connection_uri(code: str) -> str | None:
    """A treasury's connection from the environment, by Airflow's own naming; None when not given."""
    return os.environ.get(f"AIRFLOW_CONN_TREASURY_{code.upper()}") or None


def environment(**more: str) -> dict[str, str]:
    """This process's environment with additions, for a child process."""
    return {**os.environ, **more}


def pseudonym_key() -> bytes:
    """The secret key of the respondents' pseudonyms.

    With the embedded warehouse a key is made once and kept in the state directory. With a warehouse of
    your own a missing or short key raises Misdeclared: a changed key would make every person a new one.
    """
    key = os.environ.get("HAILONG_PSEUDONYM_KEY", "")
    settings = read()
    if not key and settings.is_embedded:
        return _kept_secret(settings.state / "pseudonym.key").encode()
    if len(key) < 32:
        raise Misdeclared(
            "HAILONG_PSEUDONYM_KEY is not set or is shorter than 32 characters",
            next_action="set it from your secrets store, and never change it: pseudonyms would no longer match",
        )
    return key.encode()


def _kept_secret(path: Path) -> str:
    """Read a secret file, making it first (mode 0600) when it is not there; two makers agree on one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text("ascii")


def _path(name: str, default: Path) -> Path:
    """A path of the environment, made absolute; an empty variable counts as one that is not set."""
    return Path(os.environ.get(name) or default).expanduser().resolve()


def _number(name: str, default: int) -> int:
    """A positive whole number of the environment; an empty variable counts as one that is not set."""
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) == 0:
        raise Misdeclared(f"{name}={text} is not a positive whole number", next_action=f"set {name} to 1 or more")
    return int(text)


def _days(name: str) -> int:
    """A number of days of the environment, 0 for want of one."""
    text = os.environ.get(name) or "0"
    if not text.isdecimal():
        raise Misdeclared(f"{name}={text} is no number of days", next_action=f"set {name} to 0 or more")
    return int(text)
