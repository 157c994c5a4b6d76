"""What people read in Vietnamese: every message of the code has its entry, and comes out of any text that holds it."""

from __future__ import annotations

import errno
import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path
from unicodedata import is_normalized

import pytest
import typer
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic_core import PydanticKnownError

from etl import vietnamese
from etl.errors import Unavailable
from etl.vietnamese import PLACEHOLDER, WORD, Template, said
from tests.lib import messages, messages_of_others
from tests.lib.vietnamese_words import foreign

CATALOG = messages.read()
ENTRIES = [one for one in CATALOG if one.id]
TEMPLATES = vietnamese.catalogue().templates
CODE = re.compile(
    r"`[^`]*`|'[^']*'|“[^”]*”|<\w+>|\S*[_/=@%$]\S*|-- ?[a-z-]+:?(?: off| <\w+>)?|(?:hailong|\{hailong\}) [a-z-]+"
    r"|\{\w+\}|\.?\w+\.\w+\S*|\.\w+|\b[A-Z][A-Z0-9-]+\b"
)
"""What is no word: a name in quotation marks, a placeholder, a path, a command, an option, an abbreviation."""
ENGLISH = {"the", "not", "then", "them", "run", "it", "is", "are", "of", "and", "or", "with", "from"}
"""Words that look like Vietnamese syllables, or nearly so, and are none."""
AWKWARD = st.text(alphabet="{}%\n\\.*+?[]()|^$<>'\"#_aZ1ệ… \t", max_size=12)
TOGETHER = re.compile(r"(?=\{(\w+)\}\{(\w+)\})")
# fmt: off
TRADE = {
    # products and forms
    *("Airflow", "PostgreSQL", "SQLite", "MariaDB", "mysql", "SQLAlchemy", "psql", "fsspec", "openssl", "Parquet"),
    *("Markdown", "Unicode", "PyNaCl", "cryptography", "shell", "csv", "wal", "shm", "byte", "scram", "sha", "pid"),
    *("Ctrl", "Data", "Package", "quality", "Bulletin"),
    # keys, headings and options as they are written
    *("counts", "time", "answers", "comment", "reads", "encoding", "type", "meta", "severity", "why", "what", "grain"),
    *("params", "code", "region", "connection", "supersedes", "extra", "option", "value", "harassment", "true"),
    *("false",),
    *("null", "yes", "off", "as", "select", "sslrootcert", "sslcert", "sslkey", "sslmode", "disable", "session"),
    *("transaction", "approve", "plan"),
    # what is typed
    *("install", "check", "demo", "source", "new", "export", "cd", "url", "status", "publish", "bulletin", "airflow"),
    *("pkey", "pubout", "genpkey", "algorithm", "chmod"),
    *("adopt", "list", "register", "upkeep"),
}
# fmt: on


def filled(pieces: tuple[str, ...], values: dict[str, str]) -> str:
    return "".join(values[piece] if place % 2 else piece for place, piece in enumerate(pieces))


def test_every_message_has_its_vietnamese_and_none_is_left_over() -> None:
    needed = {(text, None) for text in messages.extracted()} | {(one, WORD) for one in messages_of_others.WORDS}
    assert {(one.id, one.context) for one in ENTRIES} == needed, "python -m tests.lib.messages brings them into vi.po"
    assert [one.id for one in ENTRIES if not one.string] == []


def test_the_catalogue_is_as_it_is_written_anew() -> None:
    before = messages.CATALOGUE.read_bytes()
    try:
        messages.write(messages.renewed(CATALOG))
        assert messages.CATALOGUE.read_bytes() == before
    finally:
        messages.CATALOGUE.write_bytes(before)


def test_an_entry_keeps_the_placeholders_and_is_vietnamese() -> None:
    assert [fault for entry in ENTRIES for fault in faults(str(entry.id), str(entry.string))] == []


