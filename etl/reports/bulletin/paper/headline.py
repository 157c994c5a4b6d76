"""The figure of the whole network, large on the first sheet of paper, with what must be read with it."""

from __future__ import annotations

from typing import Any

from etl.reports.bulletin import main_points, sentences
from etl.reports.bulletin.content import Content
from etl.reports.words import NOTHING, Language


def headline(content: Content, language: Language) -> dict[str, Any]:
    """The figure of the network, and what must be read with it."""
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
    said += [sentences.change(content.period, language), *main_points.of_bulletin(content, language)]
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
