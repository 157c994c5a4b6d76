"""A connection is understood as Airflow and SQLAlchemy write it; a wrong one is named, and no password is shown."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import HailongError, Misdeclared, Unavailable
from etl.source.address import url_of, where
from etl.source.queries import Limits
from etl.source.snapshot import Snapshot, probe
from tests.lib.asking import query, select

BASE = "postgresql://guest:p@h:5433/db"
MYSQL = "mysql://guest:p@h/db"


def extra(said: object) -> str:
    return urlencode({"__extra__": said if isinstance(said, str) else json.dumps(said)})


JSON = {"conn_type": "postgres", "login": "guest", "password": "p@/#?", "host": "h", "port": 5433, "schema": "db"}
UNDERSTOOD: list[tuple[str, dict[str, str]]] = [
    # connection | the options that the driver gets
    (f"{BASE}?__extra__=%7B%7D", {}),
    ("postgres://guest:p@h:5433/?__extra__=%7B%7D", {}),
    (f"{BASE}?{extra('null')}", {}),
    (
        f"{BASE}?{extra({'sslmode': 'require', 'connect_timeout': 5, 'options': None})}",
        {"sslmode": "require", "connect_timeout": "5"},
    ),
    (f"{BASE}?sslmode=verify-full&sslrootcert=/ca.pem", {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}),
    (
        f"{MYSQL}?{extra({'ssl': {'ca': '/ca.pem', 'check_hostname': True}})}",
        {"ssl_ca": "/ca.pem", "ssl_check_hostname": "true"},
    ),
    (f"{MYSQL}?charset=utf8mb4", {"charset": "utf8mb4"}),
    (json.dumps({**JSON, "extra": {"sslmode": "require"}}), {"sslmode": "require"}),
    (json.dumps({"conn_type": "mysql", "login": "guest", "host": "h", "extra": "{}"}), {}),
]


@pytest.mark.parametrize(("uri", "options"), UNDERSTOOD)
def test_the_shapes_of_airflow_are_understood(uri: str, options: dict[str, str]) -> None:
    url = url_of("34", uri)
    assert (dict(url.query), url.username, url.host) == (options, "guest", "h")


NAMED = [
    # connection                                                     | what is told
    (f"{MYSQL}?ssl=true", "treasury_34 says 'ssl', which does not say whom to trust"),
    (f"{MYSQL}?ssl_mode=REQUIRED", "says 'ssl_mode'"),
    (f"{MYSQL}?ssl_disabled=false", "says 'ssl_disabled'"),
    (f"{MYSQL}?{extra({'ssl': {'verify': True}})}", "does not know: 'ssl.verify'"),
    (f"{MYSQL}?{extra({'ssl': True})}", "says 'ssl'"),
    (f"{MYSQL}?sslmode=require", "mysql+pymysql does not know: 'sslmode'"),
    (f"{MYSQL}?init_command=set+names+latin1", "does not know: 'init_command'"),
    (f"{BASE}?charset=utf8", "postgresql+psycopg does not know: 'charset'"),
    (f"{BASE}?ssl=true", "does not know: 'ssl'"),
    (f"{BASE}?{extra([1])}", "the connection treasury_34 is no JSON object"),
    (f"{BASE}?{extra('{')}", "is no JSON object"),
    (f"{BASE}?{extra('[' * 20_000)}", "is no JSON object"),
    (f"{BASE}?{extra({'options': {'a': 1}})}", "gives 'options' a list or an object"),
    ("{", "treasury_34 is not a URL"),
    ('{"host": "h"}', "treasury_34 is not a URL"),
    ("postgresql://h/db", "treasury_34 names no user"),
    ("postgresql://guest:p@h:99999/db", "treasury_34 has the port 99999"),
    ("mysql://guest:p@h:0/db", "treasury_34 has the port 0"),
    (json.dumps({**JSON, "port": -1}), "treasury_34 has the port -1"),
    ("mysql://guest:p@a..b/db", "can be no host's name"),
    (f"postgresql://guest:p@h,{'a' * 64}/db", "can be no host's name"),
    (f"{BASE}?host=other", "treasury_34 says twice: host"),
    ("postgresql://guest:p@host:5432/db?port=geheim", "treasury_34 says twice: port"),
    (f"{BASE}?dbname=other&user=other&password=geheim", "treasury_34 says twice: dbname, password, user"),
]
# fmt: on


@pytest.mark.parametrize(("uri", "told"), NAMED)
def test_what_a_driver_would_not_understand_is_named_before_it_is_asked(uri: str, told: str) -> None:
    with pytest.raises(Misdeclared) as caught:
        url_of("34", uri)
    assert told in caught.value.message
    assert caught.value.next_action


NO_FILE: list[tuple[str, Callable[[Path], object], type[HailongError], str]] = [
    ("a pipe", os.mkfifo, Misdeclared, "is a pipe, a socket or a device and no file"),
    ("a device", lambda path: path.symlink_to("/dev/zero"), Misdeclared, "is a pipe, a socket or a device"),
    ("a link to itself", lambda path: path.symlink_to(path), Unavailable, "there is no file"),
    ("a link to nowhere", lambda path: path.symlink_to("nowhere"), Unavailable, "there is no file"),
    ("a directory", Path.mkdir, Misdeclared, "is a directory and no file"),
]


@pytest.mark.parametrize(("make", "kind", "says"), [row[1:] for row in NO_FILE], ids=[row[0] for row in NO_FILE])
def test_what_stands_in_the_place_of_a_file_is_named_and_not_waited_for(
    make: Callable[[Path], object], kind: type[HailongError], says: str, tmp_path: Path
) -> None:
    make(tmp_path / "office.sqlite")
    url = url_of("34", f"sqlite:///{tmp_path / 'office.sqlite'}")
    for ask in (lambda: list(Snapshot(url, query(select("t")), Limits(2, 10))), lambda: look(url)):
        with pytest.raises(kind, match=says):
            ask()


def look(url: sa.URL) -> object:
    return probe(url, query(select("t")), Limits(2, 10), 1)


def test_a_path_that_is_too_long_leads_to_no_file() -> None:
    url = url_of("34", f"sqlite:////{'a' * 5_000}")
    with pytest.raises(Unavailable, match="there is no file"):
        look(url)


def assert_nothing_is_shown(uri: str, pieces: list[str]) -> None:
    shown = ""
    try:
        url = url_of("34", uri)
        shown = f"{where(url)} {url.username}"
    except Misdeclared as error:
        shown = str(error)
    for piece in pieces:
        assert piece not in shown, uri


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mariadb", "mssql", "oracle"])
@given(st.lists(st.sampled_from("@/#?:%&="), min_size=1, max_size=4), st.permutations(["Geheim1", "Xyzzy2", "Qwert3"]))
def test_a_password_that_is_not_escaped_is_shown_nowhere(scheme: str, marks: list[str], words: list[str]) -> None:
    password = "".join(word + mark for word, mark in zip(words * 2, marks, strict=False)) + "Ende4"
    assert_nothing_is_shown(f"{scheme}://guest:{password}@db.example:5432/office", [*words, "Ende4"])
    assert_nothing_is_shown(f"{scheme}://guest:12{password}@db.example/office?a=b", [*words, "Ende4"])


@given(st.lists(st.sampled_from("@/#?:%"), min_size=1, max_size=4))
def test_nor_after_airflow_has_taken_it_apart(marks: list[str]) -> None:
    from airflow.sdk import Connection

    password = "".join(f"{number}{mark}" for number, mark in enumerate(marks, start=7)) + "Ende4"
    with contextlib.suppress(ValueError):  # Airflow itself may refuse it
        uri = Connection(conn_id="treasury_34", uri=f"postgres://guest:{password}@db.example:5432/office").get_uri()
        assert_nothing_is_shown(uri, ["Ende4"])


def test_an_escaped_password_and_name_arrive_as_they_are() -> None:
    url = url_of("34", f"postgres://g%40uest:{quote('p@s/s#w?o:r%d', safe='')}@%3A%3A1:5432/of%20fice")
    assert (url.password, url.username, url.host, url.database) == ("p@s/s#w?o:r%d", "g@uest", "::1", "of fice")


SCHEMES = (
    "postgres",
    "postgresql+psycopg",
    "mysql",
    "mysql+pymysql",
    "mariadb",
    "sqlite",
    "oracle",
    "mssql",
    "a+b",
    "",
)
PARTS = st.text("ab1@/#?:%&=[]{}\"'.-_ \x00\n<é", max_size=12)


@given(st.sampled_from(SCHEMES), st.lists(PARTS, min_size=1, max_size=5), st.sampled_from(["://", ":", "", "//"]))
def test_whatever_a_connection_is_there_is_a_url_or_a_mistake_of_ours(scheme: str, parts: list[str], mark: str) -> None:
    with contextlib.suppress(Misdeclared):
        where(url_of("34", scheme + mark + "".join(parts)))
    with contextlib.suppress(Misdeclared):
        where(url_of("34", json.dumps({"conn_type": scheme, "host": parts[0], "port": parts[-1], "extra": parts[-1]})))
    with contextlib.suppress(Misdeclared):
        options = "&".join(f"{quote(part)}={quote(part)}" for part in parts)
        url = url_of("34", f"{scheme}://u:p@127.0.0.1:1/d?{options}")
        with contextlib.suppress(HailongError):
            list(Snapshot(url, query(select("answer")), Limits(2, 10)))
