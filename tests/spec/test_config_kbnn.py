"""Facts of the shipped configuration: the State Treasury of Vietnam, above all as it was until 14 March 2025."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import yaml

from etl import registry, settings
from etl.periods import SurveyMonth
from etl.registry import Registry, rule_sets
from etl.registry.network import Treasury
from etl.registry.rule_set import RuleSet

JULY = SurveyMonth(2023, 7)


# fmt: off
REGIONS = [
    # region                      | treasuries
    ("red_river_delta",             11),
    ("northern_midlands_mountains", 14),
    ("north_central_central_coast", 14),
    ("central_highlands",            5),
    ("southeast",                    6),
    ("mekong_river_delta",          13),
    ("regional_treasuries_2025_03", 20),
    ("regional_treasuries_2025_07", 20),
    ("regions_2025_07",             34),   # withdrawn
]

KNOWN = [
    # code | name           | region
    ("01",  "KBNN Hà Nội",    "red_river_delta"),
    ("19",  "KBNN Thái Nguyên", "northern_midlands_mountains"),
    ("34",  "KBNN Thái Bình", "red_river_delta"),
    ("48",  "KBNN Đà Nẵng",   "north_central_central_coast"),
    ("66",  "KBNN Đắk Lắk",   "central_highlands"),
    ("79",  "KBNN Hồ Chí Minh", "southeast"),
    ("92",  "KBNN Cần Thơ",   "mekong_river_delta"),
]

FACTORS = [
    # factor    | criteria
    ("access",     4),
    ("procedures", 5),
    ("officers",   5),
    ("results",    4),
    ("feedback",   4),
]

BANDS = [
    # grade     | in Vietnamese | from | to, which is the next grade's
    ("excellent", "xuất sắc",     90,    100),
    ("good",      "tốt",          80,     90),
    ("fair",      "khá",          70,     80),
    ("average",   "trung bình",   50,     70),
    ("weak",      "yếu",           0,     50),
]
# fmt: on


@pytest.fixture(scope="module")
def config() -> Path:
    """The directory that is shipped, whatever the environment points to."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.delenv("HAILONG_CONFIG", raising=False)
        return settings.read().config


@pytest.fixture(scope="module")
def kbnn(config: Path) -> Registry:
    """The shipped registry."""
    return registry.load(config)


@pytest.fixture(scope="module")
def rule_set(config: Path) -> RuleSet:
    """The shipped rule set of July 2023."""
    return rule_sets.in_force(config, JULY)


def by_code(kbnn: Registry) -> dict[str, Treasury]:
    """The treasuries of July 2023."""
    return {treasury.code: treasury for treasury in kbnn.treasuries_in(JULY)}


def test_the_network_is_the_state_treasury_of_vietnam_in_its_local_time(kbnn: Registry) -> None:
    assert (kbnn.network.code, kbnn.network.name_vi) == ("kbnn", "Kho bạc Nhà nước")
    assert kbnn.zone().key == "Asia/Ho_Chi_Minh"


def test_there_are_63_treasuries_with_63_codes_and_63_names(kbnn: Registry) -> None:
    treasuries = kbnn.treasuries_in(JULY)
    assert len(treasuries) == 63
    assert len({t.code for t in treasuries}) == 63
    assert len({t.name_vi for t in treasuries}) == 63
    assert len({t.name_en for t in treasuries}) == 63


def test_codes_are_text_of_one_form_in_ascending_order_in_each_regime(kbnn: Registry) -> None:
    for regime, form in (("2023-07", r"[0-9]{2}"), ("2025-04", r"KV[0-9]{2}"), ("2025-07", r"KV[0-9]{2}_202507")):
        opens = kbnn.treasuries_in(SurveyMonth.parse(regime))
        codes = [treasury.code for treasury in kbnn.treasuries if treasury in opens]
        assert [code for code in codes if not re.fullmatch(form, code)] == []
        assert codes == sorted(codes)


def test_every_name_begins_with_kbnn(kbnn: Registry) -> None:
    assert [t.name_vi for t in kbnn.treasuries if not t.name_vi.startswith("KBNN ")] == []
    assert [t.name_en for t in kbnn.treasuries if "State Treasury" not in t.name_en] == []


def test_every_file_is_written_in_composed_letters(config: Path) -> None:
    files = sorted(config.rglob("*.yaml"))
    texts = {file.relative_to(config).as_posix(): file.read_text("utf-8") for file in files}
    assert {"treasuries.yaml", "units.yaml", "codes.yaml", "network.yaml"} < set(texts)
    assert [name for name, text in texts.items() if not unicodedata.is_normalized("NFC", text)] == []


def test_every_name_is_free_of_stray_spaces(config: Path) -> None:
    files = sorted(config.rglob("*.yaml"))
    named = [entry for file in files for entry in _names(yaml.safe_load(file.read_text("utf-8")))]
    assert len(named) > 63
    assert [name for name in named if name != " ".join(name.split())] == []


@pytest.mark.parametrize(("region", "treasuries"), REGIONS)
def test_a_region_has_its_treasuries(region: str, treasuries: int, kbnn: Registry) -> None:
    assert Counter(treasury.region for treasury in kbnn.treasuries)[region] == treasuries


