"""What is said of a figure in plain words: where an area stands, how sure that is, and what changed."""

from __future__ import annotations

from etl.report.bulletin import terms
from etl.report.bulletin.content import Row
from etl.report.bulletin.words import Language


def rank(row: Row, language: Language) -> str:
    """The rank with the ranks that the answers leave open, or why there is none."""
    if row["rank"] is None:
        return language.say("Không xếp hạng.", "Not ranked.")
    place = language.say(
        f"Hạng {row['rank']} trên {row['ranked_count']}", f"Rank {row['rank']} of {row['ranked_count']}"
    )
    low, high = row["rank_low"], row["rank_high"]
    if low is None or high is None:
        return f"{place}."
    if low == high:
        return place + language.say("; số phiếu đủ để chắc về hạng này.", "; the answers leave no other rank open.")
    return place + language.say(f", có thể từ {low} đến {high}.", f", could be anywhere from {low} to {high}.")


def change(row: Row, language: Language) -> str:
    """The change against the period before, and whether it is more than chance."""
    points, movement = row["change_points"], row["movement"]
    if row.get("is_comparable") is False or "definition_changed" in row.get("footnote_codes", ()):
        return language.say("Không so sánh được với kỳ trước.", "It cannot be compared with the period before.")
    if points is None:
        return language.say("Không có số liệu kỳ trước để so sánh.", "There is no earlier figure to compare with.")
    by = language.points(points)
    before = language.say(f"{by} điểm so với kỳ trước", f"{by} points against the period before")
    if movement is None:
        return before + language.say("; không rõ có phải do ngẫu nhiên.", "; whether it is chance was not tested.")
    return f"{before}: {language.say(*terms.MOVEMENTS[movement])}."


def position(row: Row, language: Language) -> str:
    """Whether a rate differs from that of the network by more than chance; empty where that was not computed."""
    flag = row["funnel_flag"]
    if flag is None:
        return ""
    words = language.say(*terms.POSITIONS[flag])
    return f"{words[0].upper()}{words[1:]}."


def moved(row: Row, language: Language) -> str:
    """The change as a cell of a table: an arrow where it is clear, brackets where it is not."""
    points = row["change_points"]
    if points is None:
        return language.points(None)
    arrow = {"up": "▲ ", "down": "▼ "}.get(row["movement"] or "")
    return f"{arrow}{language.points(points)}" if arrow else f"({language.points(points)})"
