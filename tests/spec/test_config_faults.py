"""What we declare wrongly is named by file, line, key and value, before a month is read under it.

Every case takes the shipped configuration, breaks one thing in it, and says what the error must say.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from etl import registry, settings
from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.registry import maps, rule_set, rule_sets
from etl.source import queries

RULES, QUESTIONS = "rules/2022-01.yaml", "questionnaires/2022-01.yaml"
RULES_IN_FORCE = "rules/2022-01.5.yaml"
OFFICES, CODES, NETWORK, UNITS = "treasuries.yaml", "codes.yaml", "network.yaml", "units.yaml"
ROUNDS, HANDLED, PROVINCES = "rounds.yaml", "handled_files/2023-07.yaml", "provinces.yaml"
HA_NOI, HA_GIANG = 'code: "01"', 'code: "02"'
JULY = SurveyMonth(2023, 7)


class Wrong(NamedTuple):
    """The first ``text`` of ``file`` becomes ``broken``; the error names the last line of that, and ``says`` why."""

    case: str
    file: str
    text: str
    broken: str
    says: str


class Added(NamedTuple):
    """``file`` is written with ``content``; the error names its ``line``, and ``says`` why."""

    case: str
    file: str
    content: str
    line: int
    says: str


# fmt: off
WRONG = [
    # the rules
    Wrong("a misspelt key", RULES, "dont_know:", "dontknow:",
          "rate.dontknow: Extra inputs are not permitted"),
    Wrong("a definition that is none", RULES, "share_of_answers", "mean_of_answers",
          "rate.definition: Input should be 'share_of_answers'"),
    Wrong("a share above one", RULES, "turned_away_share: 0.10", "turned_away_share: 10",
          "admission.max_turned_away_share: Input should be less than or equal to 1"),
    Wrong("a gap between bands", RULES, "from_pct: 80", "from_pct: 81",
          "grades.1.from_pct: gap between 80 and 81 per cent, before 'good'"),
    Wrong("an overlap of bands", RULES, "from_pct: 80", "from_pct: 79",
          "grades.1.from_pct: overlap between 80 and 79 per cent, before 'good'"),
    Wrong("bands that begin above 0", RULES, "from_pct: 0", "from_pct: 10",
          "grades.4.from_pct: gap between 0 and 10 per cent, before 'weak'"),
    Wrong("bands that do not reach 100", RULES, "to_pct: 100", "to_pct: 99",
          "grades.0.to_pct: gap between 99 and 100 per cent"),
    Wrong("two grades of one code", RULES, "code: fair", "code: good",
          "grades.2.code: grade 'good' is declared twice"),
    Wrong("rules that end before they begin", RULES, "from: 2022-01-01", "from: 2022-01-01\nvalid_to: 2021-12-31",
          "valid_to: valid_to 2021-12-31 is before valid_from 2022-01-01"),
    Wrong("a file that is not YAML", RULES, "rank: 30}\ninterval_level", "rank: 30\ninterval_level",
          "not valid YAML: "),
    # the codes
    Wrong("a word for yes that is one for no", CODES, "Budget unit}",
          "Budget unit}\nharassment: {reported: [Vâng], not_reported: [vâng]}",
          "harassment.not_reported: text 'vâng' is declared twice"),
    Wrong("a word that YAML takes for a truth", CODES, "Budget unit}", "Budget unit}\nharassment: {reported: [on]}",
          "harassment.reported.0: Input should be a valid string"),
    Wrong("an empty word", CODES, "Budget unit}", "Budget unit}\nharassment: {reported: [' ']}",
          "harassment.reported.0: an empty text says nothing"),
    Wrong("our word for an answer that does not say", CODES, "code: online", "code: unstated",
          "channels.0.code: the code 'unstated' stands for answers that do not say"),
    Wrong("a code that no index can hold", CODES, "code: online", f"code: {'o' * 201}",
          "channels.0.code: String should have at most 200 characters"),
    # the treasuries
    Wrong("an unknown key", OFFICES, HA_GIANG, f"{HA_GIANG}, phone: none",
          "treasuries.1.phone: Extra inputs are not permitted"),
    Wrong("a key forgotten", OFFICES, "name_vi: KBNN Hà Giang, ", "",
          "treasuries.1.name_vi: Field required"),
    Wrong("a code that is a number", OFFICES, 'code: "34"', "code: 34",
          "treasuries.21.code: Input should be a valid string"),
    Wrong("a treasury twice on the same days", OFFICES, HA_GIANG, HA_NOI,
          "treasury 01 is declared twice for the same days (from 2008-08-01, and from 2008-08-01 in "),
    Wrong("a treasury closed before it opened", OFFICES, "valid_to: 2025-03-14", "valid_to: 2005-03-14",
          "treasuries.0.valid_to: valid_to 2005-03-14 is before valid_from 2008-08-01"),
    Wrong("a day of no calendar", OFFICES, "valid_to: 2025-03-14", "valid_to: 2025-02-30",
          "treasuries.0.valid_to: Input should be a valid date"),
    Wrong("a treasury of an undeclared region", OFFICES, "region: northern_midlands", "region: north_midlands",
          "treasuries.1.region: treasury 02: region 'north_midlands_mountains' is not declared"),
    Wrong("two regions of one code", OFFICES, "code: southeast", "code: central_highlands",
          "regions.4.code: region 'central_highlands' is declared twice"),
    Wrong("a treasury's time zone that is none", OFFICES, HA_GIANG, f"{HA_GIANG}, time_zone: Asia/Hanoi",
          "treasuries.1.time_zone: time zone 'Asia/Hanoi' does not exist"),
    Wrong("a successor of a code that nobody bears", OFFICES, '[KV01]', '[KV01, "99"]',
          "treasury 01 was succeeded by '99', but no treasury has this code after 2025-03-14"),
    Wrong("a successor of a code that nobody bears any more", OFFICES, "2025-06-30}",
          '2025-06-30, succeeded_by: ["10"]}',
          "treasury KV01 was succeeded by '10', but no treasury has this code after 2025-06-30"),
    Wrong("a successor that is withdrawn", OFFICES, '[KV01]', '[KV01, "01"]',
          "treasury 01 was succeeded by '01', but no treasury has this code after 2025-03-14"),
    Wrong("a withdrawal without a reason", OFFICES, HA_GIANG, f'{HA_GIANG}, withdrawn: " "',
          "treasuries.1.withdrawn: String should match pattern"),
    Wrong("something known without its source", OFFICES, 'mark: found, source: "a public report"}', "mark: found}",
          "treasuries.83.known.0.source: Field required"),
    Wrong("something known by another mark", OFFICES, "mark: inferred", "mark: assumed",
          "treasuries.94.known.1.mark: Input should be 'found' or 'inferred'"),
    Wrong("something known of a province that is none", OFFICES, 'known: [{province: "01"', 'known: [{province: "02"',
          "treasury KV01_202507 is known to have the province '02', which is not declared"),
    # the provinces
    Wrong("a province of an unknown treasury", PROVINCES, 'treasuries: ["01"]', 'treasuries: ["03"]',
          "province 01 has the treasury '03', and none of this code ended before 2025-07-01"),
    Wrong("a treasury in two provinces", PROVINCES, 'treasuries: ["04"]', 'treasuries: ["04", "01"]',
          "provinces.1.treasuries.1: treasury of a province '01' is declared twice"),
    Wrong("a province twice", PROVINCES, 'code: "04"', 'code: "01"',
          "provinces.1.code: province '01' is declared twice"),
    Wrong("a successor of a treasury that goes on", OFFICES, 'valid_to: 2025-03-14, succeeded_by', "succeeded_by",
          "treasuries.0.succeeded_by: treasury 01 has a succeeded_by, but no valid_to"),
    Wrong("a code used again over the other's connection", OFFICES, "code: KV15_202507", "code: KV15",
          "treasury KV15 KBNN khu vực XV from 2025-07-01 would be read over the connection treasury_KV15 of another "
          "office, KBNN khu vực XV"),
    Wrong("a code used again over the other's connection, declared", OFFICES, "code: KV15_202507",
          "code: KV15, connection: KV15",
          "treasury KV15 KBNN khu vực XV from 2025-07-01 would be read over the connection treasury_KV15 of another "
          "office, KBNN khu vực XV"),
    Wrong("a connection that is no name", OFFICES, '"15_2025"', '"15 2025"',
          "treasuries.109.connection: String should match pattern"),
    # the rounds
    Wrong("a round that is written like a month", ROUNDS, "code: 2023-II", "code: 2023-02",
          "rounds.1.code: round '2023-02' is written like a month"),
    Wrong("a round that is nearly written like a month", ROUNDS, "code: 2023-II", "code: 2023-2",
          "rounds.1.code: round '2023-2' is written like a month"),
    Wrong("two rounds of one code", ROUNDS, "code: 2023-II", "code: 2023-I",
          "rounds.1.code: round '2023-I' is declared twice"),
    Wrong("a round that ends before it begins", ROUNDS, "last_month: 2023-12", "last_month: 2023-11",
          "rounds.1.last_month: last_month 2023-11 is before first_month 2023-12"),
    Wrong("two rounds in one month", ROUNDS, "first_month: 2023-12", "first_month: 2023-07",
          "rounds.1.first_month: round 2023-II shares a month with round 2023-I"),
    Wrong("a round of a month that is none", ROUNDS, "first_month: 2023-12", "first_month: 2023-13",
          "rounds.1.first_month: '2023-13' is not a survey month: write the month as YYYY-MM"),
    Wrong("a round of a month that is a number", ROUNDS, "first_month: 2023-12", "first_month: 2023",
          "rounds.1.first_month: '2023' is not a survey month: write the month as YYYY-MM"),
    Wrong("a round without a source", ROUNDS, 'source: "', 'note: "',
          "rounds.0.source: Field required"),
    # the network
    Wrong("a time zone that does not exist", NETWORK, "Asia/Ho_Chi_Minh", "Asia/Saigon_City",
          "time_zone: time zone 'Asia/Saigon_City' does not exist"),
    Wrong("a directory of time zones", NETWORK, "Asia/Ho_Chi_Minh", "Asia",
          "time_zone: time zone 'Asia' does not exist"),
    Wrong("a key twice", NETWORK, "code: kbnn", "code: kbnn\ncode: other",
          "not valid YAML: 'code' is declared twice"),
    # the questionnaire and the code lists
    Wrong("a criterion of an undeclared factor", QUESTIONS, "factor: feedback", "factor: fedback",
          "criteria.18.factor: criterion feedback_posted: factor 'fedback' is not declared"),
    Wrong("a criterion twice", QUESTIONS, "code: access_ease", "code: access_seats",
          "criteria.2.code: criterion 'access_seats' is declared twice"),
    Wrong("a factor twice", QUESTIONS, "code: officers", "code: access",
          "factors.2.code: factor 'access' is declared twice"),
    Wrong("a level twice", QUESTIONS, "level: 3", "level: 4",
          "scale.2.level: level '4' is declared twice"),
    Wrong("a label of two levels", QUESTIONS, 'labels: ["3"]', 'labels: ["4"]',
          "scale.2.labels: label '4' is declared twice"),
    Wrong("a label that YAML takes for true", QUESTIONS, 'labels: ["3"]', "labels: [yes]",
          "scale.2.labels.0: Input should be a valid string"),
    Wrong("a label of two codes", CODES, "[COUNTER, paper]", "[COUNTER, web]",
          "channels.1: code or label 'web' is declared twice"),
    Wrong("a label that is another's code", CODES, "[COUNTER, paper]", "[COUNTER, online]",
          "channels.1: code or label 'online' is declared twice"),
]
# fmt: on

OTHER_RULES = """\
code: kbnn-2023-01
valid_from: 2023-01-01
source: a decision
rate: {definition: share_of_answers, satisfied_levels: [5], dont_know: is_left_out}
minimum_responses: {grade: 1, rank: 1}
interval_level: 0.95
grades:
- {code: any, name_vi: bất kỳ, name_en: any, from_pct: 0, to_pct: 100, source: a decision}
admission: {answers_due: false, max_turned_away_share: 1, max_unknown_code_share: 1}
"""

OTHER_QUESTIONS = """\
code: another
valid_from: 2023-01-01
scale:
- {level: 2, name_vi: Có, name_en: "Yes", labels: ["y"]}
- {level: 1, name_vi: Không, name_en: "No", labels: ["n"]}
factors:
- {code: all, name_vi: Tất cả, name_en: All}
criteria:
- {code: one, factor: all, name_vi: Một, name_en: One}
"""

UNKNOWN_OFFICE = """\
units:
  "01":
  - {code: cash, name_vi: Phòng Kho quỹ, name_en: Cash and vault, kind: department}
  "99":
  - {code: cash, name_vi: Phòng Kho quỹ, name_en: Cash and vault, kind: department}
