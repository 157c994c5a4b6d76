"""An office's own pages of a published revision, as letters to its ``contact`` and to nobody else.

A letter holds what every reader of the bulletin may see of that office and of the whole; nothing restricted.
Each revision is sent once.
"""

from __future__ import annotations

from collections.abc import Iterator

from etl.errors import Misdeclared
from etl.registry import Registry
from etl.reports.bulletin import make, sentences
from etl.reports.bulletin.content import Content, Row
from etl.reports.notices import Notice
from etl.reports.words import ENGLISH, LANGUAGES, VIETNAMESE, Language


def of_revision(code: str, revision: int) -> Iterator[Notice]:
    """A letter for each treasury of a month that has a contact; a draft raises Misdeclared, and so does a round.

    The pages are made when the letter's turn comes.
    """
    registry = Registry.configured()
    period = registry.period(code)
    if period.is_round or not revision:
        raise Misdeclared(f"{code} is no published month", next_action="send the pages of a revision of a month")
    found = make.content(code, revision)
    for row in found.ranking:
        contact = registry.treasury(row["treasury_code"], period.first).contact
        if contact:
            yield _letter(registry, found, row, contact)


def _letter(registry: Registry, found: Content, row: Row, contact: str) -> Notice:
    """The letter to one treasury."""
    month, code = found.period["period_code"], row["treasury_code"]
    number, period = found.period["revision_number"], found.period
    lines = [
        f"{row['treasury_name_vi']}, {period['period_name_vi']}: {_figure(found, row, VIETNAMESE)}",
        f"Kèm theo là trang của đơn vị trong bản tin của {registry.network.name_vi}, lần công bố {number}.",
        f"{row['treasury_name_en']}, {period['period_name_en']}: {_figure(found, row, ENGLISH)}",
        f"Attached is the office's own page of the bulletin of the {registry.network.name_en}, revision {number}.",
    ]
    return Notice(
        kind="bulletin",
        subject=f"{row['treasury_name_vi']}, {period['period_name_vi']}: kết quả khảo sát (lần công bố {number})",
        text="\n\n".join(lines),
        cause=f"revision {number}",
        month=month,
        treasuries=(code,),
        contacts=(contact,),
        attached=tuple(make.treasury_page(found, code, language, is_alone=True) for language in LANGUAGES),
    )


def _figure(found: Content, row: Row, language: Language) -> str:
    """A treasury's figure in a sentence, with how sure it is, and whether the month is still provisional."""
    if row["satisfaction_rate"] is None:
        return language.say("không có số liệu để công bố.", "there is no figure to publish.")
    rate, count = language.percent(row["satisfaction_rate"]), language.number(row["response_count"])
    said = language.say(f"tỷ lệ hài lòng {rate} ({count} phiếu).", f"satisfaction rate {rate} ({count} responses).")
    parts = [said, sentences.rank(row, language)]
    if found.period["month_status"] != "final":
        parts.append(language.say("Số liệu của kỳ còn tạm tính.", "The period is still provisional."))
    return " ".join(filter(None, parts))
