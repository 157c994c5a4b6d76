"""The dashboards' files without Superset: the warehouse takes what they ask, and all is named in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from tests.lib.kept import Copy, Kept
from tests.lib.readers import MONTH, PUBLISHED

ASSETS = Path(__file__).resolve().parents[2] / "bi" / "assets"
DATASETS = sorted((ASSETS / "datasets" / "warehouse").glob("*.yaml"))
CODES = {
    # dataset          | words           | code                  | codes that there are
    "treasury_ranking": [("funnel_words", "funnel_flag",
                          "below_action below_warning within above_warning above_action"),
                         ("state_words", "treasury_state", "loaded no_data refused unavailable not_run")],
    "month_quality":    [("state_words", "treasury_state", "loaded no_data refused unavailable not_run")],
    "treasury_trend":   [("movement_words", "movement", "up down unclear"),
                         ("why_no_change", "change_missing_code",
                          "suppressed no_data source_refused source_unavailable not_run no_earlier_period"
                          " absent_before hidden_before definition_changed")],
}  # fmt: skip
BOTH = re.compile(r".+ \(.+\)|.+ · .+|[^ ]+ \(.+\)", re.S)
"""How a label says the same twice."""


def read(file: Path) -> dict[str, Any]:
    """What a file of the assets says."""
    said: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return said


def source(dataset: dict[str, Any]) -> str:
    """What a dataset reads, as Superset asks for it."""
    return f"({dataset['sql']})" if dataset.get("sql") else f"{dataset['schema']}.{dataset['table_name']}"


@pytest.fixture
def warehouse(copy_of: Callable[[Kept], Copy]) -> sa.Engine:
    """A warehouse with a published month."""
    return sa.create_engine(copy_of(PUBLISHED).url, poolclass=sa.NullPool)


def test_the_warehouse_takes_every_column_and_every_metric(warehouse: sa.Engine) -> None:
    asked = 0
    with warehouse.connect() as connection:
        for dataset in map(read, DATASETS):
            columns = [one.get("expression") or f'"{one["column_name"]}"' for one in dataset["columns"]]
            for expression in [*columns, *(one["expression"] for one in dataset["metrics"])]:
                connection.execute(sa.text(f"select {expression} as said from {source(dataset)} as t limit 1"))
                asked += 1
    assert asked > 100


def test_the_filter_of_periods_opens_on_the_newest_with_data(warehouse: sa.Engine) -> None:
    filters = read(ASSETS / "dashboards" / "hai_long.yaml")["metadata"]["native_filter_configuration"]
    (period,) = [one for one in filters if one["id"] == "NATIVE_FILTER-period"]
    assert period["controlValues"]["defaultToFirstItem"]
    assert not period["controlValues"]["sortAscending"]
    dataset = next(one for one in map(read, DATASETS) if one["uuid"] == period["targets"][0]["datasetUuid"])
    (newest,) = [one["expression"] for one in dataset["metrics"] if one["metric_name"] == period["sortMetric"]]
    with warehouse.connect() as connection:
        first = f"select period_code from {source(dataset)} group by period_code order by {newest} desc limit 1"
        assert connection.execute(sa.text(first)).scalar_one() == MONTH


@pytest.mark.parametrize("file", DATASETS, ids=[file.stem for file in DATASETS])
def test_every_column_is_named_in_both_languages(file: Path) -> None:
    dataset = read(file)
    labels = [one["verbose_name"] for one in dataset["columns"]]
    labels += [one["verbose_name"] for one in dataset["metrics"] if one["verbose_name"]]
    assert [label for label in labels if not BOTH.fullmatch(label)] == []


def test_every_chart_tab_and_filter_is_named_in_both_languages() -> None:
    dashboard = read(ASSETS / "dashboards" / "hai_long.yaml")
    titles = [read(file)["slice_name"] for file in (ASSETS / "charts").glob("*.yaml")]
    titles += [one["meta"]["text"] for key, one in dashboard["position"].items() if key.startswith("TAB-")]
    titles += [one["name"] for one in dashboard["metadata"]["native_filter_configuration"]]
    assert [title for title in titles if not BOTH.fullmatch(title)] == []


@pytest.mark.parametrize(
    ("name", "words", "code", "codes"), [(name, *one) for name, rows in CODES.items() for one in rows]
)
def test_a_director_reads_words_and_no_code(warehouse: sa.Engine, name: str, words: str, code: str, codes: str) -> None:
    dataset = read(ASSETS / "datasets" / "warehouse" / f"{name}.yaml")
    (expression,) = [one["expression"] for one in dataset["columns"] if one["column_name"] == words]
    with warehouse.connect() as connection:
        asked = f"select {code}, {expression} from unnest(cast(:codes as text[])) as t ({code})"
        said = dict(tuple(row) for row in connection.execute(sa.text(asked), {"codes": codes.split()}))
    assert {one for one, text in said.items() if text == one or not BOTH.fullmatch(text)} == set()
    shown = [
        column for file in (ASSETS / "charts").glob("*.yaml") for column in read(file)["params"].get("all_columns", [])
    ]
    assert words in shown
    assert code not in shown
