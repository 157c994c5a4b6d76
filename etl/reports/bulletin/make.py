"""Make the bulletin of a period: read one revision from the marts, and lay what people read of it in its place.

``<place>/<period>/revision-<n>/``: the bulletin as a page in each language (``index.vi.html``), its quality
report (``quality.vi.html``), a page and a paper for the conference for each treasury (``treasury-34.vi.html``,
``conference-34.vi.pdf``), a workbook, the bulletin on paper, and
``about.json``, which names them and comes last; ``<place>/index.html`` lists all revisions. The place of published ones
is ``HAILONG_BULLETINS``. A draft is nobody's business outside: it lies with the validation pages, under
``HAILONG_REPORTS``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from etl.errors import Misdeclared
from etl.files import Folder
from etl.publishing import data_package, places, resources
from etl.reports.bulletin import listing, method, page, paper, reading, workbook
from etl.reports.bulletin.charts import selection
from etl.reports.bulletin.content import Content
from etl.reports.words import LANGUAGES, Language

Maker = Callable[[Content], bytes]


@dataclass(frozen=True)
class Asked:
    """What to make of a bulletin: all of it, or a part.

    ``revision``: a published one, 0 for the draft, or None for the newest. ``target``: a directory or a URL of fsspec
    that takes the place of the bulletin's own.
    """

    revision: int | None = None
    treasury: str | None = None
    languages: tuple[str, ...] = tuple(LANGUAGES)
    target: str | None = None


@dataclass(frozen=True)
class Made:
    """Where a bulletin lies: its directory, and its files by name."""

    directory: str
    names: tuple[str, ...]

    @property
    def page(self) -> str:
        """The page to open first."""
        return f"{self.directory}/{self.names[0]}"


def make(code: str, asked: Asked | None = None) -> Made:
    """Make the bulletin of a period, or a part; where it lies.

    Making it again replaces each file with the same. An unknown revision or treasury raises Misdeclared.
    """
    asked = asked or Asked()
    content = reading.content(code, asked.revision)
    if asked.treasury and not content.treasury(asked.treasury):
        raise Misdeclared(
            f"no treasury {asked.treasury} was open in {code}", next_action=f"see the codes: hailong ranking {code}"
        )
    folder, home = _home(content, asked.target)
    is_whole = not asked.treasury and len(asked.languages) == len(LANGUAGES)
    is_exported = is_whole and bool(home) and not content.is_draft
    files, directory = _files(content, asked), ""
    exported = [f"data/{name}.csv" for name in resources.KEYS] if is_exported else []
    content = replace(content, files=frozenset([*files, *exported]))  # pages lead to nothing else
    for name, made_of in files.items():
        directory = folder.put(f"{home}{name}", made_of(content)).removesuffix(f"/{name}")
    if is_whole:
        about = _about(content, list(files))
        folder.put(f"{home}{listing.ABOUT}", json.dumps(about, ensure_ascii=False, indent=1).encode())
        if is_exported:
            data_package.export(code, number=content.period["revision_number"])
            listing.write(folder)
    return Made(directory, tuple(files))


def treasury_page(content: Content, code: str, language: str, *, is_alone: bool = False) -> tuple[str, bytes]:
    """A treasury's own page: its file's name and content.

    One that is sent alone leads to no other part.
    """
    said_in = LANGUAGES[language]
    return _name_of(code, said_in), page.treasury(content, code, said_in, is_alone=is_alone).encode()


def _home(content: Content, target: str | None) -> tuple[Folder, str]:
    """Where a bulletin is put, and its directory there.

    The directory ends with a slash where there is one.
    """
    if target:
        return places.chosen(target, "bulletin"), ""
    folder = places.drafts() if content.is_draft else places.published()
    return folder, places.directory(content.period["period_code"], content.period["revision_number"]) + "/"


def _files(content: Content, asked: Asked) -> dict[str, Maker]:
    """The files of a bulletin by name, each with how it is made of the content."""
    codes = [asked.treasury] if asked.treasury else [row["treasury_code"] for row in content.ranking]
    languages = [LANGUAGES[code] for code in asked.languages]
    files: dict[str, Maker] = {}
    if not asked.treasury:
        files |= {f"index.{language.code}.html": partial(_index, language) for language in languages}
        files |= {f"quality.{language.code}.html": partial(_quality, language) for language in languages}
        files["bulletin.xlsx"] = workbook.workbook
        files |= {f"bulletin.{language.code}.pdf": partial(_paper, language) for language in languages}
    for language in languages:
        files |= {_name_of(code, language): partial(_treasury, code, language) for code in codes}
    for language in languages:
        files |= {paper_of(code, language): partial(_conference, code, language) for code in codes}
    return files


def _index(language: Language, content: Content) -> bytes:
    """The page of the whole network."""
    return page.bulletin(content, language).encode()


def _quality(language: Language, content: Content) -> bytes:
    """The quality report."""
    return page.quality_report(content, language).encode()


def _paper(language: Language, content: Content) -> bytes:
    """The bulletin on paper."""
    return paper.paper(content, language, selection.of_bulletin(content, language))


def _treasury(code: str, language: Language, content: Content) -> bytes:
    """The page of a treasury."""
    return page.treasury(content, code, language).encode()


def _conference(code: str, language: Language, content: Content) -> bytes:
    """The paper for a treasury's conference."""
    return paper.of_conference(content, code, language)


def paper_of(code: str, language: Language) -> str:
    """The name of the paper for a treasury's conference."""
    return f"conference-{code}.{language.code}.pdf"


def _name_of(code: str, language: Language) -> str:
    """The name of a treasury's page."""
    return f"treasury-{code}.{language.code}.html"


def _about(content: Content, names: Sequence[str]) -> dict[str, Any]:
    """What a list of bulletins says of one."""
    system, period = content.total(), content.period
    kept = ("period_code", "period_kind", "period_name_vi", "period_name_en", "revision_number", "month_status")
    counts = ("loaded_count", "open_count", "figures_digest")
    return {
        **{name: period[name] for name in (*kept, *counts)},
        "network_name_vi": period["network_name_vi"],
        "network_name_en": period["network_name_en"],
        "first_month": str(period["first_month"]),
        "newest_revision": period["last_number"],
        "published_on": None if content.is_draft else str(method.local(content, period["published_at"]).date()),
        "satisfaction_rate": system and system["satisfaction_rate"] and str(system["satisfaction_rate"]),
        "files": list(names),
    }
