"""A receipt that cannot be read, or leads elsewhere, counts as none: it is told, never followed, and replaced."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import pickle
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from etl import files
from etl.errors import Unavailable
from etl.landing import zone
from etl.landing.receipt import Taken
from etl.landing.zone import Place
from etl.source import contract

MOMENT = dt.datetime(2023, 8, 1, tzinfo=dt.UTC)
Change = Callable[[dict[str, object]], object]
# fmt: off
BROKEN: dict[str, bytes | None] = {
    "empty": b"", "half": b'{"row_count": 1, "byte_', "zeros": b"\x00" * 400, "binary": bytes(range(256)),
    "a list": b"[]", "a text": b'"a"', "null": b"null", "a number too long": b"9" * 5000,
    "deep": b"[" * 20_000, "deep inside": b'{"row_count": ' + b'{"a":' * 20_000, "a directory": None,
}
WRONG: dict[str, Change] = {
    "a field is missing":   lambda said: said.pop("sha256"),
    "a field is unknown":   lambda said: said.update(more=1),
    "a count is a text":    lambda said: said.update(row_count="1"),
    "a count is true":      lambda said: said.update(row_count=True),
    "a count is negative":  lambda said: said.update(row_count=-1),
    "a count is too large": lambda said: said.update(row_count=1 << 70),
    "no digest":            lambda said: said.update(sha256="abc"),
    "no moment":            lambda said: said.update(snapshot_at="soon"),
    "a moment of no zone":  lambda said: said.update(snapshot_at="2023-08-01T00:00:00"),
    "no path":              lambda said: said.update(landing_path=None),
    "a census of nothing":  lambda said: said.update(census={}),
}
ELSEWHERE = [
    "{victim}", "{root}/2023-07/34/../../../victim", "{root}/2023-07/34/../35/responses-ab.parquet",
    "{root}/2023-06/34/responses-ab.parquet", "{root}/2023-07/35/responses-ab.parquet",
    "{root}/2023-07/34/receipt.json",
    "{root}/2023-07/34/", "{root}/2023-07/34", "{root}/2023-07/34/sub/responses-ab.parquet", "responses-ab.parquet",
    "s3://bucket/2023-07/34/responses-ab.parquet", "file://{root}/2023-07/34/responses-ab.parquet", "memory://x",
    "{root}/2023-07/34/responses-ab.parquet\n", "{root}//2023-07/34/responses-ab.parquet", "~/x", "",
]
# fmt: on


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Where an office's month stands, in a zone of its own."""
    return Place(str(tmp_path / "zone"), "2023-07", "34")


def kept(place: Place) -> Path:
    """Keep a month without a row; its file."""
    return Path(zone.keep(place, iter(()), "answers", lambda: Taken(MOMENT)).landing_path)


def receipt_of(place: Place) -> Path:
    """The file of a place's receipt."""
    return Path(place.root, place.month, place.treasury_code, place.receipt_name)