"""

UNIT_TWICE = """\
units:
  "01":
  - {code: cash, name_vi: Phòng Kho quỹ, name_en: Cash and vault, kind: department}
  - {code: cash, name_vi: Phòng Kế toán, name_en: State accounting, kind: department}
"""

OFFICE_UNDER_TWO_KEYS = """\
units:
  "01": [{code: cash, name_vi: Phòng Kho quỹ, name_en: Cash and vault, kind: department}]
  "01@2025-07-01": []
  "01@2008-08-01": []
"""

UNIT_OF = """\
units:
  "{key}":
  - {{code: cash, name_vi: Phòng Kho quỹ, name_en: Cash and vault, kind: department, succeeded_by: "{successor}"}}
"""

HANDLED_FILES = """\
source: a report
handled_files:
  "34": {number}
  "{code}": 0
"""

OFFICE_TWICE = """\
units:
  "01": [{code: cash, name_vi: Phòng Kho quỹ, name_en: Cash and vault, kind: department}]
  "01": []
"""

# fmt: off
ADDED = [
    Added("two rule sets on the same days", "rules/2023-01.yaml", OTHER_RULES, 2,
          "the rule set is declared twice for the same days (from 2023-01-01, and from 2022-01-01 in "),
    Added("two questionnaires on the same days", "questionnaires/2023-01.yaml", OTHER_QUESTIONS, 2,
          "the questionnaire is declared twice for the same days (from 2023-01-01, and from 2022-01-01 in "),
    Added("units of an unknown treasury", UNITS, UNKNOWN_OFFICE, 4,
          "units of an unknown treasury '99'"),
    Added("a unit twice", UNITS, UNIT_TWICE, 4,
          "units.01.1.code: unit 'cash' is declared twice"),
    Added("the units of a treasury twice", UNITS, OFFICE_TWICE, 3,
          "not valid YAML: '01' is declared twice"),
    Added("units of a later bearer who began on another day", UNITS,
          UNKNOWN_OFFICE.replace('"99"', '"15@2025-07-02"'), 4, "units of an unknown treasury '15@2025-07-02'"),
    Added("units of a later bearer without the day", UNITS, UNKNOWN_OFFICE.replace('"99"', '"15@"'), 4,
          "units of an unknown treasury '15@'"),
    Added("the units of a treasury under two keys", UNITS, OFFICE_UNDER_TWO_KEYS, 4,
          "the units of treasury 01 from 2008-08-01 are declared under two keys"),
    Added("a unit that went to nobody", UNITS, UNIT_OF.format(key="KV08", successor="10"), 3,
          "unit cash was succeeded by '10', but no treasury has this code after 2025-06-30"),
    Added("a unit that went away from a treasury that goes on", UNITS,
          UNIT_OF.format(key="15@2025-07-01", successor="25"), 3,
          "unit cash has a succeeded_by, but its treasury 15 has no valid_to"),
    Added("handled files of an unknown treasury", HANDLED, HANDLED_FILES.format(number=7, code="99"), 4,
          "no treasury with the code '99' is open in 2023-07"),
    Added("handled files of a treasury not yet open", HANDLED, HANDLED_FILES.format(number=7, code="KV01"), 4,
          "no treasury with the code 'KV01' is open in 2023-07"),
    Added("fewer than no handled files", HANDLED, HANDLED_FILES.format(number=-7, code="01"), 3,
          "handled_files.34: Input should be greater than or equal to 0"),
    Added("handled files that are no whole number", HANDLED, HANDLED_FILES.format(number=7.5, code="01"), 3,
          "handled_files.34: Input should be a valid integer"),
    Added("handled files without a source", HANDLED, "handled_files: {}", 1,
          "source: Field required"),
    Added("handled files of a month that is none", "handled_files/July.yaml", "source: a report\nhandled_files: {}", 1,
          "the file is not named after a survey month"),
    Added("a file with nothing in it", CODES, "# to be done\n", 1,
          "file: Input should be a valid dictionary"),
]

ASKED = [
    # what is asked   | of which month | the error names
    ("the treasuries",    "2008-07",     ("no treasury is open in 2008-07", "opens on 2008-08-01", OFFICES)),
    ("treasury 99",       "2023-07",     ("no treasury with the code 99 is open in 2023-07", OFFICES)),
    ("treasury 1",        "2023-07",     ("no treasury with the code 1 is open in 2023-07", OFFICES)),
    ("the questionnaire", "2021-12",     ("no questionnaire is in force in 2021-12", "config/questionnaires")),
    ("the rules",         "2021-12",     ("no rule set is in force in 2021-12", "config/rules")),
]

SECOND_FROM_15_JULY = [
    # month   | under the
    ("2022-01", "first"),
    ("2023-06", "first"),
    ("2023-07", "first"),     # the first day decides for the whole month
    ("2023-08", "second"),
    ("2024-01", "second"),
]

ASK: dict[str, Callable[[Path, SurveyMonth], object]] = {
    "the treasuries":    lambda config, month: registry.load(config).treasuries_in(month),
    "treasury 99":       lambda config, month: registry.load(config).treasury("99", month),
    "treasury 1":        lambda config, month: registry.load(config).treasury("1", month),
    "the questionnaire": lambda config, month: registry.load(config).questionnaire_in(month),
    "the rules":         rule_sets.in_force,
}
# fmt: on

NEEDED = (NETWORK, OFFICES, CODES)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped configuration that a test may break."""
    monkeypatch.delenv("HAILONG_CONFIG", raising=False)
    return Path(shutil.copytree(settings.read().config, tmp_path / "config"))


