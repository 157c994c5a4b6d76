"""Backup and restore: what comes back is what was there, and every published revision can be made again from it."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import settings
from etl.errors import Unavailable
from etl.operation import migrate
from etl.publishing import publish, revisions, verify
from etl.publishing.publish import Decision
from etl.registry import Registry
from etl.warehouse import embedded
from tests.lib.kept import enter
from tests.lib.months import query, run_month
from tests.lib.slots import Slot

MONTH = "2023-07"
DOCKER = Path(__file__).resolve().parents[2] / "docker"
SEVERAL = Decision("lan", "the first treasuries are in", is_provisional_allowed=True)

RIGHTS = """
    select format('%s.%s %s', nspname, relname, relkind) as name, relacl::text[] as granted
    from pg_class join pg_namespace as n on n.oid = relnamespace
    where nspname in ('core', 'mart', 'migration', 'ops', 'restricted', 'score', 'shown') and relkind in ('r', 'p', 'v')
    union all
    select format('%s %s of %s', nspname, proname, proowner::regrole), proacl::text[]
    from pg_proc join pg_namespace as n on n.oid = pronamespace
    where nspname in ('core', 'ops', 'score', 'shown')
    union all
    select nspname, nspacl::text[] from pg_namespace
    where nspname in ('core', 'mart', 'migration', 'ops', 'restricted', 'score', 'shown')
    union all
    select format('column %s.%s', attrelid::regclass, attname), attacl::text[]
    from pg_attribute where attacl is not null
    union all
    select format('tables to come in %s', defaclnamespace::regnamespace), defaclacl::text[] from pg_default_acl
    union all
    select format('trigger %s on %s', tgname, tgrelid::regclass), array[tgenabled::text]
    from pg_trigger where not tgisinternal
    union all
    select format('comment on %s %s', objoid::regclass, objsubid), array[description]
    from pg_description where classoid = 'pg_class'::regclass and objoid > 16384
"""


class Owner:
    """The role that owns a warehouse: it has a login, and may make no roles."""

    def __init__(self, server: sa.Engine) -> None:
        self.server, self.name, self.password = server, f"owner_{secrets.token_hex(4)}", secrets.token_hex(8)
        self.databases: list[str] = []
        self.run(f"create role {self.name} login password '{self.password}'")

    def run(self, statement: str) -> None:
        with self.server.connect() as connection:
            connection.exec_driver_sql(statement)

    def database(self, template: str = "template1") -> sa.URL:
        """The URL of a new database of the owner's: an empty one, or a copy of another of his."""
        name = f"backup_{secrets.token_hex(4)}"
        self.run(f"create database {name} owner {self.name} template {template}")
        self.databases.append(name)
        return self.server.url.set(database=name, username=self.name, password=self.password)

    def remove(self) -> None:
        for name in self.databases:
            self.run(f"drop database {name} with (force)")
        self.run(f"drop role {self.name}")


@dataclass(frozen=True)
class Origin:
    """What is backed up: a warehouse and what has landed; each test works on copies in the same places."""

    database: str
    landing: Path
    landed: Path


@pytest.fixture(scope="module")
def owner(slot: Slot, migrated: str) -> Iterator[Owner]:
    """An owner on a server that has the roles which the administrator makes."""
    made = Owner(sa.create_engine(slot.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool))
    yield made
    made.remove()


