"""What is published holds: whatever a role writes, no reader's answer changes, and verification passes."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.errors import Disagreement, Misdeclared
from etl.operation import migrate
from etl.publishing import data_package, publish, verify
from etl.publishing.publish import Decision
from tests.lib.kept import Copy, Kept
from tests.lib.months import PAIR, run_month
from tests.lib.privileges import refused
from tests.lib.readers import MONTH, OF_RUNS, PUBLISHED

ANNA = Decision("anna", "the month is complete")
DRAFT = f"score.figures_digest('{MONTH}', 0)"

# fmt: off
ALTERINGS = [
    # a loader                          | with what the loader may do
    ("swaps two offices' names",
     "update core.dim_treasury as a set treasury_name_vi = b.treasury_name_vi, treasury_name_en = b.treasury_name_en"
     " from core.dim_treasury as b where (a.treasury_code, b.treasury_code) in (('34', '19'), ('19', '34'))"),
    ("renames and moves grade bands",
     "update score.grade_band set grade_name_vi = 'kém', grade_name_en = 'poor', from_pct = from_pct / 2"),
    ("deletes the criteria",            "delete from core.dim_criterion"),
    ("renames criteria and factors",    "update core.dim_criterion set criterion_name_vi = 'x', factor_name_vi = 'x'"),
    ("changes a treasury's code",
     "update core.dim_treasury set treasury_code = 'X34' where treasury_code = '34'"),
    ("moves a treasury's beginning",
     "update core.dim_treasury set valid_from = '2030-01-01' where treasury_code = '34'"),
    ("renames units",                   "update core.dim_unit set unit_name_vi = 'x', unit_kind = 'x'"),
    ("renames the regions",             "update core.dim_region set region_name_vi = 'x', region_name_en = 'x'"),
    ("moves a treasury to a region",
     "update core.dim_treasury set region_code = (select max(region_code) from core.dim_region)"),
    ("changes the definition",          "update score.rule_set set definition_code = 'share_of_persons', digest = 'x'"),
    ("changes the questionnaire",       "update core.dim_questionnaire set digest = 'x'"),
    ("renames and moves the period",
     "update core.dim_period set period_name_vi = 'x', period_kind = 'round', first_month = '2023-01-01'"),
    ("renames procedures and channels",
     "with a as (update core.dim_procedure set procedure_name_vi = 'x'),"
     " b as (update core.dim_channel set channel_name_vi = 'x')"
     " update core.dim_respondent_type set respondent_type_name_vi = 'x'"),
    ("renames the network",             "update core.network set network_name_vi = 'x', time_zone = 'UTC'"),
    ("lets one office take over another",
     "insert into core.succession select a.treasury_id, b.treasury_id from core.dim_treasury as a"
     " cross join core.dim_treasury as b where (a.treasury_code, b.treasury_code) = ('34', '19')"),
    ("moves a treasury to another province",
     "insert into core.dim_province values ('x', '2025-07-01', 'x', 'x'); insert into core.province_part"
     " select treasury_id, '2025-07-01', 'x' from core.dim_treasury on conflict (treasury_id, valid_from) do update"
     " set province_code = 'x'"),
    ("takes back the draft",            "delete from score.rating where revision_number = 0"),
]
REFUSED = [
    # login      | may not
    ("publisher", "update mart.fact_treasury set rank = 1"),
    ("publisher", "update mart.dim_treasury set treasury_name_vi = 'x'"),
    ("publisher", "delete from mart.fact_unit"),
    ("publisher", "insert into score.revision select * from score.revision"),
    ("publisher", "insert into score.revision_treasury select * from score.revision_treasury"),
    ("publisher", "select mart.refresh_star(array[]::date[])"),
    ("publisher", "select score.keep_words('2023-07')"),
    ("loader",    "update score.revision_treasury set treasury_name_vi = 'x'"),
    ("loader",    "delete from score.revision_grade"),
    ("loader",    "select score.publish_draft('2023-07', 2, 'x', 'x', 'x', 'x')"),
    ("reader",    "select treasury_name_vi from score.revision_treasury"),
    ("reader",    "select mart.star_differences('2023-07', 1)"),
]
BARE = (
    "insert into score.revision select (jsonb_populate_record(r, jsonb_build_object('revision_number', 77))).*"
    " from score.revision as r where revision_number = 1"
)
FORGERIES = [
    # what was changed                              | is told
    ("update score.revision_treasury set treasury_name_vi = 'x' where treasury_code = '34'",
     "the stored names, codes, bands or criteria are not those that were published"),
    ("delete from score.revision_unit where revision_number = 1",
     "the stored names, codes, bands or criteria are not those that were published"),
    ("update mart.fact_treasury set rank = 1",
     "the star does not show it, [0-9]+ rows of mart.fact_treasury differ"),
    ("delete from mart.fact_criterion",             "the star does not show it, [0-9]+ rows of mart.fact_criterion"),
    ("update mart.dim_unit set unit_name_vi = 'x'", "the star does not show it, [0-9]+ rows of mart.dim_unit"),
]
# fmt: on


@pytest.fixture
def published(copy_of: Callable[[Kept], Copy]) -> Copy:
    """A copy of the published month."""
    return copy_of(PUBLISHED)


def as_role(role: str, statement: str) -> None:
    """Run a statement with what a group may do."""
    with warehouse.transaction() as connection:
        connection.exec_driver_sql(f"set local role hailong_{role}")
        connection.exec_driver_sql(statement)


def answers() -> dict[str, Any]:
    """Every answer that a reader gets about what is published, by mart."""
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("set local role hailong_restricted")
        marts = connection.exec_driver_sql(
            "select relname from pg_class where relnamespace = 'mart'::regnamespace and relkind in ('r', 'v')"
        ).scalars()
        return {
            name: connection.exec_driver_sql(
                f"select count(*), md5(string_agg(m::text, '|' order by m::text)) from mart.{name} as m"
            ).one()
            for name in sorted(marts)
            if name not in OF_RUNS
        }


def heading() -> list[dict[str, Any]]:
    """What a bulletin says above all: whose it is, of when, and of which revision."""
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "reports/bulletin/period", period_code=MONTH)


@pytest.mark.usefixtures("published")
def test_a_loader_changes_nothing_that_is_published(tmp_path: Path) -> None:
    before, exported, headed = answers(), data_package.export(MONTH, str(tmp_path / "before")), heading()
    assert all(before[name][0] for name in ("criterion_rating", "rebased_trend", "fact_treasury", "unit_rating"))
    for what, statement in ALTERINGS:
        as_role("loader", statement)
        assert answers() == before, what
        assert heading() == headed, what
    again = data_package.export(MONTH, str(tmp_path / "after"))
    for file in Path(exported).iterdir():
        assert file.read_bytes() == (Path(again) / file.name).read_bytes(), file.name
    assert verify.verify(MONTH) == [1]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(("role", "statement"), REFUSED, ids=[f"{role}: {text[:50]}" for role, text in REFUSED])
def test_nobody_but_the_owner_writes_words_revisions_or_the_star(role: str, statement: str) -> None:
    with pytest.raises(Misdeclared, match="InsufficientPrivilege"):
        as_role(role, statement)


@pytest.mark.usefixtures("published")
def test_a_bare_revision_is_refused_also_from_who_holds_both_hands() -> None:
    before = answers()
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("create role both_hands in role hailong_loader, hailong_publisher")
        connection.exec_driver_sql("set local role both_hands")
        assert refused(connection, BARE)
        connection.exec_driver_sql("reset role")
        connection.exec_driver_sql("drop role both_hands")
    assert answers() == before


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (f"'{MONTH}', 77, {DRAFT}, 'x', 'x', 'x'", "the next revision of 2023-07 is 2, not 77"),
        (f"'{MONTH}', 1, {DRAFT}, 'x', 'x', 'x'", "the next revision of 2023-07 is 2, not 1"),
        (f"'{MONTH}', 2, 'x', 'x', 'x', 'x'", "says something else than what was decided on"),
        (f"'{MONTH}', 2, {DRAFT}, 'x', 'x', 'x'", "says what revision 1 says"),
        ("'2001-01', 1, 'x', 'x', 'x', 'x'", "2001-01 has no draft"),
    ],
)
def test_a_publisher_publishes_no_revision_but_the_next_one_of_the_draft_as_it_is(arguments: str, told: str) -> None:
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("set local role hailong_publisher")
        with pytest.raises(sa.exc.DBAPIError, match=told):
            connection.exec_driver_sql(f"select score.publish_draft({arguments})")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(("forgery", "told"), FORGERIES)
def test_a_forged_word_or_star_is_told_and_what_to_do(forgery: str, told: str) -> None:
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")  # a superuser, past the triggers
        connection.exec_driver_sql(forgery)
    with pytest.raises(Disagreement, match=f"{MONTH}, revision 1: {told}") as caught:
        verify.verify(MONTH)
    assert "find out who changed" in caught.value.next_action


@pytest.mark.usefixtures("published")
def test_bands_that_are_not_the_rule_set_s_are_told_although_the_digest_fits() -> None:
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        connection.exec_driver_sql("update score.revision_grade set from_pct = 1 where from_pct = 90")
        connection.exec_driver_sql(
            f"update score.revision set words_digest = score.words_digest('{MONTH}', 1) where revision_number = 1"
        )
        connection.exec_driver_sql(f"select mart.refresh_star(array[date '{MONTH}-01'])")
    with pytest.raises(Disagreement, match=r"its frozen grade \w+ is not that of kbnn-2022-01\.[0-9]"):
        verify.verify(MONTH)


@pytest.mark.usefixtures("estate")
def test_a_name_is_corrected_by_a_revision_of_its_own_and_stays_in_the_old_one(published: Copy) -> None:
    file = published.home / "config" / "treasuries.yaml"
    file.write_text(file.read_text("utf-8").replace("KBNN Thái Bình", "KBNN tỉnh Thái Bình"), "utf-8")
    assert publish.publish(MONTH, dataclasses.replace(ANNA, are_names_news=True)) is None
    run_month(MONTH)
    assert publish.publish(MONTH, ANNA) is None
    assert publish.publish(MONTH, dataclasses.replace(ANNA, are_names_news=True)) == 2
    shown = "select treasury_name_vi from mart.treasury_ranking where treasury_code = '34'"
    with warehouse.transaction() as connection:
        assert connection.exec_driver_sql(shown).scalar_one() == "KBNN tỉnh Thái Bình"
        warehouse.show(connection, "1")
        assert connection.exec_driver_sql(shown).scalar_one() == "KBNN Thái Bình"
    assert verify.verify(MONTH) == [1, 2]


WITHDRAWN = (
    "comment on column score.revision_treasury.withdrawn_reason is 'Why the entry was never an office (lý do rút)';"
)


def without_frozen_words() -> None:
    """Make the warehouse what it was before revisions had words: a copy cannot be made by the code of then."""
    with warehouse.transaction() as connection:
        for schema in ("restricted", "mart", "shown"):
            for row in warehouse.rows(connection, "operation/drop_views", schema_name=schema):
                connection.exec_driver_sql(row["command"])
        tables = ["period", "region", "treasury", "succession", "unit", "procedure", "channel", "respondent_type"]
        tables += ["criterion", "grade", "province", "province_part", "signature"]
        connection.exec_driver_sql("drop view score.word")
        connection.exec_driver_sql(f"drop table {', '.join(f'score.revision_{name}' for name in tables)}")
        connection.exec_driver_sql(
            "alter table score.revision drop column words_digest, drop column names_frozen_at;"
            "drop function mart.star_differences, mart.refresh_star, score.publish_draft, score.draft_inputs,"
            " score.keep_words, score.words_digest, score.figures_digest, score.sign_revision;"
            "delete from migration.applied where migration_name in"
            " ('views', '0029_frozen_words.sql', '0030_signatures.sql', '0034_frozen_provinces.sql');"
        )
        for held in ("revision", "revision_input", "rating", "standing", "mix", "weakness", "officer"):
            connection.exec_driver_sql(
                f"drop trigger never_by_hand on score.{held};"
                f"create trigger never_by_loader before insert on score.{held} for each row when (false)"
                " execute function score.refuse_other_hand();"
                f"create trigger never_by_publisher before insert on score.{held} for each row when (false)"
                " execute function score.refuse_other_hand();"
            )


@pytest.mark.usefixtures("published")
def test_a_warehouse_from_before_is_filled_from_the_best_evidence_and_says_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers()
    copy = tmp_path / "sql"
    shutil.copytree(settings.SQL, copy)
    # what 0032 and 0040 have added already
    later = "alter table score.revision_treasury add column withdrawn_reason text;\n"
    for name in ("code", "name_vi", "name_en"):
        later += f"alter table score.revision_criterion add column competence_{name} text;\n"
    (copy / "migrations" / "0029_later.sql").write_text(later + WITHDRAWN, "utf-8")
    monkeypatch.setattr(settings, "SQL", copy)
    without_frozen_words()
    for statement in (row[1] for row in ALTERINGS):
        if not any(word in statement for word in ("province", "core.dim_period", "succession", "digest")):
            as_role("loader", statement)
    assert "views" in migrate.up()
    after = answers()
    assert before.keys() == after.keys()
    # what came later, provinces, withdrawn entries and competences, old revisions do not have
    changed = [name for name in before if before[name] != after[name]]
    assert sorted(changed) == ["dim_treasury", "province_trend", "revision", "training_need"]
    with warehouse.transaction() as connection:
        frozen = connection.exec_driver_sql("select names_frozen_at > published_at from mart.revision").scalars()
        assert list(frozen) == [True]
    assert verify.verify(MONTH) == [1]


def test_a_publisher_who_states_other_inputs_is_told_by_verification(copy_of: Callable[[Kept], Copy]) -> None:
    copy_of(PAIR)
    as_role("publisher", f"select score.publish_draft('{MONTH}', 1, {DRAFT}, 'other inputs', 'x', 'x')")
    with pytest.raises(Disagreement, match=f"{MONTH}, revision 1: what is kept about its inputs is not what was"):
        verify.verify(MONTH)
