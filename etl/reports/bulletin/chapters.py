"""What the printed bulletin says, chapter by chapter, as plain texts and tables that a layout can set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any

from etl.registry.terms import PRESENT
from etl.reports.bulletin import method, sentences, terms
from etl.reports.bulletin.charts import figures
from etl.reports.bulletin.content import SYSTEM, Content, Row, Rows, turned_away
from etl.reports.words import NOTHING, Language

Block = dict[str, Any]
"""A paragraph, a table or a chart: ``kind`` says which."""
Chapter = tuple[str, list[Block]]
Cell = str | dict[str, Any]
"""A text, or one that stands out, or one with the marks of its footnotes."""
Column = tuple[str, str, Callable[[Row], Cell]]
"""How it stands (``right``, ``left``, or ``wide``: what room is left), a heading, and what a row has under it."""

_MOST_WEAKNESSES = 20


def chapters(content: Content, language: Language, drawn: Collection[str]) -> list[Chapter]:
    """The chapters in their order, without what would be empty; ``drawn`` are the charts that there are."""
    say = language.say
    told = [
        (say("Bảng xếp hạng", "Ranking"), _ranking(content, language)),
        (say("Thứ hạng chắc đến đâu", "How sure the ranks are"), _ranks(content, language)),
        (say("Đơn vị nào khác mức chung", "Who differs from the network"), _funnel(content, language)),
        (say("Bản đồ", "Map"), list(_maps(content, language, drawn))),
        (say("Xu hướng", "Trend"), _trend(content, language)),
        (say("Yếu tố và tiêu chí", "Factors and criteria"), _criteria(content, language)),
        (say("Điểm yếu kéo dài", "Lasting weaknesses"), _weaknesses(content, language)),
        (say("Kênh, đối tượng, thủ tục", "Channels, respondents, procedures"), _customers(content, language)),
        (say("Chất lượng số liệu", "Quality of the data"), _quality(content, language)),
        (say("Chú thích", "Footnotes"), _footnotes(content, language)),
        (say("Phương pháp", "Method"), _named(method.explained(content, language))),
        (say("Phiên bản", "Version"), _version(content, language)),
    ]
    there = [
        (heading, [block for block in blocks if block["kind"] != "chart" or block["name"] in drawn])
        for heading, blocks in told
    ]
    return [(heading, blocks) for heading, blocks in there if blocks]


def headline(content: Content, language: Language) -> dict[str, Any]:
    """The figure of the whole network, large, and the sentences that must be read with it."""
    total, say = content.total(), language.say
    said = [_coverage(content, language)]
    rate = NOTHING
    if total is None or total["satisfaction_rate"] is None:
        said.append(say("Chưa có tỷ lệ của toàn hệ thống.", "There is no rate of the whole network."))
    else:
        rate = language.percent(total["satisfaction_rate"])
        spread = language.interval(total["rate_low"], total["rate_high"])
        count, answers = language.number(total["response_count"]), language.number(total["answer_count"])
        said.append(
            say(
                f"Khoảng tin cậy {spread}, từ {count} phiếu với {answers} câu trả lời.",
                f"Interval {spread}, from {count} responses with {answers} answers.",
            )
        )
        if total["grade_code"]:
            said.append(say(f"Xếp loại: {total['grade_name_vi']}.", f"Grade: {total['grade_name_en']}."))
    said += [sentences.change(content.period, language), _movements(content, language)]
    label = say("Tỷ lệ hài lòng toàn hệ thống", "Satisfaction rate of the whole network")
    return {"label": label, "rate": rate, "sentences": [sentence for sentence in said if sentence]}


def _coverage(content: Content, language: Language) -> str:
    """How many treasuries are in."""
    loaded, opened = content.period["loaded_count"], content.period["open_count"]
    if loaded == opened:
        return language.say(f"Có số liệu của cả {opened} đơn vị.", f"All {opened} treasuries are in.")
    return language.say(
        f"Mới có số liệu của {loaded} trong {opened} đơn vị: số liệu tạm tính.",
        f"Only {loaded} of {opened} treasuries are in: the figures are provisional.",
    )


def _movements(content: Content, language: Language) -> str:
    """How many treasuries changed by more than chance."""
    counts = Counter(row["movement"] for row in content.ranking if row["movement"])
    if not counts:
        return ""
    up, down, unclear = (counts[name] for name in ("up", "down", "unclear"))
    return language.say(
        f"So với kỳ trước: {up} đơn vị tăng rõ rệt, {down} giảm rõ rệt, {unclear} thay đổi không rõ ràng.",
        f"Against the period before: {up} treasuries clearly up, {down} clearly down, {unclear} with no clear change.",
    )


def _ranking(content: Content, language: Language) -> list[Block]:
    """Every treasury with its figure, and how sure it is."""
    say, has_sets = language.say, bool(content.rules.get("rank_sets"))
    could_be: Column = (
        "left", say("Hạng có thể", "Could be"), lambda row: language.ranks(row["rank_low"], row["rank_high"])
    )  # fmt: skip
    columns: list[Column] = [
        ("right", say("Hạng", "Rank"), lambda row: _or_hidden(row, language, language.number(row["rank"]))),
        *([could_be] if has_sets else []),
        ("wide", say("Đơn vị", "Treasury"), lambda row: _noted(content, row, language.name(row, "treasury"))),
        _responses(language),
        *_rates(language),
        ("left", say("Xếp loại", "Grade"), lambda row: language.name(row, "grade") or NOTHING),
        (
            "right",
            say("Thay đổi (điểm)", "Change (points)"),
            lambda row: language.change(row["change_points"], row["movement"]),
        ),
    ]
    return [_text(_how_to_read(content, language)), _table(content.ranking, columns)]


def _how_to_read(content: Content, language: Language) -> str:
    """What to know before a rank is quoted."""
    say = language.say
    if not any(row["rank"] is not None for row in content.ranking):
        least = content.rules["minimum_responses"]["rank"]
        return say(
            f"Chưa đơn vị nào được xếp hạng: không đơn vị nào có từ {least} phiếu trở lên.",
            f"No treasury is ranked: none has {least} responses or more.",
        )
    if not content.rules.get("rank_sets"):
        return say(
            "Bộ quy tắc này không tính các hạng có thể. Hai đơn vị có khoảng tin cậy chồng lên nhau thì chưa chắc khác "
            "nhau, dù thứ hạng khác nhau.",
            "This rule set does not compute which ranks are possible. Two treasuries whose intervals overlap need not "
            "differ, although their ranks do.",
        )
    return say(
        "Thứ hạng luôn đi cùng các hạng có thể: mọi hạng trong khoảng đó đều phù hợp với số liệu. Thay đổi trong ngoặc "
        "là thay đổi không rõ ràng; chỉ ▲ và ▼ là vượt quá ngẫu nhiên.",
        "A rank always comes with the ranks it could have: each of them agrees with the answers. A change in brackets "
        "is not a clear one; only ▲ and ▼ are more than chance.",
    )


def _ranks(content: Content, language: Language) -> list[Block]:
    """The plot of the ranks that the answers leave open, with how many of them say little."""
    ranked = [row for row in content.ranking if row["rank"] is not None and row["rank_low"] is not None]
    if not ranked:
        return []
    wide = sum(2 * (row["rank_high"] - row["rank_low"] + 1) > row["ranked_count"] for row in ranked)
    one = ranked[len(ranked) // 2]
    rank, low, high, name = one["rank"], one["rank_low"], one["rank_high"], language.name(one, "treasury")
    lead = language.say(
        f"Ví dụ, {name}: hạng {rank}, có thể từ {low} đến {high}. Ở {wide} trong {len(ranked)} đơn vị được xếp hạng, "
        "các hạng có thể trải hơn nửa bảng.",
        f"For example {name}: rank {rank}, could be anywhere from {low} to {high}. For {wide} of {len(ranked)} ranked "
        "treasuries, the possible ranks span more than half of the table.",
    )
    return [_text(lead), _chart("ranks")]


def _funnel(content: Content, language: Language) -> list[Block]:
    """Who lies outside of which limits of the funnel, and how many would by chance."""
    placed = [row for row in content.ranking if row["funnel_flag"]]
    if not placed:
        return []
    outside = [row for row in placed if row["funnel_flag"] != "within"]
    lines = [
        f"{language.say(*words)}: {', '.join(language.name(row, 'treasury') for row in rows)}."
        for flag, words in terms.POSITIONS.items()
        if (rows := [row for row in outside if row["funnel_flag"] == flag])
    ]
    rest = len(placed) - len(outside)
    lead = language.say(
        f"{rest} trong {len(placed)} đơn vị nằm trong giới hạn chú ý: không khác mức chung một cách rõ ràng.",
        f"{rest} of {len(placed)} treasuries lie within the warning limits: not clearly different from the network.",
    )
    if content.rules.get("funnel"):
        lead += f" {sentences.chance(content.rules, language, len(placed))}"
    return [_text(lead), *map(_text, map(_capital, lines)), _chart("funnel")]


def _maps(content: Content, language: Language, drawn: Collection[str]) -> Iterator[Block]:
    """The maps that are drawn, with what was summed up for one of a later day, and what their colours mean."""
    maps = [drawing for drawing in content.drawings if f"map-{drawing.map.code}" in drawn]
    for drawing in maps:
        yield _chart(f"map-{drawing.map.code}")
        if drawing.as_of:
            day = language.date(drawing.as_of)
            yield _text(
                language.say(
                    f"Bản đồ trên: số phiếu của kỳ này được cộng lại theo tổ chức bộ máy từ ngày {day}.",
                    f"The map above: the counts of this period, summed up to the offices since {day}.",
                )
            )
    if maps and content.rules.get("funnel"):
        yield _text(
            language.say(
                "Màu đậm: ngoài giới hạn hành động; màu nhạt: chỉ ngoài giới hạn chú ý, có thể do ngẫu nhiên; khác "
                "nhau giữa các ô xám có thể chỉ là ngẫu nhiên.",
                "Strong colour: outside of the action limits; pale: outside of the warning limits only, perhaps by "
                "chance; grey squares may differ by chance alone.",
            )
        )


def _trend(content: Content, language: Language) -> list[Block]:
    """The network's earlier periods and this one, or that there is none."""
    rows = figures.series(content, None)
    if len(rows) < 2:
        return [_text(language.say(*terms.NO_TREND))]
    columns: list[Column] = [
        ("wide", language.say("Kỳ", "Period"), lambda row: language.name(row, "period")),
        _responses(language),
        *_rates(language),
        ("wide", language.say("Cách tính", "Counted"), lambda row: sentences.counted(row, content.period, language)),
    ]
    return [_table(rows, columns), _chart("trend")]


