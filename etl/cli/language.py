"""The language of the command line: which one is asked for, and Typer's own words in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from etl import settings, vietnamese
from etl.errors import Misdeclared

_TAKE_A_VALUE = ("--config", "--lang")
_REMARK = re.compile(r"\[(?:required|default: [^\]]*)\]")


def take(words: Sequence[str]) -> None:
    """Speak the language that stands before the command: what is wrong with the words is told in it as well."""
    rest = iter(words)
    for word in rest:
        name, is_joined, value = word.partition("=")
        if not name.startswith("-"):
            return
        if name in _TAKE_A_VALUE:
            value = value if is_joined else next(rest, "")
            if name == "--lang" and value in ("vi", "en"):
                settings.use_language(value)


def said(text: str) -> str:
    """A text in the language of this process."""
    return vietnamese.said(text, _language())


def word(text: str) -> str:
    """A word of ours, the name of a state for example, in the language of this process."""
    return vietnamese.word(text, _language())


def speak(command: Any) -> None:
    """Let a command of Typer's, and those below it, explain themselves in Vietnamese, where that is the language."""
    if _language() != "vi":
        return
    command.help, command.short_help = _explained(command.help), _explained(command.short_help)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = said(parameter.help)
    show = command.get_help
    command.get_help = lambda ctx: _shown(show(ctx))
    for below in getattr(command, "commands", {}).values():
        speak(below)


def _language() -> str:
    """The language of this process; English where the setting is wrong, so that this can be told."""
    try:
        return settings.language()
    except Misdeclared:
        return "en"


def _explained(text: str | None) -> str | None:
    """The help of a command, paragraph by paragraph."""
    if text is None:
        return None
    whole = text.strip()
    parts = (said(" ".join(part.split())) for part in whole.split("\n\n"))
    return vietnamese.catalogue().texts.get(whole) or "\n\n".join(parts)


def _shown(page: str) -> str:
    """A page of help, whose headings and remarks are Typer's own."""
    page = _REMARK.sub(lambda remark: said(remark[0]), page)
    return "\n".join(map(_line, page.split("\n")))


def _line(line: str) -> str:
    """A line of a page of help: a heading, or the name of an option or a command with its explanation."""
    if not line.startswith(" "):
        return said(line)
    name, gap, explanation = line.rpartition("  ")
    return f"{name}{gap}{said(explanation)}" if name.strip() else line
