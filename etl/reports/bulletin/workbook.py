"""The bulletin as a workbook in both languages: every table with its counts, to be sorted, filtered, recalculated."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from etl.reports.bulletin import method, sentences, terms
from etl.reports.bulletin.content import SYSTEM, Content, Row, Rows
from etl.reports.words import ENGLISH, VIETNAMESE, Language, Pair

HEADER_ROW = 3
"""Where every table's header stands, counted from 0: above are the title, the version and what the sheet holds."""
SATISFIED, ANSWERS, RATE, NOTES = "Satisfied answers", "Answers", "Satisfaction rate", "Notes"
_A4 = 9
_LINE = 15
_TAKEN_FOR_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_MARKED = {"bold": True, "font_color": "#9C2A00"}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "draft": {"bold": True, "font_color": "#B00020"},
    "note": {"italic": True, "font_color": "#444444"},
    "header": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#1F4E79", "font_color": "#FFFFFF"},
    "text": {"valign": "top", "align": "left", "indent": 1},
    "guarded": {"valign": "top", "align": "left", "indent": 1, "text_wrap": True, "quote_prefix": True},
    "long": {"valign": "top", "align": "left", "indent": 1, "text_wrap": True},
    "count": {"valign": "top", "num_format": "#,##0"},
    "rate": {"valign": "top", "num_format": "0.00%"},
    "points": {"valign": "top", "num_format": "+0.00;-0.00;0.00"},
    "number": {"valign": "top", "num_format": "0.00"},
    "month": {"valign": "top", "num_format": "mm/yyyy", "align": "left"},
    "moment": {"valign": "top", "num_format": "dd/mm/yyyy hh:mm", "align": "left"},
}


@dataclass(frozen=True)
class Share:
    """A rate that is the plain share of two counts, which stand in the same row of the sheet."""

    satisfied: int
    answers: int


Cell = str | float | dt.date | Share | None
"""What is written: a text, a number, a day or moment, a rate with its counts, or nothing."""


@dataclass(frozen=True)
class Column:
    """A column: its headings, how it is written (a name in ``_FORMATS``), its width, and what a row has in it.

    Cells with a text of ``marked`` stand out.
    """

    vi: str
    en: str
    form: str
    width: float
    value: Callable[[Row], Cell]
    marked: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """Both headings, English below Vietnamese."""
        return f"{self.vi}\n{self.en}"


@dataclass(frozen=True)
class Sheet:
    """A sheet with one table; its first ``frozen`` columns stay where they are when the others are scrolled.

    ``empty`` is said where there is no row.
    """

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: Rows
    frozen: int = 0
    empty: str = "Không có / None"

    @property
    def printed(self) -> int:
        """How many columns go on paper: those up to the notes, or all."""
        headings = [column.en for column in self.columns]
        return headings.index(NOTES) + 1 if NOTES in headings else len(headings)


def workbook(content: Content) -> bytes:
    """The workbook's file. The same content gives the same bytes."""
    memory = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(memory, {"in_memory": True, **as_text})
    formats = {name: book.add_format(look) for name, look in _FORMATS.items()} | {"marked": book.add_format(_MARKED)}
    book.set_properties(_properties(content))
    for number, sheet in enumerate(sheets(content), start=1):
        page = book.add_worksheet(sheet.name)
        _head(page, content, sheet, formats)
        _table(page, sheet, formats)
        if sheet.rows:
            _filter(page, sheet, formats, f"table_{number}")
        _print(page, content, sheet)
    book.close()
    return memory.getvalue()


def sheets(content: Content) -> list[Sheet]:
    """Every sheet of the workbook in its order."""
    by_criterion = ("Kết quả theo tiêu chí", "Results by criterion")
    by_factor = ("Kết quả theo yếu tố", "Results by factor")
    by_procedure = ("Kết quả theo thủ tục hành chính", "Results by procedure")
    by_customer = ("Kết quả theo kênh và đối tượng khảo sát", "Results by channel and respondent type")
    return [
        _ranking(content),
        _units(content),
        _figures(content, "Tiêu chí", by_criterion, ("criterion",)),
        _figures(content, "Yếu tố", by_factor, ("factor",)),
        _figures(content, "Thủ tục", by_procedure, ("procedure",)),
        _figures(content, "Kênh và đối tượng", by_customer, ("channel", "respondent_type")),
        _weaknesses(content),
        _quality(content),
        *([_signals(content)] if content.is_draft else []),
        _footnotes(content),
        _method(content),
    ]


