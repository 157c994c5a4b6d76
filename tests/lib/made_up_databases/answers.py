"""Answers of a response in each shape: rows, columns, a document, marks on old scales, one text; and faults in them.

What an answers' cell has written depends on the shape: pairs of criterion and score, scores by criterion, a text, or
criterion, mark and scale.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.lib.made_up_databases.texts import Storage
from tests.lib.made_up_databases.truth import AWAY, OPEN, Cell

Levels = tuple[int | None, ...]
DONT_KNOW = "Không biết"
"""The label of level 0 in the questionnaire of the made-up network."""

SCORE_TYPES = {
    # name: its type by engine; whether a level reads as its label from it
    "int": ({"postgresql": "smallint", "mariadb": "tinyint", "sqlite": "integer"}, True),
    "bigint": ({"postgresql": "bigint", "mariadb": "bigint unsigned", "sqlite": "int"}, True),
    "text": ({"postgresql": "text", "mariadb": "varchar(200)", "sqlite": "text"}, True),
    "char": ({"postgresql": "char(3)", "mariadb": "char(3)", "sqlite": "text"}, True),
    "enum": ({"postgresql": "score_enum", "mariadb": "enum('5','4','3','2','1')", "sqlite": ""}, True),
    "numeric": ({"postgresql": "numeric(3,1)", "mariadb": "decimal(3,1)", "sqlite": "real"}, False),
}


@dataclass(frozen=True)
class Answers:
    """How a shape writes answers, for a questionnaire's criteria."""

    shape: str
    criteria: Sequence[str]
    score_type: str
    storage: Storage

    def usual(self, draw: random.Random) -> Cell:
        """Some answers, at least one."""
        levels = tuple(draw.choice((None, None, 1, 2, 3, 4, 5, 5, 4)) for _ in self.criteria)
        if all(level is None for level in levels):
            levels = (3, *levels[1:])
        return self.cell(draw, levels)

    def cell(self, draw: random.Random, levels: Levels, what: str = "") -> Cell:
        """Answers at certain levels."""
        given = {code: level for code, level in zip(self.criteria, levels, strict=True) if level is not None}
        if self.shape == "legacy":
            return self._legacy(draw, given, levels)
        is_on_scale = self.shape in ("answer_document", "own") or SCORE_TYPES[self.score_type][1]
        ends = Cell(None, ()).ends if is_on_scale else OPEN  # 5.0 is no label, but nobody would call it another answer
        return Cell(self._written(given), (levels,), ends, what)

    def odd(self, draw: random.Random) -> list[Cell]:
        """Answers of which something cannot be placed, and unusual ones that can."""
        shapes: dict[str, Callable[[], list[tuple[Any, str]]]] = {
            "answer_rows": self._odd_rows, "answer_columns": self._odd_columns, "answer_document": self._odd_documents,
            "legacy": self._odd_legacy, "own": self._odd_texts,
        }  # fmt: skip
        cells = [Cell(written, (), AWAY, what) for written, what in shapes[self.shape]()]
        takes_words = self.shape in ("answer_document", "own") or self.score_type == "text"
        if takes_words and self.shape != "legacy" and self.storage.hold(DONT_KNOW) is not None:
            nobody = (0, *(None for _ in self.criteria[1:]))
            cells.append(
                Cell(self._written({self.criteria[0]: self.storage.hold(DONT_KNOW)}), (nobody,), what="only don't know")
            )
        if self.shape == "answer_document":
            cells += self._read_alike()
        return cells

    def _written(self, given: dict[str, Any]) -> Any:
        match self.shape:
            case "answer_rows":
                return [(code, self._score(level)) for code, level in given.items()]
            case "answer_columns":
                return {code: self._score(level) for code, level in given.items()}
            case "answer_document":
                return json.dumps(given, ensure_ascii=False)
        return "|".join(f"{code}={level}" for code, level in given.items())

    def _score(self, level: Any) -> Any:
        if self.score_type in ("text", "char", "enum"):
            return str(level)
        return float(level) if self.score_type == "numeric" else level

    def _legacy(self, draw: random.Random, given: dict[str, int], levels: Levels) -> Cell:
        scale = draw.choice((3, 10)) if set(given.values()) <= {1, 3, 5} else 10
        marks = {1: 1, 3: 2, 5: 3} if scale == 3 else {level: 2 * level - draw.randrange(2) for level in range(1, 6)}
        return Cell([(code, marks[level], scale) for code, level in given.items()], (levels,))

    def _odd_rows(self) -> list[tuple[Any, str]]:
        first, second = self.criteria[0], self.criteria[1]
        five = self._score(5)
        odd: list[tuple[Any, str]] = [
            ([], "no answer"),
            ([(first, None)], "an answer without a score"),
            ([(None, five)], "an answer without a criterion"),
            ([(None, five), (first, five)], "an answer without a criterion beside one with"),
            ([("mood", five), (first, five)], "an unknown criterion"),
            ([("all", five)], "the criterion all"),
            ([(first, five), (first, self._score(1))], "a criterion answered twice"),
            ([(first, five), (first, five)], "a criterion answered twice alike"),
            ([(f"{first}=5|{second}", five)], "a criterion that holds = and |"),
            ([("", five), (first, five)], "a criterion without a name"),
            ([(first.upper(), five), (second, five)], "a criterion in capital letters"),
        ]
        if self.score_type in ("int", "text", "char", "bigint"):
            odd += [([(first, self._score(9))], "a score off the scale"), ([(first, self._score(0))], "a score of 0")]
        if self.score_type == "text":
            odd += [([(first, text)], f"the score {text!r}") for text in self._scores(second)]
        return odd

    def _odd_columns(self) -> list[tuple[Any, str]]:
        first, second = self.criteria[0], self.criteria[1]
        odd: list[tuple[Any, str]] = [({}, "no answer")]
        if self.score_type in ("int", "text", "char", "bigint"):
            odd.append(({first: self._score(9), second: self._score(5)}, "a score off the scale"))
        if self.score_type == "text":
            odd += [({first: text}, f"the score {text!r}") for text in self._scores(second)]
        return odd

    def _odd_documents(self) -> list[tuple[Any, str]]:
        first, second = self.criteria[0], self.criteria[1]
        texts = [
            f'{{"{first}": 5, "{first}": 1}}', f'{{"{first}": 5, "{first}": 5}}', f'{{"{first}": true}}', "{}", "[]",
            f'{{"{first}": false, "{second}": 5}}', f'{{"{first}": [5]}}', f'{{"{first}": {{"{second}": 5}}}}',
            "null", "5",
            f'[{{"{first}": 5}}]', '"text"', f'{{"{first}": null}}', '{"mood": 5}', f'{{"{first}": 9}}',
            f'{{"{first}": 4.5}}',
            f'{{"{first}": "5|{second}=1"}}', f'{{"{first}=5|{second}": 5}}', f'{{"{first}": "zzz-answer"}}', '{"": 5}',
            f'{{"{first}": -1}}', f'{{"{first}": 1e2}}', f'{{"{first}": 123456789012345678901234567890}}', "true",
            f'{{"a\\"b": 5, "{first}": 5}}', f'{{"a.b": 5, "{first}": 5}}', f'{{"a$": 5, "{first}": 5}}',
            f'{{"a\\\\b": 5, "{first}": 5}}', f'{{"{first}": "5\\u0000"}}', f'{{"\\u0000": 5, "{first}": 5}}',
            f'{{"{first}": "\\ud800"}}',
        ]  # fmt: skip
        texts += [
            f'{{"{first}": 5',
            "",
            " ",
            "not a document",
            f'{{"{first}": 5}} x',
            f"{{'{first}': 5}}",
            f"{first}=5",
            "{,}",
        ]
        held = [text for text in texts if self.storage.hold(text) is not None and _is_held(text, self.score_type)]
        return [(None, "no document"), *((text, f"the document {text}") for text in held)]

    def _read_alike(self) -> list[Cell]:
        """Documents that mean the same on every engine, or are turned away on every one."""
        first, second = self.criteria[0], self.criteria[1]
        one = (5, *(None for _ in self.criteria[1:]))
        two = (5, 4, *(None for _ in self.criteria[2:]))
        return [
            Cell(f'{{"{first}": "5"}}', (one,), what="a score as text"),
            Cell(f'{{ "{first}" :5 , "{second}":null }}', (one,), what="blanks and null"),
            Cell(f'{{"{first}": "5", "{second}": ""}}', (one,), what="an empty score"),
            Cell(f'{{"{second}": 4, "{first}": 5}}', (two,), what="another order"),
            Cell(f'{{"{first}": 5.0}}', (one,), OPEN, "the score 5.0"),
            Cell(f'{{"{first}": " 5 "}}', (one,), OPEN, "blanks around a score"),
            Cell(f'{{"\\u0061{first[1:]}": 5}}', (one,), OPEN, "a criterion with an escaped letter"),
            Cell(f'\n\t{{"{first}": 5}}\n', (one,), OPEN, "blanks around a document"),
        ]

    def _odd_legacy(self) -> list[tuple[Any, str]]:
        first = self.criteria[0]
        return [
            ([], "no answer"),
            ([(first, 11, 10)], "a mark off its scale"),
            ([(first, 5, 7)], "an unknown scale"),
            ([(first, 5, None), (self.criteria[1], 5, 10)], "a mark without its scale"),
            ([(first, 5, 10), (first, 1, 10)], "a criterion answered twice"),
            ([("mood", 5, 10)], "an unknown criterion"),
            ([(None, 5, 10), (first, 5, 10)], "an answer without a criterion"),
        ]

    def _odd_texts(self) -> list[tuple[Any, str]]:
        first, second = self.criteria[0], self.criteria[1]
        texts = [
            "", "|", "||", first, f"{first}=", "=5", f"={first}", f"{first}=5|{first}=1", f"{first}=5|{first}=5",
            "mood=5",
            f"{first}=5|mood=5", f"{first}=5|5", f"{first}=5=5", f"{first}=9", f"{first}=٥", f"{first}=5;{second}=5",
            f"{first}==5", "null", f"{first}=5\n{second}=5", f"{first}=1|=", f"{first}=zzz-answer",
        ]  # fmt: skip
        held = [(self.storage.hold(text), text) for text in texts]
        return [(None, "no text"), *((value, f"the text {text!r}") for value, text in held if value is not None)]

    def _scores(self, other: str) -> list[str]:
        texts = ["x", "-1", "6", "4.5", f"5|{other}=1", "5=5", "5|", "|5", "zzz-answer", "true", "5,0", "٥", "#7", "="]
        return [text for text in texts if self.storage.hold(text) is not None]


def _is_held(text: str, column_type: str) -> bool:
    """Whether a column of a type takes a document: of jsonb what comes out is not what was written."""
    if column_type == "text":
        return True
    try:
        pairs = json.loads(text, object_pairs_hook=list)
    except ValueError:
        return False
    is_plain = "\\u" not in text and (
        not isinstance(pairs, list) or len({str(pair[:1]) for pair in pairs}) == len(pairs)
    )
    # MariaDB's json refuses half of a surrogate pair, PostgreSQL's takes it
    return (column_type == "json" and "\\ud800" not in text) or is_plain