def test_there_are_these_regions_and_no_other(kbnn: Registry) -> None:
    assert [region.code for region in kbnn.regions] == [region for region, _ in REGIONS]
    assert len({treasury.region for treasury in by_code(kbnn).values()}) == 6


def test_the_region_of_the_withdrawn_says_so_in_both_languages_and_has_nobody_else(kbnn: Registry) -> None:
    region = next(region for region in kbnn.regions if region.code == "regions_2025_07")
    assert "đã rút" in region.name_vi
    assert "withdrawn" in region.name_en
    assert all(treasury.withdrawn for treasury in kbnn.treasuries if treasury.region == region.code)


@pytest.mark.parametrize(("code", "name", "region"), KNOWN)
def test_a_treasury_has_the_code_of_its_province_in_2023(code: str, name: str, region: str, kbnn: Registry) -> None:
    treasury = kbnn.treasury(code, JULY)
    assert (treasury.name_vi, treasury.region) == (name, region)


def test_every_treasury_has_departments_and_districts_under_it(kbnn: Registry) -> None:
    kinds = {code: {unit.kind for unit in units} for code, units in kbnn.units.items()}
    assert kinds.keys() == by_code(kbnn).keys()
    assert [code for code, found in kinds.items() if found != {"department", "district_treasury"}] == []


def test_a_unit_has_a_code_of_its_own_that_begins_with_its_treasury(kbnn: Registry) -> None:
    codes = [(treasury, unit.code) for treasury, units in kbnn.units.items() for unit in units]
    assert len({unit for _, unit in codes}) == len(codes)
    assert [unit for treasury, unit in codes if not re.fullmatch(rf"{treasury}\.[0-9]{{2}}", unit)] == []


def test_thai_binh_has_its_real_district_treasuries(kbnn: Registry) -> None:
    names = {unit.name_vi for unit in kbnn.units["34"] if unit.kind == "district_treasury"}
    assert "KBNN Kiến Xương" in names
    assert [name for name in names if "huyện số" in name] == []


def test_the_questionnaire_of_july_2023_asks_22_criteria_under_5_factors(kbnn: Registry) -> None:
    questionnaire = kbnn.questionnaire_in(JULY)
    assert len(questionnaire.criteria) == 22
    assert [factor.code for factor in questionnaire.factors] == [factor for factor, _ in FACTORS]


@pytest.mark.parametrize(("factor", "criteria"), FACTORS)
def test_a_factor_has_its_criteria_and_they_are_named_after_it(factor: str, criteria: int, kbnn: Registry) -> None:
    codes = [criterion.code for criterion in kbnn.questionnaire_in(JULY).criteria if criterion.factor == factor]
    assert len(codes) == criteria
    assert [code for code in codes if not code.startswith(f"{factor}_")] == []


def test_the_scale_has_five_levels_and_the_top_two_count_as_satisfied(kbnn: Registry, rule_set: RuleSet) -> None:
    levels = kbnn.questionnaire_in(JULY).level_of_label
    assert levels == {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
    assert rule_set.rate.satisfied_levels == (4, 5)


def test_the_bands_are_those_of_decision_766_each_up_to_but_without_the_next(rule_set: RuleSet) -> None:
    found = [(grade.code, grade.name_vi, grade.from_pct, grade.to_pct) for grade in rule_set.grades]
    assert found == BANDS
    assert [grade.to_pct for grade in rule_set.grades[1:]] == [grade.from_pct for grade in rule_set.grades[:-1]]


def test_every_band_names_its_source_and_the_outer_two_name_the_decision(rule_set: RuleSet) -> None:
    sources = {grade.code: grade.source for grade in rule_set.grades}
    assert sources["excellent"] == sources["weak"] == "Decision 766/QD-TTg"
    assert all(sources.values())


def test_a_grade_and_a_rank_take_thirty_responses(rule_set: RuleSet) -> None:
    assert (rule_set.minimum_responses.grade, rule_set.minimum_responses.rank) == (30, 30)


def test_the_rules_and_the_questionnaire_are_in_force_from_january_2022_on(config: Path, kbnn: Registry) -> None:
    for month in ("2022-01", "2023-07", "2025-03"):
        assert rule_sets.in_force(config, SurveyMonth.parse(month)).code == "kbnn-2022-01.5"
        assert rule_sets.in_force(config, SurveyMonth.parse(month)).preview is None  # nobody is waited for
        assert kbnn.questionnaire_in(SurveyMonth.parse(month)).code == "sipas-2022"
    later = rule_sets.in_force(config, SurveyMonth(2027, 1))
    assert (later.code, later.preview and later.preview.working_days) == ("kbnn-2027-01", 5)


def _names(declared: object) -> list[str]:
    """Every ``name_vi`` and ``name_en`` at any depth of a parsed file."""
    if isinstance(declared, list):
        return [name for entry in declared for name in _names(entry)]
    if not isinstance(declared, dict):
        return []
    own = [value for key, value in declared.items() if key in ("name_vi", "name_en")]
    return own + [name for value in declared.values() for name in _names(value)]