def _criteria(content: Content, language: Language) -> list[Block]:
    """The network's rate in each factor and, below it, in its criteria."""
    criteria = content.of_area(SYSTEM, "criterion")
    factors = content.of_area(SYSTEM, "factor")
    known = {factor["member_code"] for factor in factors}
    rows = [
        row
        for factor in factors
        for row in (factor, *(one for one in criteria if one["factor_code"] == factor["member_code"]))
    ] + [one for one in criteria if one["factor_code"] not in known]
    if not rows:
        return []
    return [_table(rows, _member_columns(content, language)), _chart("members")]


def _member_columns(content: Content, language: Language) -> list[Column]:
    """What a member of a breakdown is called, and its figures."""
    say = language.say

    def name(row: Row) -> Cell:
        text = language.name(row, "member") or row["member_code"]
        if row["breakdown"] == "criterion":
            return _noted(content, row, f"– {text}")
        return {"text": text, "marks": _marks(content, row), "is_strong": True}

    return [
        ("wide", say("Nội dung", "Item"), name),
        (
            "right",
            say("Câu trả lời", "Answers"),
            lambda row: _or_hidden(row, language, language.number(row["answer_count"])),
        ),
        *_rates(language),
    ]


def _weaknesses(content: Content, language: Language) -> list[Block]:
    """The weaknesses of treasuries that lasted longest, the largest gaps first."""
    say = language.say
    lasting = [
        row
        for row in content.weaknesses
        if row["area_level"] == "treasury" and row["is_weak"] and (row["lasting_count"] or 0) > 1
    ]
    if not content.rules.get("weakness"):
        return []
    if not content.weaknesses:
        return [_text(say(*terms.NOT_ENOUGH))]
    if not lasting:
        return [_text(say("Không có điểm yếu nào kéo dài từ hai kỳ trở lên.", "No weakness has lasted two periods."))]
    lasting.sort(key=lambda row: (-row["lasting_count"], row["gap_points"]))
    shown = lasting[:_MOST_WEAKNESSES]
    lead = say(
        f"{len(lasting)} tiêu chí của các đơn vị thấp hơn toàn hệ thống rõ rệt trong ít nhất hai kỳ liền; "
        f"{len(shown)} khoảng cách lớn nhất trong những điểm kéo dài nhất:",
        f"{len(lasting)} criteria of treasuries have clearly been below the network for two periods or more; the "
        f"{len(shown)} largest gaps of those that last longest:",
    )
    columns: list[Column] = [
        ("wide", say("Đơn vị", "Treasury"), lambda row: language.name(row, "treasury")),
        ("wide", say("Tiêu chí", "Criterion"), lambda row: language.name(row, "criterion")),
        ("right", say("Tỷ lệ", "Rate"), lambda row: language.percent(row["satisfaction_rate"])),
        ("right", say("Khoảng cách (điểm)", "Gap (points)"), lambda row: language.points(row["gap_points"])),
        ("right", say("Có thể", "Could be"), lambda row: _gap(row, language)),
        ("right", say("Số kỳ", "Periods"), lambda row: language.number(row["lasting_count"])),
    ]
    return [_text(lead), _table(shown, columns)]


