"""Three libraries, north, south and east: a network that is none of ours, in a copy that a test may change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

DIRECTORY = Path(__file__).parents[1] / "e2e" / "libraries"
_SLIPS = """\
-- what: a library of the tests, with a slip for each visit
-- grain: response
-- params: month_start, month_end
-- reads: slip
-- counts: slip
-- time: at
-- key: no
select
    {no} as response_key, 'east' as treasury_code, {at} as submitted_at, null as unit_code, null as officer_code,
    null as procedure_code, null as channel_code, 'reader' as respondent_type_code, null as respondent_ref,
    {harassed} as harassment_reported, null as comment, 'staff=3/3|stock=2/3|hours=3/3' as answers
from slip as s
where s.at >= :month_start and s.at < :month_end
"""


def slips(no: str = "s.no", at: str = "s.at", harassed: str = "'false'") -> str:
    """A query of slips, of which the tests tell only what they are about."""
    return _SLIPS.format(no=no, at=at, harassed=harassed)


def enter(environment: pytest.MonkeyPatch, home: Path, query: str, dialect: str = "sqlite") -> Path:
    """Work from now on in a copy of the configuration, with a query for a dialect; the copy."""
    config = Path(shutil.copytree(DIRECTORY, home / "config"))
    write_query(config, query, dialect)
    environment.setenv("HAILONG_CONFIG", str(config))
    environment.setenv("HAILONG_CONNECTIONS", str(home / "connections.yaml"))
    return config


def connect(home: Path, urls: dict[str, str]) -> None:
    """Let the connections of some libraries lead somewhere."""
    connections = {f"treasury_{code}": url for code, url in urls.items()}
    (home / "connections.yaml").write_text(yaml.safe_dump(connections), "utf-8")


def write_query(config: Path, query: str, dialect: str) -> None:
    """Give the libraries a query for a dialect."""
    _file(config, dialect).write_text(query, "utf-8")


def rewrite(config: Path, old: str, new: str, dialect: str = "sqlite") -> None:
    """Put something else into the query, in the place where something stands once."""
    path = _file(config, dialect)
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def _file(config: Path, dialect: str) -> Path:
    """The libraries' query for a dialect."""
    return config / "source" / f"visitor_cards.{dialect}.sql"