def faults(english: str, text: str) -> Iterator[str]:
    if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(english)):
        yield f"{english}: other placeholders"
    if not set(TOGETHER.findall(english)) <= set(TOGETHER.findall(text)):
        yield f"{english}: placeholders without anything between them have to stay together"
    if not is_normalized("NFC", text):
        yield f"{english}: not in NFC"
    plain = CODE.sub(" ", text)
    if words := (foreign(plain) | ENGLISH & set(re.findall(r"\w+", plain))) - TRADE:
        yield f"{english}: English words {words}"
    if (english[:1].isspace(), english[-1:].isspace()) != (text[:1].isspace(), text[-1:].isspace()):
        yield f"{english}: other blanks around it"


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("chạy lại {month}", None),
        ("chạy the lại {month}", "English words {'the'}"),
        ("rate lại {month}, 'hailong run'", "English words {'rate'}"),
        ("chạy lại {period}", "other placeholders"),
        ("chạy lại {month} ", "other blanks"),
        ("cha\u0323y lại {month}", "not in NFC"),
    ],
)
def test_a_wrong_entry_is_told(text: str, is_told: str | None) -> None:
    told = list(faults("run {month} again", text))
    assert (told == []) if is_told is None else (is_told in told[0])


def test_each_template_is_known_by_its_own_words() -> None:
    unknown = []
    for template in TEMPLATES:
        values = {name: f"X{place}" for place, name in enumerate(template.english[1::2])}
        if said(filled(template.english, values), "vi") != template.filled(values):
            unknown.append(template)
    assert unknown == []


@given(data=st.data(), template=st.sampled_from([one for one in TEMPLATES if one.is_telling]))
def test_whatever_was_filled_in_stands_in_the_vietnamese_text(data: st.DataObject, template: Template) -> None:
    values = {name: data.draw(AWKWARD, name) for name in template.english[1::2]}
    text = filled(template.english, values)
    assume(template.caught(text) == values)  # a value that repeats the message's own words can be cut in two ways
    assert said(text, "vi") == template.filled({name: shown(value) for name, value in values.items()})


@given(
    outer=st.sampled_from([one for one in TEMPLATES if one.is_telling and len(one.english) == 3]),
    inner=st.sampled_from(
        [entry for entry in ENTRIES if " " in str(entry.id) and not PLACEHOLDER.search(str(entry.id))]
    ),
)
def test_a_message_within_a_message_is_translated_too(outer: Template, inner: object) -> None:
    english, text = str(inner.id), str(inner.string)  # type: ignore[attr-defined]
    whole = filled(outer.english, {outer.english[1]: english})
    assume(outer.caught(whole) == {outer.english[1]: english})
    assert said(whole, "vi") == filled(outer.vietnamese, {outer.english[1]: text})


@given(text=st.text(max_size=60))
@example("a: " * 500)
@example(", ".join("xyz" for _ in range(900)))
@example(" → ; : , (" * 20)
def test_any_text_is_survived_and_english_stays_as_it_is(text: str) -> None:
    assert said(text, "en") == text
    assert isinstance(said(text, "vi"), str)


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        (
            "34 KBNN Thái Bình, 2023-07: the database db:5432/tb is away or broke off (OperationalError)"
            " → see that the server runs and can be reached, then run the month again",
            "34 KBNN Thái Bình, 2023-07: không truy cập được cơ sở dữ liệu db:5432/tb, hoặc bị ngắt giữa chừng"
            " (OperationalError) → xem máy chủ có hoạt động và có đến được từ đây không, sau đó chạy lại tháng",
        ),
        (
            "2023-07: revision 1 is published; draft of 2023-08-02 09:00, provisional, 62 of 63 treasuries are in",
            "2023-07: đã công bố phiên bản 1; bản nháp lập lúc 2023-08-02 09:00, số liệu tạm tính,"
            " 62/63 kho bạc đã có số liệu",
        ),
        (
            "34 KBNN Thái Bình: published 93,64 → revised 93,70; rank 48 → 47; because 2 responses came in later",
            "34 KBNN Thái Bình: công bố 93,64 → sửa lại 93,70; hạng 48 → 47; vì 2 phiếu đến muộn",
        ),
        (
            "/c/a.yaml:7: treasuries.0.code: Field required\n/c/a.yaml:9: x: Extra inputs are not permitted",
            "/c/a.yaml:7: treasuries.0.code: thiếu mục này\n/c/a.yaml:9: x: không được có mục này",
        ),
        ("draft", "bản nháp"),
        ("somebody's own words", "somebody's own words"),
    ],
)
def test_what_was_put_together_is_translated_piece_by_piece(english: str, vietnamese: str) -> None:
    assert said(english, "vi") == vietnamese


