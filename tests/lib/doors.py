"""What the doors are asked: responses that break one rule each, and responses that break none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa

from etl import registry
from etl.admission import clean
from etl.periods import SurveyMonth
from etl.registry import codebook, rule_sets
from etl.source import contract

CONFIG, JULY = Path(__file__).parents[2] / "config", SurveyMonth(2023, 7)
REGISTRY, RULES = registry.load(CONFIG), rule_sets.in_force(CONFIG, JULY)
THAI_BINH = REGISTRY.treasury("34", JULY)
BOOK = codebook.of(REGISTRY, THAI_BINH, JULY)
ROW_RULES, BATCH_RULES = ("row", "note"), ("batch",)
LIMITS: dict[str, dict[str, Any]] = {
    "landed": {
        "least_row_count": 1,
        "max_repeated_key_share": RULES.admission.max_turned_away_share,
        "max_unbounded_share": RULES.admission.max_turned_away_share,
    },
    "answers": {"first_day": dt.datetime(2023, 7, 1), "last_day": dt.datetime(2023, 7, 31)},
    "shares": {
        "max_turned_away_share": RULES.admission.max_turned_away_share,
        "max_unknown_code_share": RULES.admission.max_unknown_code_share,
    },
    "actions": {
        "case_numbers": [17],
        "treasury_codes": ["34"],
        "event_kinds": ["acknowledged", "noted"],
        "last_day": dt.date(2023, 8, 8),
        "longest_text": 100,
        "longest_key": 500,
    },
    "scores": {"grade_codes": [grade.code for grade in RULES.grades], "treasury_codes": ["01", "34"]},
}
LONGEST_COMMENT = 1000
"""Of a comment here, so that no test needs one of a gigabyte."""
GOOD_ANSWER = {
    "response_key": "17",
    "submitted_at": "2023-07-15 08:00:00",
    "unit_code": "34.01",
    "procedure_code": "account_open",
    "channel_code": "online",
    "respondent_type_code": "individual",
    "comment": "Cảm ơn",
    "answers": "access_seats=5|access_ease=3",
}
# fmt: off
ANSWERS = [
    # rule                  | what a landed response says
    ("key_present",           {"response_key": None}),
    ("key_present",           {"response_key": " "}),
    ("key_length",            {"response_key": "k" * 501}),
    ("key_unique",            {"response_key": "twice"}),
    ("key_unique",            {"response_key": "twice "}),
    ("time_readable",         {"submitted_at": "yesterday"}),
    ("time_in_month",         {"submitted_at": "2023-06-30 23:59:59.999999"}),
    ("time_in_month",         {"submitted_at": "2023-08-01 00:00:00"}),
    ("unit_known",            {"unit_code": "01.01"}),  # a unit, but of another treasury
    ("officer_length",        {"officer_code": "o" * 201}),
    ("procedure_known",       {"procedure_code": "haircut"}),
    ("channel_known",         {"channel_code": "fax"}),
    ("respondent_type_known", {"respondent_type_code": "robot"}),
    ("harassment_understood", {"harassment_reported": "perhaps"}),
    ("answers_readable",      {"answers": "access_seats=5|excellent"}),
    ("criteria_known",        {"answers": "access_seats=5|parking=5"}),
    ("answers_on_scale",      {"answers": "access_seats=5|access_ease=6"}),
    ("criteria_answered_once", {"answers": "access_seats=5|access_seats=4"}),
    ("something_answered",    {"answers": None}),
    ("something_answered",    {"answers": "access_seats=|access_ease="}),
    ("comment_readable",      {"comment": "C\ufffdm ơn"}),
    ("comment_readable",      {"comment": "C\x00m ơn"}),
    ("comment_length",        {"comment": "c" * (LONGEST_COMMENT + 1)}),
    ("officer_readable",      {"officer_code": "CB-\ufffd"}),
    ("officer_readable",      {"officer_code": "unstated"}),
    ("reference_readable",    {"respondent_hash": "\ufffd"}),
]
WELCOME = [
    # what a landed response may say
    {"submitted_at": "2023-07-01 00:00:00"},
    {"submitted_at": "2023-07-31 23:59:59.999999"},
    {"submitted_at": "2023-07-31T16:59:59Z"},
    {"unit_code": None, "procedure_code": None, "channel_code": None, "respondent_type_code": None},
    {"answers": "access_ease=1"},
    {"comment": None},
    {"harassment_reported": "true"},
]
# fmt: on


def answers(*changes: dict[str, Any]) -> pa.Table:
    """Tidy responses of Thái Bình in July 2023."""
    rows = [GOOD_ANSWER | change for change in changes]
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in contract.LANDED_COLUMNS}
    with patch.dict(contract.LONGEST, comment=LONGEST_COMMENT):
        return clean.tidy(pa.table(columns), BOOK, repeated=pa.array(["twice"])).responses
