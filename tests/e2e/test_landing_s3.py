"""The landing zone on an object store: the month as on a disk, and what a store can do to it.

The store is moto's S3 server in a process of its own, spoken to over HTTP. It is what the tests can have everywhere;
other stores were not tried.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import fsspec
import numpy as np
import psutil
import pyarrow as pa
import pytest
import s3fs

from etl import settings
from etl.errors import Misdeclared, Unavailable
from etl.landing import forgotten, redaction, zone
from etl.landing.receipt import Receipt, Taken
from etl.operation import steps
from etl.publishing import approval, publish, verify
from etl.source import contract, pseudonym
from tests.lib.command_line import hailong
from tests.lib.months import fingerprint, query, run_month
from tests.lib.s3 import BUCKET, MONTH, ROOT, SECRET, Store

pytestmark = pytest.mark.deep

EVERYONE = ("19", "34", "48")


@pytest.fixture(autouse=True)
def access(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials from the environment, as a service gets them, and from nowhere else on this machine."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "FSSPEC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tester")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")  # s3fs tries again by itself


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    """A store for all tests that let it live."""
    with Store() as running:
        yield running


@pytest.fixture
def store(shared: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store with an empty bucket that the landing zone is in."""
    land_on(shared, monkeypatch)
    yield shared
    shared.files.rm(BUCKET, recursive=True)
    shared.files.mkdir(BUCKET)


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store of the test's own, to be killed."""
    with Store() as running:
        land_on(running, monkeypatch)
        yield running


def land_on(store: Store, monkeypatch: pytest.MonkeyPatch, root: str = ROOT) -> None:
    """Point the landing zone to a store."""
    s3fs.S3FileSystem.clear_instance_cache()
    monkeypatch.setenv("AWS_ENDPOINT_URL", store.url)
    monkeypatch.setenv("HAILONG_LANDING", root)


def rows(count: int, number: int = 0, length: int = 10) -> pa.RecordBatch:
    """Landed rows of a treasury, with comments that do not compress."""
    texts = np.random.default_rng(number).bytes(count * length).hex()
    values: dict[str, Any] = dict.fromkeys(contract.LANDED_COLUMNS)
    values["response_key"] = [f"{number}-{place}" for place in range(count)]
    values["treasury_code"] = ["34"] * count
    values["submitted_at"] = ["2023-07-15 08:00:00"] * count
    values["answers"] = ["access_seats=5"] * count
    values["comment"] = [texts[2 * length * place : 2 * length * (place + 1)] for place in range(count)]
    return pa.RecordBatch.from_pydict({n: pa.array(v or [None] * count, pa.string()) for n, v in values.items()})


def keep(*batches: pa.RecordBatch) -> Receipt:
    """Land some rows of treasury 34."""
    return keep_all(batches)


def keep_all(batches: Iterable[pa.RecordBatch], where: zone.Place | None = None) -> Receipt:
    """Land rows of treasury 34 as they come."""
    return zone.keep(where or place(), batches, "source/test", lambda: Taken(dt.datetime(2023, 8, 1, tzinfo=dt.UTC)))


def place() -> zone.Place:
    """Where treasury 34 lands."""
    return zone.Place(settings.read().landing, MONTH, "34")


def read(kept: Receipt) -> list[str]:
    """The keys of what has landed."""
    return [key for table in zone.read(place(), kept, 1000) for key in table.column("response_key").to_pylist()]


