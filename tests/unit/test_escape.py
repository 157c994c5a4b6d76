"""Text from outside, made harmless for each kind of output, and read back."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import unicodedata
from pathlib import Path

import altair as alt
import pytest
from rich.text import Text

from etl import escape
from etl.errors import Misdeclared
from etl.log import log
from etl.publishing import descriptor
from etl.reports import markdown, tables, templates
from etl.reports.bulletin.charts import svg
from etl.reports.notices import Notice
from etl.reports.words import ENGLISH
from tests.lib import outside
from tests.lib.outside import NASTY, STEERING, UNKEPT, Page

ALL = (*NASTY, *UNKEPT)
# spellings of letters, not invisible: Unicode calls them format characters
SEEN = {"\u0600", "\u0601", "\u0602", "\u0603", "\u0604", "\u0605", "\u06dd", "\u070f", "\u0890", "\u0891", "\u08e2"}
SEEN |= {"\U000110bd", "\U000110cd"}
COMMONMARK = {"paragraph_open", "paragraph_close", "inline", "text", "code_inline"}
IN_TABLES = COMMONMARK | {
    f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")
}
GUARD = re.compile(descriptor._GUARD["pattern"])


def test_every_character_that_steers_is_shown_as_its_code() -> None:
    left = {
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) in STEERING and escape.line(character) == character
    }
    assert left == SEEN
    assert escape.visible("a\nb\x1b") == "a\nb\\x1b"
    assert escape.line("a\nb\u202e\U000e0041") == "a\\nb\\u202e\\U000e0041"


@pytest.mark.parametrize("text", ALL, ids=ascii)
def test_what_is_made_harmless_stays_as_it_is(text: str) -> None:
    for made in (escape.visible, escape.line, escape.lines):
        assert made(made(text)) == made(text)


def test_vietnamese_comes_through_in_each_form_of_unicode() -> None:
    for form in ("NFC", "NFD", "NFKD"):
        text = unicodedata.normalize(form, "KBNN Đà Nẵng, Bắc Giang, Thừa Thiên Huế")
        assert {made(text) for made in (escape.visible, escape.line, escape.lines, escape.html, escape.markdown)} == {
            text
        }


def test_a_second_line_cannot_be_taken_for_one_of_ours() -> None:
    assert escape.lines("a\n✓ it fits\n    b") == "a\n    ✓ it fits\n    b"


def test_markdown_shows_the_text_and_marks_nothing_up() -> None:
    for text in ALL:
        said, marks = outside.of_markdown(escape.markdown(text))
        assert (said, marks - COMMONMARK) == (outside.on_terminal(outside.shown(text)), set()), ascii(text)
        said, marks = outside.of_markdown(f"- {escape.markdown(text)}")
        assert said == outside.on_terminal(outside.shown(text)), ascii(text)
        assert marks - COMMONMARK <= {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}


def test_a_table_of_markdown_has_each_text_in_its_cell() -> None:
    said, marks = outside.of_markdown(markdown.table(("a", "b"), [(text, "end") for text in ALL]))
    assert said == "ab" + "".join(f"{outside.on_terminal(outside.shown(text))}end" for text in ALL)
    assert marks - IN_TABLES == set()


def test_a_link_leads_where_it_says_whatever_the_path() -> None:
    written = markdown.link("[x](y)", "/a b/(c)/<d>/2023-07/index.vi.html")
    said, marks = outside.of_markdown(written)
    assert (said, marks - COMMONMARK) == ("[x](y)", {"link_open", "link_close"})


def test_html_and_the_templates_show_the_text_and_make_no_element() -> None:
    template = templates.environment(folder()).from_string('<p title="{{ text }}">{{ text }}</p>')
    for text in ALL:
        for html in (template.render(text=text), f'<p title="{escape.html(text)}">{escape.html(text)}</p>'):
            page = Page(html)
            assert (page.elements, page.attributes) == (["p"], {"title"}), ascii(text)
            assert page.texts == [escape.visible(text)], ascii(text)
            assert page.values == page.texts


def folder() -> Path:
    """The folder of the reports' templates."""
    return Path(templates.__file__).parent


def test_csv_without_its_guard_is_the_text_and_no_cell_is_a_formula() -> None:
    sent = [text for text in ALL if "\x00" not in text]
    written = escape.csv_text([[text, -5, "end"] for text in sent])
    assert outside.of_csv(written, GUARD) == [[text, "-5", "end"] for text in sent]
    assert all(outside.is_harmless_cell(row[0]) for row in outside.of_csv(written, re.compile("(?!)")))
    assert written.count("'=1+1") == 1


def test_json_says_the_same_and_steers_no_terminal() -> None:
    written = escape.json_text(json.dumps({text: text for text in ALL}, ensure_ascii=False, indent=1))
    assert json.loads(written) == {text: text for text in ALL}
    assert outside.steering(written) == set()


def test_a_table_on_the_terminal_shows_each_text_as_it_is() -> None:
    rows = [{"code": text, "name": "end"} for text in ALL]
    written = outside.rendered(tables.table(rows, {"code": "code", "name": "name"}))
    lines = written.splitlines()
    assert outside.steering(written) == set()
    assert [outside.on_terminal(line) for line in lines[1:]] == [
        outside.on_terminal(outside.shown(text)) + "end" for text in ALL
    ]


def test_what_a_console_says_is_no_markup() -> None:
    for text in ALL:
        said = outside.rendered(Text(escape.lines(text)))
        assert outside.steering(said) == set()
        assert outside.on_terminal(said) == outside.on_terminal(escape.visible(text)), ascii(text)


def test_an_event_of_the_log_is_one_line() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    log.addHandler(handler)
    try:
        for text in NASTY:
            log.warning("a key: %s", text)
        log.warning("100 % {} %s of them")
    finally:
        log.removeHandler(handler)
    lines = stream.getvalue().split("\n")
    assert lines == [*(f"a key: {escape.line(text)}" for text in NASTY), "100 % {} %s of them", ""]
    assert outside.steering(stream.getvalue()) == set()


def test_an_errors_message_steers_nothing() -> None:
    for text in ALL:
        error = Misdeclared(f"the key {text}", next_action=f"see {text}")
        assert outside.steering(f"{error}{error.args}") == set()
    assert str(Misdeclared("a\nb", next_action="c")) == "a\nb → c"


def test_the_subject_of_a_mail_is_one_line_and_not_too_long() -> None:
    for text in ALL:
        subject = Notice("missing", f"2023-07: {text}\r\nBcc: all@x.example", "text", "cause").subject
        assert outside.steering(subject, "") == set()
        assert len(subject) <= 200


def test_a_chart_shows_each_text_and_its_own_colours() -> None:
    sent = [text for text in NASTY if len(text) < 100]
    rows = [{"name": text, "value": number} for number, text in enumerate(sent)]
    chart = alt.Chart(alt.NamedData("rows")).mark_text().encode(y="value:Q", text="name:N")
    drawn = svg.drawn(svg.spec(alt.layer(chart)), rows, " ".join(sent), ENGLISH)
    for made in (drawn, svg.themed(drawn)):
        page = Page(made)
        assert set(page.elements) <= {"svg", "g", "path", "text", "rect", "line", "defs", "clippath"}
        assert outside.lacking("".join(page.texts), sent) == []
        assert outside.lacking(page.values[page.values.index("img") + 1], sent) == []


def test_a_name_of_a_file_has_no_path_in_it() -> None:
    names = [escape.file_name(text) for text in ALL]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,120}", name) for name in names)
    assert len(set(names)) == len(ALL)
    assert escape.file_name("2023-07-run_1") == "2023-07-run_1"