def is_healed(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """It counts as none, is told in one line that names it, and the next landing replaces it."""
    with pytest.raises(zone.Unreadable, match=rf"treasury 34, 2023-07: {place.receipt_name} cannot be read"):
        zone.receipt(place)
    with caplog.at_level(logging.WARNING, "hailong"):
        path = kept(place)
    (said,) = [text for text in caplog.messages if place.receipt_name in text]
    assert "run the month again" in said
    assert zone.receipt(place).landing_path == str(path)


@pytest.mark.parametrize("is_aside", [False, True])
@pytest.mark.parametrize("content", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_receipt_counts_as_none_and_is_replaced(
    content: bytes | None, is_aside: bool, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place = Place(place.root, place.month, place.treasury_code, is_aside)
    kept(place)
    file = receipt_of(place)
    file.unlink()
    if content is None:
        (file / "inside").mkdir(parents=True)
    else:
        file.write_bytes(content)
    is_healed(place, caplog)


ENDLESS: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "30 GiB of nothing": lambda path: (path.touch(), os.truncate(path, 30 << 30)),
}


@pytest.mark.parametrize("is_aside", [False, True])
@pytest.mark.parametrize("make", ENDLESS.values(), ids=list(ENDLESS))
def test_what_cannot_be_read_to_an_end_is_no_receipt(
    make: Callable[[Path], object], is_aside: bool, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place = Place(place.root, place.month, place.treasury_code, is_aside)
    kept(place)
    receipt_of(place).unlink()
    make(receipt_of(place))
    is_healed(place, caplog)


@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(path)]
)
def test_what_stands_in_the_place_of_a_landed_file_is_not_waited_for(
    make: Callable[[Path], object], place: Place
) -> None:
    path = kept(place)
    said = zone.receipt(place)
    path.unlink()
    make(path)
    with pytest.raises(Unavailable):
        list(zone.read(place, said, 10))
    with pytest.raises(Unavailable):
        list(zone.read(place, zone.receipt(place), 10))
    assert path.is_symlink() or zone.is_broken(str(path), place.root)


@pytest.mark.parametrize("change", WRONG.values(), ids=list(WRONG))
def test_a_receipt_of_another_form_counts_as_none(
    change: Change, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    kept(place)
    said = json.loads(receipt_of(place).read_bytes())
    change(said)
    receipt_of(place).write_text(json.dumps(said), "utf-8")
    is_healed(place, caplog)


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_receipt_that_leads_elsewhere_is_never_followed(
    path: str, place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    victim = tmp_path / "victim"
    others = [
        victim,
        *(Path(place.root, *parts, "responses-ab.parquet") for parts in (("2023-07", "35"), ("2023-06", "34"))),
    ]
    aside = Place(place.root, place.month, place.treasury_code, is_aside=True)
    kept(aside)
    for other in others:
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(b"keep me")
    said = json.loads(receipt_of(aside).read_bytes())
    said["landing_path"] = path.format(victim=victim, root=place.root)
    receipt_of(aside).write_text(json.dumps(said), "utf-8")
    with pytest.raises(zone.Unreadable):
        zone.receipt(aside)
    zone.drop(aside)
    assert [other.read_bytes() for other in others] == [b"keep me"] * 3
    assert not receipt_of(aside).exists()


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_receipt_that_leads_elsewhere_on_a_store_is_never_followed(path: str) -> None:
    aside = Place(f"memory://{secrets.token_hex(4)}", "2023-07", "34", is_aside=True)
    landed = zone.keep(aside, iter(()), "answers", lambda: Taken(MOMENT)).landing_path
    system, directory = aside.open()
    root, receipt = directory.removesuffix("/2023-07/34"), f"{directory}/{aside.receipt_name}"
    others = [f"{root}/{name}/responses-ab.parquet" for name in ("2023-07/35", "2023-06/34")] + [f"{root}/victim"]
    for other in others:
        system.pipe_file(other, b"keep me")
    said = json.loads(system.cat_file(receipt))
    said["landing_path"] = path.format(victim=others[-1], root=root)
    system.pipe_file(receipt, json.dumps(said).encode())
    with pytest.raises(zone.Unreadable):
        zone.receipt(aside)
    zone.drop(aside)
    assert [system.cat_file(other) for other in others] == [b"keep me"] * 3
    assert (system.exists(landed), system.exists(receipt)) == (True, False)


def test_a_link_to_a_file_elsewhere_is_not_read(place: Place, tmp_path: Path) -> None:
    path = kept(place)
    path.rename(tmp_path / "elsewhere.parquet")
    path.symlink_to(tmp_path / "elsewhere.parquet")
    with pytest.raises(zone.Unreadable):
        zone.receipt(place)


def test_a_landing_zone_behind_a_link_is_read(place: Place, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "zone").symlink_to(tmp_path / "disk")
    path = kept(place)
    assert zone.receipt(place).landing_path == str(path)


def test_what_was_read_aside_and_names_the_file_that_stands_does_not_take_it_away(place: Place) -> None:
    path, aside = kept(place), Place(place.root, place.month, place.treasury_code, is_aside=True)
    receipt_of(aside).write_bytes(receipt_of(place).read_bytes())
    zone.drop(aside)
    assert path.exists()
    assert zone.receipt(place).landing_path == str(path)


def test_a_receipt_of_an_earlier_version_is_read(place: Place) -> None:
    kept(place)
    said = json.loads(receipt_of(place).read_bytes())
    for name in ("shape_digest", "census", "uncounted_why"):
        said.pop(name)
    receipt_of(place).write_text(json.dumps(said), "utf-8")
    assert zone.receipt(place).row_count == 0


KILLED = """
import datetime as dt, os, signal, sys
from pathlib import Path
from etl.landing import zone
from etl.landing.receipt import Taken
real = getattr(Path, sys.argv[2])
def dying(path, *rest):
    if path.name.startswith(".receipt.json"):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(path, *rest)
setattr(Path, sys.argv[2], dying)
zone.keep(zone.Place(sys.argv[1], "2023-07", "34"), iter(()), "answers", lambda: Taken(dt.datetime.now(dt.UTC)))
"""


def test_a_kill_between_writing_and_naming_a_receipt_leaves_the_earlier_one(place: Place) -> None:
    path = kept(place)
    done = subprocess.run([sys.executable, "-c", KILLED, place.root, "replace"], check=False)
    assert done.returncode == -signal.SIGKILL
    assert zone.receipt(place).landing_path == str(path)
    drafts = [file.name for file in receipt_of(place).parent.iterdir() if file.name.startswith(".")]
    assert len(drafts) == 1
    before = zone.landed_before(dt.datetime.now(dt.UTC) + dt.timedelta(days=1), place.root)
    assert sum(name.rpartition("/")[2] in drafts for name in before["2023-07", "34"]) == 1


def test_a_disk_that_is_full_leaves_the_earlier_landing_and_nothing_half(place: Place) -> None:
    """A real limit on the size of a file: the kernel refuses the write as it does on a full disk."""
    path = kept(place)
    batch = pa.RecordBatch.from_pylist(
        [{"response_key": os.urandom(16).hex(), "comment": os.urandom(64).hex()} for _ in range(5_000)],
        schema=pa.schema([(name, contract.arrow_type(name)) for name in contract.LANDED_COLUMNS]),
    )
    program = (
        "import resource, signal, sys, pickle; from etl.landing import zone; from etl.landing.receipt import Taken;"
        "import datetime as dt; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "batch = pickle.load(sys.stdin.buffer); resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));\n"
        "try: zone.keep(zone.Place(sys.argv[1], '2023-07', '34'), iter([batch]), 'a',"
        " lambda: Taken(dt.datetime.now(dt.UTC)))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, place.root], input=pickle.dumps(batch), capture_output=True, check=True
    )
    assert done.stdout.startswith(
        b"Unavailable treasury 34, 2023-07: the landing zone cannot be written (File too large)"
    )
    assert zone.receipt(place).landing_path == str(path)
    assert sorted(file.name for file in path.parent.iterdir()) == sorted([path.name, "receipt.json"])


def test_what_is_put_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(
        os, "fsync", lambda handle: (order.append(str(Path(f"/proc/self/fd/{handle}").readlink())), fsync(handle))
    )
    monkeypatch.setattr(Path, "replace", lambda path, target: (order.append("named"), replace(path, target))[1])
    place = Place(str(tmp_path / "zone"), "2023-07", "34")
    path = kept(place)
    folder = str(path.parent)
    assert [str(tmp_path), f"{tmp_path}/zone", f"{tmp_path}/zone/2023-07"] == sorted(order[:3])
    assert order[3] == str(path)
    assert order[4].startswith(f"{folder}/.receipt.json.")
    assert order[5:] == ["named", folder]
    order.clear()
    files.exchange(tmp_path / "export", {"a.csv": b"a"})
    assert [name.rpartition("/")[2] for name in order[:1]] == ["a.csv"]
    assert order[-1] == str(tmp_path)


def test_none_has_landed_where_there_is_no_receipt(place: Place) -> None:
    with pytest.raises(Unavailable, match="nothing has landed") as caught:
        zone.receipt(place)
    assert not isinstance(caught.value, zone.Unreadable)