def read_all(config: Path) -> tuple[registry.Registry, tuple[rule_set.RuleSet, ...]]:
    """Read everything that is declared."""
    return registry.load(config), rule_sets.load(config)


def refusal(of: Callable[[], object]) -> str:
    """The message of the error that must be raised, after what is true of every such error."""
    with pytest.raises(Misdeclared) as caught:
        of()
    assert caught.value.exit_code == 5
    assert caught.value.next_action
    return str(caught.value)


def test_the_shipped_configuration_is_read_without_a_fault(config: Path) -> None:
    declared, known = read_all(config)
    assert declared.treasuries
    assert known


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.case)
def test_a_wrong_entry_is_named_by_file_line_and_key(wrong: Wrong, config: Path) -> None:
    file = config / wrong.file
    before, found, after = file.read_text("utf-8").partition(wrong.text)
    assert found, "the case breaks nothing"
    file.write_text(f"{before}{wrong.broken}{after}", "utf-8")
    line = f"{before}{wrong.broken}".count("\n") + 1

    assert f"{file}:{line}: {wrong.says}" in refusal(lambda: read_all(config))


@pytest.mark.parametrize("added", ADDED, ids=lambda added: added.case)
def test_a_file_that_contradicts_itself_or_another_is_named_with_its_line(added: Added, config: Path) -> None:
    file = config / added.file
    file.parent.mkdir(exist_ok=True)
    file.write_text(added.content, "utf-8")

    assert f"{file}:{added.line}: {added.says}" in refusal(lambda: read_all(config))


