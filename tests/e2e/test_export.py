"""An export says what the marts say, in two forms and cell by cell, and its package proves it."""

from __future__ import annotations

import csv
import datetime as dt
import errno
import hashlib
import io
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import frictionless
import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import s3fs
import sqlalchemy as sa

from etl import warehouse
from etl.errors import HailongError, Misdeclared, Unavailable
from etl.publishing import data_package, resources
from tests.lib.cases import first
from tests.lib.command_line import hailong
from tests.lib.readers import MONTH, Published
from tests.lib.s3 import BUCKET, SECRET, Store

FIGURES = ("response_count", "answer_count", "satisfied_count", "satisfaction_rate", "satisfaction_pct", "rank")

# fmt: off
SPOILED = [
    # resource             | cell of the first row  | becomes | is an
    ("treasury_ranking",     "satisfaction_rate",     "high",   "type-error"),
    ("treasury_ranking",     "footnote_codes",        "[late",  "type-error"),
    ("treasury_ranking",     "published_at",          "today",  "type-error"),
    ("treasury_ranking",     "treasury_code",         "34",     "primary-key"),
    ("unit_rating",          "treasury_code",         "99",     "foreign-key"),
    ("treasury_trend",       "revision_number",       "2",      "foreign-key"),
    ("breakdown_rating",     "member_code",           "",       "constraint-error"),
]
# fmt: on


@pytest.fixture(scope="module", autouse=True)
def as_a_reader(published: Published) -> Iterator[None]:
    """Everything here runs with a reader's login, which may read schema mart and nothing else."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HAILONG_WAREHOUSE_URL", published.reader.render_as_string(False))
        yield


@pytest.fixture(scope="module")
def exported(as_a_reader: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of July 2023."""
    return Path(data_package.export(MONTH, str(tmp_path_factory.mktemp("export") / "made" / "data")))


@pytest.fixture
def copied(exported: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(exported, tmp_path / "copied"))


def descriptor(place: Path) -> dict[str, Any]:
    """What a package says of itself."""
    said: dict[str, Any] = json.loads((place / data_package.DESCRIPTOR).read_text("utf-8"))
    return said


def faults(place: Path) -> set[str]:
    """The kinds of faults that Frictionless finds in a package."""
    report = frictionless.validate(str(place / data_package.DESCRIPTOR))
    found = {error.type for task in report.tasks for error in task.errors} | {one.type for one in report.errors}
    assert report.valid == (not found)
    return found


def seal(place: Path, name: str) -> None:
    """Let the descriptor name the digest of a file that was changed, as a careful forger would."""
    said = descriptor(place)
    content = (place / name).read_bytes()
    for one in said["resources"]:
        if one["path"] == name:
            one |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    (place / data_package.DESCRIPTOR).write_text(json.dumps(said), "utf-8")


def mart(name: str) -> list[dict[str, Any]]:
    """The rows of a mart about July 2023, in no order."""
    where = "" if name == "footnote" else f" where period_code = '{MONTH}'"
    with warehouse.transaction() as connection:
        return [dict(row) for row in connection.execute(sa.text(f"select * from mart.{name}{where}")).mappings()]


def in_csv(place: Path, name: str) -> list[dict[str, str]]:
    """The cells of a CSV file, as Python's own reader takes them."""
    return list(csv.DictReader(io.StringIO((place / f"{name}.csv").read_text("utf-8"), newline="")))


