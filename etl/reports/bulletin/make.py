"""Make the bulletin of a period: read one revision from the marts, and lay what people read of it in its place.

``<place>/<period>/revision-<n>/``: the bulletin as a page in each language (``index.vi.html``), a page for each
treasury (``treasury-34.vi.html``), a workbook, the bulletin on paper, and ``about.json``, which names them and comes
last; ``<place>/index.html`` lists all revisions. The place of published ones is ``HAILONG_BULLETINS``. A draft is
nobody's business outside: it lies with the validation pages, under ``HAILONG_REPORTS``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from etl import warehouse
from etl.errors import Misdeclared, Unavailable
from etl.files import Folder
from etl.periods import Period
from etl.publishing import data_package, places
from etl.registry import Registry, maps, rule_sets
from etl.reports.bulletin import method, page, paper, workbook
from etl.reports.bulletin.charts import selection
from etl.reports.bulletin.content import Content, Drawing, Row, Rows
from etl.reports.bulletin.page import contents
from etl.reports.words import LANGUAGES
from etl.scoring import drafts, rebased

_ABOUT = "about.json"
_log = logging.getLogger("hailong")


@dataclass(frozen=True)
class Asked:
    """What to make of a bulletin: all of it, or only some languages, or only the pages of one treasury.

    ``revision``: a published one, 0 for the draft, or None for the newest. ``target``: a directory or a URL of fsspec
    that takes the place of the bulletin's own.
    """

    revision: int | None = None
    treasury: str | None = None
    languages: tuple[str, ...] = tuple(LANGUAGES)
    target: str | None = None


@dataclass(frozen=True)
class Made:
    """Where a bulletin lies: its directory, its files by name, and the one to open first."""

    place: str
    names: tuple[str, ...]

    @property
    def page(self) -> str:
        """The page to open first."""
        return f"{self.place}/{self.names[0]}"


def make(code: str, asked: Asked | None = None) -> Made:
    """Make the bulletin of a period, or the part of it that is asked for; where it lies.

    Making it again replaces each file with the same. An unknown revision or treasury raises Misdeclared.
    """
    asked = asked or Asked()
    found = content(code, asked.revision)
    if asked.treasury and not found.treasury(asked.treasury):
        raise Misdeclared(
            f"no treasury {asked.treasury} was open in {code}", next_action=f"see the codes: hailong ranking {code}"
        )
    folder, home = _home(found, asked.target)
    names, place = [], ""
    for name, written in _files(found, asked):
        place = folder.put(f"{home}{name}", written).removesuffix(f"/{name}")
        names.append(name)
    if not asked.treasury and len(asked.languages) == len(LANGUAGES):
        about = _about(found, names)
        folder.put(f"{home}{_ABOUT}", json.dumps(about, ensure_ascii=False, indent=1).encode())
        if home and not found.is_draft:
            data_package.export(code, number=found.period["revision_number"])
            _list(folder)
    return Made(place, tuple(names))


def content(code: str, revision: int | None = None) -> Content:
    """What the bulletin of a period says: of a published revision, of the draft (0), or of the newest one (None).

    Without a published revision, the newest one is the draft. A revision that there is not raises Misdeclared.
    """
    registry = Registry.configured()
    period = registry.period(code)
    shown = "latest" if revision is None else "draft" if revision == 0 else str(revision)
    key = {"period_code": period.code}
    with warehouse.snapshot() as connection:
        trend = warehouse.rows(connection, "reports/bulletin/trend", **key)
        warehouse.show(connection, shown)
        found = warehouse.rows(connection, "reports/bulletin/period", **key)
        if not found:
            raise _not_there(period, revision)
        read = {
            name: warehouse.rows(connection, f"reports/bulletin/{name}", **key)
            for name in ("ranking", "figures", "units", "weaknesses", "signals", "revisions")
        }
        read["quality"] = warehouse.rows(connection, "reports/bulletin/quality", **period.bounds)
        read["footnotes"] = warehouse.rows(connection, "reports/bulletin/footnotes")
    one = found[0]
    rule_set = rule_sets.named(registry.path, one["rule_set_code"], one["rule_set_digest"])
    drawings = tuple(_drawings(registry, period, str(one["stored_number"] or "draft"), read["ranking"]))
    _refuse_outdated(period, one)
    if one["stored_number"]:
        read["signals"] = []  # they are of the last rating, and not of a revision
    return Content(period=one, trend=trend, rules=rule_set.model_dump(mode="json"), drawings=drawings, **read)


def treasury_page(found: Content, code: str, language: str, *, is_alone: bool = False) -> tuple[str, bytes]:
    """A treasury's own page: its file's name and content; one that is sent alone leads to no other part."""
    html = page.treasury(found, code, LANGUAGES[language], is_alone=is_alone)
    return f"treasury-{code}.{language}.html", html.encode()


def _home(found: Content, target: str | None) -> tuple[Folder, str]:
    """Where a bulletin is put, and the path of its directory there, which ends with a slash where there is one."""
    if target:
        return places.chosen(target, "bulletin"), ""
    folder = places.drafts() if found.is_draft else places.published()
    return folder, places.directory(found.period["period_code"], found.period["revision_number"]) + "/"


def _files(found: Content, asked: Asked) -> Iterator[tuple[str, bytes]]:
    """The files of a bulletin by name, each made when it is its turn."""
    codes = [asked.treasury] if asked.treasury else [row["treasury_code"] for row in found.ranking]
    if not asked.treasury:
        for language in asked.languages:
            yield f"index.{language}.html", page.bulletin(found, LANGUAGES[language]).encode()
        yield "bulletin.xlsx", workbook.workbook(found)
        for language in asked.languages:
            drawn = selection.of_bulletin(found, LANGUAGES[language])
            yield f"bulletin.{language}.pdf", paper.paper(found, LANGUAGES[language], drawn)
    for language in asked.languages:
        for code in codes:
            yield treasury_page(found, code, language)


def _about(found: Content, names: Sequence[str]) -> dict[str, Any]:
    """What a list of bulletins says of one."""
    system, period = found.total(), found.period
    kept = ("period_code", "period_kind", "period_name_vi", "period_name_en", "revision_number", "month_status")
    counts = ("loaded_count", "open_count", "figures_digest")
    return {
        **{name: period[name] for name in (*kept, *counts)},
        "network_name_vi": period["network_name_vi"],
        "network_name_en": period["network_name_en"],
        "first_month": str(period["first_month"]),
        "newest_revision": period["last_number"],
        "published_on": None if found.is_draft else str(method.local(found, period["published_at"]).date()),
        "satisfaction_rate": system and system["satisfaction_rate"] and str(system["satisfaction_rate"]),
        "files": list(names),
    }


def _list(folder: Folder) -> None:
    """Make the page that lists every revision anew, from what each says of itself."""
    known = [json.loads(folder.get(name) or b"{}") for name in folder.names(f"*/revision-*/{_ABOUT}")]
    folder.put("index.html", contents.page([one for one in known if one]).encode())


def _drawings(registry: Registry, period: Period, shown: str, ranking: Rows) -> Iterator[Drawing]:
    """The period on the map of its own treasuries, and summed up to those of every later map."""
    for one in maps.load(registry.path):
        if one.is_open_in(period):
            yield Drawing(one, ranking)
        elif one.valid_from > period.last_day:
            try:
                yield Drawing(one, rebased.ranking(period.code, one.valid_from, shown), as_of=one.valid_from)
            except Misdeclared as error:  # the other parts do not need it
                _log.warning("%s is not drawn for %s: %s", one.code, period, error)


def _refuse_outdated(period: Period, one: Row) -> None:
    """Raise Unavailable when the draft that was read is no longer the draft: its maps would be another one's."""
    if one["stored_number"]:
        return
    with warehouse.transaction() as connection:
        drafts = warehouse.rows(connection, "scoring/draft", period_code=period.code)
    if [draft["scored_at"] for draft in drafts] != [one["scored_at"]]:
        raise Unavailable(
            f"the draft of {period} was made anew while its bulletin was made", next_action="make the bulletin again"
        )


def _not_there(period: Period, revision: int | None) -> Misdeclared:
    """What is wrong with a revision that there is not."""
    if not revision:
        return drafts.not_rated(period)
    return Misdeclared(f"{period} has no revision {revision}", next_action=f"see hailong revisions {period}")
