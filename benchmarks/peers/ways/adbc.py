"""ADBC at both ends: record batches are read and ingested as they come; the table is made from their schema."""

import os

from adbc_driver_postgresql import dbapi

with dbapi.connect(os.environ["SOURCE"]) as source, dbapi.connect(os.environ["TARGET"]) as target:
    with source.cursor() as read, target.cursor() as write:
        read.execute("select * from survey_response")
        write.adbc_ingest("survey_response", read.fetch_record_batch(), mode="create", db_schema_name="peer")
    target.commit()