@pytest.mark.parametrize(("asked", "month", "says"), ASKED)
def test_a_question_without_an_answer_names_the_place_to_declare_it(
    asked: str, month: str, says: tuple[str, ...], config: Path
) -> None:
    message = refusal(lambda: ASK[asked](config, SurveyMonth.parse(month)))
    for part in says:
        assert part in message


def test_both_places_of_a_treasury_declared_twice_are_named(config: Path) -> None:
    offices = config / OFFICES
    before, _, after = offices.read_text("utf-8").partition(HA_GIANG)
    offices.write_text(f"{before}{HA_NOI}{after}", "utf-8")
    second = before.count("\n") + 1

    message = refusal(lambda: registry.load(config))

    assert f"{offices}:{second}: treasury 01" in message
    assert f"{offices}:{second - 1})" in message


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_file_is_named(name: str, config: Path) -> None:
    (config / name).unlink()
    assert f"{config / name} is missing" in refusal(lambda: read_all(config))


NO_FILE: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a directory": Path.mkdir,
}


@pytest.mark.parametrize("make", NO_FILE.values(), ids=list(NO_FILE))
def test_what_stands_in_the_place_of_a_file_is_named_and_not_waited_for(
    make: Callable[[Path], object], config: Path, tmp_path: Path
) -> None:
    (config / "source").mkdir(exist_ok=True)
    asked = {
        **dict.fromkeys((*NEEDED, ROUNDS, UNITS), lambda: registry.load(config)),
        "maps.yaml": lambda: maps.load(config),
        "source/own.sqlite.sql": lambda: queries.statement_of(config, "own", "sqlite"),
    }
    for name, ask in asked.items():
        kept = shutil.copytree(config, tmp_path / "kept", symlinks=True, dirs_exist_ok=True) / name
        (config / name).unlink(missing_ok=True)
        make(config / name)
        assert str(config / name) in refusal(ask)
        (config / name).rmdir() if (config / name).is_dir() else (config / name).unlink()
        if kept.exists():
            shutil.copy2(kept, config / name)


