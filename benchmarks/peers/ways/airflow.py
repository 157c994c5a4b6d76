"""Airflow's generic transfer operator, executed as a task would, many rows to a statement; the table is there."""

import os

for name in ("SOURCE", "TARGET"):
    os.environ[f"AIRFLOW_CONN_{name}"] = os.environ[name]

from airflow.providers.common.sql.operators.generic_transfer import GenericTransfer  # noqa: E402

GenericTransfer(
    task_id="transfer",
    sql="select * from survey_response",
    destination_table="peer.survey_response",
    source_conn_id="source",
    destination_conn_id="target",
    insert_args={"commit_every": 10_000, "executemany": True, "fast_executemany": True},
).execute({})
