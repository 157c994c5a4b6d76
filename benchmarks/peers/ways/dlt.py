"""dlt: ``sql_table`` into PostgreSQL with the backend and the file format that it is told; all else as dlt has it."""

import os
import sys
from pathlib import Path

import dlt
from dlt.sources.sql_database import sql_table

backend, file_format = sys.argv[1:]
address = os.environ["SOURCE"]
for plain, driver in {"mysql:": "mysql+pymysql:", "postgresql:": "postgresql+psycopg2:"}.items():
    address = address.replace(plain, driver, 1)
options = {"backend_kwargs": {"conn": os.environ["SOURCE"]}} if backend == "connectorx" else {}
pipeline = dlt.pipeline(
    "bench",
    pipelines_dir=str(Path("pipelines").resolve()),
    destination=dlt.destinations.postgres(os.environ["TARGET"]),
    dataset_name="peer",
)
pipeline.run(
    sql_table(credentials=address, table="survey_response", backend=backend, **options),
    write_disposition="replace",
    loader_file_format=file_format,
).raise_on_failed_jobs()