def test_an_error_that_came_from_another_process_is_translated_where_it_is_shown() -> None:
    error = Unavailable("the landing zone is away", next_action="run the month again").at("34 KBNN Thái Bình, 2023-07")
    assert said(str(error), "vi").endswith("→ chạy lại tháng")


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('raise Misdeclared(f"{a.code} is away", next_action="run it again")', ["{code} is away", "run it again"]),
        ("""f"{len(rows)} of {row['open_count']} are in\"""", ["{rows} of {open_count} are in"]),
        ("""f"{n} thing{'s are' if n > 1 else ' is'} wrong\"""", ["{n} things are wrong", "{n} thing is wrong"]),
        ('f"{a.name} and {b.name} and {a.name}"', ["{name} and {name2} and {name}"]),
        ("""f"so are {', '.join(codes)}\"""", ["so are {codes}"]),
        ('log.info("nobody reads this")', []),
        ('language.say("vi chữ", "the English words")', []),
        ('run("select a from {}")', []),
        ("""def f():\n    'A docstring of it.'\n""", []),
        ('"code"', []),
    ],
)
def test_the_messages_of_a_source_are_found(source: str, texts: list[str]) -> None:
    assert list(messages.of_source(source)) == texts


def test_no_text_of_an_error_is_taken_for_something_else() -> None:
    known, forgotten = messages.extracted(), set()
    for path in (messages.PROJECT / "etl").rglob("*.py"):
        for text in messages.of_errors(path.read_text("utf-8")):
            words = re.findall(r"[a-z]{2,}", PLACEHOLDER.sub(" ", text))
            forgotten |= {text} if len(words) > 1 and text not in known else set()
    assert forgotten == {"left out for a try", "pip install 'hailong[airflow,embedded]'"}  # nobody is shown; a command


def test_the_messages_of_others_are_still_theirs() -> None:
    said_by_typer = "".join(path.read_text("utf-8") for path in Path(inspect.getfile(typer)).parent.rglob("*.py"))
    pieces = {piece.strip(" .'") for text in messages_of_others.TYPER for piece in PLACEHOLDER.split(text)[::2]}
    headings = {"Options:", "Commands:", "Arguments:", "Usage:", "Error:"}
    lacking = {piece for piece in pieces if piece.strip("[]()':") not in said_by_typer}
    assert lacking - headings == {"Missing argument", "Missing option", "requires an argument"}  # put together there
    values = {
        "error": "x", "class_name": "A", "expected": "x", "pattern": "x", "field_type": "List",
        **dict.fromkeys(("gt", "ge", "lt", "le", "min_length", "max_length", "actual_length"), 1),
    }  # fmt: skip
    for kind, template in messages_of_others.PYDANTIC.items():
        context = {name: values[name] for name in PLACEHOLDER.findall(template) if name in values}
        assert PydanticKnownError(kind, context or None).message_template == template  # type: ignore[arg-type]
    for name, text in messages_of_others.SYSTEM.items():
        assert os.strerror(getattr(errno, name)) == text


def shown(value: str) -> str:
    """What a placeholder shows of a value that is no message."""
    return vietnamese.word(value, "vi") if " " not in value.strip() else said(value, "vi")


def test_a_template_keeps_to_its_line_where_the_lines_are_messages() -> None:
    listed = "- 2026-10, by 2026-11-10: not rated yet\n- 2026-09, by 2026-10-10: not rated yet"
    assert said(listed, "vi") == "- 2026-10, hạn 2026-11-10: chưa đánh giá\n- 2026-09, hạn 2026-10-10: chưa đánh giá"
