"""The commands about what is published: publish it, list and compare its revisions, verify it, and give it away."""

from __future__ import annotations

import getpass
from typing import Annotated, Literal

import typer

from etl.cli import output, reading
from etl.cli.options import Format, FormatOption, PeriodArgument, ToOption, words
from etl.errors import HailongError, Misdeclared

app = typer.Typer()


@app.command()
def publish(
    period: PeriodArgument,
    why: Annotated[str, typer.Option(parser=words, metavar="TEXT", help="Why, for those who read it later.")],
    by: Annotated[
        str | None, typer.Option(parser=words, metavar="NAME", help="Who publishes; else your login name.")
    ] = None,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Although treasuries are missing, or the period before is a draft.")
    ] = False,
    names: Annotated[
        bool,
        typer.Option(
            "--names", help="Although only names, codes, bands or officers' evidence are new: to correct one."
        ),
    ] = False,
    over_objections: Annotated[
        str | None,
        typer.Option(parser=words, metavar="TEXT", help="Why, although treasuries object; it is shown with it."),
    ] = None,
) -> None:
    """Freeze a draft as the next revision, which never changes.

    Not before the last day on which its treasuries may object: see hailong preview.
    """
    reading.need_warehouse()
    from etl.publishing import approval, publish

    who = by or _login_name()
    decision = approval.Decision(who, why, provisional, approval.digest(period), names, over_objections)
    unopened: list[HailongError] = []
    number = publish.publish(period, decision, unopened.append)
    approval.record(period, decision, is_approved=True)
    if number is None:
        output.say(f"nothing to publish: the draft of {period} says what its newest revision says")
    else:
        output.say(f"{period}: revision {number} is published. Make it again at any time: hailong verify {period}")
        output.say(f"For those who read it: hailong bulletin {period}")
        _renew_the_list()
    for error in unopened:
        output.write_line(error.message)
        output.write_line(f"→ {error.next_action}")


def _renew_the_list() -> None:
    """Let the list of bulletins name the new revision; the revision stands, whether or not that is possible."""
    from etl.reports.bulletin import listing

    try:
        listing.renew()
    except HailongError as error:
        output.say(f"the list of bulletins could not be renewed ({error}): hailong bulletin makes it")


@app.command()
def revisions(period: PeriodArgument, form: FormatOption = Format.table) -> None:
    """Print the revisions of a period, and who published them.

    When, by whom, why, under which rules; 0 is the draft.
    """
    reading.need_warehouse()
    from etl.publishing.revisions import of_period

    rows = of_period(reading.period(period))
    if form is Format.table:
        from etl.registry import Registry
        from etl.reports import tables

        rows = tables.revisions(rows, Registry.configured().zone())
    columns = {"revision_number": "revision", "month_status": "status", "loaded_count": "in", "open_count": "of"}
    columns |= {"rule_set_code": "rules", "scored_at": "rated at", "published_at": "published at"}
    columns |= {"published_by": "by", "reason": "why", "objection_count": "objections"}
    columns |= {"over_objections_reason": "why over objections", "figures_digest": "digest"}
    columns |= {"words_digest": "digest of names", "names_frozen_at": "names frozen at"}
    output.write_rows(rows, form, columns, essential=("revision_number", "published_at", "published_by", "reason"))


@app.command()
def diff(
    period: PeriodArgument,
    form: FormatOption = Format.table,
    first: Annotated[int | None, typer.Option("--from", min=0, help="The earlier one; else the last but one.")] = None,
    second: Annotated[int | None, typer.Option("--to", min=0, help="The later revision; 0 is the draft.")] = None,
) -> None:
    """Print what changed between two revisions, and why."""
    reading.need_warehouse()
    from etl.publishing import diff

    difference = diff.diff(reading.period(period), first, second)
    if form is not Format.table:
        output.write_rows(difference.rows, form, {})
        return
    from etl.reports import tables

    for line in [difference.headline, *tables.changes(difference.rows)]:
        output.write_paragraph(line)


@app.command()
def verify(
    period: PeriodArgument,
    revision: Annotated[int | None, typer.Option(min=1, help="Only this revision.")] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="FILE", help="Check the signatures with this public key.")
    ] = None,
) -> None:
    """Make revisions again from what landed, and compare.

    Every published revision of a period, every figure, name, code and band, and the star.
    """
    reading.need_warehouse()
    from etl.publishing import signature, verify

    wrong = []
    for number, error in verify.outcomes(period, revision, key):
        said = "see below" if error else f"the same figures and names; {signature.about(period, number)}"
        output.write_line(f"{'✗' if error else '✓'} {period} revision {number}: {said}")
        wrong += [error] if error else []
    for error in wrong[:-1]:
        output.say(str(error))
    if wrong:
        raise wrong[-1]


@app.command()
def sign(
    period: PeriodArgument,
    revision: Annotated[int | None, typer.Option(min=1, help="Only this revision.")] = None,
) -> None:
    """Sign published revisions that are not, or with a new key.

    Each is made again first: what does not come out the same is not signed.
    """
    reading.need_warehouse()
    from etl.publishing import signature, verify

    for number in verify.verify(period, revision):
        output.write_line(f"✓ {period} revision {number}: signed with the key {signature.add(period, number)[:16]}")


@app.command()
def export(
    period: PeriodArgument,
    to: ToOption = None,
    revision: Annotated[int | None, typer.Option(min=1, help="This published revision; else the last one.")] = None,
) -> None:
    """Write what is published for other programs.

    As CSV and Parquet with a Data Package.
    """
    reading.need_warehouse()
    from etl.publishing import data_package

    output.write_line(f"✓ {data_package.export(period, to, revision)}")


@app.command()
def bulletin(
    period: PeriodArgument,
    treasury: Annotated[str | None, typer.Option(help="Only the page of this treasury, by code or name.")] = None,
    lang: Annotated[Literal["vi", "en"] | None, typer.Option(help="Only in this language.")] = None,
    revision: Annotated[
        int | None, typer.Option(min=0, help="This published revision; 0 is the draft; else the last one.")
    ] = None,
    to: ToOption = None,
) -> None:
    """Make the bulletin of a period: pages, workbook and paper.

    Of its last published revision, or else its draft.
    """
    reading.need_warehouse()
    from etl.reports.bulletin import make

    languages = (lang,) if lang else ("vi", "en")
    code = reading.treasury_code(treasury, reading.period(period)) if treasury else None
    with output.at_work(f"{period}: making the bulletin"):
        page = make.make(period, make.Asked(revision, code, languages, to)).page
    output.write_line(page)


def _login_name() -> str:
    """Who is at work here; a process of nobody raises Misdeclared."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise Misdeclared("it is not known who publishes", next_action="say so with --by") from None
