"""What readers stand before: a warehouse with a published month, and the login that was made for them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.lib import kept
from tests.lib.readers import PUBLISHED, Published, reader_script
from tests.lib.slots import Slot


@pytest.fixture(scope="module")
def published(slot: Slot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The warehouse, the environment set to its owner; dropped afterwards."""
    login, password = f"reader_{secrets.token_hex(4)}", secrets.token_hex(12)
    with (
        kept.lent(slot, PUBLISHED, tmp_path_factory.mktemp("published")) as copy,
        pytest.MonkeyPatch.context() as environment,
    ):
        kept.enter(environment, copy.url, copy.home)
        owner = sa.make_url(copy.url)
        slot.run(*reader_script(login, password, str(owner.database)))
        yield Published(owner, owner.set(username=login, password=password))
    slot.run(f"drop role {login}")
