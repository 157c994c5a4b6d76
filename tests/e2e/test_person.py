"""A respondent's rights on a real warehouse: shown, forgotten everywhere, and figures that stay what they were."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl import settings, warehouse
from etl.errors import Disagreement, HailongError
from etl.landing import forgotten, redaction, zone
from etl.operation import look_back, redact, respondent, steps
from etl.publishing import redactions, signing, verify
from tests.lib.branch_copies import HASH, MONTHS, PUBLISHED_TWICE, REFERENCE, TEXT, copies
from tests.lib.children import in_a_child
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept, program
from tests.lib.keys import keys
from tests.lib.months import query, run_month

CORE = f"select count(*) as n from core.fact_response where respondent_hash = '{HASH}'"
KEPT_TEXT = f"select count(*) as n from core.fact_response where comment_text like '{TEXT}%'"


@pytest.fixture
def held(copy_of: Callable[[Kept], Copy]) -> Copy:
    """Two published months, in which one customer answered in two treasuries."""
    return copy_of(PUBLISHED_TWICE)


@pytest.fixture
def branches(state: Path, estate: dict[str, str]) -> Iterator[None]:
    """The databases of the branches, in which she still is."""
    with copies(state):
        yield


@pytest.fixture
def public_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key to sign with; its public part."""
    private, public = keys(tmp_path, "first")
    monkeypatch.setenv("HAILONG_SIGNING_KEY", str(private))
    return public


def hits(home: Path, url: str) -> list[str]:
    """Where an attacker who has a dump and all files finds the hash, the reference or the text."""
    dump = home / "dump.sql"
    program("pg_dump", url, "--format=plain", f"--file={dump}")
    found = []
    for path in home.rglob("*"):
        if not path.is_file() or "config" in path.parts:
            continue
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False).encode()
        found += [f"{path}: {word}" for word in (HASH, REFERENCE, TEXT) if word.encode() in content]
    dump.unlink()
    return found


def verified() -> list[int]:
    """Make both months' revisions again."""
    return [number for month in MONTHS for number in verify.verify(month)]


def test_what_is_held_is_shown_and_handed_over(held: Copy, tmp_path: Path) -> None:
    reference, out = tmp_path / "reference", tmp_path / "out.json"
    reference.write_text(f"{REFERENCE}\n", "utf-8")
    said = hailong("person", "show", "--respondent", str(reference), "--out", str(out))
    assert said.exit_code == 0, said.stderr
    assert "16 responses in 4 landed files; 12 are loaded" in said.stdout
    assert HASH not in said.stdout + said.stderr
    assert "answer by 20" in said.stdout
    assert out.stat().st_mode & 0o777 == 0o600
    handed = json.loads(out.read_text("utf-8"))
    assert len(handed["responses"]) == 16
    assert {row["survey_month"] for row in handed["responses"]} == set(MONTHS)
    assert {row["treasury_code"] for row in handed["responses"]} == {"19", "34"}
    assert all(row["comment"].startswith(TEXT) and "officer_code" not in row for row in handed["responses"])
    (entry,) = query("select activity_code, row_count, answer_by > now() as is_ahead, processed_by = session_user as"
                     " is_mine from ops.processing where activity_code = 'show'")  # fmt: skip
    assert entry == {"activity_code": "show", "row_count": 16, "is_ahead": True, "is_mine": True}


def test_who_is_forgotten_is_nowhere_and_figures_stay(held: Copy, tmp_path: Path, public_key: Path) -> None:
    assert len(hits(held.home, held.url)) > 3  # the attacker finds her before
    assert verified() == [1, 1]
    done = respondent.forget(REFERENCE)
    assert (done.file_count, done.landed_count, done.core_count, done.is_signed) == (4, 16, 12, True)
    assert hits(held.home, held.url) == []
    assert redaction.drafts(settings.read().landing) == []
    assert verified() == [1, 1]
    tokens = query(f"select respondent_hash, count(*) as n from core.fact_response where respondent_hash like"
                   f" '{forgotten.PREFIX}%' group by 1")  # fmt: skip
    assert [row["n"] for row in tokens] == [12]  # one token for all her responses, in both treasuries
    (link, *_) = query("select signed_text, signature, public_key from ops.redaction")
    assert signing.PublicKey.of(public_key).verifies(link["signed_text"], link["signature"])
    again = respondent.forget(REFERENCE)
    assert (again.file_count, again.core_count) == (0, 0)
    shown = respondent.show(REFERENCE)
    assert (shown.responses, shown.core_count, shown.is_forgotten) == ([], 0, True)
    assert [row["activity_code"] for row in shown.requests] == ["forget", "forget", "show"]


def test_what_cannot_be_read_is_told(held: Copy, tmp_path: Path) -> None:
    reference = tmp_path / "reference"
    reference.write_text(f"  {REFERENCE} \n", "utf-8")
    whole = Path(redaction.landed(settings.read().landing)[0].path)
    whole.with_name("responses-0123456789ab.parquet").write_bytes(whole.read_bytes()[:-9])
    said = hailong("person", "forget", "--respondent", str(reference))
    assert said.exit_code == 0, said.stderr
    assert "forgotten: 16 responses in 4 landed files, 12 of them loaded" in said.stdout
    assert "1 landed files cannot be read" in said.stdout
    assert "the files' redactions are not signed" in said.stdout
    assert "back-ups hold the old files" in said.stderr
    assert REFERENCE not in said.stdout + said.stderr


