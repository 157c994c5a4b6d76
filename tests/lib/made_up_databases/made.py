"""Make up a whole database from an engine and a seed: the same two make the same database."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.lib.made_up_databases import codes, texts, times
from tests.lib.made_up_databases.answers import SCORE_TYPES, Answers
from tests.lib.made_up_databases.dressing import dress
from tests.lib.made_up_databases.keys import KEY_TYPES, ONCE_MORE, KeyType, odd_keys, repeated
from tests.lib.made_up_databases.shapes import CODED, Table, Tables, Types, own_query, tables
from tests.lib.made_up_databases.storages import STORAGES, old_storage
from tests.lib.made_up_databases.texts import Storage
from tests.lib.made_up_databases.truth import LOADED, Cell, Database, Row, good

SHAPES = ("answer_rows", "answer_columns", "answer_document", "legacy", "own")
HARASSED = codes.TruthType(
    "letter",
    "",
    {True: ("C",), False: ("K",), None: (None,)},
    (("X", True), ("Có", True), ("c", True), ("?", None), ("có thể", None)),
)


@dataclass(frozen=True)
class Lists:
    """What the network declares for an office: the names of each code, the criteria, the key of the pseudonyms."""

    code: str
    codes: Mapping[str, Mapping[str, str]]
    criteria: Sequence[str]
    pseudonym_key: bytes


@dataclass
class Made:
    """A made-up database with the tables to make it of, and the query that reads it if it is not a shipped one."""

    truth: Database
    tables: Tables
    query: str | None = None
    session: dict[str, str] = field(default_factory=dict)


def make(engine: str, seed: int, lists: Lists) -> Made:
    """The database of a seed."""
    draw = random.Random(f"{engine} {seed}")
    types = _types(draw, engine, lists)
    shape = types.answers.shape
    rows = _rows(draw, types, lists, mark=f"mark{seed:x}n")
    truth = Database(engine, seed, lists.code, rows, shape, _traits(types))
    if any(row.key.what == ONCE_MORE for row in rows):
        truth.refusal = "may"
    truth.secrets = [f"mark{seed:x}n", f"079{seed:x}x", "zzz-answer"]
    if not types.time.is_bounded and shape != "own":
        truth.refusal = "may"
    made = Made(truth, tables(types, rows, _owner(draw, truth, types)))
    if shape == "own":
        made.query = own_query(types)
    elif shape == "legacy" and (font := types.storage.name.split()[-1]) != "tcvn3":
        made.query = f"legacy {font}"
    dress(draw, made, types)
    return made


def make_plain(lists: Lists) -> Made:
    """A database with which nothing is wrong, in a SQLite file."""
    draw, (storage, text) = random.Random("plain"), STORAGES["sqlite"][0]
    types = Types(
        engine="sqlite",
        key=KEY_TYPES[0],
        time=times.TIME_TYPES["sqlite"][0],
        codes=dict.fromkeys(CODED, "text"),
        truth=codes.TRUTH_TYPES["sqlite"][1],
        answers=Answers("answer_rows", lists.criteria, "int", storage),
        text=text,
        storage=storage,
    )
    rows = [Row(number, _usual(draw, types, lists, number, "markplainn")) for number in range(1, 60)]
    truth = Database("sqlite", 0, lists.code, rows, "answer_rows", _traits(types))
    owner = Table("treasury", {"treasury_code": "text", "name": "text"}, [(lists.code, "a")])
    return Made(truth, tables(types, rows, owner))


def _types(draw: random.Random, engine: str, lists: Lists) -> Types:
    """A type for each sort of column."""
    shape = draw.choice(SHAPES)
    storage, text = draw.choice(STORAGES[engine]) if shape != "legacy" else old_storage(draw, engine)
    of_time = [each for each in times.TIME_TYPES[engine] if shape == "own" or each.expression == "{}"]
    time = draw.choices(of_time, [_weight(engine, each) for each in of_time])[0]
    if shape == "own" and not time.is_bounded and time.expression == "{}":
        time = times.TIME_TYPES[engine][0]
    score_type = {"answer_document": draw.choice(_documents(engine)), "own": "text", "legacy": "int"}.get(shape)
    score_type = score_type or draw.choices(tuple(SCORE_TYPES), (4, 1, 4, 2, 2, 1))[0]
    of_codes = dict.fromkeys(CODED, "text") if shape == "legacy" else {column: _coded(draw, column) for column in CODED}
    truth = draw.choice(codes.TRUTH_TYPES[engine])
    if shape == "legacy":
        truth = codes.TruthType(HARASSED.name, text, HARASSED.written, HARASSED.odd)
    elif draw.random() < 0.1:
        truth = codes.NeverAsked(truth.name, truth.sql, truth.written)
    return Types(
        engine=engine,
        key=_key_type(draw, shape),
        time=time,
        codes=of_codes,
        truth=truth,
        answers=Answers(shape, lists.criteria, score_type, storage),
        text=text,
        storage=storage,
        words={column: tuple(sorted(set(lists.codes[column].values()))) for column in CODED},
    )


def _weight(engine: str, time: times.TimeType) -> float:
    """How often a type of time is drawn: PostgreSQL compares no text with a moment, and the month is refused."""
    return 0.1 if engine == "postgresql" and time.sql == "text" else 1.0


def _documents(engine: str) -> tuple[str, ...]:
    return {"postgresql": ("text", "json", "jsonb"), "mariadb": ("text", "json"), "sqlite": ("text",)}[engine]


def _coded(draw: random.Random, column: str) -> str:
    names = tuple(codes.CODE_TYPES)
    kind = draw.choices(names, (6, 2, 2, 2, 2))[0]
    return "text" if kind == "int" and column == "unit_code" else kind


def _key_type(draw: random.Random, shape: str) -> KeyType:
    if shape == "legacy":
        return draw.choice([each for each in KEY_TYPES if each.name in ("int", "bigint", "text", "char")])
    return draw.choice(KEY_TYPES)


def _traits(types: Types) -> dict[str, str]:
    of_codes = "/".join(types.codes[column] for column in CODED)
    return {
        "texts": types.storage.name, "text type": types.text, "key": types.key.name, "time": types.time.name,
        "codes": of_codes, "harassment": types.truth.name, "scores": types.answers.score_type,
    }  # fmt: skip


def _rows(draw: random.Random, types: Types, lists: Lists, mark: str) -> list[Row]:
    """Ordinary rows, and some of which one cell, seldom two, is odd."""
    count = draw.randrange(20, 90)
    rows = [Row(number, _usual(draw, types, lists, number, mark)) for number in range(1, count)]
    odd = _odd(draw, types, lists)
    share = draw.choice((0.0, 0.03, 0.05, 0.06, 0.07, 0.07, 0.08, 0.4))
    wanted = max(1, round(count * share)) if share else 0
    while wanted > 0 and odd:
        column = draw.choice(sorted(odd))
        group = draw.choice(odd[column])
        for cell in group:
            number = len(rows) + 1
            rows.append(Row(number, {**_usual(draw, types, lists, number, mark), column: cell}))
        wanted -= len(group)
        if column == "response_key":  # keys that are odd are there once
            odd[column] = [each for each in odd[column] if each is not group]
            if not odd[column]:
                del odd[column]
    draw.shuffle(rows)
    return rows


def _usual(draw: random.Random, types: Types, lists: Lists, number: int, mark: str) -> dict[str, Cell]:
    storage = types.storage
    who = draw.choice(("CB-1", "CB-2", "CB-7", None))
    return {
        "response_key": _held_key(types.key.make(draw, number), storage, number),
        "submitted_at": types.time.usual(draw),
        **{column: codes.coded(draw, lists.codes[column], types.codes[column], storage) for column in CODED},
        "officer_code": Cell(storage.hold(who) if who else None, (who or "unstated",)),
        "respondent_ref": texts.reference(storage, f"{mark.replace('mark', '079').replace('n', 'x')}{number % 9}",
                                          lists.pseudonym_key),
        "harassment_reported": types.truth.usual(draw, storage),
        "comment": texts.comment(draw, storage, f"{mark}{number}"),
        "answers": types.answers.usual(draw),
    }  # fmt: skip


def _held_key(key: Cell, storage: texts.Storage, number: int) -> Cell:
    """A key as the columns hold it, or in plain letters where they do not."""
    if not isinstance(key.written, str):
        return key
    held = storage.hold(key.written)
    if held is None:
        return good(f"P{number:04d}", f"P{number:04d}")
    return Cell(held, (held, key.meant[0]))  # letter for letter, as it is stored


def _odd(draw: random.Random, types: Types, lists: Lists) -> dict[str, list[list[Cell]]]:
    """What can be odd in each column: groups of cells that belong together, each in a row of its own."""
    storage = types.storage
    single = {
        "submitted_at": types.time.odd(draw),
        "officer_code": texts.odd_officers(draw, storage),
        "respondent_ref": texts.odd_references(storage, lists.pseudonym_key),
        "harassment_reported": types.truth.odd_cells(storage),
        "comment": texts.odd_comments(draw, storage),
        "answers": types.answers.odd(draw),
        **{
            column: texts.odd_codes(draw, _of_code(storage, types.codes[column]))
            for column in CODED
            if types.codes[column] not in (*codes.STRICT, "char")
        },
    }
    odd = {column: [[cell] for cell in cells] for column, cells in single.items() if cells}
    if types.key.is_open:  # then only its comment tells which row it was
        del odd["comment"]
    if types.key.is_text:
        odd["response_key"] = odd_keys(draw, storage)
    if types.key.is_text and types.answers.shape in ("answer_columns", "own") and draw.random() < 0.1:
        odd["response_key"] = [repeated(draw, storage)]
    return odd


def _of_code(storage: Storage, code_type: str) -> Storage:
    """How a column of codes keeps texts: MariaDB's texts of a length take no bytes that are none of theirs."""
    is_text = storage.name.startswith("mariadb") and code_type != "text"
    return dataclasses.replace(storage, takes_bytes=storage.takes_bytes and not is_text)


def _owner(draw: random.Random, truth: Database, types: Types) -> Table:
    """The table that says whose the database is; now and then not, or not as we write it."""
    column = {"legacy": "ma_kho_bac"}.get(truth.kind, "treasury_code")
    name, code = {"legacy": "kho_bac"}.get(truth.kind, "treasury"), truth.code
    kinds = ("its own", "char", "blank", "foreign", "null", "no row", "two rows")
    kind = draw.choices(kinds, (86, 4, 2, 3, 1, 2, 2))[0]
    truth.traits["owner"] = kind
    truth.refusal = {"its own": truth.refusal, "char": "may", "blank": "may", "two rows": "may"}.get(kind, "must")
    sql = "char(10)" if kind == "char" else types.text
    written = {"char": f"{code}        ", "blank": f"{code} ", "foreign": "99", "null": None}.get(kind, code)
    rows = {"no row": [], "two rows": [(written, "a"), ("98", "b")]}.get(kind, [(written, "a")])
    return Table(name, {column: sql, "name": types.text}, list(rows))


def is_plain(row: Row) -> bool:
    """Whether a row's comment tells which it is."""
    return row.cells["comment"].ends == LOADED and not row.cells["comment"].what
