"""Months that are odd and legal: none breaks a check or leaves anybody out; no code from outside is a word of ours.

Their responses land as a source would have given them; no database is asked.
"""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from etl import settings, warehouse
from etl.landing import zone
from etl.landing.receipt import Taken
from etl.landing.treasury_month import of_codes
from etl.operation import steps
from etl.operation.plan import Plan
from etl.publishing import publish, verify
from etl.publishing.approval import Decision
from etl.registry import Registry
from etl.reports import run_page
from etl.reports.bulletin import make
from etl.source import contract, pseudonym
from tests.lib.cases import EXAMPLES, first
from tests.lib.command_line import hailong
from tests.lib.months import query

MONTH, BEFORE = "2023-07", "2023-06"
CODES = ("all", "total", "unit", "-", "x" * 100)
UNITS = ("all", "total", "treasury", "none")
"""Codes of treasuries, and of the units of each, that are words of ours."""
ANNA = Decision("anna", "as far as it goes", is_provisional_allowed=True)
OFFICERS = [
    "all", "total", "unit", "none", "null", "NULL", "nan", "None", "|", "a|b", "/", "a/b", "..", "-", "#1", "0", "1e9",
    "\\N", "\\.", '"', "''", ",", ";", "{", "{NULL}", "<b>", "=1+1", "@x", "%s", ":code", "a\nb", "a\tb", "a\n\\.\nb",
    "\x1b[2J", "\u202eabc", "\u200b", "👩\u200d⚕️", "٣", "Ａ", "ａ", "A", "a", "Nguyễn",
    unicodedata.normalize("NFD", "Trần"),
    "y" * 200, "é" * 200,
]  # fmt: skip
Response = dict[str, str | None]
Month = dict[str, list[Response]]
"""The responses of each treasury."""


QUESTIONS = """\
code: four
valid_from: 2008-08-01
scale:
- {level: 3, name_vi: tốt, name_en: good, labels: ["3"]}
- {level: 2, name_vi: vừa, name_en: fair, labels: ["2"]}
- {level: 1, name_vi: kém, name_en: bad, labels: ["1"]}
- {level: 0, name_vi: không biết, name_en: do not know, labels: ["0"]}
factors: [{code: all, name_vi: a, name_en: a}, {code: total, name_vi: b, name_en: b}]
criteria:
- {code: all, factor: all, name_vi: a, name_en: a}
- {code: factor, factor: all, name_vi: b, name_en: b}
- {code: total, factor: total, name_vi: c, name_en: c}
- {code: unit, factor: total, name_vi: d, name_en: d}
"""
LISTS = """\
procedures: [{code: all, name_vi: a, name_en: a}, {code: total, name_vi: b, name_en: b}]
channels: [{code: all, name_vi: a, name_en: a}, {code: mix, name_vi: b, name_en: b}]
respondent_types: [{code: all, name_vi: a, name_en: a}, {code: factor, name_vi: b, name_en: b}]
"""
COUNTINGS: list[dict[str, Any]] = [
    {"definition": definition, "dont_know": dont_know, "not_answered": not_answered, "factor_weights": weights}
    for definition, (dont_know, not_answered), weights in product(
        ("share_of_answers", "share_of_persons", "all_minus_complaints"),
        (("is_left_out", "is_left_out"), ("counts_as_not_satisfied", "is_left_out"),
         ("counts_as_not_satisfied", "counts_as_not_satisfied")),
        ({}, {"all": 3, "total": 1}, {"all": 0, "total": 1}),
    )
    if definition == "share_of_answers" or not weights
]  # fmt: skip


def network(directory: Path, codes: Sequence[str] = CODES, units: Sequence[str] = UNITS) -> Path:
    """A network of some treasuries in two regions, each with the same units, whose codes are words of ours."""
    config, named = directory / "config", {"name_vi": "tên", "name_en": "name"}
    shipped = settings.read().config
    (config / "rules").mkdir(parents=True)
    (config / "questionnaires").mkdir()
    regions = [{"code": code, **named} for code in ("all", "north")]
    treasuries = [
        {"code": code, **named, "region": "all" if place % 2 else "north", "source": "answer_rows",
         "valid_from": "2008-08-01"}
        for place, code in enumerate(codes)
    ]  # fmt: skip
    of_each = [{"code": unit, **named, "kind": "department"} for unit in units]
    said = {
        "network.yaml": (shipped / "network.yaml").read_text("utf-8"),
        "codes.yaml": LISTS,
        "questionnaires/four.yaml": QUESTIONS,
        "treasuries.yaml": yaml.safe_dump({"regions": regions, "treasuries": treasuries}, allow_unicode=True),
        "units.yaml": yaml.safe_dump({"units": dict.fromkeys(codes, of_each)}, allow_unicode=True),
        "rules/0.yaml": rules(shipped, {}),
    }
    for file, text in said.items():
        (config / file).write_text(text, "utf-8")
    return config


