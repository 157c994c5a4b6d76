"""Imported by Airflow at start: the scheduler loads the heavy libraries once, and its forked tasks inherit them."""

import sys

if "scheduler" in sys.argv:
    import etl.operation.inherited  # noqa: F401
