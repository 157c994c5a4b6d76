"""``retention.yaml``: how long each kind of data is kept, and who said so."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from etl.registry.declared import Declared, read, stands

_PROPOSED = "proposed: no rule of the network was found"


class KeepingTerm(Declared):
    """For how many days something is kept, 0 for ever, and who said so."""

    days: int = Field(default=0, ge=0, le=36525)
    source: str = Field(default=_PROPOSED, min_length=1)


class Kept(Declared):
    """What is never let go, and why."""

    days: Literal[0] = 0
    source: str = Field(default="pinned with published revisions", min_length=1)


class Retention(Declared):
    """The terms by kind of data. Published figures are none: they never go, and with them those on officers."""

    landed_files: KeepingTerm = KeepingTerm()
    logs: KeepingTerm = KeepingTerm()
    free_text: KeepingTerm = KeepingTerm()
    respondent_hashes: KeepingTerm = KeepingTerm()
    officer_figures: Kept = Kept()
    case_texts: KeepingTerm = KeepingTerm()
    forms: KeepingTerm = KeepingTerm()
    read_log: KeepingTerm = KeepingTerm()
    officer_links: KeepingTerm = KeepingTerm(days=1825)
    backups: KeepingTerm = KeepingTerm(days=90)


def declared(config: Path) -> Retention:
    """The terms of a configuration directory; those that are proposed where the file is not there."""
    file = config / "retention.yaml"
    return read(file, Retention) if stands(file) else Retention()
