"""The command that begins a network of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etl.cli import output

app = typer.Typer()


@app.command("init")
def begin(
    directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", help="A new directory.")],
    offices: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="The offices: code, name_vi, name_en, region.")
    ] = None,
) -> None:
    """Write a commented network of your own that runs at once.

    Its first two offices get SQLite databases with made-up answers.
    """
    import datetime as dt

    from etl.demo import starter
    from etl.periods import SurveyMonth
    from etl.registry import load

    listed = starter.offices_of(offices) if offices else starter.EXAMPLES
    month = SurveyMonth.before(dt.datetime.now(dt.UTC), load(starter.TEMPLATE).zone())
    target = starter.write(directory, listed, month)
    load(target / "config")
    for line in (
        f"wrote {target}: config/ to edit, databases/ with made-up answers, .hailong/connections.yaml",
        f"1. cd {target}; export HAILONG_CONFIG=$PWD/config",
        f"2. hailong run {month}",
        f"3. hailong ranking {month}; hailong bulletin {month}",
        "4. your own databases: hailong source new KIND, then hailong source check CODE",
    ):
        output.write_line(line)
