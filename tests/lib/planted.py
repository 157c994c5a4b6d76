"""Values that must not get out: planted in sources, and searched for in every form in which they may be written."""

from __future__ import annotations

import base64
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

import pandas as pd
import sqlalchemy as sa
import yaml

from etl import escape
from tests.lib.slots import Slot

PERSON = {"name": "Đặng Thị Trồng Thử", "telephone": "0987 065 432 1"}
PASSWORD = "tr@ng/Thu#1 %&x"
ANSWER, ASK = ("34", "37"), ("19", "34", "37", "48")
"""The offices whose customers have left a name and a number, and those whose databases ask for the password."""


@contextmanager
def in_sources(slot: Slot, connections: Path) -> Iterator[None]:
    """Let customers of some offices have left a name and a number, and some databases ask for a password.

    The name and number stand in the free text and as the reference of every third response, besides what stood there:
    no figure is another one. The file of connections is written for it.
    """
    addresses = yaml.safe_load((slot.state / "connections.yaml").read_text("utf-8"))
    changed_back = []
    for code in ASK:
        guest, url = f"treasury_{code}", sa.make_url(addresses[f"treasury_{code}"])
        place = f"{url.host}:{url.port}/{url.database}"
        addresses[f"treasury_{code}"] = f"postgresql://{url.username}:{quote(PASSWORD, safe='')}@{place}"
        (verifier,) = slot.run(f"select rolpassword from pg_authid where rolname = '{guest}'", server="branches")
        slot.run(f"alter role {guest} password '{PASSWORD}'", server="branches")
        changed_back.append((guest, f"alter role {guest} password '{verifier}'"))
    connections.write_text(yaml.safe_dump(addresses), "utf-8")
    for guest in (f"treasury_{code}" for code in ANSWER):
        slot.run(*_CHANGED, server="branches", database=guest)
        changed_back += [(guest, statement) for statement in _CHANGED_BACK]
    try:
        yield
    finally:
        for guest, statement in changed_back:
            slot.run(statement, server="branches", database=guest)


_SAID = " ".join(PERSON.values())
_CHANGED = (
    "create table kept as select response_id, comment, respondent_ref from survey_response where response_id % 3 = 0",
    f"update survey_response set comment = concat_ws(' ', '{_SAID}', comment),"
    f" respondent_ref = concat_ws(' ', '{_SAID}', respondent_ref) where response_id % 3 = 0",
)
_CHANGED_BACK = (
    "update survey_response as r set comment = k.comment, respondent_ref = k.respondent_ref"
    " from kept as k where k.response_id = r.response_id",
    "drop table kept",
)


def forms(value: str) -> set[bytes]:
    """How a value may be written: plain, escaped, in a URL, in hexadecimal and, at any place of a text, in base64."""
    plain = value.encode()
    texts = {value, quote(value), quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1], escape.html(value)}
    texts |= {repr(value)[1:-1], repr(plain)[2:-1], value.encode("unicode_escape").decode(), plain.hex()}
    coded = set[bytes]()
    for before in range(3):  # without the letters that depend on what stands before and after
        whole = slice((0, 2, 3)[before], (before + len(plain)) * 8 // 6)
        padded = b"\0" * before + plain
        coded |= {base64.b64encode(padded)[whole], base64.urlsafe_b64encode(padded)[whole]}
    return coded | {text.encode() for text in texts}


def found(values: dict[str, str], content: bytes) -> list[str]:
    """The names of the values that are somewhere in a content."""
    return [name for name, value in values.items() if any(form in content for form in forms(value))]


def files(root: Path, but: set[str]) -> Iterator[tuple[str, bytes]]:
    """Every file below a directory, and what is in the packed ones; not those of some names."""
    for path in sorted(root.rglob("*")):
        if but & set(path.relative_to(root).parts) or path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        yield str(path), content
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                yield from ((f"{path}:{name}", packed.read(name)) for name in packed.namelist())
        elif path.suffix == ".parquet":
            yield f"{path}:rows", pd.read_parquet(path).to_json(force_ascii=False, date_format="iso").encode()


def tables(url: str, but: set[str]) -> Iterator[tuple[str, bytes]]:
    """Every row of every table of a database, as text; not those of some names."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        named = connection.exec_driver_sql(
            "select n.nspname, c.relname from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid"
            " where c.relkind in ('r', 'm') and n.nspname !~ '^(pg_|information_schema)'"
        )
        for schema, table in named.all():
            name = f"{schema}.{table}"
            if not any(name.startswith(one) for one in but):
                rows = connection.exec_driver_sql(f'select t::text from {schema}."{table}" as t').scalars()
                yield name, "\n".join(rows).encode()


@contextmanager
def watched_processes() -> Iterator[set[bytes]]:
    """Every command line that any user could read while the block runs."""
    seen, is_over = set[bytes](), threading.Event()

    def look() -> None:
        while not is_over.wait(0.3):
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    seen.add((process / "cmdline").read_bytes())
                with suppress(OSError):
                    is_open = (process / "environ").stat().st_mode & 0o077
                    seen.add((process / "environ").read_bytes() if is_open else b"")

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join(30)
