"""What is drawn on which tile grid: the treasuries of a period, or the provinces of today as geography."""

from __future__ import annotations

from collections.abc import Iterator

from etl.periods import Period
from etl.registry import Registry, maps
from etl.registry.network import Treasury
from etl.reports.bulletin.charts import short_names
from etl.reports.bulletin.content import Drawing, Row, Rows
from etl.reports.words import LANGUAGES


def of_period(registry: Registry, period: Period, ranking: Rows, provinces: Rows) -> Iterator[Drawing]:
    """The grids on which a period can be drawn.

    Its treasuries are on the grid of its time; a grid of provinces has the regional treasury that is known of each, or
    the sums of the former provincial treasuries (``provinces``: sql/reports/provinces).
    """
    for tile_map in maps.load(registry.path):
        if tile_map.of == "treasuries":
            if tile_map.is_open_in(period):
                yield Drawing(tile_map, ranking)
        elif tile_map.is_open_in(period):
            yield Drawing(tile_map, _regional(registry, period, ranking), kind="regional")
        elif provinces and tile_map.valid_from > period.last_day:
            yield Drawing(tile_map, [_former(row) for row in provinces], kind="former")


def _former(province: Row) -> Row:
    """A province with the sum of its former treasuries: a rate and no judgement."""
    return {
        **_named(province["province_code"], province["province_name_vi"], province["province_name_en"]),
        "satisfaction_rate": province["share_of_answers_rate"],
        "footnote_codes": province["footnote_codes"],
    }


def _regional(registry: Registry, period: Period, ranking: Rows) -> Rows:
    """Every province with the rate of the regional treasury to which a source says that it belongs."""
    told = {
        known.province: treasury
        for treasury in registry.treasuries_in(period)
        for known in treasury.known or ()
        if known.is_told
    }
    by_code = {row["treasury_code"]: row for row in ranking}
    short = {code: short_names.of_treasuries(ranking, language) for code, language in LANGUAGES.items()}

    def placed(code: str, names: dict[str, str]) -> Row:
        treasury: Treasury | None = told.get(code)
        row = by_code.get(treasury.code) if treasury else None
        if treasury is None or row is None:
            return {**_named(code, names["vi"], names["en"]), "is_unknown": True}
        own = {language: f"{name} ({short[language][treasury.code]})" for language, name in names.items()}
        shown = {name: row[name] for name in ("satisfaction_rate", "funnel_flag", "footnote_codes")}
        return {**_named(code, own["vi"], own["en"]), **shown}

    return [placed(one.code, {"vi": one.name_vi, "en": one.name_en}) for one in registry.provinces]


def _named(code: str, name_vi: str, name_en: str) -> Row:
    """A square without figures."""
    names = {"treasury_code": code, "treasury_name_vi": name_vi, "treasury_name_en": name_en}
    return {**names, "satisfaction_rate": None, "funnel_flag": None, "footnote_codes": [], "is_unknown": False}
