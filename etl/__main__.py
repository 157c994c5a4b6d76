"""``python -m etl``: the command line of ``etl.cli``."""

from __future__ import annotations

from etl.cli.process import main

if __name__ == "__main__":
    main()