def _properties(content: Content) -> dict[str, Any]:
    """The document's properties; its only time is that of the publication, or of the draft's rating."""
    period = content.period
    made = (period["published_at"] or period["scored_at"]).astimezone(dt.UTC)
    return {
        "title": f"{period['network_name_vi']}: mức độ hài lòng, {period['period_name_vi']}",
        "subject": f"{period['network_name_en']}: satisfaction, {period['period_name_en']}",
        "author": period["network_name_vi"],
        "keywords": f"{period['period_code']}; {period['rule_set_code']}",
        "status": method.standing(content, VIETNAMESE),
        "comments": method.standing(content, ENGLISH),
        "created": made.replace(microsecond=0, tzinfo=None),
    }


def _head(page: Worksheet, content: Content, sheet: Sheet, formats: dict[str, Format]) -> None:
    """The three lines above a table: whose and which period, which version, and what the table holds."""
    period = content.period
    standing = f"{method.standing(content, VIETNAMESE)} / {method.standing(content, ENGLISH)}"
    whose = f"{period['network_name_vi']}, {period['period_name_vi']} / {period['period_name_en']}"
    page.write_string(0, 0, f"{sheet.title} – {whose}", formats["title"])
    page.write_string(1, 0, standing, formats["draft" if content.is_draft else "text"])
    if sheet.note:
        page.write_string(2, 0, sheet.note, formats["note"])


def _table(page: Worksheet, sheet: Sheet, formats: dict[str, Format]) -> None:
    """The header and the rows; without a row, that there is nothing."""
    page.freeze_panes(HEADER_ROW + 1, sheet.frozen)
    page.set_row(HEADER_ROW, _LINE * max(_lines(column.heading, column.width - 2) for column in sheet.columns))
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(HEADER_ROW, place, column.heading, formats["header"])
    if not sheet.rows:
        page.write_string(HEADER_ROW + 1, 0, sheet.empty, formats["note"])
    counts = [place for place, column in enumerate(sheet.columns) if column.en in (SATISFIED, ANSWERS)]
    for line, row in enumerate(sheet.rows, start=HEADER_ROW + 1):
        cells = [column.value(row) for column in sheet.columns]
        texts = zip(sheet.columns, cells, strict=True)
        wrapped = [_lines(str(text or ""), column.width) for column, text in texts if column.form == "long"]
        page.set_row(line, _LINE * max(wrapped, default=1))
        for place, (column, value) in enumerate(zip(sheet.columns, cells, strict=True)):
            look = formats[column.form]
            if value is None or value == "":
                continue
            if isinstance(value, Share):
                formula = "/".join(xl_rowcol_to_cell(line, count) for count in counts)
                page.write_formula(line, place, f"={formula}", look, value.satisfied / value.answers)
            elif isinstance(value, str):
                is_tempting = value.startswith(_TAKEN_FOR_FORMULAS)
                page.write_string(line, place, value, formats["guarded"] if is_tempting else look)
            elif isinstance(value, dt.date):
                page.write_datetime(line, place, value, look)
            else:
                page.write_number(line, place, value, look)


def _lines(text: str, width: float) -> int:
    """About how many lines a text takes in a column: a sheet does not measure texts when it is opened."""
    return sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))


def _filter(page: Worksheet, sheet: Sheet, formats: dict[str, Format], name: str) -> None:
    """Make the rows a table with filters, and let what is more than chance stand out."""
    last = HEADER_ROW + len(sheet.rows)
    headings = [{"header": column.heading, "header_format": formats["header"]} for column in sheet.columns]
    look = {"name": name, "columns": headings, "style": "Table Style Light 1"}
    page.add_table(HEADER_ROW, 0, last, len(sheet.columns) - 1, look)
    for place, column in enumerate(sheet.columns):
        for text in column.marked:
            rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": formats["marked"]}
            page.conditional_format(HEADER_ROW + 1, place, last, place, rule)


