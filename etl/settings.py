"""Everything that the environment decides, read in one place: one long module because nothing else may read it.

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
| HAILONG_FORMS | directory or fsspec URL of the forms about cases, with those that came back | ``<state>/forms`` |
| HAILONG_DRAFT_BULLETINS | ``off``: the DAG makes no bulletin of a draft, only of what is published | ``on`` |
| HAILONG_BULLETIN_MAIL | ``contacts``: each office's ``contact`` is sent its page of a bulletin; ``none`` | ``none`` |
| HAILONG_PSEUDONYM_KEY | secret key of the respondents' pseudonyms, 32 characters or more | embedded: made once |
| HAILONG_WORKERS | treasuries worked on at the same time | the cores of this machine, at most 4 |
| HAILONG_SOURCE_TIMEOUT | seconds a source may take for one answer to a question of ours | 600 |
| HAILONG_SOURCE_TRIES | how often connecting to a source is tried before it counts as away | 3 |
| HAILONG_SOURCE_CONNECTIONS | connections to one source server at the same time, from all machines together | 4 |
| HAILONG_CLOCK_SKEW_SECONDS | by how much another clock may be behind ours; at a month's end it is waited for | 600 |
| HAILONG_SIGNING_KEY | file of the private key (Ed25519, PEM) with which what is published is signed | none: unsigned |
| HAILONG_SIGNING_COMMAND | command that signs instead: for a file in the place of ``{}``, the signature | none |
| HAILONG_SIGNING_PUBLIC_KEY | file of the public key (PEM) that belongs to the command | none |
| HAILONG_LANG | ``vi``: what people read from the command line is in Vietnamese; ``en`` | ``en`` |
| HAILONG_SCHEDULE | ``off``: the DAG only runs when asked | ``on`` |
| HAILONG_RETRY_SECONDS | seconds before the DAG tries a source again, doubled each time | 30 |
| HAILONG_QUESTION_SECONDS | seconds after which an open question whether to publish is looked at again | 3600 |
| HAILONG_BATCH_ROWS | responses held in memory at once by one worker | 30000 |
| HAILONG_GROUP_ROWS | responses loaded at once by one worker; a machine gets that for each of its workers | 500000 |
| HAILONG_APPROVAL | ``person``: somebody approves each draft in Airflow; ``none``: nobody is asked | ``person`` |
| HAILONG_NOTICE_TO | mail addresses of those who are told what needs a person, with commas between them | nobody |
| HAILONG_KEEP_LANDING_DAYS | days after which a landed file that nothing was made from is removed; 0: never | 0 |
| HAILONG_KEEP_LOG_DAYS | days after which validation pages and Airflow's task logs are removed; 0: never | 0 |

It is one long module because nothing else reads the environment.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from etl.errors import Misdeclared

_SHORTEST_KEY = 32
PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    """A directory of the project: inside the package when installed, beside it in a checkout."""
    inside = PACKAGE / "shipped" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


SQL = _shipped("sql")
EXPECTATIONS = _shipped("expectations")
DAGS = _shipped("dags")
EXAMPLES = _shipped("examples")


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
    forms: str
    workers: int
    source_timeout: int
    source_tries: int
    source_connections: int
    batch_rows: int
    group_rows: int
    signing_key: Path | None
    signing_command: str | None
    signing_public_key: Path | None

    @property
    def is_signing(self) -> bool:
        """Whether revisions are signed when they are published."""
        return bool(self.signing_key or self.signing_command)

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
        forms=os.environ.get("HAILONG_FORMS") or str(state / "forms"),
        workers=_number("HAILONG_WORKERS", min(os.cpu_count() or 1, 4)),
        source_timeout=_number("HAILONG_SOURCE_TIMEOUT", 600),
        source_tries=_number("HAILONG_SOURCE_TRIES", 3),
        source_connections=_number("HAILONG_SOURCE_CONNECTIONS", 4),
        batch_rows=_number("HAILONG_BATCH_ROWS", 30_000),
        group_rows=_number("HAILONG_GROUP_ROWS", 500_000),
        signing_key=_file("HAILONG_SIGNING_KEY"),
        signing_command=os.environ.get("HAILONG_SIGNING_COMMAND") or None,
        signing_public_key=_file("HAILONG_SIGNING_PUBLIC_KEY"),
    )


def use_config(directory: Path) -> None:
    """Point this process and its children to another configuration directory."""
    os.environ["HAILONG_CONFIG"] = str(directory)
    os.environ["HAILONG_CONFIG"] = str(_path("HAILONG_CONFIG", directory))


def time_zone() -> str:
    """The network's time zone, for those who cannot afford to read the whole registry; none raises Misdeclared."""
    import yaml  # noqa: PLC0415  who needs only the environment does not wait for it

    file = read().config / "network.yaml"
    try:
        refuse_no_file(file)
        zone = yaml.safe_load(file.read_text("utf-8-sig"))["time_zone"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError, yaml.YAMLError) as error:
        raise Misdeclared(f"{file} does not give the time_zone", next_action="mend the file") from error
    if not isinstance(zone, str):
        raise Misdeclared(f"{file}: the time_zone is no text", next_action="mend the file")
    return zone


