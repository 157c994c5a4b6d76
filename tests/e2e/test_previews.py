"""Previews: nobody publishes before the last day to object, nor over an objection without a reason that is shown."""

from __future__ import annotations

import datetime as dt
import io
import stat
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.acting import form_reading, objection_sheet
from etl.acting.working_days import WorkingDays
from etl.errors import Misdeclared, Unfit
from etl.operation import office_claims, steps
from etl.publishing import preview, publish, questions, verify
from etl.publishing.approval import Answer, Candidate, Decision
from etl.publishing.preview import Objection
from etl.publishing.questions import Question
from etl.reports import run_note
from etl.reports.bulletin import previewed, reading
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import query, run_month
from tests.lib.networks import small_network
from tests.lib.registers import Register

MONTH, OURS, THEIRS = "2023-07", "34", "19"
ANNA = Decision("anna", "the month is complete")
OVER = Decision("anna", "the month is complete", over_objections="the office was answered by letter")
DAYS = 5


def network(directory: Path) -> Path:
    """Three treasuries, who have five working days to object."""
    config = small_network(directory, (THEIRS, OURS, "48"))
    shipped = (config / "rules" / "2022-01.5.yaml").read_text("utf-8")
    newer = shipped.replace("code: kbnn-2022-01.5", "code: kbnn-2022-01.6").replace("kbnn-2022-01.4", "kbnn-2022-01.5")
    (config / "rules" / "2022-01.6.yaml").write_text(f"{newer}\npreview: {{working_days: {DAYS}}}\n", "utf-8")
    return config


def july() -> None:
    """July 2023, rated and offered to its offices."""
    run_month(MONTH)


JULY = Kept("three in July with previews", july, network)


@pytest.fixture
def month(copy_of: Callable[[Kept], Copy]) -> Path:
    """July 2023 of the small network; its directory."""
    return copy_of(JULY).home


def by_force(*told: str) -> None:
    """Change what nobody may change."""
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        connection.exec_driver_sql("alter table ops.preview disable trigger never_changed")
        for statement in told:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("alter table ops.preview enable always trigger never_changed")


def let_days_pass(*treasuries: str) -> None:
    """As if the last day of some treasuries, or of all, had been yesterday."""
    chosen = ", ".join(f"'{code}'" for code in treasuries or (THEIRS, OURS, "48"))
    by_force(
        "update ops.preview set due_date = current_date - 3 where treasury_id in"
        f" (select treasury_id from core.dim_treasury where treasury_code in ({chosen}))"
    )


def offers() -> dict[str, list[dict[str, Any]]]:
    """The offers of each treasury, in order."""
    rows = query("select t.treasury_code, p.* from ops.preview as p join core.dim_treasury as t using (treasury_id)"
                 " order by preview_number")  # fmt: skip
    return {code: [row for row in rows if row["treasury_code"] == code] for code in (THEIRS, OURS, "48")}


def change_counts(code: str) -> None:
    """As if late answers of a treasury had come in: its own counts in the draft are others."""
    with warehouse.transaction() as connection:
        connection.exec_driver_sql(
            "update score.rating set response_count = response_count + 1 where revision_number = 0 and area_level ="
            f" 'treasury' and breakdown = 'total' and area_code = '{code}'"
        )


@pytest.mark.usefixtures("month")
def test_nobody_publishes_before_the_last_day_and_the_same_figures_keep_the_clock() -> None:
    first = offers()
    today = dt.datetime.now(dt.UTC)
    last = WorkingDays.of(Path("config"), "Asia/Ho_Chi_Minh").due(today, DAYS)
    assert [[row["due_date"] for row in rows] for rows in first.values()] == [[last]] * 3
    with pytest.raises(Unfit, match=rf"3 treasuries may still object, first 19; the last day is {last}"):
        publish.publish(MONTH, ANNA)
    with pytest.raises(Unfit, match="may still object"):
        publish.publish(MONTH, OVER)
    steps.rate(MONTH)
    assert offers() == first
    let_days_pass(THEIRS, "48")
    with pytest.raises(Unfit, match=r"1 treasuries may still object, first 34"):
        publish.publish(MONTH, ANNA)
    let_days_pass()
    assert publish.publish(MONTH, ANNA) == 1
    assert verify.verify(MONTH) == [1]


