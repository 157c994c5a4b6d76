"""pandas with its defaults, 50,000 rows at a time so that the memory holds any table."""

import os

import pandas as pd
import sqlalchemy as sa

DRIVERS = {"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql", "sqlite": "sqlite"}


def engine(url: str) -> sa.Engine:
    address = sa.make_url(url)
    return sa.create_engine(address.set(drivername=DRIVERS[address.drivername]))


with (
    engine(os.environ["SOURCE"]).connect().execution_options(stream_results=True) as source,
    engine(os.environ["TARGET"]).begin() as target,
):
    for frame in pd.read_sql("select * from survey_response", source, chunksize=50_000):
        frame.to_sql("survey_response", target, schema="peer", if_exists="append", index=False)