@pytest.mark.thorough
def test_a_month_on_a_store_has_the_figures_of_a_month_on_a_disk(
    fresh_warehouse: str, estate: dict[str, str], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WORKERS", "2")  # lands in threads, admits in forked processes
    with monkeypatch.context() as context:
        context.delenv("HAILONG_LANDING")
        run_month(MONTH, EVERYONE)
        on_disk = fingerprint()
    done = hailong("run", MONTH, *(part for code in EVERYONE for part in ("--only", code)))
    assert done.exit_code == 0, done.stdout + done.stderr
    assert fingerprint() == on_disk
    first = {code: store.objects(code) for code in EVERYONE}
    assert [len(names) for names in first.values()] == [2, 2, 2]
    assert steps.verdict(run_month(MONTH, EVERYONE)) == []
    assert fingerprint() == on_disk
    for code in EVERYONE:  # the receipt, the newest file, and the one that core had when it came
        assert set(first[code]) < set(store.objects(code))
        assert len(store.objects(code)) == 3


def test_a_landed_file_on_a_store_is_redacted_in_its_place(store: Store) -> None:
    batch = rows(3)
    position = batch.schema.get_field_index("respondent_hash")
    hers = pa.array(["a" * 32, None, "b" * 32], pa.string())
    kept = keep(batch.set_column(position, "respondent_hash", hers))
    (file,) = redaction.landed(settings.read().landing)
    assert redaction.redact(file, lambda batch: batch) is None
    made = redaction.redact(file, lambda batch: forgotten.redacted(batch, {"a" * 32: "forgotten-x"}))
    assert made is not None
    assert (made.redacted_count, made.old_sha256) == (1, kept.sha256)
    (draft,) = redaction.drafts(settings.read().landing)
    redaction.stand(draft, file.path, kept.sha256)
    assert redaction.drafts(settings.read().landing) == []
    assert len(store.objects("34")) == 2  # the file and its receipt
    standing = zone.receipt(place())
    assert (standing.sha256, standing.landing_path) == (made.new_sha256, kept.landing_path)
    (table,) = zone.read(place(), standing, 1000)
    assert table.column("respondent_hash").to_pylist() == ["forgotten-x", None, "b" * 32]
    assert [text is None for text in table.column("comment").to_pylist()] == [True, False, False]


def test_credentials_and_endpoint_may_come_from_fsspec_s_own_variables(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = keep(rows(3))
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("FSSPEC_S3_ENDPOINT_URL", store.url)
    monkeypatch.setenv("FSSPEC_S3_KEY", "tester")
    monkeypatch.setenv("FSSPEC_S3_SECRET", SECRET)
    look = f"from etl.landing import zone; print(zone.receipt(zone.Place({ROOT!r}, {MONTH!r}, '34')).sha256)"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=False)
    assert said.stdout.strip() == kept.sha256, said.stderr


@pytest.mark.thorough
def test_a_published_revision_is_made_again_from_the_store(
    fresh_warehouse: str, estate: dict[str, str], store: Store
) -> None:
    run_month(MONTH, EVERYONE)
    assert publish.publish(MONTH, approval.Decision("anna", "for the test", is_provisional_allowed=True)) == 1
    (published,) = query("select landing_path from score.revision_input as i join core.dim_treasury using (treasury_id)"
                         " where treasury_code = '34' and i.revision_number = 1 and landing_path <> ''")  # fmt: skip
    for _ in range(3):
        run_month(MONTH, EVERYONE)
    assert store.files.exists(published["landing_path"])
    assert len(store.objects("34")) == 4  # the receipt, and the files of the revision, of core and the newest
    assert verify.verify(MONTH) == [1]
    content = store.files.cat_file(published["landing_path"])
    store.files.pipe_file(published["landing_path"], content[:-1] + b" ")
    with pytest.raises(Unavailable, match="treasury 34, 2023-07: the landed file is not the receipt's"):
        verify.verify(MONTH)
    store.files.rm(published["landing_path"])
    with pytest.raises(Unavailable, match="is gone"):
        verify.verify(MONTH)


def test_nothing_but_the_landed_file_and_its_receipt_is_left_and_both_are_read_back(store: Store) -> None:
    first, second = keep(rows(3)), keep(rows(4, number=1))
    assert zone.receipt(place()) == second
    assert len(store.objects("34")) == 3
    zone.forget(place(), [first.landing_path, "no/such/object"])
    assert store.objects("34") == ["receipt.json", second.landing_path.rpartition("/")[2]]
    assert read(second) == [f"1-{number}" for number in range(4)]
    assert json.loads(store.files.cat_file(f"{ROOT}/{MONTH}/34/receipt.json"))["sha256"] == second.sha256
    assert zone.is_kept(second.landing_path, ROOT)
    assert not zone.is_kept(first.landing_path, ROOT)
    with pytest.raises(Unavailable, match="gone"):
        read(first)


def test_what_landed_aside_can_be_dropped_or_take_the_place_of_the_other(store: Store) -> None:
    first = keep(rows(3))
    aside = dataclasses.replace(place(), is_aside=True)
    for ending in (zone.drop, zone.stand):
        second = keep_all([rows(4, number=1)], aside)
        assert (zone.receipt(place()), zone.receipt(aside)) == (first, second)
        ending(aside)
        with pytest.raises(Unavailable, match="nothing has landed"):
            zone.receipt(aside)
        assert zone.is_kept(second.landing_path, ROOT) == (ending is zone.stand)
        zone.drop(aside)  # there is nothing, and that is no fault
    assert zone.receipt(place()) == second


def test_what_another_process_does_to_the_store_is_seen_at_once(store: Store) -> None:
    first = keep(rows(3))
    assert zone.is_kept(first.landing_path, ROOT)
    store.files.rm(first.landing_path)
    assert not zone.is_kept(first.landing_path, ROOT)
    store.files.rm(f"{ROOT}/{MONTH}/34/receipt.json")
    with pytest.raises(Unavailable, match="treasury 34, 2023-07: nothing has landed"):
        zone.receipt(place())


def test_a_receipt_that_is_replaced_is_the_old_or_the_new_one_at_every_moment(store: Store) -> None:
    seen, done = set(), threading.Event()
    path = f"{ROOT}/{MONTH}/34/receipt.json"
    keep(rows(1))

    def look() -> None:
        while not done.is_set():
            seen.add(json.loads(store.files.cat_file(path))["row_count"])

    watching = threading.Thread(target=look)
    watching.start()
    for number in range(2, 22):
        keep(rows(number))
    done.set()
    watching.join()
    assert seen <= set(range(1, 22))
    assert len(seen) > 3


def test_a_store_killed_in_the_middle_of_an_upload_costs_the_landing_and_nothing_else(
    mortal: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        for number in range(6):
            yield rows(20_000, number, length=100)
            if number == 3:
                assert mortal.unfinished()  # some parts are there
                mortal.kill()

    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"^treasury 34, 2023-07: the landing zone cannot be written") as caught:
        keep_all(batches())
    assert "store answers" in caught.value.next_action
    assert time.monotonic() - started < 60
    with Store() as again:
        land_on(again, monkeypatch)
        kept = keep_all(rows(20_000, number, length=100) for number in range(3))
        assert len(read(kept)) == 60_000


def test_a_source_that_breaks_off_leaves_the_earlier_landing(store: Store) -> None:
    first = keep(rows(3))

    def batches() -> Iterator[pa.RecordBatch]:
        for number in range(3):
            yield rows(20_000, number, length=300)
        raise Unavailable("the source broke off", next_action="wait")

    with pytest.raises(Unavailable, match="^the source broke off"):
        keep_all(batches())
    assert zone.receipt(place()) == first
    assert store.objects("34") == ["receipt.json", first.landing_path.rpartition("/")[2]]
    assert store.unfinished() == []


def test_a_store_that_dies_makes_the_treasuries_unavailable_and_a_rerun_heals(
    fresh_warehouse: str,
    estate: dict[str, str],
    mortal: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run_month(MONTH, EVERYONE)
    before, real_hide = fingerprint(), pseudonym.hide

    def hide_and_kill(batch: Any, key: bytes) -> Any:
        mortal.kill()
        return real_hide(batch, key)

    monkeypatch.setattr(pseudonym, "hide", hide_and_kill)
    missing = steps.verdict(run_month(MONTH, EVERYONE))
    assert [row["treasury_code"] for row in missing] == list(EVERYONE)
    for row in missing:
        assert row["treasury_state"] == "unavailable"
        assert f"{row['treasury_code']}, {MONTH}: the landing zone cannot be written" in row["error_message"]
        assert "store answers" in row["next_action"]
    assert SECRET not in str(missing) + caplog.text
    assert fingerprint()["responses"] == before["responses"]
    monkeypatch.setattr(pseudonym, "hide", real_hide)
    with Store() as again:
        land_on(again, monkeypatch)
        assert steps.verdict(run_month(MONTH, EVERYONE)) == []
        assert fingerprint() == before


@pytest.mark.thorough
def test_one_treasury_that_cannot_land_does_not_hold_up_the_others(
    fresh_warehouse: str, estate: dict[str, str], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_hide = pseudonym.hide
    planned = steps.plan(MONTH, EVERYONE)
    for code in EVERYONE:
        with monkeypatch.context() as context:
            if code == "19":
                context.setitem(fsspec.config.conf, "s3", {"endpoint_url": "http://127.0.0.1:1"})
                with pytest.raises(Unavailable, match="treasury 19, 2023-07: the landing zone cannot be written"):
                    steps.land(planned, code)
            else:
                steps.land(planned, code)
    steps.admit(planned, EVERYONE[1:])
    steps.score(planned)
    (missing,) = steps.verdict(planned)
    assert (missing["treasury_code"], missing["treasury_state"]) == ("19", "unavailable")
    assert pseudonym.hide is real_hide
    assert steps.verdict(run_month(MONTH, ["19"])) == []


def test_a_store_that_is_away_when_the_landed_month_is_read(mortal: Store) -> None:
    kept = keep(rows(3))
    mortal.kill()
    for attempt in (
        lambda: zone.receipt(place()),
        lambda: read(kept),
        lambda: list(zone.read(place(), kept, 10, ("response_key",))),
        lambda: zone.is_kept(kept.landing_path, ROOT),
    ):
        with pytest.raises(Unavailable, match="the landing zone cannot be read"):
            attempt()
    zone.forget(place(), [kept.landing_path])  # is tried again next time


def test_a_bucket_that_is_not_there_is_ours_to_mend_and_is_not_made(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_LANDING", "s3://kbnn-landign/landed")
    with pytest.raises(Misdeclared, match="treasury 34, 2023-07: the landing zone cannot be written") as caught:
        keep(rows(3))
    assert "HAILONG_LANDING" in caught.value.next_action
    assert store.files.ls("") == [BUCKET]


def test_a_store_that_refuses_us_is_ours_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(INITIAL_NO_AUTH_ACTION_COUNT="3") as strict:  # as many as make the bucket; then it asks who we are
        land_on(strict, monkeypatch)
        with pytest.raises(Misdeclared, match="the landing zone cannot be written .*Permission") as caught:
            keep(rows(3))
    assert "HAILONG_LANDING" in caught.value.next_action
    assert SECRET not in str(caught.value)


def test_no_credentials_are_ours_to_declare(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(Misdeclared, match="the landing zone cannot be written .*Credentials") as caught:
        keep(rows(3))
    assert "HAILONG_LANDING" in caught.value.next_action


@pytest.mark.parametrize("root", ["s3://bucket/landed", "s4://bucket/landed"])
def test_a_landing_zone_without_its_package_says_what_to_install(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    for protocol in ("s3", "s3a"):
        monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, protocol, raising=False)
    monkeypatch.setenv("HAILONG_LANDING", root)
    for attempt in (lambda: keep(rows(3)), lambda: zone.receipt(place()), lambda: zone.is_kept("x", root)):
        with pytest.raises(Misdeclared, match="HAILONG_LANDING leads to no file system") as caught:
            attempt()
        assert "pip install 'hailong[s3]'" in caught.value.next_action


@pytest.mark.thorough
def test_landing_takes_no_more_memory_for_a_bigger_month(store: Store) -> None:
    process, peak, done = psutil.Process(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            peak[0] = max(peak[0], process.memory_info().rss)

    def land_and_read(count: int) -> Receipt:
        kept = keep_all(rows(10_000, number, length=100) for number in range(count))
        assert sum(table.num_rows for table in zone.read(place(), kept, 10_000)) == kept.row_count
        return kept

    land_and_read(10)
    start = process.memory_info().rss
    watching = threading.Thread(target=watch)
    watching.start()
    try:
        kept = land_and_read(60)
    finally:
        done.set()
        watching.join()
    assert kept.byte_count > 50_000_000
    assert peak[0] - start < 60_000_000
