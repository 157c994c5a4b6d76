"""Networks unlike KBNN, begun as ``hailong init`` begins one: their scale, their questions, and how many offices."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from etl.demo import starter
from etl.demo.starter import NewOffice
from etl.periods import SurveyMonth

MONTH = SurveyMonth(2024, 3)
SEED = 17
SCHEMA = """
create table office (code text primary key);
create table response (id integer primary key, answered_at text, channel text, customer text, remark text);
create table answer (response_id integer not null, asked text not null, level integer);
create index answer_by_response on answer (response_id);
"""
NO_ANSWER = 0


@dataclass(frozen=True)
class Kind:
    """What a network asks, of how many customers of how many offices, and who leaves how much out."""

    offices: int
    levels: int
    satisfied: tuple[int, ...]
    questions: tuple[str, ...]
    responses: int
    left_out: float

    def codes(self) -> list[str]:
        """The offices' codes."""
        return [f"{number:03d}" for number in range(1, self.offices + 1)]

    def answers(self) -> np.ndarray:
        """The level of each answer by office, response and question; ``NO_ANSWER`` where a question is left out."""
        chance = np.random.default_rng(SEED)
        shape = (self.offices, self.responses, len(self.questions))
        mood = chance.beta(6, 2, (self.offices, self.responses, 1))
        levels = 1 + chance.binomial(self.levels - 1, np.broadcast_to(mood, shape))
        return np.where(chance.random(shape) < self.left_out, NO_ANSWER, levels)


SIX_LEVELS = Kind(12, 6, (5, 6), ("waiting", "attitude", "papers", "outcome"), 80, 0.2)
"""12 offices, six levels without a middle, and customers who leave a fifth of the questions out."""
ONE_QUESTION = Kind(700, 5, (4, 5), ("overall",), 31, 0.0)
"""700 offices that ask one question."""


def begin(kind: Kind, directory: Path) -> Path:
    """Begin the network in a directory, with its databases; its file of connections."""
    offices = [NewOffice(code, f"Trung tâm phục vụ số {code}", f"Service centre {code}") for code in kind.codes()]
    target = starter.write(directory, offices, MONTH)
    _ask(kind, target / "config")
    lines = {}
    for code, answers in zip(kind.codes(), kind.answers(), strict=True):
        path = target / "databases" / f"{code}.sqlite"
        path.unlink(missing_ok=True)
        _fill(path, code, answers, kind.questions)
        lines[f"treasury_{code}"] = f"sqlite:///{path}"
    connections = target / "connections.yaml"
    connections.write_text(yaml.safe_dump(lines), "utf-8")
    return connections


def _ask(kind: Kind, config: Path) -> None:
    """Declare the scale, the questions and what is satisfied."""
    asked = yaml.safe_load((config / "questionnaires" / "first.yaml").read_text("utf-8"))
    asked["scale"] = [
        {"level": level, "name_vi": f"Mức {level}", "name_en": f"Level {level}", "labels": [str(level)]}
        for level in range(1, kind.levels + 1)
    ]
    asked["factors"] = [{"code": "service", "name_vi": "Phục vụ", "name_en": "Service"}]
    asked["criteria"] = [
        {"code": code, "factor": "service", "name_vi": f"Câu hỏi {code}", "name_en": f"Question {code}"}
        for code in kind.questions
    ]
    (config / "questionnaires" / "first.yaml").write_text(yaml.safe_dump(asked, allow_unicode=True), "utf-8")
    rules = yaml.safe_load((config / "rules" / "first.yaml").read_text("utf-8"))
    rules["rate"]["satisfied_levels"] = list(kind.satisfied)
    (config / "rules" / "first.yaml").write_text(yaml.safe_dump(rules, allow_unicode=True), "utf-8")


def _fill(path: Path, code: str, answers: np.ndarray, questions: Sequence[str]) -> None:
    """Make an office's database: every second customer comes by the web, and names it by its Vietnamese name."""
    database = sqlite3.connect(path)
    with database:
        database.executescript(SCHEMA)
        database.execute("insert into office values (?)", (code,))
        database.executemany(
            "insert into response values (?, ?, ?, 'individual', null)",
            [
                (key, f"{MONTH}-{key % 28 + 1:02d} 09:{key % 60:02d}:00", "Trực tuyến" if key % 2 else "desk")
                for key in range(len(answers))
            ],
        )
        database.executemany(
            "insert into answer values (?, ?, ?)",
            [
                (key, question, int(level))
                for key, levels in enumerate(answers)
                for question, level in zip(questions, levels, strict=True)
                if level != NO_ANSWER
            ],
        )
    database.close()
