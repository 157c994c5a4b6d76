"""Smaller networks than the demo's, made from its configuration."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from etl import settings

PAIR = ("19", "34")


def small_network(directory: Path, codes: tuple[str, ...] = PAIR, rounds: str = "") -> Path:
    """KBNN with some of its treasuries, and perhaps other rounds, in the directory's ``config``."""
    config = Path(shutil.copytree(settings.read().config, directory / "config"))
    offices = yaml.safe_load((config / "treasuries.yaml").read_text("utf-8"))
    offices["treasuries"] = [
        one for one in offices["treasuries"] if one["code"] in codes or str(one["valid_from"]) > "2025"
    ]
    units = yaml.safe_load((config / "units.yaml").read_text("utf-8"))
    units["units"] = {code: units["units"][code] for code in codes}
    provinces = yaml.safe_load((config / "provinces.yaml").read_text("utf-8"))
    for one in provinces["provinces"]:
        one["treasuries"] = [code for code in one["treasuries"] if code in codes]
    provinces["provinces"] = [one for one in provinces["provinces"] if one["treasuries"]]
    drawn = {one["code"] for one in provinces["provinces"]}
    for one in offices["treasuries"]:
        if "known" in one:
            one["known"] = [known for known in one["known"] if known["province"] in drawn]
    for name, declared in (("treasuries", offices), ("units", units), ("provinces", provinces)):
        (config / f"{name}.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
    if rounds:
        (config / "rounds.yaml").write_text(rounds, "utf-8")
    return config


def with_contacts(config: Path, contacts: dict[str, str]) -> None:
    """Give offices of before the merger a mailbox."""
    file = config / "treasuries.yaml"
    declared = yaml.safe_load(file.read_text("utf-8"))
    for one in declared["treasuries"]:
        if one["code"] in contacts and str(one["valid_from"]) < "2025":
            one["contact"] = contacts[one["code"]]
    file.write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
