"""Registers of actions in made-up databases of offices: SQLite, whose columns take anything, as old programs do."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl import settings
from etl.source.action_rows import COLUMNS

_NUMBERED = ("row_id", *(name for name in COLUMNS if name not in ("row_key", "treasury_code")))
ADDED = {"happened_on": "2023-07-14", "event_kind": "noted", "claimed_by": "Lan"}


class Register:
    """The register of treasury 34, in a file; the configuration says that it keeps one."""

    def __init__(self, directory: Path, environment: pytest.MonkeyPatch, code: str = "34") -> None:
        self.file = directory / "office34.sqlite"
        config = directory / "config"
        shutil.copytree(settings.read().config, config)
        self.connections, self.code = directory / "connections.yaml", code
        self.connect(f"sqlite:///{self.file}")
        environment.setenv("HAILONG_CONFIG", str(config))
        environment.setenv("HAILONG_CONNECTIONS", str(self.connections))
        environment.setenv("HAILONG_LANDING", str(directory / "landing"))
        environment.setenv("HAILONG_FORMS", str(directory / "forms"))
        self.run("create table treasury (treasury_code text)", "insert into treasury values ('34')")
        self.run(f"create table action_register ({', '.join(_NUMBERED)})")

    def connect(self, url: str) -> None:
        """Let the treasury's connection be a URL from now on."""
        self.connections.write_text(yaml.safe_dump({f"treasury_{self.code}": url}), "utf-8")

    def run(self, *statements: str) -> None:
        """Run statements in the office's database."""
        connection = sqlite3.connect(self.file)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    def put(self, row_id: Any, **said: Any) -> None:
        """Add a row; what is not said is a note of Lan's."""
        row = {"row_id": row_id, **ADDED, **said}
        connection = sqlite3.connect(self.file)
        with connection:
            marks = ", ".join("?" * len(row))
            connection.execute(f"insert into action_register ({', '.join(row)}) values ({marks})", list(row.values()))
        connection.close()