@pytest.fixture(scope="module")
def origin(owner: Owner, estate: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    """A warehouse with two published revisions: of two treasuries, and of three."""
    home, url = tmp_path_factory.mktemp("backup"), owner.database()
    with pytest.MonkeyPatch.context() as environment:
        enter(environment, url.render_as_string(hide_password=False), home)
        migrate.up()
        run_month(MONTH, ["19", "34"])
        assert publish.publish(MONTH, SEVERAL) == 1
        run_month(MONTH, ["48"])
        assert publish.publish(MONTH, SEVERAL) == 2
        landed = Path(shutil.copytree(home / "landing", home / "landed"))
        yield Origin(str(url.database), home / "landing", landed)


@pytest.fixture
def published(origin: Origin, owner: Owner, monkeypatch: pytest.MonkeyPatch) -> sa.URL:
    """A copy of it, to be backed up, lost and spoiled."""
    shutil.rmtree(origin.landing, ignore_errors=True)
    shutil.copytree(origin.landed, origin.landing)
    url = owner.database(origin.database)
    use(url, monkeypatch)
    return url


def use(url: sa.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url.render_as_string(hide_password=False))


def called(script: str, *arguments: object, password: str | None = None) -> subprocess.CompletedProcess[str]:
    """A script as an administrator calls it, with the programs of the wheel."""
    environment = {**os.environ, "PG_BIN": str(embedded._programs()), "PGPASSWORD": password or ""}
    return subprocess.run(
        [DOCKER / script, *map(str, arguments)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def shown(url: sa.URL) -> str:
    """A URL as it belongs on a command line: without its password."""
    return url._replace(password=None).render_as_string()


def backup(directory: Path, url: sa.URL, *landing: str) -> Path:
    """Where a backup of a warehouse is."""
    done = called("backup", directory, shown(url), *landing, password=url.password)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def restore(kept: Path, url: sa.URL) -> subprocess.CompletedProcess[str]:
    """Restore into a database."""
    return called("restore", kept, shown(url), password=url.password)


def rights() -> dict[str, Any]:
    """Who may do what, which triggers watch, and what is said about it; that the owner may do all is nothing said."""
    granted = {row["name"]: sorted(row["granted"] or ()) for row in query(RIGHTS)}
    return {
        name: [] if re.fullmatch(r"(\w+)=arwdDxtm/\1", "|".join(map(str, said))) else said
        for name, said in granted.items()
    }


def contents() -> dict[str, Any]:
    """How many rows each table has, and a digest of them."""
    schemas = "schemaname in ('core', 'migration', 'ops', 'score')"
    names = query(f"select schemaname || '.' || tablename as name from pg_tables where {schemas}")
    digest = "select count(*) as n, md5(string_agg(t::text, '|' order by t::text)) as digest from"
    return {row["name"]: query(f"{digest} {row['name']} as t")[0] for row in names}


@pytest.mark.deep
def test_every_published_revision_is_made_again_from_what_was_restored(
    published: sa.URL, owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, allowed = contents(), rights()
    landing = Path(settings.read().landing)
    kept = backup(tmp_path / "backups", published, str(landing))
    assert {file.name for file in kept.iterdir()} == {"hailong.dump", "landing.tar", "landing.path", "SHA256SUMS"}
    assert {oct(file.stat().st_mode & 0o777) for file in (kept, *kept.iterdir())} == {"0o700", "0o600"}

    landing.rename(tmp_path / "the disk that was lost")
    restored = owner.database()
    done = restore(kept, restored)
    assert done.returncode == 0, done.stderr
    use(restored, monkeypatch)

    assert migrate.up() == []
    assert contents() == before
    assert rights() == allowed
    assert len(before) > 30
    assert len(allowed) > 200
    assert verify.verify(MONTH) == [1, 2]

    run_month(MONTH, ["19"])  # and the service goes on: it loads, rates and publishes
    assert publish.publish(MONTH, SEVERAL) is None
    with pytest.raises(sa.exc.DBAPIError, match="stays what it is"), sa.create_engine(restored).begin() as connection:
        connection.exec_driver_sql("update score.revision set reason = 'another' where revision_number = 1")
    with sa.create_engine(restored).connect() as connection:
        owner.run(f"grant hailong_reader to {owner.name}")
        connection.exec_driver_sql("set role hailong_reader")
        ranked = connection.exec_driver_sql("select revision_number, rank from mart.treasury_ranking where rank = 1")
        assert [tuple(row) for row in ranked] == [(2, 1)]


@pytest.mark.deep
def test_a_backup_without_the_landing_zone_says_what_is_missing(
    published: sa.URL, owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = called("backup", tmp_path, shown(published), password=published.password)
    assert "WITHOUT the landing zone" in done.stderr
    shutil.rmtree(settings.read().landing)
    restored = owner.database()
    again = restore(Path(done.stdout.strip()), restored)
    assert (again.returncode, "WITHOUT the landing zone" in again.stderr) == (0, True), again.stderr
    use(restored, monkeypatch)
    assert [row["revision_number"] for row in revisions.of_period(Registry.configured().period(MONTH))] == [0, 1, 2]
    with pytest.raises(Unavailable, match="is gone") as error:
        verify.verify(MONTH)
    assert "restore the landed file from its backup" in error.value.next_action


@pytest.mark.thorough
def test_a_landing_zone_that_is_still_there_gets_back_what_it_lacks(
    published: sa.URL, owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = Path(settings.read().landing)
    kept = backup(tmp_path, published, str(landing))
    (lost, *others) = sorted(landing.rglob("*.parquet"))
    lost.unlink()
    newer = others[0].with_name("receipt.json")
    newer.write_text("of a later run", "utf-8")
    restored = owner.database()
    assert restore(kept, restored).returncode == 0
    use(restored, monkeypatch)
    assert verify.verify(MONTH) == [1, 2]
    assert newer.read_text("utf-8") == "of a later run"


@pytest.mark.deep
def test_nothing_is_overwritten_and_a_damaged_backup_is_not_restored(
    published: sa.URL, owner: Owner, state: Path, tmp_path: Path
) -> None:
    kept = backup(tmp_path, published, str(Path(settings.read().landing)))
    before = contents()
    restored = owner.database()
    for url, says in [
        (published, "the database for hailong.dump is not empty"),
        (sa.make_url(embedded.url(state, "branches")), "is missing on this server: create role hailong_"),
    ]:
        refused = restore(kept, url)
        assert (refused.returncode, says in refused.stderr) == (1, True), refused.stderr
    assert contents() == before

    with (kept / "hailong.dump").open("r+b") as dump:
        dump.seek(-9, os.SEEK_END)
        dump.write(b"\0")
    refused = restore(kept, restored)
    assert (refused.returncode, "is damaged" in refused.stderr) == (1, True), refused.stderr
    with sa.create_engine(restored).connect() as connection:
        assert connection.exec_driver_sql("select count(*) from pg_tables where schemaname = 'core'").scalar() == 0


def test_a_backup_that_breaks_off_leaves_nothing_that_looks_like_one(published: sa.URL, tmp_path: Path) -> None:
    done = called("backup", tmp_path / "backups", shown(published), password="wrong")
    assert (done.returncode != 0, done.stdout) == (True, "")
    done = called("backup", tmp_path / "backups", shown(published), tmp_path / "nothing",
                  password=published.password)  # fmt: skip
    assert (done.returncode != 0, done.stdout) == (True, "")
    assert list((tmp_path / "backups").iterdir()) == []
