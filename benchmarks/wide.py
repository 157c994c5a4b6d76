"""Branch databases of the kind ``answer_columns`` for measuring: one month of all treasuries.

The rows are the demo's, but for what columns cannot hold: an unknown criterion, or one that is answered twice.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
from psycopg.sql import SQL, Identifier
from pyarrow import csv

from etl.demo import answers, profiles
from etl.registry import Registry

_RESPONSE = """
    response_id bigint not null, submitted_at timestamptz not null, unit_code text, officer_code text,
    procedure_code text, channel_code text, respondent_type_code text, respondent_ref text,
    harassment_reported boolean, comment text"""
_TREASURY = "create table treasury (treasury_code text primary key, name text not null)"


def build(server_url: str, registry: Registry, size: profiles.Size) -> dict[str, str]:
    """Make a database per treasury with the first month on a server, as its superuser; each one's URL by its code."""

    server_url = "postgresql://" + server_url.partition("://")[2]

    def one(profile: profiles.Profile) -> tuple[str, str]:
        name = f"wide_{profile.code}"
        with psycopg.connect(server_url, autocommit=True) as server:
            server.execute(SQL("drop database if exists {} with (force)").format(Identifier(name)))
            server.execute(
                SQL("create database {} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'").format(
                    Identifier(name)
                )
            )
        url = _of_database(server_url, name)
        with psycopg.connect(url) as branch:
            _fill(branch, registry, profile)
        with psycopg.connect(url, autocommit=True) as branch:
            branch.execute("vacuum (freeze, analyze)")
        return profile.code, url

    with ThreadPoolExecutor(2) as pool:
        return dict(pool.map(one, profiles.of_month(registry, size.months[0], size)))


def _of_database(server_url: str, name: str) -> str:
    """The server's URL with another database."""
    address, _, rest = server_url.rpartition("/")
    return f"{address}/{name}" + (f"?{rest.partition('?')[2]}" if "?" in rest else "")


def _fill(branch: psycopg.Connection, registry: Registry, profile: profiles.Profile) -> None:
    """Make the tables and copy a month into them."""
    questionnaire = registry.questionnaire_in(profile.month)
    codes = [criterion.code for criterion in questionnaire.criteria]
    columns = SQL(", ").join(SQL("{} smallint").format(Identifier(code)) for code in codes)
    branch.execute(_TREASURY)
    branch.execute("insert into treasury values (%s, %s)", [profile.code, profile.code])
    branch.execute(SQL("create table survey_response (" + _RESPONSE + ", {})").format(columns))
    made = answers.made(profile, questionnaire, registry.codes)
    frame = pd.concat([made.responses.reset_index(drop=True), _pivoted(made, codes)], axis=1)
    text = pa.BufferOutputStream()
    csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), text, csv.WriteOptions(include_header=False))
    names = SQL(", ").join(map(Identifier, frame.columns))
    with branch.cursor().copy(SQL("copy survey_response ({}) from stdin (format csv)").format(names)) as copy:
        copy.write(text.getvalue().to_pybytes())
    branch.execute("alter table survey_response add primary key (response_id)")
    branch.execute("create index on survey_response (submitted_at)")


def _pivoted(made: answers.Month, codes: list[str]) -> pd.DataFrame:
    """The answers with a column per criterion, in the order of the responses."""
    row = made.responses["response_id"].searchsorted(made.answers["response_id"])
    column = pd.Index(codes).get_indexer(made.answers["criterion_code"].astype(str))
    score = pd.to_numeric(made.answers["score"], errors="coerce").to_numpy(float, na_value=np.nan)
    matrix = np.full((len(made.responses), len(codes)), np.nan)
    is_placed = (column >= 0) & (row < len(matrix))
    matrix[row[is_placed], column[is_placed]] = score[is_placed]
    return pd.DataFrame(matrix, columns=codes).astype("Int16")