def test_what_an_editor_puts_beside_a_file_is_not_read(config: Path) -> None:
    for folder in (".", "rules", "questionnaires"):
        (config / folder / ".#open.yaml").symlink_to("somebody@host.1234:5678")
        (config / folder / ".draft.yaml").write_text("[")
    read_all(config)


def test_a_directory_that_leads_nowhere_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "circle").symlink_to("circle")
    for place in (str(tmp_path / "circle"), "~nobody-of-this-name/config"):
        monkeypatch.setenv("HAILONG_CONFIG", place)
        assert f"HAILONG_CONFIG={place} leads nowhere" in refusal(settings.read)


def test_without_rules_no_month_can_be_rated(config: Path) -> None:
    shutil.rmtree(config / "rules")
    assert str(config / "rules") in refusal(lambda: rule_sets.in_force(config, JULY))


def test_a_file_in_the_place_of_the_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("network: kbnn")
    assert str(tmp_path / "config" / NETWORK) in refusal(lambda: registry.load(tmp_path / "config"))


def test_a_file_in_another_encoding_is_named(config: Path) -> None:
    (config / NETWORK).write_bytes("name_vi: Kho bạc".encode("utf-16"))
    assert f"{config / NETWORK}:1: not valid YAML" in refusal(lambda: registry.load(config))


