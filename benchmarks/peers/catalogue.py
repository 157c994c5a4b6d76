"""Who is measured: ``peers.yaml`` as values, each checked."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).resolve().parent
WAYS = HERE / "ways"
REQUIREMENTS = HERE.parent / "requirements"

Source = Literal["postgresql", "mariadb", "sqlite"]


class Peer(BaseModel):
    """One line of a table; ``peers.yaml`` explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str
    role: Literal["limit", "ours", "peer"]
    way: str
    sources: tuple[Source, ...]
    environments: tuple[str, ...] = ()
    programs: dict[str, str] = {}
    versions: tuple[str, ...] = ()
    is_given_table: bool = False
    processes: int
    start_seconds: float
    rows_per_second: int
    note: str = ""

    @property
    def script(self) -> Path:
        """The file of what is run."""
        return WAYS / self.way.split()[0]

    @property
    def words(self) -> list[str]:
        """What the file is told."""
        return self.way.split()[1:]

    def expected_seconds(self, rows: int) -> float:
        """How long it should take, for plans only."""
        return self.start_seconds + rows / self.rows_per_second


def peers() -> list[Peer]:
    """All of them, in the order of the tables."""
    declared = yaml.safe_load((HERE / "peers.yaml").read_text("utf-8"))
    return [Peer.model_validate(one) for one in declared["peers"]]


def pins(environment: str) -> dict[str, str]:
    """The version of every package of an environment, by its name."""
    lines = (REQUIREMENTS / f"{environment}.txt").read_text("utf-8").splitlines()
    pinned = [line.split(";")[0].strip().partition("==") for line in lines if "==" in line]
    return {name.partition("[")[0]: version for name, _, version in pinned}