@pytest.mark.usefixtures("month")
def test_changed_figures_begin_the_clock_of_their_treasury_alone_anew() -> None:
    let_days_pass()
    before = offers()
    change_counts(OURS)
    with pytest.raises(Unfit, match="of 1 treasuries were offered to nobody, first of 34"):
        publish_draft()
    with warehouse.transaction() as connection:
        warehouse.run(connection, "publishing/offer_previews", {"period_code": MONTH, "due_date": dt.date(2099, 1, 5)})
    after = offers()
    assert (after[THEIRS], after["48"]) == (before[THEIRS], before["48"])
    assert [row["due_date"] for row in after[OURS]] == [before[OURS][0]["due_date"], dt.date(2099, 1, 5)]
    with pytest.raises(Unfit, match="1 treasuries may still object, first 34; the last day is 2099-01-05"):
        publish_draft()


def publish_draft(over: str = "null") -> None:
    """Publish with the database's function alone, as who has a publisher's login can."""
    with warehouse.transaction() as connection:
        connection.exec_driver_sql(
            f"select score.publish_draft('{MONTH}', 1, score.figures_digest('{MONTH}', 0), 'x', 'x', 'x', {over})"
        )


@pytest.mark.usefixtures("month")
def test_an_objection_stops_a_publication_and_is_shown_with_the_revision_that_goes_over_it(month: Path) -> None:
    said = hailong("preview", "object", MONTH, "Thái Bình", "--about", "landing", "--says", "một quầy không được gửi")
    assert said.stdout == "objection 1 to 2023-07: noted\n"
    let_days_pass()
    for act in (lambda: publish.publish(MONTH, ANNA), publish_draft, lambda: publish_draft("' '")):
        with pytest.raises(Unfit, match="1 objections are open, of 34"):
            act()
    assert publish.publish(MONTH, OVER) == 1
    (row,) = query(f"select objection_count, over_objections_reason from mart.revision where period_code = '{MONTH}'")
    assert row == {"objection_count": 1, "over_objections_reason": OVER.over_objections}
    (seen,) = query("select * from restricted.objection")
    assert (seen["objection_state"], seen["published_over_number"], seen["treasury_code"]) == ("open", 1, OURS)
    assert verify.verify(MONTH) == [1]
    by_force("update ops.preview set due_date = current_date + 9")
    with pytest.raises(Unfit, match="published already"):
        preview.object_to(Objection(MONTH, OURS, "landing", "too late"))


@pytest.mark.usefixtures("month")
def test_an_objection_ends_once_and_with_a_reason() -> None:
    first, second = (preview.object_to(Objection(MONTH, OURS, about, "x")) for about in ("landing", "calculation"))
    preview.end(first, "withdrawn", "we were wrong")
    with pytest.raises(Unfit, match=f"objection {first} has ended already"):
        preview.end(first, "upheld", "it was right")
    answered = hailong("preview", "answer", str(second), "dismissed", "--why", "the counts agree")
    assert answered.stdout == f"objection {second}: dismissed\n"
    with pytest.raises(Unfit, match="there is no objection 99"):
        preview.end(99, "upheld", "x")
    let_days_pass()
    assert publish.publish(MONTH, OVER) == 1  # there is nothing to go over
    (row,) = query(f"select objection_count, over_objections_reason from mart.revision where period_code = '{MONTH}'")
    assert row == {"objection_count": 0, "over_objections_reason": None}


@pytest.mark.usefixtures("month")
def test_what_is_too_late_empty_or_of_nobody_is_refused() -> None:
    with pytest.raises(Misdeclared, match="34: the objection says nothing"):
        preview.object_to(Objection(MONTH, OURS, "landing", " "))
    with pytest.raises(Misdeclared, match="no treasury has the code '98'"):
        preview.object_to(Objection(MONTH, "98", "landing", "x"))
    claimed = Objection(MONTH, OURS, "landing", "x", "form", "Lan", "form 1 row 3")
    number = preview.object_to(claimed)
    let_days_pass()
    with pytest.raises(Unfit, match="the last day to object was"):
        preview.object_to(Objection(MONTH, OURS, "landing", "x"))
    assert preview.object_to(claimed) == number  # read twice, kept once
    assert len(preview.objections(MONTH)) == 1


