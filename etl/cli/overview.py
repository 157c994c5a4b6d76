"""What ``hailong`` alone shows: the newest month, how it stands, and the next step."""

from __future__ import annotations

from typing import Any

from etl.cli import output, reading
from etl.errors import Misdeclared


def show() -> None:
    """Show the newest month and the next step; without a warehouse how to begin."""
    try:
        reading.need_warehouse()
    except Misdeclared as error:
        output.write_line(error.message)
        output.write_line("→ try it: hailong demo. For your own network: hailong migrate, then hailong run")
    else:
        month = _newest()
        for line in _of(month) if month else ["no month was run yet", "→ hailong run"]:
            output.write_line(line)
    output.write_line("all commands: hailong --help")


def _newest() -> dict[str, Any] | None:
    """The newest month that was run; None before the first run."""
    from etl import warehouse

    with warehouse.transaction() as connection:
        return next(iter(warehouse.rows(connection, "reports/newest")), None)


def _of(month: dict[str, Any]) -> list[str]:
    """How a month stands, and what to do next."""
    from etl.publishing import revisions
    from etl.scoring import drafts

    code, number = month["period_code"], month["last_number"]
    published = f"revision {number} is published" if number else "nothing is published"
    if month["scored_at"] is None:
        next_step = f"hailong bulletin {code}" if number else f"hailong status {code}, then hailong rate {code}"
        return [f"{code}: {published}, and there is no draft", f"→ {next_step}"]
    draft = f"draft of {drafts.made_at(month)}, {month['month_status']}, {counts(month)}"
    lines = [f"{code}: {published}; {draft}"]
    if number and not revisions.is_draft_newer(reading.period(code)):
        return [*lines, "the draft says what is published", f"→ hailong bulletin {code}"]
    if month["month_status"] != "final":
        lines.append(f"→ who is missing, and why: hailong status {code}")
    return [*lines, f"→ {to_publish(code)}"]


def counts(rated: dict[str, Any]) -> str:
    """How many treasuries are in, and how many of them were read too early."""
    early = rated["early_count"]
    said = f"{rated['loaded_count']} of {rated['open_count']} treasuries are in"
    return f"{said}, {early} of them read before the period was over" if early else said


def to_publish(period: str) -> str:
    """The command that publishes a draft as it is, and why it takes more where it does."""
    from etl.publishing import publish

    doubt = publish.doubt(period)
    command = f"hailong publish {period} {'--provisional ' if doubt else ''}--why …"
    return f"{command} ({doubt.message})" if doubt else command