def test_every_fault_of_a_file_is_named_at_once(config: Path) -> None:
    (config / NETWORK).write_text("code: kbnn\nname_vi: ''\ntime_zone: Nowhere\ntelephone: none\n")
    message = refusal(lambda: registry.load(config))
    assert [key in message for key in (":2: name_vi", ": name_en", ":3: time_zone", ":4: telephone")] == [True] * 4


def test_a_successor_may_take_over_the_code_of_a_closed_treasury_with_a_connection_of_its_own(config: Path) -> None:
    offices = config / OFFICES
    text = offices.read_text("utf-8")
    entry = next(line for line in text.splitlines() if 'code: "02"' in line)
    successor = re.sub("2008-08-01, .*", '2025-04-01, connection: "new"}', entry).replace("KBNN Hà Giang", "KBNN Mới")
    offices.write_text(f"{text}{successor}\n", "utf-8")
    declared = registry.load(config)
    assert declared.treasury("02", JULY).name_vi == "KBNN Hà Giang"
    assert declared.treasury("02", SurveyMonth(2025, 4)).name_vi == "KBNN Mới"


def test_a_code_may_not_pass_on_within_a_month(config: Path) -> None:
    offices = config / OFFICES
    lines = offices.read_text("utf-8").splitlines()
    entry = next(line for line in lines if 'code: "02"' in line)
    lines.append(re.sub("2008-08-01, .*", '2025-03-15, connection: "new"}', entry))
    offices.write_text("\n".join(lines), "utf-8")
    message = refusal(lambda: registry.load(config))
    assert f"{offices}:{len(lines)}: treasury 02 begins in the month in which another treasury of its code" in message


def replaced(file: Path, *pairs: tuple[str, str]) -> None:
    """Replace texts of a file, each once."""
    text = file.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, "utf-8")


def test_an_office_that_goes_on_under_another_name_has_a_connection_of_its_own(config: Path) -> None:
    ended = ("valid_to: 2025-06-30}", "valid_to: 2025-06-30, succeeded_by: [KV01]}")
    replaced(config / OFFICES, ended, ("code: KV01_202507, name_vi: KBNN khu vực I", "code: KV01, name_vi: KBNN Mới"))
    message = refusal(lambda: registry.load(config))
    assert "treasury KV01 KBNN Mới from 2025-07-01 would be read over the connection treasury_KV01 of an" in message
    replaced(config / OFFICES, ("name_vi: KBNN Mới", "name_vi: KBNN khu vực I"))
    assert registry.load(config).treasury("KV01", SurveyMonth(2025, 7)).connection_name == "KV01"


