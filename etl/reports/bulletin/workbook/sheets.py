"""Which sheets the workbook has, in their order: each one table, with what must be read with it."""

from __future__ import annotations

from dataclasses import dataclass

from etl.reports.bulletin import method, terms
from etl.reports.bulletin.content import Content, Row, Rows
from etl.reports.bulletin.tables import effects, figures, gaps, intake, ratings, record, todos
from etl.reports.bulletin.tables.column import TableColumn
from etl.reports.words import ENGLISH, VIETNAMESE, Pair

_NONE: Pair = ("Không có", "None")
_NO_NOTE: Pair = ("", "")
_EFFECTS: Pair = (
    "Hành động của 12 tháng qua; điểm: phần trăm. Khoảng của tác dụng không chứa 0 mới là khác ngẫu nhiên.",
    "Actions of the last twelve months; in points. An effect is more than chance where its interval leaves out 0.",
)


@dataclass(frozen=True)
class Sheet:
    """A sheet with one table.

    Its first ``frozen`` columns stay where they are when the others are scrolled.
    ``empty`` is said where there is no row.
    """

    name: str
    title: Pair
    columns: tuple[TableColumn, ...]
    rows: Rows
    note: Pair = _NO_NOTE
    frozen: int = 0
    empty: Pair = _NONE


def sheets(content: Content) -> list[Sheet]:
    """Every sheet of the workbook in its order."""
    return [
        _ranking(content),
        _units(content),
        *_figures(content),
        _weaknesses(content),
        *([_todos(content)] if content.rules.get("weakness") else []),
        _effects(content),
        _intake(content),
        *([_signals(content)] if content.is_draft else []),
        Sheet("Chú thích", ("Chú thích", "Footnotes"), record.FOOTNOTES.sheet, content.footnotes),
        _method(content),
    ]


def _ranking(content: Content) -> Sheet:
    """The ranking, the missing treasuries last."""
    note = (
        "Hạng có thể: mọi thứ hạng trong khoảng này đều phù hợp với số liệu.",
        "Possible ranks: every rank in this span agrees with the answers.",
    )
    title = ("Bảng xếp hạng", "Ranking")
    return Sheet("Xếp hạng", title, ratings.RANKING.sheet, content.ranking, note, frozen=3)


def _units(content: Content) -> Sheet:
    """The units, ranked within their treasury."""
    note = ("Xếp hạng trong từng đơn vị.", "Ranked within each treasury.")
    title = ("Phòng, đơn vị trực thuộc", "Units")
    return Sheet("Đơn vị trực thuộc", title, ratings.UNITS.sheet, content.units, note, frozen=4)


def _figures(content: Content) -> list[Sheet]:
    """The figures of network, regions and treasuries, in four breakdowns."""
    note = (
        "Toàn hệ thống, các vùng và các đơn vị; ô trống là số liệu được ẩn.",
        "The whole network, regions and treasuries; an empty cell is hidden.",
    )

    def sheet(name: str, title: Pair, columns: tuple[TableColumn, ...], *breakdowns: str) -> Sheet:
        rows = [row for area in content.area_names for part in breakdowns for row in content.of_area(area, part)]
        return Sheet(name, title, columns, rows, note, frozen=2)

    criteria, factors = ("Kết quả theo tiêu chí", "Results by criterion"), ("Kết quả theo yếu tố", "Results by factor")
    procedures = ("Kết quả theo thủ tục hành chính", "Results by procedure")
    customers = ("Kết quả theo kênh và đối tượng khảo sát", "Results by channel and respondent type")
    return [
        sheet("Tiêu chí", criteria, figures.CRITERIA.sheet, "criterion"),
        sheet("Yếu tố", factors, figures.FACTORS.sheet, "factor"),
        sheet("Thủ tục", procedures, figures.MEMBERS["procedure"].sheet, "procedure"),
        sheet("Kênh và đối tượng", customers, figures.CUSTOMERS.sheet, "channel", "respondent_type"),
    ]


def _weaknesses(content: Content) -> Sheet:
    """The gaps of treasuries and units to the network, criterion by criterion."""
    note = (
        "Là điểm yếu khi cả cận trên của khoảng cách thấp hơn 0.",
        "A weakness when even the upper limit of the gap is below 0.",
    )
    title, columns = ("Khoảng cách theo tiêu chí", "Gaps by criterion"), gaps.WEAKNESSES.sheet
    return Sheet("Điểm yếu", title, columns, content.weaknesses, note, frozen=3, empty=terms.NOT_ENOUGH)


def _todos(content: Content) -> Sheet:
    """What each treasury should do first, three lines at most."""
    note = (
        "Nhiều nhất ba việc mỗi đơn vị, điểm yếu kéo dài trước; gợi ý do dự án đề xuất.",
        "At most three a treasury, lasting weaknesses first; what may be tried is proposed by the project.",
    )
    return Sheet("Nên làm gì", ("Nên làm gì", "What to do"), todos.TODOS.sheet, todos.rows(content), note, frozen=3)


def _effects(content: Content) -> Sheet:
    """What the treasuries did, and whether it helped."""
    title = ("Đã làm gì, có tác dụng không", "What was done, and whether it helped")
    return Sheet("Hành động", title, effects.EFFECTS.sheet, effects.rows(content), _EFFECTS, frozen=3)


def _intake(content: Content) -> Sheet:
    """How each treasury's month came in."""
    zone = content.period["time_zone"]
    note = (f"Theo lần chạy gần nhất; giờ {zone}.", f"As of the last run; time zone {zone}.")
    title = ("Chất lượng số liệu", "Data quality")
    return Sheet("Chất lượng số liệu", title, intake.INTAKE.sheet, content.quality, note, frozen=3)


def _signals(content: Content) -> Sheet:
    """The raised signals on the answers."""
    note = (
        "Gợi ý để xem lại, không phải kết luận; không số liệu nào bị sửa vì tín hiệu.",
        "A hint to look, not a finding; no figure is changed because of one.",
    )
    return Sheet("Tín hiệu", ("Tín hiệu chất lượng", "Signals"), intake.SIGNALS.sheet, content.signals, note)


def _method(content: Content) -> Sheet:
    """How the figures were made, and which revision they are."""
    told = (
        method.provenance(content, language) + method.explained(content, language) for language in (VIETNAMESE, ENGLISH)
    )
    rows: list[Row] = [
        {"name": f"{name_vi} / {name_en}", "vi": text_vi, "en": text_en}
        for (name_vi, text_vi), (name_en, text_en) in zip(*told, strict=True)
    ]
    title = ("Phương pháp và phiên bản", "Method and version")
    return Sheet("Phương pháp", title, record.METHOD.sheet, rows, frozen=1)