@pytest.mark.usefixtures("month")
def test_who_publishes_while_an_office_objects_waits_and_is_refused() -> None:
    by_force("update ops.preview set due_date = null")  # as where nobody is waited for
    refused: list[Unfit] = []

    def publish_meanwhile() -> None:
        try:
            publish.publish(MONTH, ANNA)
        except Unfit as error:
            refused.append(error)

    with warehouse.transaction() as connection:
        stated = f'{{"period_code": "{MONTH}", "treasury_id": {offers()[OURS][0]["treasury_id"]}, "about": "landing",'
        stated += ' "said": "x", "identity": "login", "way": "command"}'
        connection.execute(sa.text("select ops.object_to(cast(:said as jsonb))"), {"said": stated})
        other = threading.Thread(target=publish_meanwhile)
        other.start()
        other.join(timeout=2)
        assert other.is_alive()
    other.join(timeout=60)
    assert "1 objections are open" in str(refused[0])


def question(run: str) -> Question:
    """The question of a run about the draft as it stands, which is asked."""
    asked = Question(Candidate.of(MONTH), run)
    asked.ask()
    return asked


@pytest.mark.usefixtures("month")
def test_an_answer_goes_only_over_the_objections_that_were_shown() -> None:
    let_days_pass(THEIRS, "48")
    first = preview.object_to(Objection(MONTH, OURS, "landing", "x"))
    asked = question("first")
    assert asked.candidate.objections == [first]
    assert f"- kho bạc {OURS} phản đối" in run_note.of_draft(MONTH)
    asked.answer(Answer("anna", "complete", True, over_objections="answered by letter"))
    decided = questions.decision("first", [])
    assert (decided.over_objections, decided.seen_objections) == ("answered by letter", [first])
    assert not asked.is_objected_to()
    preview.object_to(Objection(MONTH, OURS, "calculation", "y"))
    assert asked.is_objected_to()
    let_days_pass()
    with pytest.raises(Unfit, match="a treasury objected after it was decided on"):
        publish.publish(MONTH, decided)
    again = question("first")
    again.answer(Answer("anna", "complete", True, over_objections="answered by letter"))
    assert publish.publish(MONTH, questions.decision("first", [])) == 1
    assert [row["about_kind"] for row in query("select * from mart.revision_objection")] == ["landing", "calculation"]


@pytest.mark.usefixtures("month")
def test_the_last_day_ends_at_midnight_of_the_network() -> None:
    with warehouse.transaction() as connection:  # where on earth it is already the day after, and where it is not yet
        day = connection.exec_driver_sql("select (now() at time zone 'Etc/GMT+12')::date").scalar_one()
    by_force(f"update ops.preview set due_date = '{day}'")
    for zone, is_over in (("Etc/GMT+12", False), ("Pacific/Kiritimati", True)):
        with warehouse.transaction() as connection:
            connection.exec_driver_sql(f"update core.network set time_zone = '{zone}'")
        assert {row["is_over"] for row in preview.offered(MONTH)} == {is_over}


@pytest.mark.usefixtures("month")
def test_the_notes_say_until_when_and_who() -> None:
    (last,) = {rows[0]["due_date"] for rows in offers().values()}
    assert preview.sentences(MONTH) == [f"2023-07: 3 treasuries may object until {last}"]
    assert f"2023-07: 3 treasuries may object until {last}" in hailong("status", MONTH).stderr
    preview.object_to(Objection(MONTH, OURS, "calculation", "x"))
    change_counts(OURS)
    assert preview.sentences(MONTH)[1] == (
        "treasury 34 objects to how it was rated (objection 1); its figures changed since"
    )