def test_a_round_has_no_two_offices_of_one_code(config: Path) -> None:
    months = ("first_month: 2024-06, last_month: 2024-06", "first_month: 2025-06, last_month: 2025-07")
    replaced(config / ROUNDS, months)
    registry.load(config)  # the regions of July have other codes, and the withdrawn are none
    replaced(config / OFFICES, ("code: KV15_202507,", 'code: KV15, connection: "KV15_2025",'))
    message = refusal(lambda: registry.load(config))
    assert "round 2024-I has two bearers of the code KV15: KBNN khu vực XV from 2025-03-15 and KBNN khu" in message


def test_after_the_last_closing_the_day_of_it_is_named(config: Path) -> None:
    offices = config / OFFICES
    lines = offices.read_text("utf-8").splitlines()
    later = ("valid_from: 2025-03", "_202507")  # what is withdrawn may stay: it is no office
    ended = [re.sub(", succeeded_by.*", "}", line) for line in lines if not any(part in line for part in later)]
    offices.write_text("\n".join(ended), "utf-8")
    message = refusal(lambda: registry.load(config).treasuries_in(SurveyMonth(2025, 4)))
    assert "no treasury is open in 2025-04; the last one declared closed on 2025-03-14" in message


def test_a_configuration_without_rounds_and_handled_files_is_whole(config: Path) -> None:
    (config / ROUNDS).unlink()
    assert registry.load(config).rounds == ()
    assert registry.load(config).handled_files(JULY) == {}


def test_handled_files_are_read_by_month_and_code(config: Path) -> None:
    (config / HANDLED).parent.mkdir()
    (config / HANDLED).write_text(HANDLED_FILES.format(number=1200, code="01"), "utf-8")
    declared = registry.load(config)
    assert declared.handled_files(JULY) == {"34": 1200, "01": 0}
    assert declared.handled_files(SurveyMonth(2023, 8)) == {}


@pytest.mark.parametrize("name", ["0-read-first", "9-read-last"])
@pytest.mark.parametrize(("month", "in_force"), SECOND_FROM_15_JULY)
def test_a_month_belongs_to_the_rules_and_the_questionnaire_of_its_first_day(
    month: str, in_force: str, name: str, config: Path
) -> None:
    for first, second in ((RULES_IN_FORCE, OTHER_RULES), (QUESTIONS, OTHER_QUESTIONS)):
        text = (config / first).read_text("utf-8").replace("valid_to: 2026-12-31\n", "")
        (config / first).write_text(f"{text}\nvalid_to: 2023-07-14\n", "utf-8")
        later = second.replace("2023-01-01", "2023-07-15") + "valid_to: 2026-12-31\n"
        (config / first).with_name(f"{name}.yaml").write_text(later, "utf-8")
    asked = SurveyMonth.parse(month)
    codes = (rule_sets.in_force(config, asked).code, registry.load(config).questionnaire_in(asked).code)
    assert codes == {"first": ("kbnn-2022-01.5", "sipas-2022"), "second": ("kbnn-2023-01", "another")}[in_force]


OF_CASES = (
    ("cases.yaml", "harassment: {acknowledge: 1, source: x}"),
    ("working_days.yaml", "days: [{day: 2027-02-13, is_worked: true}]"),
)


@pytest.mark.parametrize(("name", "content"), OF_CASES)
def test_a_mistake_about_cases_is_told_before_a_month_is_run(name: str, content: str, tmp_path: Path) -> None:
    config = shutil.copytree(settings.read().config, tmp_path / "config")
    (config / name).write_text(content, "utf-8")
    with pytest.raises(Misdeclared, match=rf"{name}:1: "):
        registry.load(config)


def test_everything_that_is_missing_or_wrong_is_told_at_once(tmp_path: Path) -> None:
    config = shutil.copytree(settings.read().config, tmp_path / "config")
    (config / NETWORK).unlink()
    for name, content in ((CODES, "procedures: []"), (RULES_IN_FORCE, "code: x"), (ROUNDS, "rounds: ["), *OF_CASES):
        (config / name).write_text(content, "utf-8")
    with pytest.raises(Misdeclared) as caught:
        registry.load(config)
    told = caught.value.message.splitlines()
    for name, what in (
        (NETWORK, "is missing"),
        (CODES, "channels"),
        (ROUNDS, "not valid YAML"),
        (RULES_IN_FORCE, "rate"),
        ("cases.yaml", "harassment.assess"),
        ("working_days.yaml", "days.0.source"),
    ):
        assert any(str(config / name) in line and what in line for line in told), (name, told)
    assert "add the file" in caught.value.next_action
    assert "mend the named lines" in caught.value.next_action
