"""The command line; ``process.main`` is its beginning."""
