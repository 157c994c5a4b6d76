"""What the sets of ranks mean, in words: how many others the answers really tell a treasury from."""

from __future__ import annotations

from typing import Any

from etl.reports.words import Language

Row = dict[str, Any]


def rank(row: Row, language: Language) -> str:
    """A rank, the ranks that are possible, and from how many others the answers tell it; or that there is none."""
    stated, told = place(row, language), told_from(row, language)
    return f"{stated}: {told}" if told else f"{stated}."


def place(row: Row, language: Language) -> str:
    """A rank and the ranks that are possible, without a stop."""
    if row["rank"] is None:
        return language.say("Không xếp hạng", "Not ranked")
    stated = language.say(
        f"Hạng {row['rank']} trên {row['ranked_count']}", f"Rank {row['rank']} of {row['ranked_count']}"
    )
    low, high = row["rank_low"], row["rank_high"]
    if low is None or high is None:
        return stated
    if low == high:
        return stated + language.say("; số phiếu đủ để chắc về hạng này", "; the answers leave no other rank open")
    return stated + language.say(f", có thể từ hạng {low} đến {high}", f", could be anywhere from {low} to {high}")


def told_from(row: Row, language: Language) -> str:
    """From how many others the answers tell a treasury; empty without a set of ranks, or when it is of one."""
    low, high = row["rank_low"], row["rank_high"]
    if row["rank"] is None or low is None or high is None or low == high:
        return ""
    others, better, worse = row["ranked_count"] - 1, low - 1, row["ranked_count"] - high
    if not better + worse:
        return language.say(
            "câu trả lời chưa cho biết đơn vị này hơn hay kém đơn vị nào.",
            "the answers do not tell it from any other.",
        )
    parts = [
        language.say(f"kém {better} đơn vị", f"behind {better}") if better else "",
        language.say(f"hơn {worse} đơn vị", f"ahead of {worse}") if worse else "",
    ]
    told, rest = language.say(" và ", " and ").join(filter(None, parts)), others - better - worse
    return language.say(
        f"trong {others} đơn vị khác, chỉ chắc chắn {told}; với {rest} đơn vị còn lại, câu trả lời chưa cho biết hơn "
        "kém.",
        f"of {others} others, it is surely {told} only; from the other {rest} the answers cannot tell it.",
    )


def of_all(rows: list[Row], language: Language) -> str:
    """How many pairs of a ranking the answers tell apart, with an example from its middle; empty without sets."""
    ranked = [row for row in rows if row["rank"] is not None and row["rank_low"] is not None]
    if len(ranked) < 2:
        return ""
    pairs, told = len(ranked) * (len(ranked) - 1) // 2, sum(row["rank_low"] - 1 for row in ranked)
    middle = ranked[len(ranked) // 2]
    all_pairs, some, share = language.number(pairs), language.number(told), language.percent(told / pairs, 0)
    said = language.say(
        f"Trong {all_pairs} cặp đơn vị được xếp hạng, câu trả lời chỉ đủ để nói chắc bên nào "
        f"hơn ở {some} cặp ({share}).",
        f"Of {all_pairs} pairs of ranked treasuries, the answers tell for sure which is better in {some} ({share}).",
    )
    example = language.say("Ví dụ", "For example")
    return f"{said} {example}, {language.name(middle, 'treasury')}: {_small(rank(middle, language))}"


def _small(sentence: str) -> str:
    """A sentence after a colon."""
    return sentence[0].lower() + sentence[1:]
