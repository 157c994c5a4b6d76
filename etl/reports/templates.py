"""The templates of pages: Jinja that escapes whatever it is given, also what would steer the eye."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from etl import escape


def environment(folder: Path) -> Environment:
    """The templates of a folder; a name that they do not know raises."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )


def _visible(value: Any) -> Any:
    """A text with what steers as its code; markup is made of such texts."""
    return escape.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
