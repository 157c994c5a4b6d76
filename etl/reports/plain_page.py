"""A page that only says what is not there and what to do next, for when there is nothing else to show."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def page(title: str, message: str, next_action: str) -> str:
    """The HTML of the page. What it says is escaped, whatever it holds."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    words = {"title": title, "message": message, "next_action": next_action}
    return environment.get_template("plain_page.html.j2").render(words)
