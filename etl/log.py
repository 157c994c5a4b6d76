"""The program's log: each event is one line, whatever it quotes."""

from __future__ import annotations

import logging

from etl import escape


class _OneLine(logging.Filter):
    """Writes out what an event says, in one line: nobody can forge a second event."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the event; all of them pass."""
        record.msg, record.args = escape.line(record.getMessage()), None
        return True


log = logging.getLogger("hailong")
log.addFilter(_OneLine())
