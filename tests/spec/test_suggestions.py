"""What may stand in the files of suggestions and of effects, and where a mistake in them is told."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from etl import registry, settings
from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.registry import suggestions

SUGGESTIONS, EFFECTS = "suggestions/2022-01.yaml", "effects/2026-12.yaml"

# fmt: off
WRONG = [
    # file, text, broken, says
    (SUGGESTIONS, "criterion: access_seats",  "criterion: access_chairs",  "sipas-2022 does not ask 'access_chairs'"),
    (SUGGESTIONS, "criterion: access_equipment",  "criterion: access_seats",  "'access_seats' is declared twice"),
    (SUGGESTIONS, "questionnaire: sipas-2022",  "questionnaire: sipas-2021",  "there is no questionnaire sipas-2021"),
    (SUGGESTIONS, "text_en: Count who",  "text: Count who",  "suggestions.0.text"),
    (SUGGESTIONS, "text_en: Count who",  "text_en: " + 200 * "x",  "at most 200 characters"),
    (SUGGESTIONS, "text_vi: Đếm số khách",  "text_vi: ''\n  more: Đếm",  "suggestions.0.text_vi"),
    (EFFECTS, "level: 0.95",  "level: 1.95",  "level: Input should be less than 1"),
    (EFFECTS, "least: 3}",  "least: 4}",  "treasury: fewer months than the least, 4"),
    (EFFECTS, "controls: {least: 3",  "controls: {least: 2",  "controls.least"),
    (EFFECTS, "smallest_points: 5",  "smallest_point: 5",  "smallest_point"),
]
# fmt: on


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped configuration that a test may break."""
    monkeypatch.delenv("HAILONG_CONFIG", raising=False)
    return Path(shutil.copytree(settings.read().config, tmp_path / "config"))


@pytest.mark.parametrize(("file", "text", "broken", "says"), WRONG)
def test_a_mistake_is_told_with_its_file_and_line(file: str, text: str, broken: str, says: str, config: Path) -> None:
    path = config / file
    said = path.read_text("utf-8")
    assert text in said
    path.write_text(said.replace(text, broken, 1), "utf-8")
    with pytest.raises(Misdeclared) as told:
        registry.load(config)
    assert says in told.value.message
    assert re.search(rf"{re.escape(str(path))}:\d+", told.value.message)


def test_every_criterion_has_a_suggestion_in_both_languages_and_all_are_proposed() -> None:
    known = registry.load(settings.read().config)
    month = SurveyMonth(2023, 7)
    found = suggestions.in_force(known.path, known.questionnaires, month)
    assert set(found) == set(known.questionnaire_in(month).position_of_criterion)
    assert all(vi != en for vi, en in found.values())
    assert {entry.source for entry in suggestions.load(known.path, known.questionnaires)} == {"proposed"}
    assert suggestions.in_force(known.path, known.questionnaires, SurveyMonth(2021, 12)) == {}


def test_a_network_may_do_without(config: Path) -> None:
    shutil.rmtree(config / "suggestions")
    shutil.rmtree(config / "effects")
    known = registry.load(config)
    assert suggestions.in_force(config, known.questionnaires, SurveyMonth(2023, 7)) == {}
