"""Sources behind TLS: real certificates, right and wrong; what is not proved is refused, and never read unencrypted."""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
import sqlalchemy as sa
import trustme

from etl.errors import Misdeclared, Refused
from etl.operation import steps
from etl.warehouse import embedded
from tests.lib import needs
from tests.lib.asking import query, read, select
from tests.lib.branches import TABLES
from tests.lib.mariadb import MariaDB
from tests.lib.months import query as in_warehouse

pytestmark = pytest.mark.deep

MONTH, CODE, NAME = "2023-07", "34", "localhost"
ROWS = """
    insert into treasury values ('34', 'KBNN Thái Bình');
    insert into survey_response (response_id, submitted_at, unit_code, procedure_code, channel_code)
    values (1, '2023-07-03 09:00:00', '34.01', 'account_open', 'online'),
        (2, '2023-07-04 09:00:00', '34.01', 'account_open', 'online');
    insert into survey_answer values (1, 'access_seats', 5), (2, 'access_seats', 4);
"""
PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


class Server(Protocol):
    """A treasury's server that can show any certificate, or none."""

    encryption: str
    """An expression of SQL: whether our own session is encrypted."""

    def show(self, certificate: trustme.LeafCert | None) -> None:
        """Show a certificate from now on; None: no TLS at all."""

    def uri(self, host: str, authority: Path) -> str:
        """The connection that verifies all of the server, by a file with a CA's certificate."""


class PostgreSQL:
    """PostgreSQL as Debian builds it: the wheel's own knows no TLS."""

    encryption = "(select ssl::text from pg_stat_ssl where pid = pg_backend_pid())"

    def __init__(self, state: Path) -> None:
        self.owner = sa.make_url(embedded.url(state, "branches")).set(drivername="postgresql")
        self.data = state / "postgres" / "branches" / "data"
        self.execute(TABLES, ROWS, "create role guest login password 'guest'")
        self.execute("grant pg_read_all_data to guest")

    def execute(self, *statements: str) -> None:
        with psycopg.connect(self.owner.render_as_string(hide_password=False), autocommit=True) as owner:
            for statement in statements:
                owner.execute(statement.encode())

    def show(self, certificate: trustme.LeafCert | None) -> None:
        if certificate:
            keep(certificate, self.data / "server.crt", self.data / "server.key", embedded._USER)
        before = self.loaded_at()
        self.execute(f"alter system set ssl = {'on' if certificate else 'off'}", "select pg_reload_conf()")
        wait_for(lambda: self.loaded_at() > before)

    def loaded_at(self) -> dt.datetime:
        """When the server last read its settings, as it tells a new session."""
        with psycopg.connect(self.owner.render_as_string(hide_password=False)) as owner:
            (moment,) = owner.execute("select pg_conf_load_time()").fetchone() or ()
        assert isinstance(moment, dt.datetime)
        return moment

    def uri(self, host: str, authority: Path) -> str:
        address = f"postgresql://guest:guest@{host}:{self.owner.port}/postgres"
        return f"{address}?sslmode=verify-full&sslrootcert={authority}"


class Maria:
    """MariaDB; its TLS is turned off by starting it anew."""

    encryption = "(select variable_value from information_schema.session_status where variable_name = 'ssl_version')"

    def __init__(self, home: Path, certificate: trustme.LeafCert) -> None:
        self.files = home / "server.crt", home / "server.key"
        keep(certificate, *self.files, "mysql")
        self.tls = (f"--ssl-cert={self.files[0]}", f"--ssl-key={self.files[1]}")
        self.server = MariaDB(*self.tls)
        self.address = sa.make_url(self.server.url("branch"))
        for statement in (TABLES + ROWS).split(";")[:-1]:
            if statement.strip():
                self.server.execute("branch", statement)

    def show(self, certificate: trustme.LeafCert | None) -> None:
        if certificate:
            keep(certificate, *self.files, "mysql")
        options = self.tls if certificate else ("--skip-ssl",)
        if options == self.server.options:
            self.server.execute("mysql", "flush ssl")
        else:
            self.server.options = options
            self.server.stop()
            self.server.start()

    def uri(self, host: str, authority: Path) -> str:
        address = self.address.set(host=host).render_as_string(hide_password=False)
        return f"{address}?ssl_ca={authority}"


def keep(certificate: trustme.LeafCert, chain: Path, key: Path, user: str) -> None:
    """Write a certificate and its key where a server finds them, the key for its user only."""
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    key.touch(mode=0o600)
    key.write_bytes(certificate.private_key_pem.bytes())
    if os.geteuid() == 0:
        shutil.chown(key, user)


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A directory that the servers' users may enter."""
    with tempfile.TemporaryDirectory(prefix="hailong-tls-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture(scope="module")
def ours() -> trustme.CA:
    """The CA that the treasury gave us."""
    return trustme.CA(organization_name="the treasury")


@pytest.fixture(scope="module")
def authority(home: Path, ours: trustme.CA) -> Path:
    """The file with the certificate of the treasury's CA."""
    file = home / "ca.pem"
    ours.cert_pem.write_to_path(str(file))
    return file


@pytest.fixture(scope="module")
def postgresql(home: Path) -> Iterator[Server]:
    """A PostgreSQL server with TLS: the embedded one has none."""
    programs = Path(needs.require("postgresql")).parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "_programs", lambda: programs)
        yield PostgreSQL(home)
        embedded.stop(home, "branches")