def language() -> str:
    """The language of what people read from the command line, ``vi`` or ``en``; another raises Misdeclared."""
    return _word("HAILONG_LANG", ("en", "vi"), "en")


def use_language(code: str) -> None:
    """Let this process and its children speak a language."""
    os.environ["HAILONG_LANG"] = code


def is_scheduled() -> bool:
    """Whether the DAG runs by itself each month; the demo, whose months are long past, only runs when asked."""
    return os.environ.get("HAILONG_SCHEDULE", "on") != "off"


def retry_seconds() -> int:
    """How long the DAG waits before it tries a source again; twice as long before the next time."""
    return _number("HAILONG_RETRY_SECONDS", 30)


def question_seconds() -> int:
    """How often an open question whether to publish is looked at: a newer draft or a publication withdraws it."""
    return _number("HAILONG_QUESTION_SECONDS", 3600)


def clock_skew_seconds() -> int:
    """By how much the clock of a source, or of another of our machines, may be behind."""
    return _number("HAILONG_CLOCK_SKEW_SECONDS", 600)


def is_attended() -> bool:
    """Whether a person approves each draft before it is published; a word that says neither raises Misdeclared."""
    return _word("HAILONG_APPROVAL", ("person", "none"), "person") == "person"


def makes_draft_bulletins() -> bool:
    """Whether the DAG makes the bulletin of each draft; a word that says neither raises Misdeclared."""
    return _word("HAILONG_DRAFT_BULLETINS", ("on", "off"), "on") == "on"


def mails_bulletins() -> bool:
    """Whether each office is sent its own page of a published bulletin; a word that says neither raises Misdeclared."""
    return _word("HAILONG_BULLETIN_MAIL", ("contacts", "none"), "none") == "contacts"


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
    if len(key) < _SHORTEST_KEY:
        raise Misdeclared(
            "HAILONG_PSEUDONYM_KEY is not set or is shorter than 32 characters",
            next_action="set it from your secrets store, and never change it: pseudonyms would no longer match",
        )
    return key.encode()


def _kept_secret(path: Path) -> str:
    """Read a secret file, making it first (mode 0600) when it is not there; two makers agree on one."""
    if not path.exists():
        _refuse_another_key(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="ascii", prefix=f".{path.name}.", dir=path.parent) as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
        sync_names(path.parent)
    secret = path.read_bytes() if path.is_file() else b""
    if len(secret.strip()) < _SHORTEST_KEY or not secret.isascii() or b"\0" in secret:
        raise Misdeclared(
            f"{path} is empty, cut short or no key",
            next_action="restore it from a backup; with another key every person would be a new one. Where nothing has"
            f" landed in {path.parent} yet, remove the file, and a new key is made",
        )
    return secret.decode("ascii")


def _refuse_another_key(path: Path) -> None:
    """Raise Misdeclared where a key is gone with which something has landed."""
    folder = Path((os.environ.get("HAILONG_LANDING") or str(path.parent / "landing")).removeprefix("file://"))
    if any(folder.glob("*/*/responses-*.parquet")):
        raise Misdeclared(
            f"{path} is gone, and {folder} holds what was landed with it",
            next_action="restore it from a backup; with another key every person would be a new one. To begin anew all"
            " the same, set HAILONG_PSEUDONYM_KEY to a new key, and run each month again",
        )


def keep_private(path: Path, text: str) -> None:
    """Replace a file that only its owner may read, in one move; it outlasts a loss of power."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_names(path.parent)


def refuse_no_file(path: Path) -> None:
    """Raise OSError for a pipe, a socket or a device: to read it may take no end."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(errno.ENXIO, "it is a pipe, a socket or a device")


def sync_names(directory: Path) -> None:
    """Wait until the disk has the names in a directory."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _path(name: str, default: Path) -> Path:
    """A path of the environment, made absolute; an empty variable counts as one that is not set."""
    path = Path(os.environ.get(name) or default)
    try:
        return path.expanduser().resolve()
    except (OSError, RuntimeError):  # it leads in a circle, or to the home of nobody
        raise Misdeclared(f"{name}={path} leads nowhere", next_action=f"correct {name}") from None


def _file(name: str) -> Path | None:
    """A path of the environment, made absolute; None where it is not set."""
    return _path(name, Path()) if os.environ.get(name) else None


def _word(name: str, words: tuple[str, str], default: str) -> str:
    """One of two words of the environment; an empty variable counts as one that is not set."""
    said = os.environ.get(name) or default
    if said not in words:
        raise Misdeclared(f"{name}={said} says nothing", next_action=f"set {name} to {words[0]} or {words[1]}")
    return said


def _number(name: str, default: int) -> int:
    """A positive whole number of the environment; an empty variable counts as one that is not set."""
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or len(text) > len(str(1 << 31)) or int(text) == 0:
        raise Misdeclared(f"{name}={text} is not a positive whole number", next_action=f"set {name} to 1 or more")
    return int(text)


def _days(name: str) -> int:
    """A number of days of the environment, 0 for want of one."""
    text = os.environ.get(name) or "0"
    if not text.isdecimal():
        raise Misdeclared(f"{name}={text} is no number of days", next_action=f"set {name} to 0 or more")
    return int(text)
