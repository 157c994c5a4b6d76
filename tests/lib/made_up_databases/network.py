"""A network whose offices' databases are made up: its configuration, and what it declares."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from etl import settings
from tests.lib.kept import KEY
from tests.lib.made_up_databases.answers import DONT_KNOW
from tests.lib.made_up_databases.made import Lists, Made
from tests.lib.made_up_databases.shapes import CODED

MONTH = "2023-07"
PLAIN = "34"
"""The office that nothing is wrong with, and that must not change whatever happens beside it."""
_LABELS = {
    "procedures": ("đối chiếu", "nộp tiền"),
    "channels": ("Trực tuyến",),
    "respondent_types": ("Cá nhân", "tổ chức"),
}
_LISTS = {"procedure_code": "procedures", "channel_code": "channels", "respondent_type_code": "respondent_types"}


class Network:
    """KBNN in a directory's ``config``, with more labels and levels, and without those who answer later than 2025."""

    def __init__(self, directory: Path) -> None:
        self.config = directory / "config"
        self.connections = directory / "connections.yaml"
        shutil.copytree(settings.SQL.parent / "config", self.config)
        (self.config / "source").mkdir(exist_ok=True)
        for rules in (self.config / "rules").glob("*.yaml"):  # an officer whom only "don't know" names has no answer
            text = rules.read_text("utf-8")
            rules.write_text(text.replace("dont_know: counts_as_not_satisfied", "dont_know: is_left_out"), "utf-8")
        self.offices = self._read("treasuries.yaml")
        self.codes = self._labelled()
        self.questionnaire = self._with_old_scales()

    @cached_property
    def office_codes(self) -> list[str]:
        """The codes of the offices of the month, without the plain one."""
        codes = [one["code"] for one in self.offices["treasuries"] if str(one["valid_from"]) < "2023"]
        return [code for code in codes if code != PLAIN]

    @cached_property
    def units(self) -> dict[str, list[str]]:
        """The codes of each office's units."""
        declared = self._read("units.yaml")["units"]
        return {code: [unit["code"] for unit in declared[code]] for code in (*self.office_codes, PLAIN)}

    def lists(self, code: str) -> Lists:
        """What is declared for an office."""
        named = {
            column: {
                str(name): entry["code"]
                for entry in self.codes[key]
                for name in (entry["code"], *entry.get("labels", ()))
            }
            for column, key in _LISTS.items()
        }
        units = {"unit_code": {unit: unit for unit in self.units[code]}}
        criteria = [criterion["code"] for criterion in self.questionnaire["criteria"]]
        assert {*named, *units} == set(CODED)
        return Lists(code, {**units, **named}, criteria, KEY.encode())

    def connect(self, urls: dict[str, str], made: Sequence[Made]) -> None:
        """Declare the offices' kinds, their queries, and where their databases are."""
        shutil.rmtree(self.config / "source")
        (self.config / "source").mkdir()
        kinds = {each.truth.code: self._kind(each) for each in made}
        for one in self.offices["treasuries"]:
            one["source"] = kinds.get(one["code"], "answer_rows") if str(one["valid_from"]) < "2023" else "answer_rows"
        self._write("treasuries.yaml", self.offices)
        self.connections.write_text(json.dumps({f"treasury_{code}": url for code, url in urls.items()}), "utf-8")

    def _kind(self, made: Made) -> str:
        """The kind of a database, whose query is written where it is no shipped one."""
        if not made.query:
            return made.truth.kind
        kind, dialect = f"made_up_{made.truth.code}", {"mariadb": "mysql"}.get(made.truth.engine, made.truth.engine)
        text = made.query
        if text.startswith("legacy "):
            shipped = (settings.SQL / "source" / f"legacy.{dialect}.sql").read_text("utf-8")
            text = shipped.replace("-- encoding: tcvn3", f"-- encoding: {text.split()[1]}")
        (self.config / "source" / f"{kind}.{dialect}.sql").write_text(text, "utf-8")
        return kind

    def _labelled(self) -> dict[str, Any]:
        """The lists of codes, with a number and a word as labels, which are written as well."""
        lists = self._read("codes.yaml")
        for name, words in _LABELS.items():
            for number, entry in enumerate(lists[name]):
                entry["labels"] = [*entry.get("labels", ()), str(101 + number), *words[number : number + 1]]
        self._write("codes.yaml", lists)
        return lists

    def _with_old_scales(self) -> dict[str, Any]:
        """The questionnaire, whose levels have labels on scales of three and of ten, and which knows "don't know"."""
        name = "questionnaires/2022-01.yaml"
        asked = self._read(name)
        of_three = {1: "1/3", 3: "2/3", 5: "3/3"}
        for level in asked["scale"]:
            number = level["level"]
            labels = [*level["labels"], f"{2 * number - 1}/10", f"{2 * number}/10", of_three.get(number)]
            level["labels"] = [label for label in labels if label]
        nobody = {"level": 0, "name_vi": DONT_KNOW, "name_en": "Don't know", "labels": [DONT_KNOW]}
        asked["scale"].append(nobody)
        self._write(name, asked)
        return asked

    def _read(self, name: str) -> Any:
        return yaml.load((self.config / name).read_text("utf-8"), Loader=_Loader)

    def _write(self, name: str, content: Any) -> None:
        """JSON is YAML, and quickly written."""
        (self.config / name).write_text(json.dumps(content, ensure_ascii=False, indent=0, default=str), "utf-8")


class _Loader(yaml.CSafeLoader):
    """YAML whose dates stay text."""


_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))