def _print(page: Worksheet, content: Content, sheet: Sheet) -> None:
    """A4 across, the header on every page, and below it what it is, which version, and the page."""
    page.set_landscape()
    page.set_paper(_A4)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER_ROW)
    page.print_area(0, 0, HEADER_ROW + max(1, len(sheet.rows)), sheet.printed - 1)
    standing = method.standing(content, VIETNAMESE).replace("&", "&&")
    period = content.period["period_name_vi"].replace("&", "&&")
    page.set_header(f"&R{standing}" if content.is_draft else "")
    page.set_footer(f"&L{period} · {standing}&C{sheet.name}&RTrang &P/&N")


def _ranking(content: Content) -> Sheet:
    """The ranking, the missing treasuries last."""
    columns = (
        Column("Hạng", "Rank", "count", 7, _of("rank")),
        Column("Mã", "Code", "text", 7, _of("treasury_code")),
        Column("Kho bạc", "Treasury (vi)", "text", 24, _of("treasury_name_vi")),
        Column("Kho bạc (tiếng Anh)", "Treasury", "text", 28, _of("treasury_name_en")),
        *_outcome(content),
        *_rank_set(content),
        *_change(),
        _notes(content),
        Column("Vùng", "Region", "text", 70, lambda row: f"{row['region_name_vi']} / {row['region_name_en']}"),
        Column(
            "Trạng thái", "State", "text", 24, lambda row: terms.both(terms.STATES, row["treasury_state"])
        ),
    )  # fmt: skip
    note = (
        "Hạng có thể: mọi thứ hạng trong khoảng này đều phù hợp với số liệu. / "
        "Possible ranks: every rank in this span agrees with the answers."
    )
    return Sheet("Xếp hạng", "Bảng xếp hạng / Ranking", note, columns, content.ranking, frozen=3)


def _units(content: Content) -> Sheet:
    """The units, ranked within their treasury."""
    columns = (
        Column("Mã kho bạc", "Treasury code", "text", 9, _of("treasury_code")),
        Column("Kho bạc", "Treasury (vi)", "text", 24, _of("treasury_name_vi")),
        *_unit_columns(content),
        Column("Loại", "Kind", "text", 32, lambda row: terms.both(terms.UNIT_KINDS, row["unit_kind"])),
        Column("Hạng trong kho bạc", "Rank in the treasury", "count", 9, _of("rank")),
        *_outcome(content),
        *_rank_set(content),
        *_change(),
        _notes(content),
    )
    note = "Xếp hạng trong từng kho bạc. / Ranked within each treasury."
    return Sheet("Phòng, KBNN huyện", "Phòng, KBNN cấp huyện / Units", note, columns, content.units, frozen=4)


def _unit_columns(content: Content) -> Iterator[Column]:
    """The code of a row's unit, and its names in both languages; nothing for a treasury as a whole."""

    def name(language: Language) -> Callable[[Row], Cell]:
        return lambda row: None if row["unit_code"] in (None, "all") else sentences.unit(content, row, language)

    yield Column("Mã phòng, KBNN cấp huyện", "Unit code", "text", 12, lambda row: _unless_all(row["unit_code"]))
    yield Column("Phòng, KBNN cấp huyện", "Unit (vi)", "long", 26, name(VIETNAMESE))
    yield Column("Phòng, KBNN cấp huyện (tiếng Anh)", "Unit", "long", 26, name(ENGLISH))


def _figures(content: Content, name: str, title: Pair, breakdowns: tuple[str, ...]) -> Sheet:
    """The figures of the network, of each region and of each treasury in some breakdowns."""
    names = _area_names(content)
    rows = [row for area in names for breakdown in breakdowns for row in content.of_area(area, breakdown)]

    def of_area(place: int) -> Callable[[Row], Cell]:
        return lambda row: names[row["area_level"], row["area_code"]][place]

    columns = (
        Column("Cấp", "Level", "text", 29, lambda row: terms.both(terms.LEVELS, row["area_level"])),
        Column("Phạm vi", "Area (vi)", "text", 38, of_area(0)),
        Column("Phạm vi (tiếng Anh)", "Area", "text", 36, of_area(1)),
        *_members(breakdowns),
        *_outcome(content),
        *_shares(content, breakdowns),
        _notes(content),
        Column("Mã", "Code", "text", 29, _of("area_code")),
        *(_factors(content) if "criterion" in breakdowns else ()),
    )
    note = (
        "Toàn hệ thống, các vùng và các kho bạc; ô trống là số liệu được ẩn. / "
        "The whole network, regions and treasuries; an empty cell is hidden."
    )
    return Sheet(name, " / ".join(title), note, columns, rows, frozen=2)


