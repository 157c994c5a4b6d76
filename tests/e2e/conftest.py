"""What readers stand before: a warehouse with a published month, and the login that was made for them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.operation import migrate
from etl.publishing import publish
from etl.publishing.publish import Decision
from etl.warehouse import embedded
from tests.lib.months import run_month
from tests.lib.networks import small_network
from tests.lib.readers import MONTH, Published, reader_script


@pytest.fixture(scope="module")
def published(state: object, estate: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The warehouse, the environment set to its owner; dropped afterwards."""
    mark, directory = secrets.token_hex(4), tmp_path_factory.mktemp("published")
    name, login, password = f"test_{mark}", f"reader_{mark}", secrets.token_hex(12)
    with pytest.MonkeyPatch.context() as environment:
        owner = sa.make_url(warehouse.ensure_embedded(name))
        for variable, value in {
            "HAILONG_WAREHOUSE_URL": owner.render_as_string(False),
            "HAILONG_PSEUDONYM_KEY": "a key for tests, long enough to pass",
            "HAILONG_CONFIG": str(small_network(directory)),
            "HAILONG_LANDING": str(directory / "landing"),
            "HAILONG_REPORTS": str(directory / "reports"),
            "HAILONG_WORKERS": "1",
        }.items():
            environment.setenv(variable, value)
        migrate.up()
        run_month(MONTH)
        assert publish.publish(MONTH, Decision("anna", "complete", is_provisional_allowed=True)) == 1
        base = sa.make_url(embedded.url(settings.read().state, "warehouse"))
        server = sa.create_engine(base, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with server.connect() as connection:
            for statement in reader_script(login, password, name):
                connection.exec_driver_sql(statement)
        yield Published(owner, owner.set(username=login, password=password))
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
        connection.exec_driver_sql(f"drop role {login}")
