"""The commands about a person's rights: what is held about her, what is corrected, what is forgotten.

A respondent's reference is asked for or read from a file: on the command line it would stay in the shell's history.
"""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from etl import escape, settings
from etl.cli import output, reading
from etl.cli.options import Format, FormatOption, words
from etl.errors import Misdeclared

app = typer.Typer(help="A person's rights: show, correct, forget.")

_OTHER_KEY = (
    "only who was hashed with the key that is set now is found; for an earlier HAILONG_PSEUDONYM_KEY set that one, and"
    " ask again"
)
_COPIES = (
    "copies elsewhere: back-ups hold the old files until they expire, by config/retention.yaml after the days named"
    " there; so do old versions of a store's objects. The branch's own database holds what the customer wrote: ask the"
    " branch"
)
RespondentOption = Annotated[
    str | None,
    typer.Option(
        "--respondent",
        metavar="FILE",
        help="File with the customer's reference as the branch has it; '-': it is asked for, or read from the input.",
    ),
]
OfficerOption = Annotated[
    str | None,
    typer.Option("--officer", metavar="TREASURY/CODE", help="The officer: treasury by code or name, and code."),
]
PersonOption = Annotated[int | None, typer.Option("--person", metavar="NUMBER", min=1, help="The officer, by number.")]


@app.command()
def show(
    respondent: RespondentOption = None,
    officer: OfficerOption = None,
    person: PersonOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write all of it into a file to be handed over.")
    ] = None,
) -> None:
    """Show what is held about a respondent or an officer.

    The request is recorded, and is to be answered within two working days.
    """
    _only_one(respondent, officer, person)
    named = _officer(officer)
    if out and out.exists():
        raise typer.BadParameter(f"{escape.line(str(out))} is there already; name another file")
    reference = _reference(respondent) if respondent else None
    reading.need_warehouse()
    if reference is not None:
        _show_respondent(reference, out)
    else:
        _show_officer(named, person, out)


def _show_respondent(reference: str, out: Path | None) -> None:
    """Show what is held about a respondent."""
    from etl.operation import respondent

    held = respondent.show(reference)
    output.write_line(
        f"{len(held.responses)} responses in {held.file_count} landed files; {held.core_count} are loaded"
    )
    columns = {"survey_month": "month", "treasury_code": "treasury", "response_key": "key", "landed_file": "file"}
    if held.responses:
        output.write_rows(held.responses, Format.table, columns)
    if held.is_forgotten:
        output.write_line("this respondent asked to be forgotten: what was held then leads to nobody any more")
    output.write_line(f"answer by {held.answer_by}")
    _hand_over(out, {"responses": held.responses, "requests": held.requests, "answer_by": held.answer_by})
    output.say(_OTHER_KEY)


def _show_officer(named: tuple[str | None, str | None], person: int | None, out: Path | None) -> None:
    """Show what is held about an officer."""
    from etl.acting import officer_data

    held = officer_data.show(officer_data.Officer(*named, person))
    for name, rows in held.parts.items():
        output.write_line(f"{name}: {len(rows)}")
    output.write_line(f"answer by {held.answer_by}")
    _hand_over(out, {**held.parts, "answer_by": held.answer_by})
    output.say("customers' comments are handed over from five on, from different customers, and without month or key")


@app.command()
def correct(
    text: Annotated[
        str, typer.Option("--text", parser=words, metavar="TEXT", help="What is asked for; name nobody in it.")
    ],
    respondent: RespondentOption = None,
    officer: OfficerOption = None,
    person: PersonOption = None,
) -> None:
    """Record that a person asked for a correction.

    Says where it is made, and by when she is to be answered.
    """
    _only_one(respondent, officer, person)
    named = _officer(officer)
    reference = _reference(respondent) if respondent else None
    reading.need_warehouse()
    if reference is not None:
        from etl.operation import respondent as respondents

        due = respondents.correct(reference, text)
        output.write_line(f"recorded; answer by {due}")
        output.say(
            "answers are corrected in the branch's database; the next look-back takes that in, and later revisions show"
            " it. A published revision stays as it is, and names the one after it"
        )
        return
    from etl.acting import officer_data

    due = officer_data.correct(officer_data.Officer(*named, person), text)
    output.write_line(f"recorded; answer by {due}")
    output.say(
        "in a case: 'hailong case reply CASE --correction --text …'; where she served: 'hailong case assign', the"
        " newest statement counts; where answers are wrong, the branch corrects them"
    )


