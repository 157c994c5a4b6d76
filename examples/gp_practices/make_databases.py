"""Put answers.csv into one SQLite database per practice, as if each kept its own, and write the connections file.

Usage: python examples/gp_practices/make_databases.py DIRECTORY
"""

from __future__ import annotations

import csv
import sqlite3
import sys
from collections import defaultdict
from pathlib import Path

ANSWERS = Path(__file__).with_name("answers.csv")

CODES = {
    "Earls Court Medical Centre": "earls_court_medical",
    "Earls Court Surgery": "earls_court_surgery",
    "Emperor's Gate Surgery": "emperors_gate",
    "Health Partners @ Violet Melchett": "violet_melchett",
    "Knightsbridge Medical Centre": "knightsbridge",
    "Royal Hospital Chelsea": "royal_hospital_chelsea",
    "Scarsdale Medical Centre": "scarsdale",
    "Stanhope Mews West": "stanhope_mews_west",
    "The Abingdon Health Centre": "abingdon",
    "The Chelsea Practice": "chelsea",
    "The Good Practice": "good_practice",
}

SCHEMA = """
create table practice (code text primary key, name text not null);
create table feedback (id integer primary key, answered_at text not null, rating text not null);
create index feedback_by_time on feedback (answered_at);
"""


def make(directory: Path) -> Path:
    """Make the databases anew, and the file that says where they are; where that file is."""
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    answers = defaultdict(list)
    with ANSWERS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            answers[row["practice"]].append((row["answered_at"], row["rating"]))
    lines = [_make_one(directory, name, answers[name]) for name in CODES]
    connections = directory / "connections.yaml"
    connections.write_text("".join(lines), "utf-8")
    return connections


def _make_one(directory: Path, name: str, answers: list[tuple[str, str]]) -> str:
    """Make one practice's database; its line of the connections file."""
    path = directory / f"{CODES[name]}.sqlite"
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    with database:
        database.executescript(SCHEMA)
        database.execute("insert into practice values (?, ?)", (CODES[name], name))
        database.executemany("insert into feedback (answered_at, rating) values (?, ?)", answers)
    database.close()
    return f"treasury_{CODES[name]}: sqlite:///{path}\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.stdout.write(f"{len(CODES)} databases; their connections are in {make(Path(sys.argv[1]))}\n")