def rules(shipped: Path, rate: dict[str, Any], number: int = 0) -> str:
    """KBNN's rules for the little questionnaire, counted otherwise; no answers need be due."""
    said = yaml.safe_load((shipped / "rules" / "2022-01.3.yaml").read_text("utf-8"))
    said |= {"code": f"rules {number}", "supersedes": f"rules {number - 1}", "valid_from": "2008-08-01"}
    if not number:
        del said["supersedes"]
    said["rate"] |= {"satisfied_levels": [2, 3], **rate}
    said["minimum_responses"] = {"grade": 5, "rank": 5, "officer": 2}
    said["rank_sets"]["draws"] = 1000
    said["weakness"]["least_answers"] = 1
    said["signals"]["least_responses"] = 1
    said["admission"]["answers_due"] = False
    return yaml.safe_dump(said, allow_unicode=True)


def response(chance: random.Random, **said: Any) -> Response:
    """A response that leaves out, or does not know, this and that."""
    levels = {criterion: chance.choice("3332210 ") for criterion in ("all", "factor", "total", "unit")}
    levels |= said.pop("levels", {})
    answers = "|".join(f"{criterion}={level}" for criterion, level in levels.items() if level.strip())
    return {
        "submitted_at": f"2023-07-{chance.randint(1, 31):02} 08:00:00+07",
        "unit_code": chance.choice([*UNITS, None]),
        "officer_code": chance.choice([*OFFICERS, None]),
        "procedure_code": chance.choice(["all", "total", None]),
        "channel_code": chance.choice(["all", "mix", None]),
        "respondent_type_code": chance.choice(["all", "factor", None]),
        "respondent_ref": chance.choice([None, "1", "2"]),
        "answers": answers or "all=3",
        **said,
    }


def land(responses: Month, month: str = MONTH) -> Plan:
    """Land, admit and score a month; its plan."""
    planned, taken = steps.plan(month), Taken(dt.datetime(2023, 8, 1, tzinfo=dt.UTC))
    for treasury_month in of_codes(planned.ruled(), list(responses), planned.run_id):
        code = treasury_month.treasury.code
        rows = [
            {**row, "response_key": str(number), "treasury_code": code,
             "submitted_at": str(row["submitted_at"]).replace(MONTH, month).replace("-31 ", "-30 ")}
            for number, row in enumerate(responses[code], start=1)
        ]  # fmt: skip
        batch = pa.RecordBatch.from_pydict(
            {name: pa.array([row.get(name) for row in rows], pa.string()).cast(contract.arrow_type(name))
             for name in contract.COLUMNS}
        )  # fmt: skip
        hidden = [pseudonym.hide(batch, settings.pseudonym_key())] if rows else []
        receipt = zone.keep(treasury_month.place, hidden, "source/odd", lambda: taken)
        with warehouse.transaction() as connection:
            noted = {"run_id": planned.run_id, **treasury_month.key, **receipt.row()}
            warehouse.run(connection, "landing/receipt", noted)
    outcomes = steps.admit(planned, list(responses))
    assert [outcome["error_message"] for outcome in outcomes] == [None] * len(responses)
    steps.score(planned)
    return planned


def assert_everybody_is_rated_under(config: Path, shipped: Path, countings: Iterable[dict[str, Any]]) -> None:
    """Each way of counting rates the month; every check agrees, and nobody is left out."""
    for counting in countings:
        number = len(list((config / "rules").iterdir()))
        (config / "rules" / f"{number}.yaml").write_text(rules(shipped, counting, number), "utf-8")
        assert steps.rate(MONTH)["left_out"] == (), counting
        assert steps.check(MONTH)


def many(count: int, **said: Any) -> Callable[[random.Random], list[Response]]:
    """So many responses of a kind."""
    return lambda chance: [response(chance, **said) for _ in range(count)]


