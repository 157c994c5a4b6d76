"""The pandas that docs/connect.md shows runs as it stands there, and gives the figures that it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from etl.publishing import data_package
from tests.lib.readers import MONTH, Published

PAGE = Path(__file__).parents[2] / "docs" / "connect.md"
_SECTION = re.compile(r"^## pandas$(.*?)^## ", re.M | re.S)
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


def snippets() -> list[str]:
    """The blocks of the section about pandas, in their order."""
    found = _SECTION.search(PAGE.read_text("utf-8"))
    assert found
    return _BLOCK.findall(found[1])


@pytest.fixture
def there(published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the directory of an export, with a reader's login in libpq's own settings."""
    url = published.reader
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url.render_as_string(False))
    monkeypatch.chdir(data_package.export(MONTH, str(tmp_path / "data")))
    login = {"HOST": url.host, "PORT": url.port, "DATABASE": url.database, "USER": url.username}
    for name, value in (login | {"PASSWORD": url.password}).items():
        monkeypatch.setenv(f"PG{name}", str(value))


@pytest.mark.usefixtures("there")
def test_what_the_page_shows_runs_and_is_right() -> None:
    names: dict[str, Any] = {}
    for block in snippets():
        exec(compile(block, str(PAGE), "exec"), names)
    assert names["thai_binh"] == 93.64
    assert names["ranking"]["treasury_code"].tolist() == ["19", "34"]
    assert 0 < names["mean_gap"] < 0.2
    channels = names["channels"]
    for channel, rate in names["rates"].items():
        own = channels[channels["channel_name_vi"] == channel]
        assert rate == own["satisfied_count"].sum() / own["answer_count"].sum()
        assert rate != pytest.approx(own["satisfaction_rate_double"].mean(), abs=1e-9)
    assert names["newest"]["revision_number"].tolist() == [2, 2]
    assert names["paper"][["treasury_code", "channel_code"]].to_numpy().tolist() == [
        ["34", "counter"],
        ["34", "online"],
    ]


def test_a_snippet_more_is_run_too() -> None:
    assert len(snippets()) == PAGE.read_text("utf-8").count("```python")
