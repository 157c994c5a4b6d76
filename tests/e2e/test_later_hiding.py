"""What an older rule set left open is hidden beside the published revision, which stays as it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from etl import settings, warehouse
from etl.errors import Disagreement
from etl.operation import migrate, steps
from etl.publishing import publish, verify
from etl.publishing.approval import Decision
from tests.lib import golden
from tests.lib.kept import Copy, Kept
from tests.lib.months import JULY, query

MONTH = "2023-07"

pytestmark = pytest.mark.deep


@pytest.fixture
def published(copy_of: Callable[[Kept], Copy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """July under the rule set that hides against sums alone, published."""
    copy_of(JULY)
    config = Path(shutil.copytree(settings.read().config, tmp_path / "config"))
    for later in ("2022-01.4", "2022-01.5"):
        (config / "rules" / f"{later}.yaml").unlink()
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    steps.rate(MONTH)
    assert publish.publish(MONTH, Decision("anna", "the first")) == 1


def test_july_is_as_sure_as_it_was_under_the_fourth_version(
    copy_of: Callable[[Kept], Copy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_of(JULY)
    config = Path(shutil.copytree(settings.read().config, tmp_path / "config"))
    (config / "rules" / "2022-01.5.yaml").unlink()
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    steps.rate(MONTH)
    figures = golden.kept("2023-07-standing-2022-01.4")
    assert golden.like(figures, query("select * from mart.treasury_ranking where period_code = '2023-07'")) == figures


@pytest.mark.usefixtures("published")
def test_an_older_revision_hides_more_and_stays_what_it_is() -> None:
    figures = golden.kept("2023-07-standing")  # under the rule set that they were made under
    assert golden.like(figures, query("select * from mart.treasury_ranking where period_code = '2023-07'")) == figures
    (before,) = query("select figures_digest from score.revision where revision_number = 1")
    members = query("select count(*) as n from shown.rating where period_code = '2023-07'")[0]["n"]
    with pytest.raises(Disagreement, match="figures are shown that tell hidden ones") as told:
        verify.verify(MONTH)
    assert "hailong migrate" in told.value.next_action
    assert migrate.up() == ["later hiding", "star"]
    assert query("select figures_digest from score.revision where revision_number = 1") == [before]
    (kept,) = query("select * from score.tightened")
    assert kept["hidden_count"] > 0
    assert query("select count(*) as n from score.hidden_later") == [{"n": kept["hidden_count"]}]
    shown = query(
        "select count(*) as n from score.hidden_later as l inner join shown.rating as r"
        " using (period_code, area_level, area_code, breakdown, member_code)"
        " where r.answer_count is not null or not 'suppressed' = any(r.footnote_codes)"
    )
    assert shown == [{"n": 0}]
    assert query("select count(*) as n from shown.rating where period_code = '2023-07'")[0]["n"] <= members
    assert verify.verify(MONTH) == [1]
    assert migrate.up() == []


@pytest.mark.usefixtures("published")
@pytest.mark.thorough
def test_what_is_hidden_without_a_reason_is_found() -> None:
    migrate.up()
    with warehouse.transaction() as connection:
        place = {"area_level": "system", "area_code": "all", "breakdown": "total", "member_code": "all"}
        warehouse.run(connection, "publishing/hide_later", {"period_code": MONTH, "revision_number": 1, **place})
    with pytest.raises(Disagreement, match="hidden without a reason; the first: system all total all") as told:
        verify.verify(MONTH)
    assert "find out who changed" in told.value.next_action