def test_days_around_tet_are_working_days_of_the_offices() -> None:
    calendar = WorkingDays.of(Path("config"), "Asia/Ho_Chi_Minh")
    offered = dt.datetime(2027, 2, 1, 18, tzinfo=dt.UTC)  # the 2nd, a Tuesday, after midnight in Hanoi
    assert [calendar.has(dt.date(2027, 2, day)) for day in (4, 5, 8, 11)] == [False, False, False, True]
    assert calendar.due(offered, DAYS) == dt.date(2027, 2, 16)


def objecting(directory: Path, code: str, *rows: dict[str, Any]) -> Path:
    """The form of a treasury as it comes back, with objections in its rows."""
    written = hailong("case", "form", code)
    assert written.exit_code == 0, written.stderr
    book = openpyxl.load_workbook(written.stdout.strip().removeprefix("✓ "))
    page = book[objection_sheet.SHEET]
    assert {one.formula1 for one in page.data_validations.dataValidation} == {'"landing,calculation"', f'"{MONTH}"'}
    for line, row in enumerate(rows, start=2):
        for column, name in enumerate(objection_sheet.COLUMNS, start=1):
            page.cell(line, column).value = row.get(name)
    book.save(directory / f"{code}-back-{len(rows)}.xlsx")
    return directory / f"{code}-back-{len(rows)}.xlsx"


SAID = {"period_code": MONTH, "about": "landing", "note": "answers of counter 3 are missing", "claimed_by": "Lan"}


