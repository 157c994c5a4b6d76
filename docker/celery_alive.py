"""Exit 0 when the Celery worker of this container answers; a health check at a fraction of ``celery inspect ping``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from celery import Celery

PASSWORD = Path("/run/secrets/redis_password").read_text("ascii")
BROKER = f"redis://:{PASSWORD}@redis:6379/0"


def main() -> None:
    """Ask this worker alone, and wait for its answer."""
    me = f"celery@{os.environ['HOSTNAME']}"
    sys.exit(not Celery(broker=BROKER).control.ping(destination=[me], timeout=5))


if __name__ == "__main__":
    main()