def _customers(content: Content, language: Language) -> list[Block]:
    """The network's responses and rates by channel, respondent type and procedure."""
    say = language.say
    headings = {
        "channel": say("Kênh", "Channel"),
        "respondent_type": say("Đối tượng", "Respondent"),
        "procedure": say("Thủ tục", "Procedure"),
    }
    return [
        _table(rows, _shares(content, language, heading))
        for breakdown, heading in headings.items()
        if (rows := content.of_area(SYSTEM, breakdown))
    ]


def _shares(content: Content, language: Language, heading: str) -> list[Column]:
    """The members of a breakdown with their share of the responses."""
    return [
        ("wide", heading, lambda row: _noted(content, row, language.name(row, "member") or row["member_code"])),
        _responses(language),
        ("right", language.say("Tỷ trọng", "Share"), lambda row: language.percent(content.share(row), 1)),
        *_rates(language),
    ]


def _quality(content: Content, language: Language) -> list[Block]:
    """What was read, loaded and turned away, by which rules; who is missing; which signals are raised."""
    say, broken = language.say, turned_away(content.quality)
    blocks = [_text(sentences.came_in(content.quality, language)), *_missing(content, language)]
    if broken:
        columns: list[Column] = [
            ("wide", say("Lý do loại phiếu", "Why responses were turned away"), lambda row: row["rule"]),
            ("right", say("Phiếu", "Responses"), lambda row: language.number(row["count"])),
        ]
        rows = [
            {"rule": say(*terms.RULES[rule]) if rule in terms.RULES else rule, "count": count} for rule, count in broken
        ]
        blocks += [_text(f"{say(*terms.BY_RULE)}:"), _table(rows, columns)]
    return blocks + _signals(content, language)


