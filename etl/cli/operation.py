"""The commands about the warehouse itself: its schema, its upkeep, its address, its words, and its servers."""

from __future__ import annotations

from typing import Annotated

import typer

from etl import errors, settings
from etl.cli import output, reading

app = typer.Typer()


@app.command()
def migrate() -> None:
    """Bring the warehouse to the current schema.

    Without a warehouse of your own the embedded one is made.
    """
    from etl.operation import migrate

    done = migrate.up()
    output.write_line(f"applied: {', '.join(done)}" if done else "the warehouse is up to date")


@app.command()
def upkeep(
    revisions: Annotated[int, typer.Option(min=0, help="How many published revisions to make again.")] = 1,
) -> None:
    """Do what keeps the warehouse fit for the months to come.

    Make their partitions, let the planner look, remove what is old, collect who read what is restricted, open cases
    that wait, and verify what is published.
    """
    reading.need_warehouse()
    from etl.operation import read_log, retention, upkeep

    output.write_line(f"✓ partitions of {', '.join(upkeep.partitions())}")
    output.write_line(f"✓ statistics of {len(upkeep.statistics())} tables")
    removed = upkeep.retention()
    output.write_line(f"✓ removed {removed['landed_files']} landed files and {removed['pages']} validation pages")
    if removed["broken_off"]:
        output.write_line(f"✓ removed {removed['broken_off']} files of work that broke off")
    for kind, count in retention.carry_out().items():
        output.write_line(f"✓ its time is over: {count} {kind}")
    try:
        read_count = read_log.collect()
        output.write_line(f"✓ collected {read_count} reads of restricted data")
    except errors.Misdeclared as error:
        output.write_line(f"✗ {error.message}")
        output.write_line(f"  → {error.next_action}")
    failure = upkeep.open_cases()
    if failure:
        output.say_error(failure)
    wrong = upkeep.verify_published(revisions)
    for outcome in wrong:
        output.write_line(f"✗ {outcome['error_kind']}: {outcome['error_message']}")
        output.write_line(f"  → {outcome['next_action']}")
    if wrong or failure:
        codes = [getattr(errors, outcome["error_kind"]).exit_code for outcome in wrong]
        raise typer.Exit(max([*codes, failure.exit_code if failure else 0]))
    output.write_line("✓ every revision that was made again says the same")


@app.command()
def dictionary() -> None:
    """Print what every table and column for readers means.

    As Markdown: it is the page docs/dictionary.md.
    """
    reading.need_warehouse()
    from etl.warehouse import dictionary

    output.write_document(dictionary.page())


@app.command()
def url(
    reader: Annotated[
        bool, typer.Option("--reader", help="Of a login that only reads, drafts as well: of the embedded server only.")
    ] = False,
) -> None:
    """Print the warehouse's URL, with its password.

    It is the owner's. Starts the embedded server when it was stopped.
    """
    from etl import warehouse
    from etl.operation import migrate, reader_login

    if reader:
        reader_login.refuse_own_warehouse()
    reading.need_warehouse()
    migrate.up()
    owner = warehouse.url().set(drivername="postgresql")
    shown = reader_login.url() if reader else owner.render_as_string(hide_password=False)
    output.write_document(f"{shown}\n")


@app.command()
def down() -> None:
    """Stop the embedded servers; their data stays."""
    from etl.warehouse import embedded

    state = settings.read().state
    stopped = [name for name in embedded.SERVERS if embedded.stop(state, name)]
    for name in stopped:
        output.write_line(f"stopped {name}")
    if not stopped:
        output.say(f"no embedded server runs in {state}")
