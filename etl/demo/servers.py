"""The demo's servers, started again after 'hailong down'."""

from __future__ import annotations

from etl import settings
from etl.errors import Misdeclared
from etl.settings import Settings
from etl.warehouse import embedded

BRANCHES = "branches"
"""The server of the treasuries' databases."""


def start_again(current: Settings) -> None:
    """Start the treasuries' databases where the demo made some; does nothing elsewhere.

    Where the server had to take another port meanwhile, the connections that named the old one are corrected.
    """
    if not embedded.is_made(current.state, BRANCHES):
        return
    before = embedded.port(current.state, BRANCHES)
    embedded.url(current.state, BRANCHES)
    port = embedded.port(current.state, BRANCHES)
    if before != port and current.connections.is_file():
        text = current.connections.read_text("utf-8")
        settings.keep_private(current.connections, text.replace(f"@127.0.0.1:{before}/", f"@127.0.0.1:{port}/"))


def branches(current: Settings) -> str:
    """The superuser's URL of the treasuries' databases, started when needed.

    Without a demo it raises Misdeclared.
    """
    if not embedded.is_made(current.state, BRANCHES):
        raise Misdeclared(
            f"there is no demo in {current.state} (HAILONG_STATE, or else .hailong in the working directory)",
            next_action="go to the directory in which it was made, or make one: hailong demo",
        )
    start_again(current)
    return embedded.url(current.state, BRANCHES)
