"""The commands about previews: until when treasuries may object to a draft, and their objections."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from etl.cli import output, reading
from etl.cli.case_options import TreasuryArgument, Why
from etl.cli.options import Format, FormatOption, PeriodArgument, words

app = typer.Typer(help="Drafts before publication: until when treasuries may object.")

NumberArgument = Annotated[int, typer.Argument(metavar="OBJECTION", min=1, help="Number of the objection.")]


class AboutKind(StrEnum):
    """What an objection is about."""

    landing = "landing"
    calculation = "calculation"


class AnswerKind(StrEnum):
    """How the network's centre answers an objection."""

    upheld = "upheld"
    dismissed = "dismissed"


@app.command(name="list")
def listed(period: PeriodArgument, form: FormatOption = Format.table) -> None:
    """Print until when each treasury may object to a draft."""
    reading.need_warehouse()
    from etl.publishing import preview

    columns = {"treasury_code": "code", "treasury_name_vi": "treasury", "offered_at": "offered at"}
    columns |= {"due_date": "last day", "is_over": "over"}
    output.write_rows(preview.offered(reading.period(period).code), form, columns)


@app.command()
def make(
    period: PeriodArgument,
    treasury: Annotated[str | None, typer.Option(help="Only that of this one, by code or name; anew.")] = None,
) -> None:
    """Write each treasury's preview of a draft to its shelf.

    Its pages, workbook and figures, below HAILONG_FORMS. One whose figures did not change stays.
    """
    reading.need_warehouse()
    from etl.reports.bulletin import previewed

    asked = reading.period(period)
    with output.at_work(f"{period}: making the previews"):
        written = previewed.make(asked.code, reading.treasury_code(treasury, asked) if treasury else None)
    output.write_line(
        f"{len(written)} previews were written: {previewed.directory(asked.code)} on each treasury's shelf"
    )


@app.command()
def show(period: PeriodArgument, treasury: TreasuryArgument, form: FormatOption = Format.table) -> None:
    """Print a treasury's own figures of a draft, and until when.

    That a login of the treasury opened them is noted, the first time.
    """
    reading.need_warehouse()
    from etl.publishing import preview

    asked = reading.period(period)
    row = preview.opened(asked.code, reading.treasury_code(treasury, asked))
    columns = {"treasury_code": "code", "treasury_name_vi": "treasury", "response_count": "responses"}
    columns |= {"satisfaction_rate": "rate", "rate_low": "from", "rate_high": "to", "due_date": "last day"}
    output.write_rows([row], form, columns)


@app.command()
def objections(period: PeriodArgument, form: FormatOption = Format.table) -> None:
    """Print the objections to a draft that this login may see."""
    reading.need_warehouse()
    from etl.publishing import preview

    columns = {"objection_number": "objection", "treasury_code": "treasury", "about_kind": "about", "said": "says"}
    columns |= {"recorded_at": "when", "objection_state": "state", "answer_reason": "why"}
    output.write_rows(preview.objections(reading.period(period).code), form, columns)


@app.command(name="object")
def object_to(
    period: PeriodArgument,
    treasury: TreasuryArgument,
    about: Annotated[AboutKind, typer.Option(help="What was read of it is wrong, or what was made of it.")],
    says: Annotated[str, typer.Option(parser=words, metavar="TEXT", help="What is wrong, and how you know.")],
) -> None:
    """Object to a treasury's figures in a draft, before its last day.

    Until it is answered or withdrawn, nobody publishes the draft without a reason that is shown.
    """
    reading.need_warehouse()
    from etl.publishing import preview

    asked = reading.period(period)
    code = reading.treasury_code(treasury, asked)
    number = preview.object_to(preview.Objection(asked.code, code, about.value, says))
    output.write_line(f"objection {number} to {asked}: noted")


@app.command()
def withdraw(number: NumberArgument, why: Why) -> None:
    """Withdraw an objection of one's own treasury."""
    _end(number, "withdrawn", why)


@app.command()
def answer(
    number: NumberArgument, answer: Annotated[AnswerKind, typer.Argument(help="What the centre says.")], why: Why
) -> None:
    """Answer an objection as the network's centre.

    Where it is upheld, mend what it names and run or rate the period again: the answer changes no figure.
    """
    _end(number, answer.value, why)


def _end(number: int, kind: str, why: str) -> None:
    """End an objection."""
    reading.need_warehouse()
    from etl.publishing import preview

    preview.end(number, kind, why)
    output.write_line(f"objection {number}: {kind}")