@pytest.fixture(scope="module")
def mariadb(home: Path, ours: trustme.CA, mariadb_server: MariaDB) -> Iterator[Server]:
    """A MariaDB server with TLS, where there is one without."""
    made = Maria(home, ours.issue_cert(NAME))
    yield made
    made.server.remove()


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest, ours: trustme.CA) -> Server:
    """Each of the servers, at first with the right certificate."""
    found: Server = request.getfixturevalue(request.param)
    found.show(ours.issue_cert(NAME))
    return found


def refusal(uri: str) -> Misdeclared:
    """Why the treasury's month cannot be landed."""
    with pytest.raises(Misdeclared) as caught:
        steps.land(steps.plan(MONTH, [CODE]), CODE, uri)
    return caught.value


@pytest.mark.usefixtures("fresh_warehouse")
def test_the_month_lands_over_an_encrypted_connection_to_the_server_that_proves_its_name(
    server: Server, authority: Path
) -> None:
    uri = server.uri(NAME, authority)
    planned = steps.plan(MONTH, [CODE])
    assert steps.land(planned, CODE, uri)["row_count"] == 2
    steps.admit(planned, [CODE])
    assert in_warehouse("select count(*) as n from core.fact_response") == [{"n": 2}]
    (row, _) = read(
        uri, query(select("survey_response", "null", response_key="response_id", comment=server.encryption))
    )
    assert row["comment"] in ("true", "TLSv1.2", "TLSv1.3")


def expired(ca: trustme.CA) -> trustme.LeafCert:
    """A certificate of last decade."""
    return ca.issue_cert(NAME, not_before=PAST, not_after=PAST + dt.timedelta(90))


# fmt: off
WRONG = [
    # what is wrong  | the server shows                                     | the message says
    ("another name",   lambda ca: ca.issue_cert("elsewhere.example"),         "is of another name than 'localhost'"),
    ("another CA",     lambda _: trustme.CA().issue_cert(NAME),               "not from the CA"),
    ("expired",        expired,                                               "has expired"),
    ("no TLS",         lambda _: None,                                        "does not encrypt"),
]
# fmt: on


@pytest.mark.parametrize(("shows", "says"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
@pytest.mark.usefixtures("fresh_warehouse")
def test_a_server_that_does_not_prove_itself_is_refused_at_the_first_try_and_nothing_is_read(
    server: Server,
    ours: trustme.CA,
    authority: Path,
    shows: Callable[[trustme.CA], trustme.LeafCert | None],
    says: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.show(shows(ours))
    with caplog.at_level(logging.INFO, logger="hailong"):
        error = refusal(server.uri(NAME, authority))
    assert error.message.startswith("34 KBNN Thái Bình, 2023-07: the server")
    assert says in error.message
    assert f"{NAME}:" in error.message
    assert "treasury" in error.next_action
    assert "does not let us in" not in caplog.text  # no second try
    (told,) = in_warehouse("select treasury_state, error_message, next_action from ops.treasury_month")
    assert (told["treasury_state"], told["next_action"]) == ("unavailable", error.next_action)
    assert in_warehouse("select * from ops.receipt") == []

    server.show(ours.issue_cert(NAME))
    assert steps.land(steps.plan(MONTH, [CODE]), CODE, server.uri(NAME, authority))["row_count"] == 2


@pytest.mark.usefixtures("fresh_warehouse")
def test_an_address_that_is_not_on_the_certificate_is_another_name(server: Server, authority: Path) -> None:
    assert "is of another name than '127.0.0.1'" in refusal(server.uri("127.0.0.1", authority)).message


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "spoiled"])
@pytest.mark.usefixtures("fresh_warehouse")
def test_a_file_of_the_ca_that_cannot_be_read_is_ours_to_mend(
    server: Server, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content, "ascii")
    error = refusal(server.uri(NAME, file))
    assert "the file with the CA's certificate is not there or cannot be read" in error.message
    assert "the connection's ssl" in error.next_action


@pytest.mark.parametrize("words", ["ssl_verify_cert=true", "ssl_verify_cert=true&ssl_verify_identity=true"])
@pytest.mark.usefixtures("fresh_warehouse")
def test_words_that_would_make_the_driver_forget_the_ca_are_refused(
    mariadb: Server, authority: Path, words: str
) -> None:
    error = refusal(f"{mariadb.uri(NAME, authority)}&{words}")
    assert "would undo its ssl_ca" in error.message
    assert "ssl_ca=" in error.next_action


@pytest.mark.usefixtures("fresh_warehouse")
def test_a_server_that_lets_in_only_who_encrypts_says_so_to_who_does_not(
    postgresql: PostgreSQL, ours: trustme.CA
) -> None:
    postgresql.show(ours.issue_cert(NAME))
    access = postgresql.data / "pg_hba.conf"
    before = access.read_text("utf-8")
    try:
        access.write_text("hostssl all all 127.0.0.1/32 scram-sha-256", "utf-8")
        postgresql.show(ours.issue_cert(NAME))
        error = refusal(f"postgresql://guest:guest@127.0.0.1:{postgresql.owner.port}/postgres?sslmode=disable")
    finally:
        access.write_text(before, "utf-8")
        postgresql.show(ours.issue_cert(NAME))
    assert "lets the role 'guest' in neither from this address nor in this way" in error.message
    assert "sslmode must not be disable" in error.next_action


def test_words_in_the_data_are_not_taken_for_those_of_the_client(
    postgresql: PostgreSQL, ours: trustme.CA, authority: Path
) -> None:
    postgresql.show(ours.issue_cert(NAME))
    said = "cast('certificate verify failed' as integer)::text"
    with pytest.raises(Refused, match="22P02"):
        read(
            postgresql.uri(NAME, authority), query(select("survey_response", response_key="response_id", comment=said))
        )