def _missing(content: Content, language: Language) -> Iterator[Block]:
    """The treasuries that are not in, by their state, and what that means."""
    for state, words in terms.STATES.items():
        names = [language.name(row, "treasury") for row in content.ranking if row["treasury_state"] == state]
        if names and state not in PRESENT:
            yield _text(f"{_capital(language.say(*words))}: {', '.join(names)}. {language.say(*terms.MEANINGS[state])}")


def _signals(content: Content, language: Language) -> list[Block]:
    """The raised signals of a draft, as hints; those of a revision are not kept."""
    if not content.is_draft:
        return []
    if not content.signals:
        return [_text(sentences.no_signals(content.rules, content.ranking, language))]
    say = language.say
    columns: list[Column] = [
        ("wide", say("Tín hiệu để xem lại", "Signal to look at"), lambda row: _signal(row["signal_code"], language)),
        ("wide", say("Đơn vị", "Treasury"), lambda row: language.name(row, "treasury")),
        ("left", say("Phòng, KBNN cấp huyện", "Unit"), lambda row: sentences.unit(content, row, language)),
        ("right", say("Giá trị", "Value"), lambda row: language.number(row["signal_value"], 2)),
        ("right", say("Ngưỡng", "Threshold"), lambda row: language.number(row["threshold"], 2)),
    ]
    hint = say(
        "Tín hiệu là gợi ý để xem lại, không phải kết luận; không số liệu nào bị sửa vì tín hiệu.",
        "A signal is a hint to look, not a finding; no figure is changed because of one.",
    )
    return [_text(hint), _table(content.signals, columns)]


