"""Names that fit into a chart: without the words that all have in common, and in two lines."""

from __future__ import annotations

from itertools import takewhile

from etl.reports.bulletin.content import Rows
from etl.reports.words import Language


def of_treasuries(rows: Rows, language: Language) -> dict[str, str]:
    """Names by code without what all have in common: Thái Bình."""
    names = {row["treasury_code"]: language.name(row, "treasury").split() for row in rows}
    words = list(names.values())
    if len(words) < 2:
        return {code: " ".join(name) for code, name in names.items()}
    longest = min(map(len, words)) - 1
    first = min(longest, _common(words))
    last = min(longest - first, _common([name[::-1] for name in words]))
    return {code: " ".join(name[first : len(name) - last]) for code, name in names.items()}


def _common(words: list[list[str]]) -> int:
    """With how many words all of them begin."""
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False)))


def two_lines(name: str, longest: int = 11) -> tuple[str, str]:
    """A name in one line, or in two of similar length."""
    words = name.split()
    if len(name) <= longest or len(words) == 1:
        return name, ""
    breaks = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return min(breaks, key=lambda lines: max(map(len, lines)))


def few_lines(name: str, longest: int = 7) -> list[str]:
    """A name in lines that are as full as a length lets them be; a longer word has a line of its own."""
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + 1 + len(word) <= longest:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
