"""SQL scripts of several statements, which make the schema."""

from __future__ import annotations

import sqlalchemy as sa

from etl.errors import Misdeclared
from etl.warehouse import Connection


def run_script(connection: Connection, text: str, name: str) -> None:
    """Run statements without parameters; a refused one raises Misdeclared with the name."""
    try:
        connection.exec_driver_sql(text, execution_options={"no_parameters": True})
    except sa.exc.ProgrammingError as error:
        reason = getattr(getattr(error.orig, "diag", None), "message_primary", None) or type(error.orig).__name__
        raise Misdeclared(
            f"{name}: the warehouse refuses it: {reason}",
            next_action="give the warehouse's role what is lacking (docs/runbook.md), or report a defect",
        ) from None
