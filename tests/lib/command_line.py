"""The command line, as a user would run it."""

from __future__ import annotations

import subprocess
import sys


def hailong(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "etl", *arguments], capture_output=True, text=True, timeout=240, check=False
    )
