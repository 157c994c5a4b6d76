"""Build the demo's 63 treasuries in the service ``treasuries``, and write their connections; once.

Run by the service ``demo``. The connections file is written last: while there is none, everything is built anew.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from etl import registry, settings
from etl.demo import estate, profiles


def main() -> None:
    """Build them, unless the connections file says that it was done."""
    now = settings.read()
    if now.connections.exists():
        return
    password = Path("/run/secrets/treasuries_password").read_text("ascii")
    server = f"postgresql://postgres:{password}@treasuries/postgres"
    urls = estate.build(server, registry.load(now.config), profiles.Size(), print)
    draft = now.connections.with_suffix(".new")
    draft.touch(mode=0o640)
    draft.write_text(yaml.safe_dump({f"treasury_{code}": url for code, url in sorted(urls.items())}), "utf-8")
    draft.rename(now.connections)


if __name__ == "__main__":
    main()
