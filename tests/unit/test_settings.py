"""What the environment decides: the defaults, the overrides, what is refused, and the key of the pseudonyms."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import stat
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from etl import settings
from etl.errors import Disagreement, HailongError, Misdeclared, Refused, Unavailable
from etl.warehouse import embedded

KEY = "0123456789abcdef0123456789abcdef"
OWN_WAREHOUSE = "postgresql://warehouse.example/hailong"
ROUNDS = 25


# fmt: off
DEFAULTS = [
    # setting        | without a variable; {state} is the state directory
    ("warehouse_url",  "None"),
    ("connections",    "{state}/connections.yaml"),
    ("landing",        "{state}/landing"),
    ("reports",        "{state}/reports"),
    ("source_timeout", "600"),
    ("source_tries",   "3"),
    ("source_connections", "4"),
    ("batch_rows",     "30000"),
]

OVERRIDES = [
    # variable              | value               | setting        | becomes; {here} is the working directory
    ("HAILONG_CONFIG",         "elsewhere",          "config",         "{here}/elsewhere"),
    ("HAILONG_STATE",          "elsewhere",          "state",          "{here}/elsewhere"),
    ("HAILONG_STATE",          "/var/lib/hailong",   "state",          "/var/lib/hailong"),
    ("HAILONG_STATE",          "/var/lib/hailong",   "landing",        "/var/lib/hailong/landing"),
    ("HAILONG_WAREHOUSE_URL",  OWN_WAREHOUSE,        "warehouse_url",  OWN_WAREHOUSE),
    ("HAILONG_CONNECTIONS",    "c.yaml",             "connections",    "{here}/c.yaml"),
    ("HAILONG_LANDING",        "s3://bucket/landed", "landing",        "s3://bucket/landed"),
    ("HAILONG_REPORTS",        "pages",              "reports",        "{here}/pages"),
    ("HAILONG_REPORTS",        "~/pages",            "reports",        "{here}/home/pages"),
    ("HAILONG_WORKERS",        "7",                  "workers",        "7"),
    ("HAILONG_SOURCE_TIMEOUT", "30",                 "source_timeout", "30"),
    ("HAILONG_SOURCE_TRIES",   "1",                  "source_tries",   "1"),
    ("HAILONG_SOURCE_CONNECTIONS", "2",              "source_connections", "2"),
    ("HAILONG_BATCH_ROWS",     "1",                  "batch_rows",     "1"),
    ("HAILONG_GROUP_ROWS",     "1",                  "group_rows",     "1"),
]

NUMBERS = [
    "HAILONG_WORKERS",
    "HAILONG_SOURCE_TIMEOUT",
    "HAILONG_SOURCE_TRIES",
    "HAILONG_SOURCE_CONNECTIONS",
    "HAILONG_BATCH_ROWS",
    "HAILONG_GROUP_ROWS",
]
NO_NUMBER = ["0", "-1", "1.5", "many", " ", "1e3", "²"]

KEYS = [
    # warehouse       | key       | is taken
    (OWN_WAREHOUSE,     KEY,        True),
    ("",                KEY,        True),     # a key that is given is used with the embedded warehouse as well
    (OWN_WAREHOUSE,     KEY[:-1],   False),
    (OWN_WAREHOUSE,     "",         False),
    ("",                KEY[:-1],   False),    # … and is never replaced in silence
]

ERRORS = [
    # kind         | exit code | the treasury's month is then
    (HailongError,   1,          "unavailable"),
    (Unavailable,    3,          "unavailable"),
    (Refused,        4,          "refused"),
    (Misdeclared,    5,          "unavailable"),
    (Disagreement,   6,          "refused"),
]
# fmt: on


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, a home in it, and an environment without a variable of ours."""
    for name in [name for name in os.environ if name.startswith(("HAILONG_", "AIRFLOW_CONN_TREASURY_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("setting", "value"), DEFAULTS)
def test_a_setting_has_a_default(setting: str, value: str, here: Path) -> None:
    assert str(getattr(settings.read(), setting)) == value.format(state=here / ".hailong")


def test_the_shipped_configuration_is_the_default() -> None:
    assert (settings.read().config / "treasuries.yaml").is_file()


def test_the_workers_are_the_cores_but_no_more_than_four() -> None:
    assert settings.read().workers == min(os.cpu_count() or 1, 4)


@pytest.mark.parametrize(("variable", "value", "setting", "becomes"), OVERRIDES)
def test_a_variable_overrides_a_setting(
    variable: str, value: str, setting: str, becomes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert str(getattr(settings.read(), setting)) == becomes.format(here=Path.cwd())


@pytest.mark.parametrize("variable", sorted({variable for variable, *_ in OVERRIDES}))
def test_an_empty_variable_counts_as_one_that_is_not_set(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    default = settings.read()
    monkeypatch.setenv(variable, "")
    assert settings.read() == default


@pytest.mark.parametrize("variable", NUMBERS)
@pytest.mark.parametrize("text", NO_NUMBER)
def test_a_number_that_is_none_is_misdeclared(variable: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(Misdeclared) as caught:
        settings.read()
    assert caught.value.message == f"{variable}={text} is not a positive whole number"
    assert caught.value.next_action == f"set {variable} to 1 or more"


def test_the_environment_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.read().batch_rows == 30_000
    monkeypatch.setenv("HAILONG_BATCH_ROWS", "10")
    assert settings.read().batch_rows == 10


@pytest.mark.parametrize(("said", "is_attended"), [(None, True), ("", True), ("person", True), ("none", False)])
def test_a_person_approves_unless_somebody_says_that_none_does(
    said: str | None, is_attended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if said is not None:
        monkeypatch.setenv("HAILONG_APPROVAL", said)
    assert settings.is_attended() is is_attended


@pytest.mark.parametrize("said", ["no", "None", "off", " "])
def test_a_word_that_does_not_say_who_approves_is_misdeclared(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_APPROVAL", said)
    with pytest.raises(Misdeclared, match="set HAILONG_APPROVAL to person or none"):
        settings.is_attended()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (None, ()),
        ("", ()),
        (" , ", ()),
        ("anna@office.example", ("anna@office.example",)),
        ("anna@office.example, binh@office.example,", ("anna@office.example", "binh@office.example")),
    ],
)
def test_notices_go_to_every_address(said: str | None, told: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    if said is not None:
        monkeypatch.setenv("HAILONG_NOTICE_TO", said)
    assert settings.notice_recipients() == told


@pytest.mark.parametrize("said", ["anna", "anna@", "@office.example", "a@b@c", "a@b.example c@d.example", "a@b;c@d"])
def test_what_is_no_address_is_misdeclared(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_NOTICE_TO", said)
    with pytest.raises(Misdeclared, match="is no mail address"):
        settings.notice_recipients()


@pytest.mark.parametrize(
    ("variable", "days"),
    [
        ("HAILONG_KEEP_LANDING_DAYS", settings.keep_landing_days),
        ("HAILONG_KEEP_LOG_DAYS", settings.keep_log_days),
    ],
)
def test_what_is_kept_for_ever_is_so_unless_a_number_of_days_is_given(
    variable: str, days: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert days() == 0
    for text, number in (("", 0), ("0", 0), ("30", 30)):
        monkeypatch.setenv(variable, text)
        assert days() == number
    for text in ("-1", "1.5", "a month", " "):
        monkeypatch.setenv(variable, text)
        with pytest.raises(Misdeclared, match=f"set {variable} to 0 or more"):
            days()


@pytest.mark.parametrize(("url", "is_embedded"), [(None, True), ("", True), (OWN_WAREHOUSE, False)])
def test_the_warehouse_is_embedded_for_want_of_a_url(
    url: str | None, is_embedded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if url is not None:
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url)
    assert settings.read().is_embedded is is_embedded


def test_another_configuration_is_used_by_this_process_and_its_children(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_CONFIG", "to be restored after the test")
    settings.use_config(Path("elsewhere"))
    assert settings.read().config == here / "elsewhere"
    assert settings.environment(MORE="1").items() >= {"HAILONG_CONFIG": str(here / "elsewhere"), "MORE": "1"}.items()
    assert "MORE" not in os.environ


@pytest.mark.parametrize(("value", "uri"), [("sqlite:///a.db", "sqlite:///a.db"), ("", None), (None, None)])
def test_a_treasurys_connection_has_the_name_that_airflow_gives_it(
    value: str | None, uri: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is not None:
        monkeypatch.setenv("AIRFLOW_CONN_TREASURY_TB", value)
    assert settings.connection_uri("tb") == uri


def test_the_embedded_key_is_made_once_and_only_its_owner_may_read_it(here: Path) -> None:
    old_mask = os.umask(0)
    try:
        key = settings.pseudonym_key()
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE((here / ".hailong" / "pseudonym.key").stat().st_mode) == 0o600
    assert len(key) == 64
    assert settings.pseudonym_key() == key


def test_every_state_directory_has_a_key_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    key = settings.pseudonym_key()
    monkeypatch.setenv("HAILONG_STATE", "another")
    assert settings.pseudonym_key() != key


def test_making_the_key_leaves_nothing_else_behind(here: Path) -> None:
    settings.pseudonym_key()
    assert [file.name for file in (here / ".hailong").iterdir()] == ["pseudonym.key"]


@pytest.mark.parametrize(("url", "key", "is_taken"), KEYS)
def test_a_key_has_32_characters_or_more_and_a_warehouse_of_your_own_needs_one(
    url: str, key: str, is_taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url)
    monkeypatch.setenv("HAILONG_PSEUDONYM_KEY", key)
    if is_taken:
        assert settings.pseudonym_key() == key.encode()
        return
    with pytest.raises(Misdeclared, match="HAILONG_PSEUDONYM_KEY") as caught:
        settings.pseudonym_key()
    assert "secrets store" in caught.value.next_action
    assert not key or key not in str(caught.value)


def test_two_processes_that_need_the_key_first_agree_on_one(here: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(2)
    readers, makers = [], []
    for _ in range(2):
        reader, writer = spawn.Pipe(duplex=False)
        makers.append(spawn.Process(target=_make_keys, args=(here, barrier, writer)))
        readers.append(reader)
        makers[-1].start()
        writer.close()
    one, other = (reader.recv() for reader in readers)
    for maker in makers:
        maker.join(timeout=30)
    assert [maker.exitcode for maker in makers] == [0, 0]
    assert len(set(one)) == ROUNDS
    assert one == other


def test_two_threads_that_need_the_key_first_agree_on_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for round_ in range(ROUNDS):
        monkeypatch.setenv("HAILONG_STATE", f"round-{round_}")
        barrier = threading.Barrier(2)
        keys: list[bytes] = []
        threads = [threading.Thread(target=_make_key, args=(barrier, keys)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert keys == [settings.pseudonym_key()] * 2


@pytest.mark.parametrize(("kind", "exit_code", "state"), ERRORS)
def test_an_error_crosses_a_process_boundary_whole(kind: type[HailongError], exit_code: int, state: str) -> None:
    error = pickle.loads(pickle.dumps(kind("treasury 34, 2023-07: away", next_action="try again")))
    assert type(error) is kind
    assert (error.message, error.next_action) == ("treasury 34, 2023-07: away", "try again")
    assert str(error) == "treasury 34, 2023-07: away → try again"
    assert (error.exit_code, error.state) == (exit_code, state)


def _make_keys(here: Path, barrier: threading.Barrier, answers: Connection) -> None:
    """In a process of its own: need a key first, in one new state directory after the other."""
    keys = []
    for round_ in range(ROUNDS):
        os.environ["HAILONG_STATE"] = str(here / f"round-{round_}")
        barrier.wait(timeout=30)
        keys.append(settings.pseudonym_key())
    answers.send(keys)


def _make_key(barrier: threading.Barrier, keys: list[bytes]) -> None:
    """In a thread of its own: need a key first, and note it."""
    barrier.wait(timeout=30)
    keys.append(settings.pseudonym_key())


@pytest.mark.parametrize("content", [b"", b"\n", b"abc", b"\x00" * 64, "é".encode() * 40], ids=repr)
def test_a_key_that_is_cut_short_is_refused_and_never_made_anew(here: Path, content: bytes) -> None:
    key = here / ".hailong" / "pseudonym.key"
    key.parent.mkdir()
    key.write_bytes(content)
    with pytest.raises(Misdeclared, match=r"pseudonym\.key is empty, cut short or no key → restore it from a backup"):
        settings.pseudonym_key()
    assert key.read_bytes() == content


def test_a_key_that_is_gone_is_not_made_anew_where_something_landed_with_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landed = here / ".hailong" / "landing" / "2023-07" / "34"
    landed.mkdir(parents=True)
    settings.pseudonym_key()
    (here / ".hailong" / "pseudonym.key").unlink()
    (landed / "responses-0123456789ab.parquet").touch()
    with pytest.raises(Misdeclared, match=r"pseudonym\.key is gone, and .*landing holds what was landed with it"):
        settings.pseudonym_key()
    assert not (here / ".hailong" / "pseudonym.key").exists()
    monkeypatch.setenv("HAILONG_LANDING", str(here / "elsewhere"))
    assert len(settings.pseudonym_key()) == 64


def test_a_time_zone_that_is_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_CONFIG", str(tmp_path))
    for content in (b"[" * 10_000, b"time_zone: [a]", b"time_zone: \x00", b"\xff", b"", b"time_zone: &a [*a]"):
        (tmp_path / "network.yaml").write_bytes(content)
        with pytest.raises(Misdeclared, match=r"network\.yaml"):
            settings.time_zone()


def test_a_private_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    for text in ("one", "two"):
        settings.keep_private(tmp_path / "server.json", text)
    assert [(file.name, file.read_text("utf-8")) for file in tmp_path.iterdir()] == [("server.json", "two")]
    assert stat.S_IMODE((tmp_path / "server.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", '{"password": "a', "[]", "{}", '{"password": "a", "port": "b"}', "[" * 10_000])
def test_an_embedded_server_whose_access_is_cut_short_is_told(tmp_path: Path, content: str) -> None:
    home = tmp_path / "postgres" / "warehouse"
    home.mkdir(parents=True)
    (home / "server.json").write_text(content, "utf-8")
    with pytest.raises(Misdeclared, match=r"server\.json is cut short or cannot be read"):
        embedded.port(tmp_path, "warehouse")