def _area_names(content: Content) -> dict[tuple[str, str], Pair]:
    """The areas with their names: the network, the regions, the treasuries by code."""
    period, by_code = content.period, sorted(content.ranking, key=lambda row: row["treasury_code"])
    regions = {row["region_code"]: (row["region_name_vi"], row["region_name_en"]) for row in by_code}
    return {
        SYSTEM: (period["network_name_vi"], period["network_name_en"]),
        **{("region", code): regions[code] for code in sorted(regions)},
        **{("treasury", row["treasury_code"]): (row["treasury_name_vi"], row["treasury_name_en"]) for row in by_code},
    }


def _members(breakdowns: tuple[str, ...]) -> Iterator[Column]:
    """What the rows are broken down to; of several breakdowns also which."""
    if len(breakdowns) > 1:
        words = {"channel": ("kênh", "channel"), "respondent_type": ("đối tượng", "respondent type")}
        yield Column("Phân tổ", "Breakdown", "text", 26, lambda row: terms.both(words, row["breakdown"]))
    yield Column("Nội dung", "Item (vi)", "long", 40, _of("member_name_vi"))
    yield Column("Nội dung (tiếng Anh)", "Item", "long", 40, _of("member_name_en"))


def _factors(content: Content) -> Iterator[Column]:
    """The factor of a criterion."""
    names = {
        row["member_code"]: f"{row['member_name_vi']} / {row['member_name_en']}"
        for row in content.of_area(SYSTEM, "factor")
    }
    yield Column("Yếu tố", "Factor", "text", 80, lambda row: names.get(row["factor_code"]))


def _shares(content: Content, breakdowns: tuple[str, ...]) -> Iterator[Column]:
    """The share of an area's responses, where each response has one member of the breakdown."""
    if not {"factor", "criterion"} & {*breakdowns}:
        yield Column("Tỷ trọng phiếu", "Share of responses", "rate", 11, content.share)


def _weaknesses(content: Content) -> Sheet:
    """The gaps of treasuries and units to the network, criterion by criterion."""
    weak, other = "có / yes", "không / no"
    columns = (
        Column("Cấp", "Level", "text", 29, lambda row: terms.both(terms.LEVELS, row["area_level"])),
        Column("Mã kho bạc", "Treasury code", "text", 9, _of("treasury_code")),
        Column("Kho bạc", "Treasury (vi)", "text", 24, _of("treasury_name_vi")),
        *_unit_columns(content),
        Column("Tiêu chí", "Criterion (vi)", "long", 40, _of("criterion_name_vi")),
        Column("Tiêu chí (tiếng Anh)", "Criterion", "long", 40, _of("criterion_name_en")),
        Column("Phiếu", "Responses", "count", 10, _of("response_count")),
        *_rate_columns(content, breakdown="criterion"),
        Column("Khoảng cách với hệ thống (điểm %)", "Gap to the network (points)", "points", 13, _real("gap_points")),
        Column("Cận dưới khoảng cách", "Gap, lower limit", "points", 11, _real("gap_low_points")),
        Column("Cận trên khoảng cách", "Gap, upper limit", "points", 11, _real("gap_high_points")),
        Column(
            "Là điểm yếu", "Is a weakness", "text", 12, lambda row: weak if row["is_weak"] else other, (weak,)
        ),
        Column("Số kỳ liên tiếp", "Periods in a row", "count", 9, _of("lasting_count")),
        Column("Thứ tự trong phạm vi", "Place in the area", "count", 9, _of("gap_position")),
        _notes(content),
    )  # fmt: skip
    note = (
        "Là điểm yếu khi cả cận trên của khoảng cách thấp hơn 0. / "
        "A weakness when even the upper limit of the gap is below 0."
    )
    title, empty = "Khoảng cách theo tiêu chí / Gaps by criterion", " / ".join(terms.NOT_ENOUGH)
    return Sheet("Điểm yếu", title, note, columns, content.weaknesses, frozen=3, empty=empty)


