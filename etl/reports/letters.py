"""An office's own pages of a published revision, as letters to its ``contact`` and to nobody else.

A letter holds what every reader of the bulletin may see of that office and of the whole; nothing restricted.
Each revision is sent once.
"""

from __future__ import annotations

from collections.abc import Iterator

from etl import escape
from etl.errors import Misdeclared
from etl.registry import Registry
from etl.registry.network import Network
from etl.reports import certainty
from etl.reports.bulletin import make, reading
from etl.reports.bulletin.content import Content, Row
from etl.reports.notices import Notice
from etl.reports.words import ENGLISH, LANGUAGES, VIETNAMESE, Language


def of_revision(code: str, revision: int) -> Iterator[Notice]:
    """A letter for each treasury of a month that has a contact.

    A draft raises Misdeclared, and so does a round.
    The pages are made when the letter's turn comes.
    """
    registry = Registry.configured()
    period = registry.period(code)
    if period.is_round or not revision:
        raise Misdeclared(f"{code} is no published month", next_action="send the pages of a revision of a month")
    content = reading.content(code, revision)
    for row in content.ranking:
        contact = registry.entry(row["treasury_code"], period.first).contact
        if contact:
            yield _letter(registry.network, content, row, contact)


def _letter(network: Network, content: Content, row: Row, contact: str) -> Notice:
    """The letter to one treasury."""
    period, code = content.period, row["treasury_code"]
    number = period["revision_number"]
    lines = [
        f"{row['treasury_name_vi']}, {period['period_name_vi']}: {_figure(content, row, VIETNAMESE)}",
        f"Kèm theo là trang của đơn vị trong bản tin của {network.name_vi}, lần công bố {number}.",
        f"{row['treasury_name_en']}, {period['period_name_en']}: {_figure(content, row, ENGLISH)}",
        f"Attached is the office's own page of the bulletin of the {network.name_en}, revision {number}.",
    ]
    return Notice(
        kind="bulletin",
        subject=f"{row['treasury_name_vi']}, {period['period_name_vi']}: kết quả khảo sát (lần công bố {number})",
        text="\n\n".join(map(escape.line, lines)),
        cause=f"revision {number}",
        month=period["period_code"],
        treasuries=(code,),
        contacts=(contact,),
        attached=tuple(make.treasury_page(content, code, language, is_alone=True) for language in LANGUAGES),
    )


def _figure(content: Content, row: Row, language: Language) -> str:
    """A treasury's figure in a sentence, with how sure it is."""
    if row["satisfaction_rate"] is None:
        return language.say("không có số liệu để công bố.", "there is no figure to publish.")
    rate, count = language.percent(row["satisfaction_rate"]), language.number(row["response_count"])
    figure = language.say(f"tỷ lệ hài lòng {rate} ({count} phiếu).", f"satisfaction rate {rate} ({count} responses).")
    parts = [figure, certainty.rank(row, language)]
    if content.period["month_status"] != "final":
        parts.append(language.say("Số liệu của kỳ còn tạm tính.", "The period is still provisional."))
    return " ".join(filter(None, parts))
