"""The warehouse's URL: what it cannot mean is ours to mend, no password is shown, and odd settings do no harm."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.errors import Misdeclared

NAMED = [
    # what the URL says | what is told
    ("postgresql://u:p@ge/heim@127.0.0.1/db", "has an @ too many"),
    ("postgresql://u:p@127.0.0.1/x?geheim=a@h/db", "has an @ too many"),
    ("postgresql://u:p@a..b/db", "is not a URL"),
    ("postgresql://u:p@127.0.0.1:99999/db", "has the port 99999"),
    ("postgresql://u:p@127.0.0.1:1/db?sslmode=geheim", "does not understand"),
    ("postgresql://u:p@127.0.0.1:1/db?geheim=b", "does not understand"),
    ("postgresql://u:p@127.0.0.1:1/db?ssl_min_protocol_version=geheim", "does not understand"),
]


@pytest.mark.parametrize(("url", "told"), NAMED)
def test_a_url_that_no_second_try_can_mend_is_named(url: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url)
    with pytest.raises(Misdeclared, match=told) as caught, warehouse.transaction():
        pass
    assert "heim" not in str(caught.value)


@pytest.mark.parametrize("options", ["client_encoding=latin1", "options=-c%20datestyle%3Dgerman"])
def test_settings_of_a_role_do_not_change_what_is_read(
    options: str, fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", f"{fresh_warehouse}?{options}")
    asked = sa.text("select timestamptz '2023-07-31 12:00+00' as at, '→ Đà Nẵng' as name")
    for opened in (warehouse.transaction, warehouse.snapshot):
        with opened() as connection:
            at, name = connection.execute(asked).one()
        assert (at.isoformat()[:10], name) == ("2023-07-31", "→ Đà Nẵng")


@pytest.mark.parametrize("setting", ["role=geheim", "timezone=geheim", "work_mem=geheim", "geheim=1"])
def test_a_setting_that_the_server_does_not_take_is_named(
    setting: str, fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", f"{fresh_warehouse}?options=-c%20{setting.replace('=', '%3D')}")
    with (
        pytest.raises(Misdeclared, match="does not understand HAILONG_WAREHOUSE_URL") as caught,
        warehouse.transaction(),
    ):
        pass
    assert "geheim" not in str(caught.value)