def test_another_key_finds_another_person(held: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_PSEUDONYM_KEY", "another key, which is long enough as well")
    assert respondent.show(REFERENCE).responses == []
    assert respondent.forget(REFERENCE).landed_count == 0
    assert query(CORE) == [{"n": 12}]


@pytest.mark.parametrize(
    ("forgery", "told"),
    [
        ("update ops.redaction set new_sha256 = old_sha256 || '' where false", None),
        ("update ops.redaction set redacted_count = 9", "it does not say what was recorded"),
        ("update ops.redaction set signature = encode(sha512('x'), 'base64')", "its signature is not of its text"),
        ("delete from ops.redaction", "is not the receipt's"),
    ],
)
def test_a_redaction_that_was_changed_is_told(held: Copy, public_key: Path, forgery: str, told: str | None) -> None:
    respondent.forget(REFERENCE)
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        connection.exec_driver_sql("alter table ops.redaction disable trigger never_changed")
        connection.exec_driver_sql(forgery)
    if told is None:
        assert verified() == [1, 1]
        return
    (error,) = [error for _, error in verify.outcomes(MONTHS[0])]
    assert error is not None
    assert told in str(error) or "landed file" in str(error), error


def test_a_new_file_that_was_changed_afterwards_is_told(held: Copy, public_key: Path) -> None:
    respondent.forget(REFERENCE)
    first = redaction.landed(settings.read().landing)[0]
    table = pq.read_table(first.path)
    pq.write_table(table.slice(1), first.path)
    assert isinstance(next(error for _, error in verify.outcomes(MONTHS[0])), HailongError)


def test_a_chain_that_leads_to_other_figures_is_told(held: Copy) -> None:
    """Who owns the warehouse adds a redaction that takes rows away: unsigned, and the figures say so."""
    respondent.forget(REFERENCE)
    first = redaction.landed(settings.read().landing)[0]
    table = pq.read_table(first.path).slice(20)
    pq.write_table(table, first.path)
    new = hashlib.sha256(Path(first.path).read_bytes()).hexdigest()
    (link,) = query(f"select * from ops.redaction where landing_path = '{first.path}'")
    row = {**link, "old_sha256": link["new_sha256"], "new_sha256": new, "byte_count": 1}
    with warehouse.transaction() as connection:
        said = json.dumps({"files": [redactions.linked(row)]}, default=str)
        warehouse.rows(connection, "publishing/redact", said=said)
    (error,) = [error for _, error in verify.outcomes(MONTHS[0])]
    assert isinstance(error, Disagreement), error


def test_without_a_key_it_is_said_and_the_check_with_one_tells(held: Copy, tmp_path: Path) -> None:
    done = respondent.forget(REFERENCE)
    assert not done.is_signed
    assert verified() == [1, 1]
    _, public = keys(tmp_path, "first")
    (error,) = [error for _, error in verify.outcomes(MONTHS[0], key_file=str(public))]
    assert isinstance(error, Disagreement)


def test_reading_again_does_not_bring_her_back(held: Copy, branches: None) -> None:
    respondent.forget(REFERENCE)
    planned = steps.plan(MONTHS[1])
    assert look_back.run(planned) == []  # the same answers: nothing is new
    assert hits(held.home, held.url) == []
    run_month(MONTHS[1])  # and the whole month once more
    assert hits(held.home, held.url) == []
    assert query("select count(*) as n from core.fact_response where respondent_hash like 'forgotten-%'") == [{"n": 12}]
    assert verified() == [1, 1]
    landed = "select purpose, count(*) as n from ops.processing where activity_code = 'land' group by 1 order by 1"
    assert query(landed) == [
        {"purpose": "rate the month", "n": 6},
        {"purpose": "read again for late and corrected answers", "n": 2},
    ]


def test_who_is_forgotten_while_a_month_is_read_is_not_kept(
    held: Copy, branches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = forgotten._tombstones
    answers = iter([frozenset(), frozenset({"x"})])
    monkeypatch.setattr(forgotten, "_tombstones", lambda: next(answers, asked()))
    planned = steps.plan(MONTHS[1])
    with pytest.raises(HailongError, match="somebody was forgotten while it was read"):
        steps.land(planned, "34")


POINTS = [
    # killed as soon as this is called | so often
    (forgotten, "token", 1),
    (redaction, "redact", 1),
    (redaction, "redact", 3),
    (redact, "_row", 1),
    (redact, "_settle", 2),
    (redaction, "stand", 1),
    (redaction, "stand", 3),
    (zone, "write_receipt", 2),
    (redaction.files, "move", 5),
    (redaction.files, "move", 6),
]


@pytest.mark.parametrize(("module", "name", "times"), POINTS)
def test_a_kill_at_any_point_leaves_nothing_half(
    held: Copy, monkeypatch: pytest.MonkeyPatch, module: object, name: str, times: int
) -> None:
    real, calls = getattr(module, name), []

    def killed(*given: object, **named: object) -> object:
        calls.append(name)
        if len(calls) == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(module, name, killed)
        assert in_a_child(lambda: respondent.forget(REFERENCE) and None) == -signal.SIGKILL
    respondent.forget(REFERENCE)
    assert hits(held.home, held.url) == []
    assert list(Path(settings.read().landing).rglob("*redacted-*")) == []
    assert verified() == [1, 1]
    assert query("select count(distinct respondent_hash) as n from core.fact_response where respondent_hash like"
                 " 'forgotten-%'") == [{"n": 1}]  # fmt: skip
