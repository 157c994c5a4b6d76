"""What the check of a source says of each rule that its rows break, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from etl import doors
from etl.source.contract import LONGEST

FILES = {
    "unit_known": ("unit_code", "units.yaml"),
    "procedure_known": ("procedure_code", "codes.yaml"),
    "channel_known": ("channel_code", "codes.yaml"),
    "respondent_type_known": ("respondent_type_code", "codes.yaml"),
}
_DECLARE = "declare it in {file}, there as a label if it is another name of a code; or translate it in the query"
_TOLD: Mapping[str, tuple[str, str]] = {
    # rule: what the rows have | what to do
    "owner_stated": ("treasury_code: {of} none", "take it from where the database says whose it is"),
    "own_answers": (
        "treasury_code: {of} {codes} instead of '{own}'",
        "see that the connection leads to this office's database, and that the query writes its code as we do",
    ),
    "key_present": ("response_key: {of} no key that can be kept", "give every row its own key"),
    "key_length": (
        f"response_key: {{of}} a key of more than {LONGEST['response_key']} letters",
        "give every row a shorter key",
    ),
    "key_unique": (
        "response_key: {of} a key that another row has, but for spaces around it",
        "give one row per response, and each a key of its own",
    ),
    "time_readable": (
        "submitted_at: {of} no time that can be read",
        "write it as ISO 8601, for example 2023-07-13 15:28:00 or 2023-07-13T15:28:00+07:00",
    ),
    "time_in_month": (
        "submitted_at: {of} a time outside of the month, read in {zone}",
        "compare the time column with :month_start and :month_end in its own type and time zone",
    ),
    **{
        rule: (f"{column}: {{of}} a code that {file} does not know: {{codes}}", _DECLARE.format(file=file))
        for rule, (column, file) in FILES.items()
    },
    "officer_length": (
        f"officer_code: {{of}} a code of more than {LONGEST['officer_code']} letters",
        "give every officer a shorter code",
    ),
    "harassment_understood": (
        "harassment_reported: {of} neither true nor false, nor another word for them that we know",
        "write true or false, or declare the office's words under harassment in codes.yaml",
    ),
    "answers_readable": (
        "answers: {of} a part of the answers that is not of the form criterion=answer",
        "write criterion=answer, joined by |",
    ),
    "criteria_known": (
        "answers: {of} an answer to a criterion that the questionnaire {questionnaire} does not have{unknown}",
        "let the query write the criterion's code",
    ),
    "answers_on_scale": (
        "answers: {of} an answer that is no label of the questionnaire {questionnaire}; it has {labels}",
        "let the query write these labels, or list the database's own in a new dated questionnaire",
    ),
    "criteria_answered_once": ("answers: {of} a criterion that is answered twice", "give one answer to each"),
    "something_answered": ("answers: {of} none", "see how the answers are found and joined"),
    "comment_length": (f"comment: {{of}} one of more than {LONGEST['comment']} letters", "shorten it in the query"),
    "comment_readable": (
        "comment: {of} letters that were lost, or that cannot be kept",
        "find out how the office writes them",
    ),
    "officer_readable": (
        "officer_code: {of} lost letters in it, or the word 'unstated', which stands for nobody here",
        "write null where nobody is named",
    ),
    "reference_readable": (
        "respondent_ref: {of} lost letters in it, and would count as unknown customers",
        "find out how the office writes them",
    ),
}
_ANY = (
    "{column}: {of} what breaks the rule {rule}: {why}",
    "see the rule in expectations/; mend the query or the rows",
)


@dataclass(frozen=True)
class Remark:
    """A fault or hint about a source, and what to do."""

    what: str
    next_action: str
    is_fault: bool = True
    rule_code: str | None = None


def of_finding(finding: doors.Finding, *, is_fault: bool, **told: str) -> Remark:
    """The remark on a rule's finding; ``told`` is what the words of the rules have places for."""
    what, next_action = _TOLD.get(finding.rule_code, _ANY)
    about = {"column": finding.column, "rule": finding.rule_code, "why": finding.why}
    return Remark(what.format(**told, **about), next_action, is_fault, finding.rule_code)