def _signal(code: str, language: Language) -> str:
    return language.say(*terms.SIGNALS[code]) if code in terms.SIGNALS else code


def _footnotes(content: Content, language: Language) -> list[Block]:
    """The sentences behind the marks."""
    return _named([(mark, note[f"footnote_text_{language.code}"]) for mark, note in content.bulletin_notes.values()])


def _version(content: Content, language: Language) -> list[Block]:
    """Which revision this is, and those that there were."""
    say = language.say
    blocks = _named(method.provenance(content, language))
    columns: list[Column] = [
        ("right", say("Lần", "Revision"), lambda row: language.number(row["revision_number"])),
        ("left", say("Công bố lúc", "Published at"), lambda row: method.moment(content, row["published_at"], language)),
        ("wide", say("Lý do", "Why"), lambda row: row["reason"] or NOTHING),
        ("left", say("Mã băm số liệu", "Digest of the figures"), lambda row: (row["figures_digest"] or NOTHING)[:16]),
    ]
    return blocks + ([_table(content.revisions, columns)] if content.revisions else [])


def _responses(language: Language) -> Column:
    """How many responses there are."""
    heading = language.say("Phiếu", "Responses")
    return "right", heading, lambda row: _or_hidden(row, language, language.number(row["response_count"]))


def _rates(language: Language) -> list[Column]:
    """The rate and its interval."""
    say = language.say
    return [
        (
            "right",
            say("Tỷ lệ", "Rate"),
            lambda row: _or_hidden(row, language, language.percent(row["satisfaction_rate"])),
        ),
        ("right", say("Khoảng tin cậy", "Interval"), lambda row: language.interval(row["rate_low"], row["rate_high"])),
    ]


def _or_hidden(row: Row, language: Language, text: str) -> str:
    """The text, or that it is hidden."""
    return language.hidden if "suppressed" in row.get("footnote_codes", ()) and text == NOTHING else text


def _noted(content: Content, row: Row, text: str) -> Cell:
    """A text with the marks of the row's footnotes."""
    marks = _marks(content, row)
    return {"text": text, "marks": marks} if marks else text


def _marks(content: Content, row: Row) -> str:
    """The letters of a row's footnotes."""
    return ",".join(mark for code, (mark, _) in content.bulletin_notes.items() if code in row["footnote_codes"])


def _gap(row: Row, language: Language) -> str:
    """The limits of a gap."""
    return f"{language.points(row['gap_low_points'])} … {language.points(row['gap_high_points'])}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _text(text: str) -> Block:
    return {"kind": "text", "text": text}


def _chart(name: str) -> Block:
    return {"kind": "chart", "name": name}


def _named(lines: method.Lines) -> list[Block]:
    """Headings with what is said under each, or nothing."""
    return [{"kind": "named", "lines": [list(line) for line in lines]}] if lines else []


def _table(rows: Rows, columns: list[Column]) -> Block:
    """Rows as a table."""
    return {
        "kind": "table",
        "stands": [stands for stands, _, _ in columns],
        "header": [heading for _, heading, _ in columns],
        "rows": [[value(row) for _, _, value in columns] for row in rows],
    }
