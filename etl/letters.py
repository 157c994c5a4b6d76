"""An office's own pages of a published revision, as letters to its ``contact`` and to nobody else.

A letter holds what every reader of the bulletin may see of that office and of the whole; nothing restricted.
Each revision is sent once.
"""

from __future__ import annotations

from collections.abc import Iterator

from etl import bulletin, publication, registry, settings
from etl.errors import Misdeclared
from etl.notices import Notice
from etl.registry import Registry
from etl.report.bulletin.content import Content, Row
from etl.report.bulletin.words import ENGLISH, LANGUAGES, VIETNAMESE


def of_revision(code: str, revision: int) -> Iterator[Notice]:
    """A letter for each treasury of a month that has a contact; a draft raises Misdeclared, and so does a round.

    The pages are made when the letter's turn comes.
    """
    here, period = publication.period_of(code)
    if period.is_round or not revision:
        raise Misdeclared(f"{code} is no published month", next_action="send the pages of a revision of a month")
    found = bulletin.content(code, revision)
    for row in found.ranking:
        contact = here.treasury(row["treasury_code"], period.first).contact
        if contact:
            yield _letter(here, found, row, contact)


def without_contact(code: str) -> list[str]:
    """The codes of a month's treasuries that declare no contact and so get no letter."""
    here = registry.load(settings.read().config)
    period = here.period(code)
    return [treasury.code for treasury in here.treasuries_in(period.first) if not treasury.contact]


def _letter(here: Registry, found: Content, row: Row, contact: str) -> Notice:
    """The letter to one treasury."""
    month, number, code = found.period["period_code"], found.period["revision_number"], row["treasury_code"]
    lines = [
        f"{row['treasury_name_vi']}, {found.period['period_name_vi']}: {_figure_vi(row)}.",
        f"Kèm theo là trang của đơn vị trong bản tin của {here.network.name_vi}, lần công bố {number}.",
        f"{row['treasury_name_en']}, {found.period['period_name_en']}: {_figure_en(row)}.",
        f"Attached is the office's own page of the bulletin of the {here.network.name_en}, revision {number}.",
    ]
    return Notice(
        kind="bulletin",
        subject=f"{row['treasury_name_vi']}: kết quả {found.period['period_name_vi']} (lần công bố {number})",
        text="\n\n".join(lines),
        cause=f"revision {number}",
        month=month,
        treasuries=(code,),
        contacts=(contact,),
        attached=tuple(bulletin.treasury_page(found, code, language) for language in LANGUAGES),
    )


def _figure_vi(row: Row) -> str:
    """A treasury's figure in a sentence."""
    if row["satisfaction_rate"] is None:
        return "không có số liệu để công bố"
    rate, count = VIETNAMESE.percent(row["satisfaction_rate"]), VIETNAMESE.number(row["response_count"])
    said = f"tỷ lệ hài lòng {rate} ({count} phiếu)"
    if not row["rank"]:
        return said
    return f"{said}, hạng {row['rank']}/{row['ranked_count']}, có thể từ {row['rank_low']} đến {row['rank_high']}"


def _figure_en(row: Row) -> str:
    """The same in English."""
    if row["satisfaction_rate"] is None:
        return "there is no figure to publish"
    rate, count = ENGLISH.percent(row["satisfaction_rate"]), ENGLISH.number(row["response_count"])
    said = f"satisfaction rate {rate} ({count} responses)"
    if not row["rank"]:
        return said
    sure = f"could be anywhere from {row['rank_low']} to {row['rank_high']}"
    return f"{said}, rank {row['rank']} of {row['ranked_count']}, {sure}"
