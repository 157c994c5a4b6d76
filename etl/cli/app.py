"""The command line, assembled of its families of commands.

A module of a family imports what a command needs when the command runs: ``hailong --help`` costs what Typer costs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from etl import __version__, settings
from etl.cli import (
    cases,
    claims,
    demo,
    due,
    logins,
    month,
    network,
    operation,
    overview,
    person,
    preview,
    publishing,
    ranking,
    records,
    source,
)

HELP = """The steps of a month without Airflow, and what people ask of the warehouse.

Exit codes: 0 all well · 2 wrong usage · 3 something was away · 4 a treasury was refused · 5 the configuration
is wrong · 6 the figures contradict each other · 7 a draft or a case does not allow it as it is · 130 stopped by Ctrl-C.
"""

# Rich's help pages cost three times what Typer costs, and their frames need a terminal that knows Unicode
app = typer.Typer(help=HELP, rich_markup_mode=None, pretty_exceptions_enable=False)
for family in (month, ranking, publishing, operation, network, demo):
    app.add_typer(family.app)
app.add_typer(source.app, name="source")
case = typer.Typer(help="Cases: what people decide and do.")
for family in (cases, due, records, claims):
    case.add_typer(family.app)
app.add_typer(case, name="case")
app.add_typer(preview.app, name="preview")
app.add_typer(person.app, name="person")
app.add_typer(logins.app, name="login", help="Logins that see what is theirs, and who read what.")


def _say_version(is_asked: bool) -> None:
    """Print the version and stop, when it is asked for."""
    if is_asked:
        typer.echo(f"hailong {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def configured(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(metavar="DIRECTORY", help="Configuration directory of the network.")
    ] = None,
    lang: Annotated[
        Literal["vi", "en"] | None, typer.Option(help="Language of what is said; else HAILONG_LANG, or English.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Take the options that every command has; without a command show where things stand."""
    if config:
        settings.use_config(config)
    if lang:
        settings.use_language(lang)
    settings.language()  # another language than these two is told before anything is done
    if context.invoked_subcommand is None:
        overview.show()
