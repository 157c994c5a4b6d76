"""The arguments and options that commands about cases share."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from etl.acting.words import BarAnswer
from etl.cli.options import day, words

Number = Annotated[int, typer.Argument(metavar="CASE", min=1, help="Number of the case.")]
TreasuryArgument = Annotated[str, typer.Argument(metavar="TREASURY", help="The treasury, by code or name.")]
TreasuryOption = Annotated[
    str | None, typer.Option("--treasury", metavar="TREASURY", help="Only of this one, by code or name.")
]
UnitOption = Annotated[str | None, typer.Option("--unit", metavar="CODE", help="The unit; else the whole treasury.")]
Why = Annotated[str, typer.Option("--why", parser=words, metavar="TEXT", help="Why.")]
NoteOption = Annotated[str | None, typer.Option("--note", parser=words, metavar="TEXT", help="What is to be said.")]
OwnerOption = Annotated[
    str | None, typer.Option("--owner", parser=words, metavar="NAME", help="Who is responsible from now on.")
]
CauseOption = Annotated[
    str | None, typer.Option("--root-cause", parser=words, metavar="TEXT", help="The root cause, as it is known now.")
]
OnOption = Annotated[
    dt.date | None, typer.Option("--on", parser=day, metavar="DAY", help="When it happened; else today.")
]
DueOption = Annotated[
    dt.date | None, typer.Option("--due", parser=day, metavar="DAY", help="Last day for what comes next.")
]
BarsOption = Annotated[
    BarAnswer,
    typer.Option("--bars", help="Whether a legal bar against a transfer is there. Never write down which one."),
]


def named_revision(revision: str) -> dict[str, Any]:
    """The revision that is written as PERIOD/NUMBER; another text is wrong usage."""
    period, _, number = revision.rpartition("/")
    if not period or not number.isdecimal():
        raise typer.BadParameter(f"'{revision}' is no revision; write it as PERIOD/NUMBER")
    return {"period_code": period, "revision_number": int(number)}


def evidence(ground: str, revision: str | None, response: str | None, petition: str | None) -> dict[str, Any]:
    """What a case stands on; several at once, or none, is wrong usage."""
    if len([one for one in (revision, response, petition) if one]) > 1:
        raise typer.BadParameter("give one of --revision, --response and --petition; add the others by opening again")
    if petition:
        return {"evidence_kind": "petition", "petition_number": petition}
    if response:
        month, _, key = response.partition("/")
        if not key:
            raise typer.BadParameter(f"'{response}' is no response; write it as MONTH/KEY")
        return {"evidence_kind": "response", "survey_month": day(f"{month}-01"), "response_key": key}
    if revision:
        return {"evidence_kind": "revision", **named_revision(revision)}
    if ground == "own_report":
        return {"evidence_kind": "own_report"}
    raise typer.BadParameter("say what it stands on: --revision, --response or --petition")
