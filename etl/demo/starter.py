"""A network of one's own to begin with: a commented configuration, and two offices with made-up answers."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import sqlalchemy as sa
import yaml

from etl import settings
from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.registry.network import Treasury

TEMPLATE = settings.EXAMPLES / "starter" / "config"
SOURCE = "answers"
ANSWERED_PER_MONTH = 60
ASKED = ("waiting", "attitude", "outcome")
_HEADER = """\
# The offices that are rated ("treasuries" everywhere in the product), each with the days of its existence and its kind
# of database (source): the query config/source/<source>.<dialect>.sql reads it. Its connection is the line
# treasury_<code> of .hailong/connections.yaml. A register of actions in it is declared by action_source, and read by
# config/source/<action_source>.<dialect>.sql (docs/sources.md). Other keys: docs/runbook.md, "When the organisation
# changes".
"""
_COLUMNS = "mend the named lines; the columns are code, name (or name_vi and name_en), and perhaps region"
_SCHEMA = (
    "create table office (code text primary key)",
    "create table response (id integer primary key, answered_at text, channel text, customer text, remark text)",
    "create table answer (response_id integer not null references response (id), asked text not null, level integer)",
    "create index answer_by_response on answer (response_id)",
)
_RESPONSE = sa.text("insert into response values (:id, :answered_at, :channel, :customer, null)")
_ANSWER = sa.text("insert into answer values (:id, :asked, :level)")


@dataclass(frozen=True)
class NewOffice:
    """One office of a new network."""

    code: str
    name_vi: str
    name_en: str
    region: str = "all"


EXAMPLES = (
    NewOffice("north", "Văn phòng phía Bắc", "Northern office"),
    NewOffice("south", "Văn phòng phía Nam", "Southern office"),
)


def offices_of(file: Path) -> tuple[NewOffice, ...]:
    """The offices that a CSV file lists: code, and name or name_vi and name_en; perhaps region.

    Every fault is told with its line in one Misdeclared.
    """
    try:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False)
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        raise Misdeclared(f"{file} cannot be read as CSV in UTF-8: {error}", next_action="mend the file") from None
    offices = [_office(row) for row in rows.to_dict("records")]
    faults = [f"{file}: it lists no office"] if rows.empty else [*_faults(file, offices)]
    if faults:
        raise Misdeclared("\n".join(faults), next_action=_COLUMNS)
    return tuple(offices)


def write(directory: Path, offices: Sequence[NewOffice], month: SurveyMonth) -> Path:
    """Write a network, and the databases of its first two offices with answers of two months; where it is.

    The months are the given one and the one before. A directory that is there and not empty raises Misdeclared.
    """
    target = directory.absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Misdeclared(f"{target} is there and is not empty", next_action="name a new directory")
    config = target / "config"
    shutil.copytree(TEMPLATE, config)
    (config / "treasuries.yaml").write_text(_HEADER + _treasuries(offices), "utf-8")
    (target / "databases").mkdir()
    connections = {}
    for office in offices[: len(EXAMPLES)]:
        path = target / "databases" / f"{office.code}.sqlite"
        _fill(path, office, (month.previous(), month))
        connections[f"treasury_{office.code}"] = f"sqlite:///{path}"
    (target / ".hailong").mkdir(mode=0o700)
    settings.keep_private(target / ".hailong" / "connections.yaml", yaml.safe_dump(connections))
    return target


def _office(row: Mapping[Hashable, str]) -> NewOffice:
    """An office as a row of a CSV file says it."""
    said = {str(name).strip(): value.strip() for name, value in row.items()}
    name = said.get("name") or said.get("name_vi") or said.get("name_en") or ""
    name_vi, name_en = said.get("name_vi") or name, said.get("name_en") or name
    return NewOffice(said.get("code", ""), name_vi, name_en, said.get("region") or "all")


def _faults(file: Path, offices: Sequence[NewOffice]) -> Iterator[str]:
    """What is wrong with listed offices, each with its line."""
    seen: dict[str, int] = {}
    for line, office in enumerate(offices, 2):
        if not office.code or not office.name_vi:
            yield f"{file}:{line}: code or name is empty"
        elif (reason := _unfit(office)) is not None:
            yield f"{file}:{line}: {reason}"
        elif office.code in seen:
            yield f"{file}:{line}: the code {office.code} stands in line {seen[office.code]} as well"
        seen.setdefault(office.code, line)


def _unfit(office: NewOffice) -> str | None:
    """Why the registry would not take an office; None where it would."""
    try:
        Treasury.model_validate(_entry(office))
    except ValueError:
        return f"'{office.code}' or '{office.region}' is no code: letters, digits, - and _, no spaces"
    return None


def _entry(office: NewOffice) -> dict[str, object]:
    """An office as treasuries.yaml declares it."""
    names = {"code": office.code, "name_vi": office.name_vi, "name_en": office.name_en, "region": office.region}
    return {**names, "source": SOURCE, "valid_from": dt.date(2020, 1, 1)}


def _treasuries(offices: Sequence[NewOffice]) -> str:
    """The regions and offices in YAML, an entry a line."""
    codes = dict.fromkeys(office.region for office in offices)
    regions: list[dict[str, object]] = [{"code": code, "name_vi": code, "name_en": code} for code in codes]
    lists: dict[str, list[dict[str, object]]] = {
        "regions": regions,
        "treasuries": [_entry(office) for office in offices],
    }
    return "".join(f"{name}:\n" + "".join(_line(entry) for entry in entries) for name, entries in lists.items())


def _line(entry: dict[str, object]) -> str:
    """An entry of a list in YAML, on one line."""
    flow = yaml.safe_dump(entry, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
    return f"- {flow}"


def _fill(path: Path, office: NewOffice, months: Sequence[SurveyMonth]) -> None:
    """Make an office's database with made-up answers; the same for the same office and months."""
    chance = random.Random(f"{office.code} {months[-1]}")
    asked_in = [month for month in months for _ in range(ANSWERED_PER_MONTH)]
    responses = [{"id": key, **_response(chance, month)} for key, month in enumerate(asked_in, 1)]
    answers = [{"id": response["id"], **answer} for response in responses for answer in _answers(chance)]
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in _SCHEMA:
            connection.exec_driver_sql(statement)
        connection.execute(sa.text("insert into office values (:code)"), {"code": office.code})
        connection.execute(_RESPONSE, responses)
        connection.execute(_ANSWER, answers)


def _response(chance: random.Random, month: SurveyMonth) -> dict[str, object]:
    """A response of some day of a month, in office hours."""
    day = month.first_day + dt.timedelta(days=chance.randrange(month.last_day.day))
    moment = dt.datetime.combine(day, dt.time(chance.randrange(8, 17), chance.randrange(60)))
    kinds = {"channel": chance.choice(("desk", "web")), "customer": chance.choice(("individual", "organisation"))}
    return {"answered_at": f"{moment:%Y-%m-%d %H:%M:%S}", **kinds}


def _answers(chance: random.Random) -> list[dict[str, object]]:
    """The answers of one customer, who is of one mood."""
    mood = chance.choice((5, 5, 5, 4, 4, 2))
    return [{"asked": asked, "level": max(1, mood - chance.choice((0, 0, 0, 1)))} for asked in ASKED]
