"""What a reader's login sees of the marts, and the cells of a period that follow from all of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import sqlalchemy as sa

from etl import settings
from tests.lib.attack.counts import GRAIN, KEYS, MEASURES

READER = "hailong_reader"
NOT_FIGURES = ("treasury_id", "revision_number", "answer_position")
FIGURES = [*MEASURES, "satisfaction_rate", "standard_error", "rate_low", "rate_high", "rank", "ranked_count"]
PLACES = {
    # relation                  | what its rows are about, where a column does not say so
    "breakdown_rating":           {},
    "treasury_ranking":           {"area_level": "treasury", "breakdown": "total"},
    "treasury_trend":             {"area_level": "treasury", "breakdown": "total"},
    "unit_rating":                {"area_level": "unit", "breakdown": "total"},
    "criterion_rating":           {"area_level": "treasury", "breakdown": "criterion"},
    "procedure_rating":           {"area_level": "treasury", "breakdown": "procedure"},
    "channel_rating":             {"area_level": "treasury", "breakdown": "channel"},
    "weakness":                   {"breakdown": "criterion"},
    "run_chart":                  {"breakdown": "total"},
    "fact_treasury":              {"area_level": "treasury", "breakdown": "total"},
    "fact_unit":                  {"area_level": "unit", "breakdown": "total"},
    "fact_criterion":             {"area_level": "treasury", "breakdown": "criterion"},
    "fact_procedure":             {"area_level": "treasury", "breakdown": "procedure"},
    "fact_channel":               {"area_level": "treasury", "breakdown": "channel"},
    "fact_respondent_type":       {"area_level": "treasury", "breakdown": "respondent_type"},
}  # fmt: skip


@dataclass(frozen=True)
class Marts:
    """Every relation of the schema mart with all its rows, numbers as floats."""

    relations: Mapping[str, pd.DataFrame]
    cells: dict[str, pd.DataFrame] = field(default_factory=dict)
    """The cells of the periods that were asked for."""

    def of(self, name: str, period_code: str) -> pd.DataFrame:
        """The rows of a relation about a period."""
        frame = self.relations[name]
        return frame[frame["period_code"].eq(period_code)].reset_index(drop=True)


def marts(url: str, shown: str = "") -> Marts:
    """All that a reader sees, of the newest or a given revision.

    The star knows the newest revisions only, and is left out of another one.
    """
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("select set_config('hailong.show', :shown, true)"), {"shown": shown})
        connection.exec_driver_sql(f"set local role {READER}")
        readable = connection.execute(
            sa.text(
                "select c.relname from pg_class as c where c.relnamespace = 'mart'::regnamespace"
                " and c.relkind in ('v', 'r', 'm', 'p') and has_table_privilege(c.oid, 'select')"
            )
        )
        names = [name for name in readable.scalars() if not (shown and name.startswith("fact_"))]
        return Marts({name: _read(connection, name) for name in names})


def _read(connection: sa.Connection, name: str) -> pd.DataFrame:
    """A relation, with the numbers of the contract as floats."""
    done = connection.exec_driver_sql(f"select * from mart.{name}")
    frame = pd.DataFrame(done.fetchall(), columns=list(done.keys()), dtype=object)
    numbers = [column for column in numeric_columns(name) if column in frame]
    return frame.assign(**{column: pd.to_numeric(frame[column]) for column in numbers})


def numeric_columns(name: str) -> list[str]:
    """The columns of a relation that hold numbers, by the contract."""
    with (settings.SQL / "contract.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        row["column"]
        for row in rows
        if row["relation"] == f"mart.{name}" and row["type"] in ("integer", "numeric", "bigint", "smallint")
    ]


def cells(marts: Marts, period_code: str) -> pd.DataFrame:
    """The cells of a period: of each figure what any relation says."""
    if period_code not in marts.cells:
        said = pd.concat([_placed(marts, name, period_code) for name in PLACES if name in marts.relations])
        figures = said.groupby(GRAIN, sort=False)[FIGURES].max().reset_index()
        regions = said.groupby(KEYS[:2])["region_code"].first().reset_index()
        marts.cells[period_code] = figures.merge(regions, on=KEYS[:2], how="left", validate="many_to_one")
    return marts.cells[period_code]


def _placed(marts: Marts, name: str, period_code: str) -> pd.DataFrame:
    """A relation's rows about a period, by the keys of the cells."""
    frame = marts.relations[name]
    if name.startswith("fact_"):
        frame = _with_names(marts, name)
    if "area_code" not in frame:
        is_unit = PLACES[name].get("area_level") == "unit"
        code = frame["treasury_code"] + "/" + frame["unit_code"] if is_unit else frame["treasury_code"]
        frame = frame.assign(area_code=code)
    frame = frame.assign(**PLACES[name])
    of = {"criterion": "criterion_code", "procedure": "procedure_code", "channel": "channel_code"}
    of["respondent_type"] = "respondent_type_code"
    if "member_code" not in frame:
        kind = PLACES[name]["breakdown"]
        frame = frame.assign(member_code=frame[of[kind]] if kind in of else "all")
    return frame[frame["period_code"].eq(period_code)].reindex(columns=[*GRAIN, "region_code", *FIGURES])


def _with_names(marts: Marts, name: str) -> pd.DataFrame:
    """The rows of a fact with the codes behind its keys."""
    months, treasuries = marts.relations["dim_month"], marts.relations["dim_treasury"]
    frame = marts.relations[name].merge(treasuries[["treasury_id", "treasury_code", "region_code"]], on="treasury_id")
    frame = frame.merge(months[["survey_month", "month_code"]], on="survey_month")
    frame = frame.rename(columns={"month_code": "period_code"})
    if name == "fact_unit":
        frame = frame.assign(unit_code=frame["unit_key"].str.split("/", n=1).str[1])
    if name == "fact_criterion":
        frame = frame.assign(criterion_code=frame["criterion_key"].str.split("/", n=1).str[1])
    return frame


def every_cell(marts: Marts) -> pd.DataFrame:
    """The cells of every period that is shown."""
    return pd.concat([cells(marts, code) for code in marts.relations["breakdown_rating"]["period_code"].unique()])


def figures_of_hidden(marts: Marts) -> pd.DataFrame:
    """Numbers in rows whose counts are hidden: relation, column, count."""
    told = []
    for name in set(PLACES) & set(marts.relations):
        frame = marts.relations[name]
        hidden = frame[frame["answer_count"].isna()]
        numbers = [column for column in numeric_columns(name) if column not in NOT_FIGURES]
        told += [(name, column, count) for column in numbers if (count := int(hidden[column].notna().sum()))]
    return pd.DataFrame(told, columns=["relation", "column", "row_count"])
