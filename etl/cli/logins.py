"""The commands about logins that see what is theirs, and about who read what."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from etl.cli import output, reading
from etl.cli.options import Format, FormatOption, day, words
from etl.operation.login_kinds import LoginKind, Scope

app = typer.Typer()

Name = Annotated[str, typer.Argument(metavar="LOGIN", parser=words, help="Name of the login in the database.")]


@app.command()
def make(
    name: Name,
    kind: Annotated[LoginKind, typer.Option("--for", help="What it is for.")],
    treasury: Annotated[
        str | None, typer.Option("--treasury", metavar="TREASURY", help="Its treasury, by code or name.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="CODE", help="Its unit.")] = None,
    first: Annotated[dt.date | None, typer.Option("--from", parser=day, metavar="DAY", help="First day.")] = None,
    last: Annotated[dt.date | None, typer.Option("--to", parser=day, metavar="DAY", help="Last day.")] = None,
) -> None:
    """Make a login that sees what is its own, and print its URL once.

    With a login that is there already: give it a further treasury or unit.
    """
    reading.need_warehouse()
    from etl.operation import logins

    code = treasury and reading.treasury_now(treasury)
    made = logins.make(name, kind, Scope(code, unit, first, last))
    if made.treasury_name:
        output.say(f"it is for {made.treasury_name}")
    if made.url is None:
        output.write_line("recorded")
        return
    output.say("the password is in this URL, and nowhere else: hand it on in private")
    output.write_document(f"{made.url}\n")


@app.command("list")
def list_logins(form: FormatOption = Format.table) -> None:
    """Print for which treasury or unit each login is, and what is wrong with it."""
    reading.need_warehouse()
    from etl.operation import logins

    columns = {"login_name": "login", "login_kind": "for", "treasury_code": "treasury", "unit_code": "unit"}
    columns |= {"valid_from": "from", "valid_to": "to", "error_message": "what is wrong"}
    output.write_rows(logins.listed(), form, columns, essential=("login_name", "login_kind", "treasury_code"))


@app.command()
def end(name: Name) -> None:
    """Let a login see nothing restricted any more, from today on."""
    reading.need_warehouse()
    from etl.operation import logins

    logins.end(name)
    output.write_line("ended; to keep it out of the database altogether, drop the login")


@app.command()
def reads(
    login: Annotated[str | None, typer.Option("--login", metavar="LOGIN", help="Only of this login.")] = None,
    since: Annotated[dt.date | None, typer.Option("--since", parser=day, metavar="DAY", help="Only since.")] = None,
    form: FormatOption = Format.table,
) -> None:
    """Print who read what that is restricted: the log of reads.

    As 'hailong upkeep' collected it from the server's own log.
    """
    reading.need_warehouse()
    from etl.operation import logins

    columns = {"read_at": "at", "login_name": "login", "relation": "what", "read_count": "reads"}
    columns |= {"client_name": "from"}
    output.write_rows(logins.reads(login, since), form, columns, essential=("read_at", "login_name", "relation"))
