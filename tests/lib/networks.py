"""Smaller networks than the demo's, made from its configuration."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from etl import settings

NETWORK = ("19", "34")


def small_network(directory: Path) -> Path:
    """KBNN with two of its treasuries, and no rounds."""
    config = Path(shutil.copytree(settings.read().config, directory / "config"))
    for name, section in (("treasuries.yaml", "treasuries"), ("units.yaml", "units")):
        text = yaml.safe_load((config / name).read_text("utf-8"))
        if section == "units":
            text[section] = {code: text[section][code] for code in NETWORK}
        else:
            text[section] = [one for one in text[section] if one["code"] in NETWORK or str(one["valid_from"]) > "2025"]
        (config / name).write_text(yaml.safe_dump(text, allow_unicode=True), "utf-8")
    return config


def with_contacts(config: Path, contacts: dict[str, str]) -> None:
    """Give offices of before the merger a mailbox."""
    file = config / "treasuries.yaml"
    declared = yaml.safe_load(file.read_text("utf-8"))
    for one in declared["treasuries"]:
        if one["code"] in contacts and str(one["valid_from"]) < "2025":
            one["contact"] = contacts[one["code"]]
    file.write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