def _quality(content: Content) -> Sheet:
    """How each treasury's month came in."""
    columns = (
        Column("Tháng", "Month", "month", 10, _of("survey_month")),
        Column("Mã kho bạc", "Treasury code", "text", 9, _of("treasury_code")),
        Column("Kho bạc", "Treasury (vi)", "text", 24, _of("treasury_name_vi")),
        Column(
            "Trạng thái", "State", "long", 20, lambda row: terms.both(terms.STATES, row["treasury_state"]),
            tuple(terms.both(terms.STATES, state) for state in ("refused", "unavailable", "not_run")),
        ),
        Column("Phiếu đọc được", "Responses read", "count", 11, _of("read_count")),
        Column("Phiếu được nạp", "Responses loaded", "count", 11, _of("loaded_count")),
        Column("Phiếu bị loại", "Turned away", "count", 11, _of("turned_away_count")),
        Column("Lý do loại", "Turned away by rule", "long", 60, _turned_away),
        Column("Phiếu đến muộn", "Came late", "count", 9, _of("added_count")),
        Column("Phiếu được sửa", "Corrected", "count", 9, _of("changed_count")),
        Column("Phiếu bị rút", "Taken back", "count", 9, _of("deleted_count")),
        Column("Thời điểm chụp dữ liệu", "Taken from the source at", "moment", 17, _moment(content, "snapshot_at")),
        _notes(content),
    )  # fmt: skip
    zone = content.period["time_zone"]
    note = f"Theo lần chạy gần nhất; giờ {zone}. / As of the last run; time zone {zone}."
    return Sheet("Chất lượng số liệu", "Chất lượng số liệu / Data quality", note, columns, content.quality, frozen=3)


def _signals(content: Content) -> Sheet:
    """The raised signals on the answers, which only a draft has."""
    columns = (
        Column("Mã kho bạc", "Treasury code", "text", 9, _of("treasury_code")),
        Column("Kho bạc", "Treasury (vi)", "text", 24, _of("treasury_name_vi")),
        *_unit_columns(content),
        Column("Tín hiệu", "Signal", "long", 60, lambda row: terms.both(terms.SIGNALS, row["signal_code"])),
        Column("Giá trị", "Value", "number", 10, _real("signal_value")),
        Column("Ngưỡng", "Threshold", "number", 10, _real("threshold")),
        _notes(content),
    )
    note = (
        "Gợi ý để xem lại, không phải kết luận; không số liệu nào bị sửa vì tín hiệu. / "
        "A hint to look, not a finding; no figure is changed because of one."
    )
    return Sheet("Tín hiệu", "Tín hiệu chất lượng / Signals", note, columns, content.signals)


def _footnotes(content: Content) -> Sheet:
    """What each footnote's code means."""
    columns = (
        Column("Mã", "Code", "text", 22, _of("footnote_code")),
        Column("Chú thích", "Footnote (vi)", "long", 70, _of("footnote_text_vi")),
        Column("Chú thích (tiếng Anh)", "Footnote", "long", 70, _of("footnote_text_en")),
    )
    return Sheet("Chú thích", "Chú thích / Footnotes", "", columns, content.footnotes)


def _method(content: Content) -> Sheet:
    """How the figures were made, and which revision they are."""
    told = (
        method.provenance(content, language) + method.explained(content, language) for language in (VIETNAMESE, ENGLISH)
    )
    rows = [
        {"name": f"{name_vi} / {name_en}", "vi": text_vi, "en": text_en}
        for (name_vi, text_vi), (name_en, text_en) in zip(*told, strict=True)
    ]
    columns = (
        Column("Mục", "Item", "long", 30, _of("name")),
        Column("Nội dung", "Vietnamese", "long", 75, _of("vi")),
        Column("Nội dung (tiếng Anh)", "English", "long", 75, _of("en")),
    )
    return Sheet("Phương pháp", "Phương pháp và phiên bản / Method and version", "", columns, rows, frozen=1)