def test_an_objection_in_a_form_stops_a_publication_and_a_bad_one_is_told_by_its_cells(
    month: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_FORMS", str(month / "forms"))
    by_force("update core.dim_treasury set valid_to = null")  # as if there had been no reform since
    bad = [
        SAID | {"about": "rank"}, SAID | {"note": None}, SAID | {"claimed_by": " "}, SAID | {"note": "=1+1"},
        SAID | {"note": "x" * 2001}, SAID | {"period_code": dt.date(2023, 7, 1)}, SAID | {"period_code": "2023-05"},
    ]  # fmt: skip
    let_days_pass("48")
    outcome = form_reading.read(objecting(month, OURS, SAID, *bad))
    assert (outcome.read_count, outcome.loaded_count, outcome.refused_count) == (8, 1, 7)
    told = {refusal.where.removeprefix(f"{objection_sheet.SHEET}!"): refusal.why for refusal in outcome.refusals}
    rules = {"B3": "objection_about", "C4": "says_enough", "D5": "somebody_says_so", "C6": "no_formula"}
    rules |= {"C7": "text_length", "A8": "text_is_text", "A9": "2023-05 has no draft to object to"}
    assert all(told[cell].startswith(rule) for cell, rule in rules.items()), told
    assert len(told) == len(rules)
    assert "x" * 20 not in "".join(outcome.lines())
    again = form_reading.read(objecting(month, OURS, SAID, SAID))
    assert (again.loaded_count, again.known_count) == (0, 2)
    theirs = form_reading.read(objecting(month, THEIRS, SAID))
    assert theirs.loaded_count == 1  # the same words of another office are its own
    late = form_reading.read(objecting(month, "48", SAID))
    assert late.loaded_count == 0
    assert f"A2: {MONTH}: the last day to object was" in str(late.refusals[0])
    rows = query("select way, identity, claimed_by, about, said from ops.objection order by objection_number")
    assert [tuple(row.values()) for row in rows] == [("form", "claimed", "Lan", "landing", SAID["note"])] * 2
    let_days_pass()
    with pytest.raises(Unfit, match="2 objections are open, of 19, 34"):
        publish.publish(MONTH, ANNA)


def test_an_objection_in_a_register_is_read_once_and_stays_where_its_row_is_gone(
    month: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (month / "office").mkdir()
    office = Register(month / "office", monkeypatch)
    said = {"event_kind": "objection", "period_code": MONTH, "ground_code": "calculation", "note": "94 of 100, not 93"}
    office.put("k1", **said)
    office.put("k2", **said | {"ground_code": "petition"})
    office.put("k3", **said | {"period_code": None})
    (first,) = office_claims.registers([OURS])
    assert first.error is None, first.error
    assert (first.outcome.loaded_count, first.outcome.refused_count) == (1, 2)
    refused = {refusal.where: refusal.why.partition(":")[0] for refusal in first.outcome.refusals}
    assert refused == {"k2": "objection_about", "k3": "says_enough (period_code)"}
    (again,) = office_claims.registers([OURS])
    assert (again.outcome.loaded_count, again.outcome.known_count, again.is_new) == (0, 1, False)
    office.run("update action_register set note = '95 of 100, not 93' where row_id = 'k1'")
    (changed,) = office_claims.registers([OURS])
    assert (changed.outcome.loaded_count, changed.outcome.changed_count) == (1, 1)
    office.run("delete from action_register where row_id = 'k1'")
    (gone,) = office_claims.registers([OURS])
    assert gone.outcome.vanished_count == 1
    let_days_pass()
    with pytest.raises(Unfit, match="2 objections are open, of 34"):
        publish.publish(MONTH, ANNA)
    assert publish.publish(MONTH, OVER) == 1
    office.put("k1", **said)
    (after,) = office_claims.registers([OURS])
    assert (after.outcome.known_count, len(after.outcome.refusals)) == (1, 2)
    assert not query("select * from ops.drafts()")


def shelved(home: Path, code: str) -> dict[str, str]:
    """The files of a treasury's preview as text, what a workbook is packed of among them."""
    found = {}
    for path in sorted((home / "forms" / code / f"preview-{MONTH}").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        content = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                content = b"".join(packed.read(name) for name in packed.namelist())
        found[path.name] = content.decode("utf-8", "replace")
    return found


def test_each_treasury_gets_its_own_preview_and_nothing_of_the_others(
    month: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_FORMS", str(month / "forms"))
    assert previewed.make(MONTH) == [THEIRS, OURS, "48"]
    files = shelved(month, OURS)
    assert sorted(files) == ["about.json", "figures.csv", "figures.xlsx", "page.en.html", "page.vi.html"]
    (due,) = {row["due_date"] for row in preview.offered(MONTH)}
    content = reading.content(MONTH, 0)
    own, other = content.treasury(OURS), content.treasury(THEIRS)
    assert own
    assert other
    assert f"đơn vị có ý kiến đến hết ngày {due.day}/{due.month}/{due.year}" in files["page.vi.html"]
    assert "93,64" in files["page.vi.html"]
    for name, text in files.items():
        assert other["treasury_name_vi"] not in text, name
        assert str(other["satisfaction_rate"]) not in text, name
        assert f"{100 * other['satisfaction_rate']:.2f}".replace(".", ",") not in text, name
    units = {row["unit_code"] for row in content.units_of(OURS)}
    lines = files["figures.csv"].lstrip("\ufeff").splitlines()
    assert {line.split(",")[1] for line in lines[1:]} == {OURS, *(f"{OURS}/{unit}" for unit in units)}
    hashes = query(f"select distinct respondent_hash from core.fact_response where treasury_id = {own['treasury_id']}")
    assert not any(
        row["respondent_hash"] and row["respondent_hash"] in text for row in hashes for text in files.values()
    )


def test_a_preview_is_written_anew_only_where_the_figures_changed(month: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_FORMS", str(month / "forms"))
    assert hailong("preview", "make", MONTH).stdout.startswith("3 previews were written: preview-2023-07")
    steps.rate(MONTH)
    assert previewed.make(MONTH) == []
    change_counts(OURS)
    with warehouse.transaction() as connection:
        warehouse.run(connection, "publishing/offer_previews", {"period_code": MONTH, "due_date": dt.date(2099, 1, 5)})
    assert previewed.make(MONTH) == [OURS]
    assert "5/1/2099" in shelved(month, OURS)["page.vi.html"]
    with pytest.raises(Misdeclared, match="no draft that rates treasury 79"):
        previewed.make(MONTH, "79")


@pytest.mark.usefixtures("month")
def test_a_treasury_sees_its_figures_of_the_draft_on_the_command_line() -> None:
    shown = hailong("preview", "show", MONTH, "Thái Bình", "--format", "json").stdout
    assert '"satisfaction_rate": 0.93' in shown
    assert f'"due_date": "{preview.offered(MONTH)[0]["due_date"]}"' in shown
    assert query("select count(*) as n from ops.preview_opening")[0]["n"] == 0  # the owner is no office