@app.command()
def forget(
    respondent: RespondentOption = None,
    officer: OfficerOption = None,
    person: PersonOption = None,
    why: Annotated[
        str | None, typer.Option("--why", parser=words, metavar="TEXT", help="Why, of an officer; name nobody in it.")
    ] = None,
    early: Annotated[
        str | None,
        typer.Option(
            "--early", parser=words, metavar="TEXT", help="Why before the data's time is over, of an officer."
        ),
    ] = None,
) -> None:
    """Forget a respondent; or propose it of an officer.

    Of an officer a second login confirms. Figures stay what they are.
    """
    _only_one(respondent, officer, person)
    named = _officer(officer)
    if not respondent and not why:
        raise typer.BadParameter("say why with --why")
    reference = _reference(respondent) if respondent else None
    reading.need_warehouse()
    if reference is not None:
        _forget_respondent(reference)
        return
    from etl.acting import officer_data

    chosen = officer_data.number_of(officer_data.Officer(*named, person))
    number = officer_data.propose_erasure(chosen, str(why), early)
    output.write_line(f"proposed (number {number}); a second person confirms: 'hailong person confirm {number}'")


def _forget_respondent(reference: str) -> None:
    """Let a respondent be forgotten, and say what was done and what was not."""
    from etl.operation import respondent

    done = respondent.forget(reference)
    output.write_line(
        f"forgotten: {done.landed_count} responses in {done.file_count} landed files, {done.core_count} of them loaded:"
        " the hash is a random token, the free text is empty"
    )
    if done.file_count:
        output.write_line(
            "the files' redactions are signed" if done.is_signed else "the files' redactions are not signed"
        )
    if done.unread_count:
        output.write_line(
            f"{done.unread_count} landed files cannot be read: somebody writes them, or they are damaged; ask again"
            " later"
        )
    output.write_line("figures stay: hailong verify makes each revision again from the redacted files")
    output.say(_COPIES)
    output.say(_OTHER_KEY)


@app.command()
def confirm(
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="Number of the proposal.")],
    reject: Annotated[str | None, typer.Option(parser=words, metavar="TEXT", help="Reject it, and why.")] = None,
) -> None:
    """Confirm, as the second person, that an officer is forgotten."""
    reading.need_warehouse()
    from etl.acting import officer_data

    if reject:
        officer_data.reject_erasure(number, reject)
        output.write_line(f"proposal {number}: rejected")
        return
    done = officer_data.confirm_erasure(number)
    output.write_line(
        f"forgotten: {done.case_count} cases without texts and links; {done.form_count} forms and registers removed"
    )
    output.say(
        "published figures keep the code that the treasury gave: they are pinned, and nobody could verify a revision"
        " that was changed. Who had the code, only the treasury knows"
    )


@app.command("log")
def processing_log(
    since: Annotated[int, typer.Option("--days", min=1, help="Of the last so many days.")] = 30,
    form: FormatOption = Format.table,
) -> None:
    """Print the log of processing: what was done with personal data."""
    reading.need_warehouse()
    from etl import warehouse

    with warehouse.transaction() as connection:
        rows = warehouse.rows(connection, "reports/processing", last_days=since)
    columns = {"processed_at": "at", "processed_by": "by", "activity_code": "what", "subject_kind": "whose"}
    columns |= {"survey_month": "month", "treasury_code": "treasury", "row_count": "how many", "purpose": "what for"}
    output.write_rows(rows, form, columns, essential=("processed_at", "processed_by", "activity_code", "row_count"))


def _only_one(*said: Any) -> None:
    """Wrong usage unless one person is named."""
    if len([one for one in said if one is not None]) != 1:
        raise typer.BadParameter("name one person: --respondent FILE, --officer TREASURY/CODE or --person NUMBER")


def _officer(text: str | None) -> tuple[str | None, str | None]:
    """Codes of treasury and officer of what is written as TREASURY/CODE; another text is wrong usage."""
    if text is None:
        return None, None
    treasury, _, code = text.partition("/")
    if not treasury or not code:
        raise typer.BadParameter(f"'{text}' is no officer; write it as TREASURY/CODE")
    return reading.treasury_now(treasury), code


def _reference(file: str) -> str:
    """The reference in a file, of the input, or as it is typed without being shown."""
    try:
        if file == "-":
            text = getpass.getpass("reference: ") if sys.stdin.isatty() else sys.stdin.readline()
        else:
            settings.refuse_no_file(Path(file))
            text = Path(file).read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        raise Misdeclared(
            f"the reference cannot be read ({type(error).__name__})",
            next_action="name a file of one line in UTF-8, or - to type it",
        ) from None
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        raise typer.BadParameter("the reference is one line; ask for one person at a time")
    return lines[0]


def _hand_over(out: Path | None, parts: dict[str, Any]) -> None:
    """Write what is held into a file that only its owner may read."""
    if out is None:
        return
    import json

    settings.keep_private(out.resolve(), json.dumps(parts, ensure_ascii=False, indent=1, default=str) + "\n")
    output.write_line(f"written: {escape.line(str(out))} (readable for you alone)")
