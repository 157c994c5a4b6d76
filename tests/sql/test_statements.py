"""Every statement says what it is, and PostgreSQL takes it as it stands against the migrated warehouse."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

from etl import registry, settings
from etl.admission import clean, core_rows
from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.registry import codebook
from etl.source import contract, queries
from etl.warehouse import bulk, statements

FILES = sorted(file for file in settings.SQL.rglob("*.sql") if file.parent.name != "migrations")
NAMES = [str(file.relative_to(settings.SQL).with_suffix("")) for file in FILES]
ROOMS = (
    *("declare", "landing", "admission", "scoring", "checks", "signal", "publishing", "operation", "acting"),
    *("marts", "marts/star", "reports", "reports/bulletin", "reports/notices"),
)
RUN = [name for name in NAMES if name.rpartition("/")[0] in ROOMS]

PARAMETERS = [
    # an example           | of every parameter that is given such a value
    (dt.date(2023, 7, 1),    "survey_month first_day last_day valid_from valid_to first_month last_month"),
    (dt.date(2023, 6, 1),    "before_first_month before_last_month"),
    (dt.date(2025, 7, 1),    "successor_valid_from treasury_valid_from"),
    ("x",                    "withdrawn_reason"),
    (dt.datetime(2023, 8, 1, tzinfo=dt.UTC), "snapshot_at scored_at since"),
    (1,                      "revision_number before_revision from_number to_number least_shown handled_count"),
    (1,                      "response_count least_answers window_minutes most_responses month_count"),
    (0.5,                    "signal_value threshold"),
    (True,                   "is_raised is_early"),
    (1,                      "early_count"),
    ("x",                    "period_code rule_set_digest book_digest newest_path shown successor_code unit_code"),
    ("x",                    "signal_code input_digest figures_digest published_by reason definition_code schema_name"),
    ("x",                    "definition_digest signed_text signature public_key"),
    ("x",                    "login_name login_password migration_name file_name first_bytes"),
    ("treasury",             "login_kind"),
    ("[]",                   "reads"),
    (1,                      "first_byte read_bytes"),
    (dt.date(2023, 7, 1),    "since today"),
    ("{}",                   "book factor_weights candidate"),
    ("x",                    "area_level area_code breakdown member_code"),
    ("mix_distance",         "figure_name"),
    ("x",                    "signature public_key signed_text"),
    (1,                      "hidden_count withheld_count"),
    (["x"],                  "rule_set_codes"),
    (1,                      "treasury_id row_count read_count loaded_count turned_away_count open_count byte_count"),
    (1,                      "element_count unexpected_count answer_position lowest_level"),
    (90,                     "from_pct to_pct"),
    (5,                      "publish_by_day most_revisions"),
    ("core.network",         "qualified_name"),
    ("x",                    "decided_by answered_by comment notice_key cause"),
    ("missing",              "notice_kind"),
    (["34"],                 "treasury_codes"),
    ("x",                    "why early_why step tombstone respondent_hash subject_mark new_sha256 view_name"),
    ("x",                    "officer_code"),
    (1,                      "person_id kept_days erasure_number last_days"),
    (["x"],                  "form_digests landing_paths"),
    (dt.datetime(2023, 8, 1, tzinfo=dt.UTC), "closed_before read_before"),
    (2,                      "day_count"),
    (True,                   "is_approved is_provisional_allowed"),
    (0.5,                    "landing_seconds work_seconds"),
    (True,                   "is_passed"),
    ("x",                    "code name_vi name_en kind time_zone source digest door fault severity why run_id"),
    ("x",                    "questionnaire_code rule_set_code rule_code treasury_code region_code factor_code"),
    ("x",                    "factor_name_vi factor_name_en code_version month_status treasury_state sha256"),
    ("x",                    "error_message next_action source_name landing_path from_landing_path"),
    (1,                      "added_count changed_count deleted_count"),
    (True,                   "is_from_core"),
    ("x",                    "shape_digest from_shape_digest table_name column_name drift_kind from_type to_type"),
    ("[]",                   "shape"),
    (1,                      "table_count before_count in_month_count after_count no_month_count missed_count"),
    (1,                      "misplaced_count"),
    ("x",                    "counted example uncounted_why"),
    ([1],                    "row_counts"),
    ([4, 5],                 "satisfied_levels complaint_levels treasury_ids"),
    ([1],                    "row_numbers"),
    (["x"],                  "response_keys rule_codes offending_keys officer_codes"),
    ("x",                    "counted_as clustering"),
    ("unit",                 "area_level"),
    (1,                      "session_pid"),
    ([dt.date(2023, 7, 1)],  "survey_months"),
    ("1s",                   "lock_timeout"),
    (["x"],                  "lockable_names"),
    (1,                      "case_number"),
    (dt.date(2023, 7, 14),   "on_day acknowledge_by due_date reported_since"),
    ("noted",                "event_kind"),
    ("{}",                   "said"),
    ("x",                    "form_digest"),
    (3,                      "least_months"),
    ("x",                    "area_rules_code area_rules_digest"),
    ("x",                    "competence_code competence_name_vi competence_name_en"),
    (True,                   "is_closed_shown are_all_shown are_adopted_shown"),
    (1,                      "last_assignment_number last_event_number spread_person_count"),
    (16.5,                   "spread_half"),
    ("published",            "spread_origin"),
    ("x",                    "ladder_code ladder_digest competences_code competences_digest"),
    (["x"],                  "criterion_codes"),
    ("{}",                   "due_dates decided"),
    ("no_effect",            "effect"),
    ("x",                    "effect_code effect_digest action_code"),
    (1,                      "event_number"),
    (dt.date(2023, 7, 1),    "took_effect_month selecting_from selecting_until"),
    ("x",                    "rule_digest"),
    (0,                      "preview_days"),
    (1,                      "objection_number"),
    ("withdrawn",            "answer_kind"),
    ("x",                    "over_objections"),
    ([1],                    "seen_objections"),
    (True,                   "are_persons_pinned is_trained is_review_upheld is_violation_concluded"),
]  # fmt: skip
EXAMPLES: dict[str, Any] = {name: example for example, names in PARAMETERS for name in names.split()}

WRONG = [
    # case                       | text of the file                                                 | is told
    ("no header",                  "select 1",
     "the header lacks what, grain or params → write the header"),
    ("no grain",                   "-- what: one\n-- params: none\nselect 1",
     "the header lacks what, grain or params → write the header"),
    ("a parameter not declared",   "-- what: one\n-- grain: row\n-- params: none\nselect :age",
     "declares the parameters [], the statement uses ['age'] → make them agree"),
    ("a parameter not used",       "-- what: one\n-- grain: row\n-- params: age\nselect 1",
     "declares the parameters ['age'], the statement uses [] → make them agree"),
    ("a misspelt parameter",       "-- what: one\n-- grain: row\n-- params: age\nselect :aeg",
     "declares the parameters ['age'], the statement uses ['aeg'] → make them agree"),
]  # fmt: skip


def taken(connection: sa.Connection, name: str) -> None:
    """Have PostgreSQL plan a statement with examples of its parameters, or run a command that has no plan."""
    statement = statements.named(name)
    examples = {parameter: EXAMPLES[parameter] for parameter in statement.params}
    has_plan = statement.sql.startswith(("select", "with", "insert", "update", "delete"))
    connection.execute(sa.text(f"explain {statement.sql}" if has_plan else statement.sql), examples)


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_says_what_it_is(name: str) -> None:
    statement = statements.parse(settings.SQL / f"{name}.sql", name)
    assert statement.what
    assert statement.grain
    assert not re.search(r"^--", statement.sql)


@pytest.mark.parametrize("name", RUN)
def test_postgresql_takes_a_statement(connection: sa.Connection, name: str) -> None:
    taken(connection, name)


def test_no_example_is_left_over() -> None:
    used = {parameter for name in RUN for parameter in statements.named(name).params}
    assert sorted(EXAMPLES.keys() - used) == []


def test_a_statement_that_postgresql_does_not_take_is_found(
    connection: sa.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong.sql").write_text("-- what: a\n-- grain: b\n-- params: none\nselect tresury_id\nfrom ops.receipt")
    monkeypatch.setattr(settings, "SQL", tmp_path)
    with pytest.raises(sa.exc.ProgrammingError, match="tresury_id"):
        taken(connection, "wrong")


@pytest.mark.parametrize(("text", "told"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_header_that_is_wrong_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "wrong.sql"
    path.write_text(text, "utf-8")
    with pytest.raises(Misdeclared, match=re.escape(told)) as caught:
        statements.parse(path, "wrong")
    assert str(caught.value).startswith(f"{path}:1: ")


def test_what_looks_like_a_parameter_in_a_comment_or_a_text_is_none(tmp_path: Path) -> None:
    path = tmp_path / "quiet.sql"
    path.write_text("-- what: a\n-- grain: b\n-- params: none\n-- why: at 08:30 :or so\nselect 'it''s :noon', 1::text")
    assert statements.parse(path, "quiet").params == frozenset()


def test_a_statement_that_is_not_there_is_told() -> None:
    with pytest.raises(Misdeclared, match=r"there is no statement .*nowhere\.sql → add the file"):
        statements.named("load/nowhere")


def test_a_source_query_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misdeclared, match=r"there is no source query ledgers\.oracle\.sql → write .*ledgers") as caught:
        queries.statement_of(tmp_path, "ledgers", "oracle")
    assert "treasuries.yaml" in caught.value.next_action


def test_a_network_s_own_source_query_comes_before_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "source" / "answer_rows.postgresql.sql"
    own.parent.mkdir()
    own.write_text("-- what: ours\n-- grain: response\n-- params: none\nselect 1", "utf-8")
    assert queries.statement_of(tmp_path, "answer_rows", "postgresql").what == "ours"
    assert queries.statement_of(tmp_path / "other", "answer_rows", "postgresql").what.startswith("a branch that keeps")


ODD_ROWS = [
    {"response_key": "1", "submitted_at": "2023-07-15 08:00:00.123456", "answers": "access_seats=5|access_ease=1"},
    {"response_key": "KB-Đà Nẵng/\t2\\N", "submitted_at": "0001-01-01 00:00:00Z", "comment": 'a,"b"\n{c}\\N\r\n\\.'},
    {"response_key": "3", "submitted_at": "9999-12-31 23:59:59.999999Z", "harassment_reported": "true"},
    {"response_key": "4", "submitted_at": "1970-01-01 00:00:00Z", "comment": "NULL", "respondent_hash": "0" * 32},
]


def made_for_core(*landed: dict[str, str]) -> pa.RecordBatch:
    """What landed texts become on their way into core; what is not stated is null."""
    known, july = registry.load(settings.read().config), SurveyMonth(2023, 7)
    book = codebook.of(known, known.treasury("34", july), july)
    columns = {name: pa.array([row.get(name) for row in landed], pa.string()) for name in contract.LANDED_COLUMNS}
    return core_rows.rows(clean.tidy(pa.table(columns), book), 1, july, book.questionnaire)


def test_the_rows_made_for_core_have_its_columns(connection: sa.Connection) -> None:
    columns = connection.exec_driver_sql("select * from core.fact_response limit 0").keys()
    assert sorted(made_for_core({}).schema.names) == sorted(columns)


def test_the_rows_made_for_core_are_read_from_it_as_they_were_made(connection: sa.Connection) -> None:
    connection.exec_driver_sql("select core.ensure_month('2023-07-01')")
    made = made_for_core(*ODD_ROWS)
    bulk.copy_binary(connection, ("core", "fact_response"), made.slice(0, 0))
    for part in (made.slice(0, 1), made.slice(1)):  # a slice begins in the midst of its buffers
        bulk.copy_binary(connection, ("core", "fact_response"), part)
    names = ", ".join(made.schema.names)
    found = connection.exec_driver_sql(f"select {names} from core.fact_response order by submitted_at").mappings()
    assert [dict(row) for row in found] == sorted(made.to_pylist(), key=lambda row: row["submitted_at"])
