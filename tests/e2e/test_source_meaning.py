"""What the shipped queries read means the same on every engine, and nothing of it vanishes or goes to another response.

Each office stands on a real PostgreSQL, MariaDB or SQLite.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from etl import registry, settings
from etl.admission import answers
from etl.registry.terms import LOST
from etl.warehouse import embedded
from tests.lib import needs, offices
from tests.lib.asking import JULY
from tests.lib.offices import ENGINES, Office

TIME = "2023-07-15 08:00:00"
CODES = ("unit_code", "officer_code", "procedure_code", "channel_code", "respondent_type_code", "respondent_ref")
LEGACY_CODES = ("ma_phong", "ma_can_bo", "ma_thu_tuc", "kenh", "doi_tuong", "ma_khach")


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    with offices.office(request, request.param) as made:
        yield made


@pytest.fixture(scope="module")
def with_icu() -> Iterator[str]:
    """A PostgreSQL server that knows collations of ICU: the embedded one does not."""
    programs = Path(needs.require("postgresql")).parent
    with tempfile.TemporaryDirectory(prefix="hailong-icu-") as made:
        Path(made).chmod(0o755)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(embedded, "_programs", lambda: programs)
            url = embedded.url(Path(made), "branches")
        yield url
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(embedded, "_programs", lambda: programs)
            embedded.stop(Path(made), "branches")


@pytest.fixture(params=["sqlite", offices.MARIADB, pytest.param("icu", marks=pytest.mark.needs("postgresql"))])
def blind_office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """An office on an engine that has collations which take different texts for one."""
    server = request.getfixturevalue("with_icu") if request.param == "icu" else None
    with offices.office(request, "postgresql" if server else request.param, server=server) as made:
        yield made


def text(office: Office, size: int = 200) -> str:
    return f"varchar({size})" if office.dialect == "mysql" else "text"


def time(office: Office) -> str:
    return {"postgresql": "timestamptz", "mysql": "datetime(6)", "sqlite": "text"}[office.dialect]


def make_owner(office: Office) -> None:
    office.run(f"create table treasury (treasury_code {text(office)})")
    office.run("insert into treasury values ('48')")


def make_responses(office: Office, keys: list[Any], key: str, more: str = "", values: str = "") -> None:
    """The table of responses with some keys; ``more`` are columns, and ``values`` what stands in each."""
    words = ", ".join(f"{name} {text(office)}" for name in (*CODES, "comment"))
    harassed = "" if "harassment_reported" in more else f", harassment_reported {text(office)}"
    office.run(
        f"create table survey_response (response_id {key}, submitted_at {time(office)}, {words}{harassed}{more})"
    )
    names = "response_id, submitted_at" + "".join(f", {column.split()[0]}" for column in more.split(", ")[1:])
    office.run(f"insert into survey_response ({names}) values (?, '{TIME}'{values})", [(one,) for one in keys])


def make_answers(office: Office, rows: list[tuple[Any, ...]], key: str, score: str | None = None) -> None:
    office.run(
        f"create table survey_answer (response_id {key}, criterion_code {text(office)}, score {score or text(office)})"
    )
    office.run("insert into survey_answer values (?, ?, ?)", rows)


def said(rows: list[dict[str, str | None]]) -> dict[str | None, list[str] | None]:
    """The answers of each key, in an order of their own."""
    return {row["response_key"]: row["answers"] and sorted(row["answers"].split("|")) for row in rows}


def insensitive(office: Office) -> str:
    """A type of keys whose collation takes capital and small letters for one."""
    match office.dialect:
        case "mysql":
            return "varchar(20) character set utf8mb4 collate utf8mb4_general_ci"
        case "sqlite":
            return "text collate nocase"
    office.run(
        "create collation if not exists blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"
    )
    return "text collate blind"


KEYS = {
    "postgresql": ["A1", "a1", "á1"],
    "mysql": ["A1", "a1", "á1", "A1 "],
    "sqlite": ["A1", "a1", "B1 ", "B1"],
}


@pytest.mark.parametrize("both", [True, False], ids=["both", "answers only"])
def test_keys_that_a_collation_takes_for_one_keep_their_own_answers(blind_office: Office, both: bool) -> None:
    office = blind_office
    make_owner(office)
    keys, blind = KEYS[office.dialect], insensitive(office)
    make_responses(office, keys, blind if both else text(office))
    rows = [(key, criterion, str(number)) for number, key in enumerate(keys[:-1], 1) for criterion in ("a", "b")]
    make_answers(office, [*rows, ("orphan", "a", "5")], blind)
    expected = {key: [f"a={number}", f"b={number}"] for number, key in enumerate(keys[:-1], 1)}
    assert said(office.read("answer_rows")) == {**expected, keys[-1]: None}


DECIMAL = {"postgresql": "numeric(12, 2)", "mysql": "decimal(12, 2)", "sqlite": "real"}


@pytest.mark.parametrize("is_response", [True, False], ids=["of responses", "of answers"])
def test_keys_that_are_equal_numbers_belong_together(office: Office, is_response: bool) -> None:
    make_owner(office)
    decimal = DECIMAL[office.dialect]
    make_responses(office, [1, 2], decimal if is_response else "integer")
    make_answers(office, [(1, "a", "5"), (2, "a", "4")], "integer" if is_response else decimal)
    assert list(said(office.read("answer_rows")).values()) == [["a=5"], ["a=4"]]


@pytest.mark.needs("mariadb")
def test_columns_of_different_collations_are_joined(request: pytest.FixtureRequest) -> None:
    """MariaDB joins them, and then refuses to look for a letter in what came of it."""
    with offices.office(request, "mysql") as office:
        make_owner(office)
        make_responses(office, [1, 2], "integer")
        rows = [(1, "a", "5"), (1, "b", "4"), (2, "a", "5")]
        make_answers(office, rows, "integer", "varchar(9) character set utf8mb4 collate utf8mb4_general_ci")
        office.run(
            "alter table survey_answer modify criterion_code text character set utf8mb4 collate utf8mb4_unicode_ci"
        )
        assert list(said(office.read("answer_rows")).values()) == [["a=5", "b=4"], ["a=5"]]


def make_legacy(office: Office, keys: list[Any], key: str, marks: list[tuple[Any, ...]], truth: str = "") -> None:
    """The old tables with some slips of one day."""
    at = {"postgresql": "timestamp"}.get(office.dialect, time(office))
    words = ", ".join(f"{name} {text(office)}" for name in (*LEGACY_CODES, "y_kien"))
    office.run(f"create table kho_bac (ma_kho_bac {text(office)})")
    office.run("insert into kho_bac values ('48')")
    office.run(f"create table phieu (so_phieu {key}, ngay_gio {at}, {words}, nhung_nhieu {truth or text(office)})")
    office.run(f"insert into phieu (so_phieu, ngay_gio) values (?, '{TIME}')", [(one,) for one in keys])
    office.run(
        f"create table cau_tra_loi (so_phieu {key}, ma_tieu_chi {text(office)}, diem integer, thang_diem integer)"
    )
    office.run("insert into cau_tra_loi values (?, ?, ?, ?)", marks)


def test_an_old_branch_keeps_such_keys_apart(blind_office: Office) -> None:
    keys = KEYS[blind_office.dialect][:2]
    marks = [(key, "a", number, 10) for number, key in enumerate(keys, 1)]
    make_legacy(blind_office, keys, insensitive(blind_office), marks)
    assert said(blind_office.read("legacy")) == {key: [f"a={number}/10"] for number, key in enumerate(keys, 1)}


def test_no_mark_of_an_old_branch_vanishes(office: Office) -> None:
    odd = [(None, 3, 3), ("b", None, 3), ("c", 3, None), (None, None, None), ("d", 3, 3)]
    make_legacy(office, [1, 2], "integer", [(1, *row) for row in odd] + [(2, "d", 3, 3), (2, "e|f=1", 1, 3)])
    assert said(office.read("legacy")) == {"1": ["=", "=3/3", "b=", "c=3/", "d=3/3"], "2": ["?"]}


def test_a_report_of_harassment_crosses_as_it_is_written(office: Office) -> None:
    words = ["C", "K", "co", "Y", "on", "?", "", "khong ro"]
    make_legacy(office, list(range(len(words))), "integer", [(0, "a", 1, 3)])
    for number, word in enumerate(words):
        office.run("update phieu set nhung_nhieu = ? where so_phieu = ?", [(word, number)])
    office.run(f"insert into phieu (so_phieu, ngay_gio) values (99, '{TIME}')")
    found = {row["response_key"]: row["harassment_reported"] for row in office.read("legacy")}
    assert found == {**{str(number): word for number, word in enumerate(words)}, "99": None}


TRUTHS = [
    # engine    | type          | written | crosses as
    ("mysql",      "bit(1)",       "b'1'",   "1"),
    ("mysql",      "bit(1)",       "b'0'",   "0"),
    ("mysql",      "bit(8)",       "1",      "1"),
    ("mysql",      "boolean",      "true",   "1"),
    ("mysql",      "enum('Có','Không')", "'Có'", "Có"),
    ("mysql",      "char(3)",      "'C'",    "C"),
    ("postgresql", "boolean",      "true",   "true"),
    ("postgresql", "boolean",      "false",  "false"),
    ("postgresql", "bit(1)",       "B'1'",   "1"),
    ("postgresql", "smallint",     "1",      "1"),
    ("postgresql", '"char"',       "'C'",    "C"),
    ("sqlite",     "boolean",      "1",      "1"),
    ("sqlite",     "text",         "'C'",    "C"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("engine", "kind", "written", "crosses"),
    [pytest.param(*row, marks=pytest.mark.needs("mariadb") if row[0] == "mysql" else ()) for row in TRUTHS],
)
@pytest.mark.parametrize("shape", ["answer_rows", "answer_document"])
def test_a_truth_value_of_every_type_can_be_read(
    request: pytest.FixtureRequest, engine: str, kind: str, written: str, crosses: str, shape: str
) -> None:
    with offices.office(request, engine) as office:
        make_owner(office)
        make_responses(
            office, [1, 2], "integer", f", harassment_reported {kind}, answers {text(office)}", ", null, null"
        )
        office.run(f"update survey_response set harassment_reported = {written} where response_id = 1")
        make_answers(office, [(1, "a", "5")], "integer")
        first, second = office.read(shape)
        assert (first["harassment_reported"], second["harassment_reported"]) == (crosses, None)


ODD_ROWS: list[tuple[tuple[str | None, str | None], ...]] = [
    (("a", "5"), ("b", None)),
    (("a", "5"), (None, "5")),
    (("a", "5"), ("", "5")),
    (("a", "5"), (None, None)),
    (("a", "5|b=1"), ("c", "1")),
    (("a|b=1", "5"), ("c", "1")),
    (("a", "|"),),
    (("a", "5"), ("a", "5")),
    (("a", "5"), ("a", "1")),
    (("a", "5=5"),),
    (("a=5", None),),
    (("a", ""),),
]
CROSSED = [
    ["a=5", "b="], ["=5", "a=5"], ["=5", "a=5"], ["=", "a=5"], ["?"], ["?"], ["?"], ["a=5", "a=5"], ["a=1", "a=5"],
    ["a=5=5"], ["a=5="], ["a="],
]  # fmt: skip


def test_no_row_of_an_answer_vanishes_or_becomes_two(office: Office) -> None:
    make_owner(office)
    make_responses(office, list(range(len(ODD_ROWS))), "integer")
    make_answers(office, [(number, *row) for number, rows in enumerate(ODD_ROWS) for row in rows], "integer")
    found = said(office.read("answer_rows"))
    assert found == {str(number): parts for number, parts in enumerate(CROSSED)}


DOCUMENTS = [
    '{"a": 5, "b": "4"}', '{"a": 5, "a": 1}', '{"a": true, "b": 1}', '{"a": "5|b=1"}', '{"a": "\\u0000", "b": 1}',
    '{"a": "\\ud800"}', '{"a": null}', '{"a": "null"}', '{"a": 5.0}', '{"a": 5e0, "b": 1E0}', '{"a": [1]}',
    '{"a": {"b": 1}}', '[5]', '5', 'null', '{}', '{"a": 12345678901234567890123}',
]  # fmt: skip
NO_DOCUMENTS = ['{"a": 5', "a=5", "", " ", "{'a': 5}", "?"]
MEANT = [
    "a=5|b=4", "a=5|a=1|?", "a=true|b=1", "?", "a=\x00|b=1", "a=?", "a=", "a=null", "a=5", "a=5|b=1", "?", "?", "?",
    "?", None, "", "a=12345678901234567890123",
]  # fmt: skip
NOT_MEANT = ["?", "?", None, None, "?", "?"]
KINDS = {
    "postgresql": ("json", "text"),
    "mysql": ("longtext", "longtext character set latin1"),
    "sqlite": ("text", "json"),
}


@pytest.mark.parametrize("which", [0, 1])
def test_a_document_means_the_same_on_every_engine_and_costs_at_most_its_row(office: Office, which: int) -> None:
    make_owner(office)
    kind = KINDS[office.dialect][which]
    pairs = list(zip(DOCUMENTS, MEANT, strict=True))
    if kind != "json" or office.dialect == "sqlite":
        pairs += zip(NO_DOCUMENTS, NOT_MEANT, strict=True)
    make_responses(
        office, [f"{number:02}" for number in range(len(pairs))], text(office), f", answers {kind}", ", null"
    )
    for number, (document, _) in enumerate(pairs):
        office.run("update survey_response set answers = ? where response_id = ?", [(document, f"{number:02}")])
    found = [row["answers"] for row in office.read("answer_document")]
    assert found == [meant for _, meant in pairs]


def test_what_a_type_of_documents_keeps_crosses(request: pytest.FixtureRequest) -> None:
    with offices.office(request, "postgresql") as office:
        make_owner(office)
        make_responses(office, [1], "integer", ", answers jsonb", """, '{"a": 5e0, "b": "4", "c": null, "d": true}'""")
        assert said(office.read("answer_document")) == {"1": ["a=5", "b=4", "c=", "d=true"]}


BINARY = [bytes.fromhex("ff00aa112233445566778899aabbccdd"), bytes.fromhex("fe00aa112233445566778899aabbccdd")]


def test_keys_of_bytes_stay_different(office: Office) -> None:
    kind = {"postgresql": "bytea", "mysql": "binary(16)", "sqlite": "blob"}[office.dialect]
    make_owner(office)
    make_responses(office, BINARY, kind)
    make_answers(office, [(BINARY[0], "a", "1"), (BINARY[1], "a", "2")], kind)
    shown = [f"\\x{key.hex()}" if office.dialect == "postgresql" else f"0x{key.hex().upper()}" for key in BINARY]
    assert said(office.read("answer_rows")) == {shown[0]: ["a=1"], shown[1]: ["a=2"]}


def mixed(office: Office) -> Iterator[tuple[str, str, list[tuple[Any, Any]]]]:
    """Types of the keys of responses and of answers, and which of them belong together."""
    if office.dialect == "mysql":
        yield "int(6) zerofill", "int", [(7, 7)]
        yield "varchar(20)", "int", [("7", 7), ("07", None)]
        yield "varchar(20)", "varchar(20) character set latin1", [("é1", "é1")]
        yield "varchar(20) character set latin1", "varchar(20)", [("é1", "é1"), ("e1", "e1")]
        yield "decimal(10,2)", "int", [(7, 7)]
    elif office.dialect == "sqlite":
        yield "integer", "text", [(7, "7")]
        yield "integer", "real", [(7, 7.0)]
        yield "text", "integer", [("7", 7), ("07", None)]
    else:
        yield "bigint", "numeric", [(7, 7)]
        yield "char(5)", "varchar(5)", [("A1", "A1")]


def test_keys_of_two_types_find_each_other(office: Office) -> None:
    make_owner(office)
    for of_response, of_answer, pairs in mixed(office):
        make_responses(office, [own for own, _ in pairs], of_response)
        make_answers(office, [(other, "a", "5") for _, other in pairs if other is not None], of_answer)
        found = [row["answers"] for row in office.read("answer_rows")]
        assert sorted(map(str, found)) == sorted("None" if other is None else "a=5" for _, other in pairs), of_response
        office.run("drop table survey_answer")
        office.run("drop table survey_response")


# --- one broken value costs its row ----------------------------------------------------------------------------------


@pytest.mark.needs("mariadb")
def test_answers_that_would_be_cut_make_their_response_unreadable(request: pytest.FixtureRequest) -> None:
    with offices.office(request, "mysql") as office:
        make_owner(office)
        make_responses(office, [1, 2], "integer")
        office.run("create table survey_answer (response_id integer, criterion_code varchar(20), score longtext)")
        office.run("insert into survey_answer select 1, concat('c', seq), repeat('x', 100000) from seq_1_to_22")
        office.run("insert into survey_answer values (2, 'a', '5')")
        assert said(office.read("answer_rows")) == {"1": ["?"], "2": ["a=5"]}


@pytest.mark.needs("mariadb")
@pytest.mark.parametrize("size", [(1 << 24) - 1, (1 << 24) - 40], ids=["the text", "the row"])
def test_a_text_that_is_longer_than_the_server_sends_costs_its_row(request: pytest.FixtureRequest, size: int) -> None:
    with offices.office(request, "mysql") as office:
        make_owner(office)
        make_responses(office, [1, 2], "integer", ", answers longtext", """, '{"a": 5}'""")
        office.run("alter table survey_response modify comment longtext")
        assert office.server
        ((most,),) = office.server.execute("mysql", "select @@max_allowed_packet")
        office.run(
            f"update survey_response set comment = repeat('x', {most} - {(1 << 24) - size}) where response_id = 1"
        )
        one, other = office.read("answer_document")
        assert (one["answers"], one["comment"], other["answers"]) == ("?", None, "a=5")


@pytest.mark.parametrize(("encoding", "byte"), [("WIN1252", "81"), ("WIN1258", "81"), ("ISO_8859_7", "ff")])
def test_a_byte_that_an_encoding_has_no_letter_for_costs_its_row(
    request: pytest.FixtureRequest, encoding: str, byte: str
) -> None:
    with offices.office(request, "postgresql", encoding) as office:
        make_owner(office)
        make_responses(office, [1, 2], "integer", ", answers text", """, '{"a": 5}'""")
        stored = f"convert_from('\\x61fd{byte}'::bytea, '{encoding}')"
        office.run(f"update survey_response set comment = {stored} where response_id = 1")
        office.run("update survey_response set comment = chr(183) where response_id = 2")
        one, other = office.read("answer_document")
        assert (one["comment"] or "").startswith("a")
        assert LOST in (one["comment"] or "")
        assert (one["answers"], other["answers"], other["comment"]) == ("a=5", "a=5", "·")


# --- the same answers, everywhere ------------------------------------------------------------------------------------


def test_the_same_odd_answers_are_counted_the_same_on_every_engine(office: Office) -> None:
    """What no engine agrees on by itself: each made response is taken in, or turned away for the same reason."""
    draw, questionnaire = random.Random(14), registry.load(settings.read().config).questionnaire_in(JULY)
    names = [*list(questionnaire.position_of_criterion)[:4], "Access_Seats", " access_seats", "x|y", "x=5", "", None]
    values = [
        "5",
        "1",
        "0",
        " 4",
        "5.0",
        "true",
        "",
        None,
        "|",
        "5|access_seats=1",
        "=",
        "5=",
        "\\",
        '"',
        "\n",
        "é",
        "'",
    ]
    made = [[(draw.choice(names), draw.choice(values)) for _ in range(draw.randrange(5))] for _ in range(300)]
    make_owner(office)
    make_responses(office, [f"{number:03}" for number in range(len(made))], text(office))
    make_answers(office, [(f"{number:03}", *pair) for number, pairs in enumerate(made) for pair in pairs], text(office))
    read = [row["answers"] for row in office.read("answer_rows")]
    placed = answers.levels({"answers": pa.array(read, pa.string())}, questionnaire)
    expected = [joined(pairs) for pairs in made]
    wanted = answers.levels({"answers": pa.array(expected, pa.string())}, questionnaire)
    counts = ("unreadable_count", "unknown_criterion_count", "off_scale_count", "repeated_criterion_count")
    for name in counts:
        assert getattr(placed, name).tolist() == getattr(wanted, name).tolist(), name
    once = wanted.repeated_criterion_count == 0  # else either of two stands there, and the row is turned away
    assert placed.matrix[once].tolist() == wanted.matrix[once].tolist()


def joined(pairs: list[tuple[str | None, str | None]]) -> str:
    parts = [f"{name or ''}={value or ''}" for name, value in pairs]
    return "?" if any("|" in part for part in parts) else "|".join(parts)
