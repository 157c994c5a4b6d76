"""Read one treasury's month from its own database, as a guest.

| a database of | is read by | module |
|---|---|---|
| PostgreSQL | ``COPY … TO STDOUT`` as CSV | ``postgresql`` |
| MySQL, MariaDB | CSV lines that the server makes, unbuffered | ``mysql`` |
| SQLite | CSV lines that the library makes | ``sqlite`` |
| any other kind that SQLAlchemy knows | its streamed rows | ``rows`` |

All read from one snapshot that they cannot write, with timeouts, and yield Arrow batches of text in the contract's
columns (``etl.source.contract``). A module of a kind has four functions: ``visit`` opens the snapshot, ``now`` tells
its time, ``columns`` what the query yields, and ``batches`` yields it. ``etl.source.snapshot`` imports the one that it
needs.
"""
