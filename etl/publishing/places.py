"""Where bulletins and exports are, published ones and drafts."""

from __future__ import annotations

from etl import settings
from etl.files import Folder


def published() -> Folder:
    """The folder of the published bulletins and exports."""
    return Folder(settings.read().bulletins, "the folder of bulletins", "HAILONG_BULLETINS", "make the bulletin again")


def drafts() -> Folder:
    """The folder of drafts' bulletins: that of the validation pages."""
    return Folder(
        str(settings.read().reports),
        "the folder of drafts' bulletins",
        "HAILONG_REPORTS",
        "make the bulletin again",
        is_private=True,
    )


def chosen(target: str, what: str) -> Folder:
    """The folder named with ``--to`` for a bulletin or an export."""
    return Folder(target, f"the target of the {what}", "--to", f"make the {what} again")


def directory(period_code: str, revision: int | None) -> str:
    """A bulletin's directory; without a revision, that of the draft."""
    return f"{period_code}/revision-{revision}" if revision else f"{period_code}/draft"