NOTHING = dict.fromkeys(("all", "factor", "total", "unit"), "0")
ODD: dict[str, list[Callable[[random.Random], list[Response]]]] = {
    # of each treasury, what its responses are like
    "only do not know, by an officer named nowhere else": [
        many(30), lambda chance: [*many(9)(chance), response(chance, levels=NOTHING, officer_code="nowhere else")],
        many(3, levels=NOTHING), many(1, levels=NOTHING, officer_code="he"), many(20),
    ],
    "one treasury only": [many(12)],
    "nobody has data": [many(0), many(0), many(0), many(0), many(0)],
    "a factor that nobody answers": [many(8, levels={"total": " ", "unit": " "})] * 3,
    "ties": [many(6, levels=dict.fromkeys(NOTHING, "3"), unit_code="all")] * 4,
    "nobody is satisfied": [many(6, levels=dict.fromkeys(NOTHING, "1"))] * 2 + [many(5, levels=NOTHING)],
    "no unit, no officer": [many(7, unit_code=None, officer_code=None)] * 3,
    "one response each": [many(1)] * 5,
}  # fmt: skip


@pytest.fixture
def odd(fresh_warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The configuration of the little network, and the shipped one."""
    shipped = settings.read().config
    config = network(tmp_path)
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    return config, shipped


@pytest.mark.parametrize("kind", first(3, list(ODD), "thorough"))
@pytest.mark.deep
def test_an_odd_month_breaks_no_check(odd: tuple[Path, Path], kind: str) -> None:
    config, shipped = odd
    chance = random.Random(kind)
    land({code: make(chance) for code, make in zip(CODES, ODD[kind], strict=False)})
    assert_everybody_is_rated_under(config, shipped, [COUNTINGS[0], COUNTINGS[-1]])


@pytest.mark.deep
@pytest.mark.parametrize("kind", first(0, list(ODD), "thorough"))
def test_an_odd_month_breaks_no_check_however_it_is_counted(odd: tuple[Path, Path], kind: str) -> None:
    config, shipped = odd
    chance = random.Random(kind)
    land({code: make(chance) for code, make in zip(CODES, ODD[kind], strict=False)})
    assert_everybody_is_rated_under(config, shipped, COUNTINGS)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(EXAMPLES or 1))
def test_a_month_by_chance_breaks_no_check_however_it_is_counted(odd: tuple[Path, Path], seed: int) -> None:
    config, shipped = odd
    chance = random.Random(seed)
    kinds = [kind for kinds in ODD.values() for kind in kinds]
    land({code: [*chance.choice(kinds)(chance), *chance.choice(kinds)(chance)] for code in CODES})
    assert_everybody_is_rated_under(config, shipped, chance.sample(COUNTINGS, 3))


@pytest.mark.deep
def test_words_of_ours_and_any_officer_go_the_whole_way(odd: tuple[Path, Path]) -> None:
    chance = random.Random(0)
    everyone = [response(chance, officer_code=officer, unit_code=unit) for officer in OFFICERS for unit in UNITS]
    for month in (BEFORE, MONTH):
        planned = land(dict.fromkeys(CODES, everyone), month)
        assert steps.verdict(planned) == []
    run = run_page.of_run(planned.run_id)
    assert run is not None
    page = run_page.page(run)
    assert '<span class="code">all</span>' in page
    signals = query(
        "select area_level, unit_code, count(*) as n from mart.answer_signal"
        f" where treasury_code = 'all' and period_code = '{MONTH}' and signal_code = 'burst' group by 1, 2"
    )
    found = {(row["area_level"], row["unit_code"]): row["n"] for row in signals}
    assert found == {("treasury", "all"): 1, **{("unit", unit): 1 for unit in UNITS}}
    officers = {unicodedata.normalize("NFC", officer).strip() for officer in OFFICERS}
    named = query(f"select distinct officer_code from restricted.officer_month where period_code = '{MONTH}'")
    assert {row["officer_code"] for row in named} == officers
    for month in (BEFORE, MONTH):
        assert publish.publish(month, ANNA) == 1
        assert verify.verify(month) == [1]
    for arguments in (("status", MONTH), ("ranking", MONTH), ("diff", MONTH), ("check", MONTH)):
        said = hailong(*arguments)
        assert said.exit_code == 0, said.stderr
    bulletin = Path(make.make(MONTH, make.Asked(treasury="all", revision=0)).directory)
    assert {file.name for file in bulletin.rglob("treasury-all.*")} >= {"treasury-all.vi.html", "treasury-all.en.html"}
    registry = Registry.configured()
    assert {treasury.code for treasury in registry.treasuries} == set(CODES)