def _outcome(content: Content) -> Iterator[Column]:
    """The counts, the rate, its interval and its grade."""
    yield Column("Phiếu", "Responses", "count", 10, _of("response_count"))
    yield from _rate_columns(content)
    yield Column("Cận dưới", "Lower limit", "rate", 10, _real("rate_low"))
    yield Column("Cận trên", "Upper limit", "rate", 10, _real("rate_high"))
    yield Column("Xếp loại", "Grade", "text", 21, _grade)


def _rate_columns(content: Content, breakdown: str | None = None) -> Iterator[Column]:
    """The counts of answers, and the rate: a formula of them where the official definition is their plain share."""
    is_share = content.period["definition_code"] == "share_of_answers"
    is_weighted = bool(content.rules["rate"]["factor_weights"])

    def rate(row: Row) -> Cell:
        is_total = row.get("breakdown", breakdown or "total") == "total"
        satisfied, answers = row["satisfied_count"], row["answer_count"]
        if row["satisfaction_rate"] is None or satisfied is None or not answers:
            return _real("satisfaction_rate")(row)
        if not is_share or (is_weighted and is_total):
            return _real("satisfaction_rate")(row)
        return Share(satisfied, answers)

    yield Column("Câu trả lời hài lòng", SATISFIED, "count", 11, _of("satisfied_count"))
    yield Column("Câu trả lời", ANSWERS, "count", 11, _of("answer_count"))
    yield Column("Tỷ lệ hài lòng", RATE, "rate", 12, rate)


def _rank_set(content: Content) -> Iterator[Column]:
    """The ranks that the answers leave open, and among how many; only where the rule set speaks of them."""
    if content.rules.get("rank_sets"):
        yield Column("Hạng có thể, từ", "Possible rank, from", "count", 9, _of("rank_low"))
        yield Column("Hạng có thể, đến", "Possible rank, to", "count", 9, _of("rank_high"))
    yield Column("Trong số", "Among", "count", 8, _of("ranked_count"))


def _change() -> Iterator[Column]:
    """The change against the period before, whether it is more than chance, and the place among the limits."""
    clear = tuple(terms.both(terms.MOVEMENTS, code) for code in ("up", "down"))
    outside = tuple(terms.both(terms.POSITIONS, code) for code in ("above_action", "below_action"))
    yield Column("Thay đổi (điểm %)", "Change (points)", "points", 10, _real("change_points"))
    yield Column(
        "Nhận định thay đổi", "Movement", "text", 40, lambda row: terms.both(terms.MOVEMENTS, row["movement"]), clear
    )
    yield Column(
        "Biểu đồ phễu", "Funnel", "long", 40, lambda row: terms.both(terms.POSITIONS, row["funnel_flag"]), outside
    )


def _notes(content: Content) -> Column:
    """The footnotes in words, both languages."""
    texts = {
        row["footnote_code"]: f"{row['footnote_text_vi']} / {row['footnote_text_en']}" for row in content.footnotes
    }

    def notes(row: Row) -> Cell:
        return " ".join(texts.get(code, code) for code in row["footnote_codes"]) or None

    return Column("Chú thích", NOTES, "long", 44, notes)


def _grade(row: Row) -> Cell:
    return f"{row['grade_name_vi']} / {row['grade_name_en']}" if row["grade_code"] else None


def _turned_away(row: Row) -> Cell:
    """How many responses broke which rule."""
    counts = (row["turned_away_by_rule"] or {}).items()
    return "\n".join(f"{terms.both(terms.RULES, rule)}: {count}" for rule, count in counts) or None


def _unless_all(code: str | None) -> Cell:
    return None if code == "all" else code


def _of(name: str) -> Callable[[Row], Cell]:
    """What stands under a name."""
    return lambda row: row[name]


def _real(name: str) -> Callable[[Row], Cell]:
    """The decimal number under a name as Excel keeps it."""
    return lambda row: None if row[name] is None else float(row[name])


def _moment(content: Content, name: str) -> Callable[[Row], Cell]:
    """The moment under a name on the network's clock, to the second."""
    return lambda row: None if row[name] is None else method.local(content, row[name]).replace(microsecond=0)
