"""Read what a bulletin says of one revision of a period from the marts, as it stands at one moment."""

from __future__ import annotations

from collections.abc import Iterator

from etl import warehouse
from etl.errors import Misdeclared, Unavailable
from etl.log import log
from etl.periods import Period
from etl.registry import Registry, maps, rule_sets
from etl.reports.bulletin.content import Content, Drawing, Row, Rows
from etl.scoring import drafts, rebased


def content(code: str, revision: int | None = None) -> Content:
    """What the bulletin of a period says.

    Of a published revision, of the draft (0), or of the newest one (None).
    Without a published revision, the newest one is the draft. A revision that there is not raises Misdeclared.
    """
    registry = Registry.configured()
    period = registry.period(code)
    shown = "latest" if revision is None else "draft" if revision == 0 else str(revision)
    key = {"period_code": period.code}
    with warehouse.snapshot() as connection:
        trend = warehouse.rows(connection, "reports/bulletin/trend", **key)
        warehouse.show(connection, shown)
        periods = warehouse.rows(connection, "reports/bulletin/period", **key)
        if not periods:
            raise _not_there(period, revision)
        read = {
            name: warehouse.rows(connection, f"reports/bulletin/{name}", **key)
            for name in ("ranking", "figures", "units", "weaknesses", "signals", "revisions")
        }
        read["quality"] = warehouse.rows(connection, "reports/bulletin/quality", **period.bounds)
        read["footnotes"] = warehouse.rows(connection, "reports/bulletin/footnotes")
    about = periods[0]
    rule_set = rule_sets.named(registry.path, about["rule_set_code"], about["rule_set_digest"])
    drawings = tuple(_drawings(registry, period, str(about["stored_number"] or "draft"), read["ranking"]))
    _refuse_outdated(period, about)
    if about["stored_number"]:
        read["signals"] = []  # they are of the last rating, and not of a revision
    return Content(period=about, trend=trend, rules=rule_set.model_dump(mode="json"), drawings=drawings, **read)


def _drawings(registry: Registry, period: Period, shown: str, ranking: Rows) -> Iterator[Drawing]:
    """The period on its own map, and on every later one."""
    for tile_map in maps.load(registry.path):
        if tile_map.is_open_in(period):
            yield Drawing(tile_map, ranking)
        elif (as_of := tile_map.valid_from) > period.last_day:
            try:
                yield Drawing(tile_map, rebased.ranking(period.code, as_of, shown), as_of=as_of)
            except Misdeclared as error:  # the other parts do not need it
                log.warning("%s is not drawn for %s: %s", tile_map.code, period, error)


def _refuse_outdated(period: Period, about: Row) -> None:
    """Raise Unavailable when the draft that was read was rated anew.

    Its maps would be another draft's.
    """
    if about["stored_number"]:
        return
    with warehouse.transaction() as connection:
        drafts = warehouse.rows(connection, "scoring/draft", period_code=period.code)
    if [draft["scored_at"] for draft in drafts] != [about["scored_at"]]:
        raise Unavailable(
            f"the draft of {period} was made anew while its bulletin was made", next_action="make the bulletin again"
        )


def _not_there(period: Period, revision: int | None) -> Misdeclared:
    """What is wrong with a revision that there is not."""
    if not revision:
        return drafts.not_rated(period)
    return Misdeclared(f"{period} has no revision {revision}", next_action=f"see hailong revisions {period}")