def written(value: Any) -> str:
    """A value of the warehouse in the words of the CSV, put together in another way than the export does."""
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    if isinstance(value, bool | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def test_frictionless_finds_it_valid(exported: Path) -> None:
    assert faults(exported) == set()
    said = descriptor(exported)
    assert {Path(one["path"]).stem for one in said["resources"]} == set(resources.KEYS)
    assert {one["path"] for one in said["resources"]} | {data_package.DESCRIPTOR} == {
        one.name for one in exported.iterdir()
    }
    ((published_at, number),) = {(one["published_at"], one["revision_number"]) for one in mart("revision")}
    assert said["created"] == written(published_at)
    assert (said["version"], number) == ("1", 1)
    assert said["title_vi"] == "Kho bạc Nhà nước: mức độ hài lòng của khách hàng, Tháng 7/2023"
    fields = [one for resource in said["resources"] for one in resource.get("schema", {}).get("fields", [])]
    assert [one["name"] for one in fields if one["description"] == one["name"].replace("_", " ")] == []
    assert {tuple(one["primaryKey"]) for one in (r["schema"] for r in said["resources"] if "schema" in r)} == set(
        resources.KEYS.values()
    )


@pytest.mark.parametrize(("name", "column", "value", "fault"), first(3, SPOILED))
def test_a_spoiled_cell_is_found(copied: Path, name: str, column: str, value: str, fault: str) -> None:
    rows = in_csv(copied, name)
    rows[0][column] = value
    with (copied / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    seal(copied, f"{name}.csv")
    found = faults(copied)
    assert fault in found
    assert "hash-count" not in found


@pytest.mark.parametrize("name", ["footnote.csv", "unit_rating.parquet"])
def test_a_spoiled_byte_is_found(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    assert "hash-count" in faults(copied)


@pytest.mark.parametrize("name", resources.KEYS)
def test_csv_and_parquet_say_what_the_mart_says(exported: Path, name: str) -> None:
    table = pq.read_table(exported / f"{name}.parquet")
    left_out = {column for view, column in (("treasury_trend", "previous_month_status"), ("revision", "is_current"),
                                            ("revision", "published_by"), ("revision", "reason"))
                if view == name}  # fmt: skip
    rows = [{column: value for column, value in row.items() if column not in left_out} for row in mart(name)]
    assert rows
    key = resources.KEYS[name]
    rows.sort(key=lambda row: tuple(str(row[column]) for column in key))
    doubles = [column for column in table.column_names if column.endswith("_double")]
    assert [column for column in table.column_names if column not in doubles] == list(rows[0])
    assert table.drop_columns(doubles).to_pylist() == rows
    assert in_csv(exported, name) == [{column: written(value) for column, value in row.items()} for row in rows]
    assert (exported / f"{name}.csv").read_bytes().count(b"\r") == 0


def test_parquet_has_real_types(exported: Path) -> None:
    schema = pq.read_schema(exported / "treasury_ranking.parquet")
    expected = {"survey_month": "date32[day]", "published_at": "timestamp[us, tz=UTC]", "rank": "int32"}
    expected |= {"footnote_codes": "list<element: string>"}
    assert {name: str(schema.field(name).type) for name in expected} == expected
    assert pa.types.is_decimal(schema.field("satisfaction_rate").type)
    assert pq.read_schema(exported / "weakness.parquet").field("is_weak").type == pa.bool_()
    assert "hài lòng" in schema.field("satisfaction_pct").metadata[b"description"].decode()


@pytest.mark.parametrize("name", resources.KEYS)
def test_beside_each_decimal_stands_its_double(exported: Path, name: str) -> None:
    table = pq.read_table(exported / f"{name}.parquet")
    decimals = [field.name for field in table.schema if pa.types.is_decimal(field.type)]
    doubles = [field.name for field in table.schema if field.name.endswith("_double")]
    assert doubles == [f"{column}_double" for column in decimals]
    for column in decimals:
        assert table.column_names.index(f"{column}_double") == table.column_names.index(column) + 1
        exact = [None if value is None else float(value) for value in table.column(column).to_pylist()]
        assert table.column(f"{column}_double").to_pylist() == exact
    (said,) = [one for one in descriptor(exported)["resources"] if one["path"] == f"{name}.parquet"]
    assert said["doubles"]["suffix"] == "_double"


def test_pandas_reads_both(exported: Path) -> None:
    plain = pd.read_csv(exported / "treasury_ranking.csv", dtype={"treasury_code": "str"}, parse_dates=["published_at"])
    typed = pd.read_parquet(exported / "treasury_ranking.parquet")
    for frame in (plain, typed):
        office = frame.set_index("treasury_code").loc["34"]
        assert (office["treasury_name_vi"], float(office["satisfaction_pct"])) == ("KBNN Thái Bình", 93.64)
        assert (int(office["satisfied_count"]), int(office["answer_count"])) == (5213, 5567)
    assert typed["satisfaction_pct"].tolist() == [Decimal("98.19"), Decimal("93.64")]
    assert typed["satisfaction_pct_double"].dtype == "float64"
    assert typed["satisfaction_pct_double"].tolist() == plain["satisfaction_pct"].tolist()
    assert plain["published_at"].tolist() == typed["published_at"].tolist()


def test_hidden_cells_stay_empty(exported: Path, published: Published) -> None:
    with sa.create_engine(published.owner, poolclass=sa.NullPool).connect() as owner:
        hidden = owner.exec_driver_sql(
            "select area_level, area_code, breakdown, member_code from score.rating"
            f" where period_code = '{MONTH}' and revision_number = 1 and is_suppressed"
        )
        secret = {tuple(row) for row in hidden}
    assert secret
    rows = {
        tuple(row[name] for name in resources.KEYS["breakdown_rating"]): row
        for row in in_csv(exported, "breakdown_rating")
    }
    assert {key for key, row in rows.items() if "suppressed" in row["footnote_codes"]} == secret
    assert {rows[key][name] for key in secret for name in FIGURES} == {""}


def test_the_same_revision_gives_the_same_bytes_also_on_another_file_system(exported: Path, tmp_path: Path) -> None:
    first = {one.name: one.read_bytes() for one in exported.iterdir()}
    beside = exported.parent.parent / "revision-2"
    beside.mkdir()
    said = hailong("export", MONTH, "--revision", "1", "--to", str(exported))
    assert (said.exit_code, said.stdout) == (0, f"✓ {exported}\n"), said.stderr
    assert {one.name: one.read_bytes() for one in exported.iterdir()} == first
    assert [one.name for one in exported.parent.iterdir()] == ["data"]
    assert beside.is_dir()
    assert data_package.export(MONTH, "memory://bulletins/data") == "memory:///bulletins/data"
    files = fsspec.filesystem("memory")
    assert {name.rpartition("/")[2]: files.cat(name) for name in files.ls("/bulletins/data", detail=False)} == first
    assert data_package.export(MONTH, f"file://{tmp_path}/a b/data") == f"{tmp_path}/a b/data"


def test_without_a_place_it_goes_to_the_state_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_STATE", str(tmp_path))
    monkeypatch.delenv("HAILONG_BULLETINS")
    assert data_package.export(MONTH) == str(tmp_path / "bulletins" / MONTH / "revision-1" / "data")


def test_what_a_person_wrote_is_in_no_file(exported: Path) -> None:
    ((reason, published_by),) = {(one["reason"], one["published_by"]) for one in mart("revision")}
    assert (reason, published_by) == ("complete", "anna")
    assert {"reason", "published_by"} & set(in_csv(exported, "revision")[0]) == set()
    cells = {cell for name in resources.KEYS for row in in_csv(exported, name) for cell in row.values()}
    assert {reason, published_by} & cells == set()


def test_what_was_there_comes_back_when_the_new_one_cannot_take_its_place(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copied / "footnote.csv").write_text("the earlier one", "utf-8")
    before = {one.name: one.read_bytes() for one in copied.iterdir()}
    rename = Path.rename
    tried: list[bool] = []

    def full(source: Path, target: Path) -> Path:
        if source.name.endswith("-new"):
            tried.append(not copied.exists())
            raise OSError(errno.ENOSPC, "no room")
        return rename(source, target)

    with monkeypatch.context() as disk:
        disk.setattr(Path, "rename", full)
        error = refusal(lambda: data_package.export(MONTH, str(copied)))
    assert isinstance(error, Unavailable)
    assert tried == [True]  # the earlier one was out of the way
    assert {one.name: one.read_bytes() for one in copied.iterdir()} == before
    assert [one.name for one in copied.parent.iterdir()] == [copied.name]
    data_package.export(MONTH, str(copied))
    assert (copied / "footnote.csv").read_bytes() != before["footnote.csv"]


def test_nobody_ever_sees_half_of_it(copied: Path) -> None:
    whole = {one.name for one in copied.iterdir()}
    seen: list[set[str]] = []  # by those under whose eyes the directory was not exchanged
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            try:
                looked_at = copied.stat().st_ino
                names = {one.name for one in copied.iterdir()}
                if copied.stat().st_ino == looked_at:
                    seen.append(names)
            except FileNotFoundError:
                continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(3):
        data_package.export(MONTH, str(copied))
    done.set()
    watcher.join()
    assert [names for names in seen if names != whole] == []
    assert len(seen) > 10


def refusal(work: Callable[[], object]) -> HailongError:
    """The error with which an export is refused."""
    with pytest.raises(HailongError) as caught:
        work()
    return caught.value


def test_what_is_not_published_is_not_exported(tmp_path: Path) -> None:
    target = tmp_path / "nothing"
    draft = refusal(lambda: data_package.export("2023-06", str(target)))
    assert str(draft).startswith("nothing of 2023-06 is published, and a draft is not exported")
    assert draft.next_action == "publish it first: hailong publish 2023-06 --why '…'"
    unknown = refusal(lambda: data_package.export(MONTH, str(target), 7))
    assert (unknown.message, unknown.next_action) == (
        f"{MONTH} has no published revision 7",
        f"see hailong revisions {MONTH}",
    )
    assert isinstance(draft, Misdeclared)
    assert isinstance(unknown, Misdeclared)
    assert not target.exists()


def test_a_target_that_is_none_is_told_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to_anna.txt").write_text("Dear Anna", "utf-8")
    (tmp_path / "file").write_text("a file", "utf-8")
    for target, told in (
        (f"{tmp_path}/letters", "holds something else, first to_anna.txt"),
        (f"{tmp_path}/file", "is a file"),
        (f"{tmp_path}/file/below", "cannot be written"),
        ("nowhere://bucket/data", "leads to no file system"),
    ):
        error = refusal(lambda target=target: data_package.export(MONTH, target))  # type: ignore[misc]
        assert isinstance(error, Misdeclared)
        assert told in error.message
        assert "bucket" not in error.message
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["file", "letters", "to_anna.txt"]


# fmt: off
STRANGERS = [
    # is no export of ours since | what its descriptor says
    ("another publishes",  {"name": "gso-2023-07", "resources": [{"name": "footnote", "path": "footnote.csv"}]}),
    ("another describes",  {"name": "kbnn-2023-07", "resources": [{"name": "letters", "path": "letters.csv"}]}),
    ("nothing described",  {"name": "kbnn-2023-07", "resources": []}),
    ("nameless",           {"resources": [{"name": "footnote", "path": "footnote.csv"}]}),
    ("no package",         ["footnote.csv"]),
]
# fmt: on


@pytest.mark.parametrize("place", ["disk", "memory"])
@pytest.mark.parametrize(("why", "said"), STRANGERS, ids=[why for why, _ in STRANGERS])
def test_another_s_package_is_left_as_it_was(tmp_path: Path, place: str, why: str, said: object) -> None:
    target = str(tmp_path / "theirs") if place == "disk" else f"memory://theirs/{why}"
    files, path = fsspec.url_to_fs(target)
    files.makedirs(path)
    theirs = {data_package.DESCRIPTOR: json.dumps(said).encode(), "footnote.csv": b"theirs"}
    for name, content in theirs.items():
        files.pipe_file(f"{path}/{name}", content)
    error = refusal(lambda: data_package.export(MONTH, target))
    assert isinstance(error, Misdeclared)
    assert "holds something else, first datapackage.json" in error.message
    assert {name.rpartition("/")[2]: files.cat_file(name) for name in files.ls(path, detail=False)} == theirs


def test_a_directory_with_a_name_of_ours_is_no_part_of_an_export(copied: Path) -> None:
    (copied / "footnote.csv").unlink()
    (copied / "footnote.csv").mkdir()
    assert "first footnote.csv" in refusal(lambda: data_package.export(MONTH, str(copied))).message


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """An object store, with credentials and its address in the environment and from nowhere else."""
    with pytest.MonkeyPatch.context() as environment, Store() as running:
        for name in [name for name in os.environ if name.startswith(("AWS_", "FSSPEC_"))]:
            environment.delenv(name)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "tester",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ENDPOINT_URL": running.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_CONFIG_FILE": os.devnull,
        }.items():
            environment.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        yield running
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.mark.deep
def test_on_an_object_store_it_replaces_an_earlier_export_also_an_unfinished_one(exported: Path, store: Store) -> None:
    first = {one.name: one.read_bytes() for one in exported.iterdir()}
    place = f"{BUCKET}/{MONTH}/data"
    store.files.pipe_file(f"{place}/", b"")  # as consoles make a directory
    for stopped in (False, True):
        if stopped:  # as one that was stopped leaves it
            store.files.mv(f"{place}/{data_package.DESCRIPTOR}", f"{place}/{data_package.UNFINISHED}")
            store.files.rm_file(f"{place}/weakness.csv")
            store.files.pipe_file(f"{place}/footnote.csv", b"old")
        assert data_package.export(MONTH, f"s3://{place}") == f"s3://{place}"
        found = {name.rpartition("/")[2]: store.files.cat_file(name) for name in store.files.find(place)}
        assert {name: content for name, content in found.items() if name} == first


def test_on_an_object_store_what_is_another_s_is_left_as_it_was(store: Store) -> None:
    for name in ("letters/to_anna.txt", "letters/footnote.csv", "file", "deep/below/it.txt"):
        store.files.pipe_file(f"{BUCKET}/{name}", b"Dear Anna")
    before = {name: store.files.cat_file(name) for name in store.files.find(BUCKET)}
    for target, told in (
        ("letters", "holds something else, first footnote.csv"),
        ("deep", "holds something else, first below"),
        ("file", "is a file"),
    ):
        error = refusal(lambda target=target: data_package.export(MONTH, f"s3://{BUCKET}/{target}"))  # type: ignore[misc]
        assert isinstance(error, Misdeclared)
        assert told in error.message
    assert {name: store.files.cat_file(name) for name in store.files.find(BUCKET)} == before


def test_what_a_store_says_is_told_as_ours(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = refusal(lambda: data_package.export(MONTH, "s3://nobody-s-bucket/data"))
    assert isinstance(missing, Misdeclared)
    assert not store.files.exists("nobody-s-bucket")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    s3fs.S3FileSystem.clear_instance_cache()
    said = hailong("export", MONTH, "--to", f"s3://{BUCKET}/data")
    assert said.exit_code == Misdeclared.exit_code
    assert "cannot be written (NoCredentialsError)" in " ".join(said.stderr.split())
    assert "Traceback" not in said.stderr
    assert BUCKET not in said.stderr
