"""What the printed bulletin says, chapter by chapter."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from etl.registry.terms import PRESENT
from etl.reports import certainty
from etl.reports.bulletin import method, sentences, terms
from etl.reports.bulletin.content import SYSTEM, Content, turned_away
from etl.reports.bulletin.paper.blocks import Block, chart, named, paragraph, table
from etl.reports.bulletin.tables import figures, gaps, intake, ratings, record
from etl.reports.words import Language

Chapter = tuple[str, list[Block]]
"""A heading, and what stands under it."""

_MOST_WEAKNESSES = 20


def chapters(content: Content, language: Language, drawn: Collection[str]) -> list[Chapter]:
    """The chapters in their order, without what would be empty.

    ``drawn`` are the charts that there are.
    """
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
        (say("Phương pháp", "Method"), named(method.explained(content, language))),
        (say("Phiên bản", "Version"), _version(content, language)),
    ]
    there = [
        (heading, [block for block in blocks if block["kind"] != "chart" or block["name"] in drawn])
        for heading, blocks in told
    ]
    return [(heading, blocks) for heading, blocks in there if blocks]


def _ranking(content: Content, language: Language) -> list[Block]:
    """Every treasury with its figure, and how sure it is."""
    return [
        paragraph(_how_to_read(content, language)),
        table(content, language, ratings.RANKING.paper, content.ranking),
    ]


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
    """The plot of the possible ranks, with how many say little."""
    ranked = [row for row in content.ranking if row["rank"] is not None and row["rank_low"] is not None]
    if not ranked:
        return []
    lead = certainty.of_all(ranked, language)
    return [paragraph(lead), chart("ranks")] if lead else [chart("ranks")]


def _funnel(content: Content, language: Language) -> list[Block]:
    """Who lies outside of the funnel, and how many would by chance."""
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
    return [paragraph(lead), *map(paragraph, map(_capital, lines)), chart("funnel")]


def _maps(content: Content, language: Language, drawn: Collection[str]) -> Iterator[Block]:
    """The maps that are drawn, with what their colours mean."""
    maps = [drawing for drawing in content.drawings if f"map-{drawing.map.code}" in drawn]
    for drawing in maps:
        yield chart(f"map-{drawing.map.code}")
        if drawing.kind != "treasuries":
            yield paragraph(f"{language.say('Bản đồ trên', 'The map above')}: {sentences.of_map(drawing, language)}")
    if maps and content.rules.get("funnel"):
        yield paragraph(
            language.say(
                "Màu đậm: ngoài giới hạn hành động; màu nhạt: chỉ ngoài giới hạn chú ý, có thể do ngẫu nhiên; khác "
                "nhau giữa các ô xám có thể chỉ là ngẫu nhiên.",
                "Strong colour: outside of the action limits; pale: outside of the warning limits only, perhaps by "
                "chance; grey squares may differ by chance alone.",
            )
        )


def _trend(content: Content, language: Language) -> list[Block]:
    """The network's earlier periods and this one, or that there is none."""
    rows = content.series(None)
    if len(rows) < 2:
        return [paragraph(language.say(*terms.NO_TREND))]
    return [table(content, language, ratings.TREND.paper, rows), chart("trend")]


def _criteria(content: Content, language: Language) -> list[Block]:
    """The network's rate in each factor and, below it, in its criteria."""
    rows = content.by_factor()
    return [table(content, language, figures.CRITERIA.paper, rows), chart("members")] if rows else []


def _weaknesses(content: Content, language: Language) -> list[Block]:
    """The weaknesses of treasuries that lasted longest, the largest gaps first."""
    say = language.say
    if not content.rules.get("weakness"):
        return []
    if not content.weaknesses:
        return [paragraph(say(*terms.NOT_ENOUGH))]
    lasting = sorted(content.lasting(), key=lambda row: (-row["lasting_count"], row["gap_points"]))
    if not lasting:
        none = say("Không có điểm yếu nào kéo dài từ hai kỳ trở lên.", "No weakness has lasted two periods.")
        return [paragraph(none)]
    shown = lasting[:_MOST_WEAKNESSES]
    lead = say(
        f"{len(lasting)} tiêu chí của các đơn vị thấp hơn toàn hệ thống rõ rệt trong ít nhất hai kỳ liền; "
        f"{len(shown)} khoảng cách lớn nhất trong những điểm kéo dài nhất:",
        f"{len(lasting)} criteria of treasuries have clearly been below the network for two periods or more; the "
        f"{len(shown)} largest gaps of those that last longest:",
    )
    return [paragraph(lead), table(content, language, gaps.LASTING.paper, shown)]


def _customers(content: Content, language: Language) -> list[Block]:
    """The network's responses and rates by channel, respondent type and procedure."""
    return [
        table(content, language, members.paper, rows)
        for breakdown, members in figures.MEMBERS.items()
        if (rows := content.of_area(SYSTEM, breakdown))
    ]


def _quality(content: Content, language: Language) -> list[Block]:
    """What was turned away by which rules, who is missing, and signals."""
    blocks = [paragraph(sentences.came_in(content.quality, language)), *_missing(content, language)]
    if broken := turned_away(content.quality):
        blocks += [
            paragraph(f"{language.say(*terms.BY_RULE)}:"),
            table(content, language, intake.TURNED_AWAY.paper, broken),
        ]
    return blocks + _signals(content, language)


def _missing(content: Content, language: Language) -> Iterator[Block]:
    """The treasuries that are not in, by state, with its meaning."""
    for state, words in terms.STATES.items():
        names = [language.name(row, "treasury") for row in content.ranking if row["treasury_state"] == state]
        if names and state not in PRESENT:
            yield paragraph(
                f"{_capital(language.say(*words))}: {', '.join(names)}. {language.say(*terms.MEANINGS[state])}"
            )


def _signals(content: Content, language: Language) -> list[Block]:
    """The raised signals of a draft, as hints.

    Those of a revision are not kept.
    """
    if not content.is_draft:
        return []
    if not content.signals:
        return [paragraph(sentences.no_signals(content.rules, content.ranking, language))]
    hint = language.say(
        "Tín hiệu là gợi ý để xem lại, không phải kết luận; không số liệu nào bị sửa vì tín hiệu.",
        "A signal is a hint to look, not a finding; no figure is changed because of one.",
    )
    return [paragraph(hint), table(content, language, intake.SIGNALS.paper, content.signals)]


def _footnotes(content: Content, language: Language) -> list[Block]:
    """The sentences behind the marks."""
    return named([(mark, note[f"footnote_text_{language.code}"]) for mark, note in content.bulletin_notes.values()])


def _version(content: Content, language: Language) -> list[Block]:
    """Which revision this is, and those that there were."""
    blocks = named(method.provenance(content, language))
    return blocks + ([table(content, language, record.REVISIONS.paper, content.revisions)] if content.revisions else [])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
