"""The commands about cases: what is due after a rating, decided by people, and done.

They connect with the person's own login: who recorded something is who the database says.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from etl import escape
from etl.acting.words import GroundCode, OutcomeCode
from etl.cli import output, reading
from etl.cli.case_events import add, say_measured, say_withdrawn, told
from etl.cli.case_options import (
    BarsOption,
    CauseOption,
    DueOption,
    NoteOption,
    Number,
    OnOption,
    OwnerOption,
    TreasuryArgument,
    TreasuryOption,
    UnitOption,
    Why,
    evidence,
)
from etl.cli.options import Format, FormatOption, day, words

app = typer.Typer()

_BARRED = (
    "legal bars are {bars}: serving other customers is no transfer, yet let the head of personnel look at it. Do not"
    " write down which bar it is"
)


@app.command("list")
def list_cases(
    treasury: TreasuryOption = None,
    closed: Annotated[bool, typer.Option("--closed", help="Those that are closed as well.")] = False,
    form: FormatOption = Format.table,
) -> None:
    """Print the cases that are open, and how many are overdue.

    Officers' codes are shown to logins in hailong_restricted only.
    """
    reading.need_warehouse()
    from etl.acting import cases, claims

    code = treasury and reading.treasury_now(treasury)
    rows, waiting = cases.listed(code, is_closed_shown=closed), claims.waiting(treasury_code=code)
    if form is Format.table:
        opened = [row for row in rows if row["case_state"] != "closed"]
        output.write_line(f"{len(opened)} open, {sum(row['is_overdue'] for row in rows)} overdue")
        if waiting:
            named = ", ".join(f"{row['case_number']} (event {row['event_number']})" for row in waiting)
            output.write_line(f"claimed by offices, and in effect only when adopted and confirmed: {named}")
        rows = [row | {"is_overdue": "yes" if row["is_overdue"] else "", "told": told(row)} for row in rows]
    columns = {"case_number": "case", "case_state": "state", "due_date": "due", "is_overdue": "overdue"}
    columns |= {"ground_code": "ground", "treasury_code": "treasury", "unit_code": "unit", "person_id": "person"}
    columns |= {"officer_code": "officer", "owner_name": "owner", "proposal_kind": "waits for a second"}
    columns |= {"step_code": "step", "told": "told"}
    columns |= {"correction_due": "correction due", "reopened_count": "reopened", "urgent_label": "urgent"}
    output.write_rows(rows, form, columns, essential=("case_number", "case_state", "due_date", "is_overdue"))


@app.command()
def show(number: Number, form: FormatOption = Format.table) -> None:
    """Print what happened in a case, in order.

    Where it stands comes first.
    """
    reading.need_warehouse()
    from etl.acting import cases, claims

    standing, rows = cases.case(number), cases.events(number)
    if form is not Format.table:
        output.write_rows(rows, form, {})
        return
    for name, value in standing.items():
        if value not in (None, "", False):
            output.write_line(f"{name}: {escape.line(str(value))}")
    for claim in claims.waiting(number):
        said = claim["action_code"] or claim["no_action_reason"] or "-"
        waits = f"event {claim['event_number']} claims {claim['proposal_kind']} ({said}), by {claim['claimed_by']}"
        output.write_line(escape.line(f"{waits}; to propose it: hailong case adopt {number} {claim['event_number']}"))
    say_withdrawn(standing)
    say_measured(number)
    columns = {"event_number": "event", "happened_on": "on", "event_kind": "what", "outcome": "outcome"}
    columns |= {"step_code": "step", "ladder_code": "ladder", "finding": "finding", "measured_verdict": "measured"}
    columns |= {
        "action_code": "action",
        "note": "note",
        "reason": "reason",
        "recorded_by": "by",
        "identity": "identity",
    }
    output.write_rows(rows, form, columns, essential=("event_number", "happened_on", "event_kind", "recorded_by"))


@app.command("open")
def open_case(
    treasury: TreasuryArgument,
    ground: Annotated[
        GroundCode,
        typer.Option("--ground", help="Why it is opened."),
    ],
    unit: UnitOption = None,
    officer: Annotated[str | None, typer.Option(metavar="CODE", help="The officer, by her code.")] = None,
    revision: Annotated[str | None, typer.Option(metavar="PERIOD/NUMBER", help="The published revision.")] = None,
    response: Annotated[str | None, typer.Option(metavar="MONTH/KEY", help="The response, by month and key.")] = None,
    petition: Annotated[str | None, typer.Option(metavar="NUMBER", help="The petition's number.")] = None,
    owner: OwnerOption = None,
    note: NoteOption = None,
    on: OnOption = None,
    due: DueOption = None,
) -> None:
    """Open a case, or add evidence to the one that is open.

    About an officer, a unit or a treasury; of one subject and ground there is one open case.
    """
    said = evidence(ground, revision, response, petition)
    said |= {"happened_on": on, "due_date": due, "owner_name": owner, "note": note}
    reading.need_warehouse()
    from etl.acting import cases

    subject = {"treasury_code": reading.treasury_now(treasury), "unit_code": unit, "officer_code": officer}
    number = cases.open_case(ground, subject, said)
    standing = cases.case(number)
    if standing["evidence_count"] > 1:
        output.write_line(f"case {number} was open: this is its evidence number {standing['evidence_count']}")
    else:
        output.write_line(f"case {number} is open; acknowledge it by {standing['due_date']}")


@app.command()
def acknowledge(number: Number, owner: OwnerOption = None, note: NoteOption = None, on: OnOption = None) -> None:
    """Acknowledge a case: somebody has seen it and is responsible."""
    add(number, "acknowledged", owner_name=owner, note=note, happened_on=on)


@app.command()
def review(
    number: Number, cause: CauseOption = None, note: NoteOption = None, on: OnOption = None, due: DueOption = None
) -> None:
    """Begin to look into a case."""
    add(number, "review_begun", root_cause=cause, note=note, happened_on=on, due_date=due)


@app.command()
def note(
    number: Number,
    text: Annotated[str, typer.Option("--note", parser=words, metavar="TEXT", help="What is to be said.")],
    owner: OwnerOption = None,
    cause: CauseOption = None,
    due: DueOption = None,
) -> None:
    """Note something in a case: an owner, a due date, a root cause."""
    add(number, "noted", owner_name=owner, root_cause=cause, note=text, due_date=due)


@app.command()
def decide(
    number: Number,
    outcome: Annotated[OutcomeCode, typer.Option(help="What becomes of what was recommended.")],
    action: Annotated[str, typer.Option(parser=words, metavar="CODE", help="What is to be done; none: nothing.")],
    capacity: Annotated[str, typer.Option("--as", parser=words, metavar="TEXT", help="In which capacity you decide.")],
    basis: Annotated[str, typer.Option(parser=words, metavar="TEXT", help="On what legal ground.")],
    bars: BarsOption,
    why: Annotated[str | None, typer.Option("--why", parser=words, metavar="TEXT", help="Why.")] = None,
    first: Annotated[dt.date | None, typer.Option("--from", parser=day, metavar="DAY", help="First day.")] = None,
    last: Annotated[dt.date | None, typer.Option("--to", parser=day, metavar="DAY", help="Last day.")] = None,
    urgent: Annotated[
        bool, typer.Option("--urgent", help="At any number of responses, for 30 days at most; give --why.")
    ] = False,
    on: OnOption = None,
) -> None:
    """Propose a decision, which a second confirms.

    A person decides; it takes effect when confirmed. Nobody decides in a case that she opened.
    """
    reading.need_warehouse()
    from etl.acting import cases

    decision: dict[str, Any] = {
        "outcome": outcome,
        "action_code": action,
        "capacity": capacity,
        "legal_basis": basis,
        "reason": why,
    }
    decision |= {"valid_from": first, "valid_to": last}
    event = cases.decide(number, decision, {"legal_bars": bars, "happened_on": on}, is_urgent=urgent)
    if cases.is_warned_of(action, bars):
        output.say(f"warning: {_BARRED.format(bars=bars)}")
    say_withdrawn(cases.case(number))
    if urgent:
        output.say("this decision stands below the statistical threshold, and expires after 30 days at most")
    output.write_line(
        f"case {number}: proposed (event {event}); a second person confirms: hailong case confirm {number}"
    )


@app.command()
def confirm(
    number: Number,
    reject: Annotated[
        str | None, typer.Option(parser=words, metavar="TEXT", help="Reject what was proposed, and why.")
    ] = None,
) -> None:
    """Confirm, as the second person, what was proposed in a case."""
    reading.need_warehouse()
    from etl.acting import cases

    standing = cases.case(number)
    output.write_line(f"case {number}: {cases.confirm(number, rejected_because=reject)}")
    say_withdrawn(standing)


@app.command()
def act(number: Number, bars: BarsOption, note: NoteOption = None, on: OnOption = None) -> None:
    """Note that a decision takes effect.

    Legal bars are asked again.
    """
    add(number, "acting", legal_bars=bars, note=note, happened_on=on)
    from etl.acting import cases

    if cases.is_warned_of(cases.case(number)["action_code"], bars):
        output.say(f"warning: {_BARRED.format(bars=bars)}")


@app.command()
def close(
    number: Number,
    cause: CauseOption = None,
    no_action: Annotated[
        str | None, typer.Option("--no-action", parser=words, metavar="TEXT", help="Why nothing is to be done.")
    ] = None,
    note: NoteOption = None,
) -> None:
    """Propose to close a case; a second person confirms.

    It needs a root cause, and an action or the reason why there is none.
    """
    add(number, "closing_proposed", root_cause=cause, no_action_reason=no_action, note=note)
    output.say(f"a second person confirms: hailong case confirm {number}")


@app.command()
def reopen(number: Number, why: Why, due: DueOption = None) -> None:
    """Open a closed case again; that it was is counted and shown."""
    add(number, "reopened", note=why, due_date=due)


@app.command()
def reply(
    number: Number,
    text: Annotated[str, typer.Option("--text", parser=words, metavar="TEXT", help="What the officer says.")],
    correction: Annotated[bool, typer.Option("--correction", help="A request to correct what is recorded.")] = False,
    answers: Annotated[
        int | None, typer.Option("--answers", metavar="EVENT", min=1, help="Answers this request for a correction.")
    ] = None,
    on: OnOption = None,
) -> None:
    """Note an officer's reply or request.

    Or the answer to a request for a correction. A request is answered within two working days.
    """
    if correction and answers:
        raise typer.BadParameter("give only one of --correction and --answers")
    kind = "correction_requested" if correction else "correction_answered" if answers else "replied"
    add(number, kind, note=text, about_event=answers, happened_on=on)
