"""An S3 server of the tests' own: moto's, in a process of its own, spoken to over HTTP."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Self

import s3fs

from etl import settings

MONTH, BUCKET = "2023-07", "kbnn-landing"
ROOT = f"s3://{BUCKET}/survey/landed"
SECRET = "geheim-und-lang"
SERVER = """
import sys
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


class Store:
    """An S3 server with an empty bucket, in memory; ``kill`` ends it as a crash would."""

    def __init__(self, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=settings.environment(**environment),
        )  # fmt: skip
        assert self.process.stdout
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"
        self.files = s3fs.S3FileSystem(
            endpoint_url=self.url, key="tester", secret=SECRET, use_listings_cache=False, skip_instance_cache=True
        )
        self.files.mkdir(BUCKET)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.process.communicate()

    def kill(self) -> None:
        """Kill the server."""
        self.process.kill()
        self.process.wait()

    def objects(self, code: str = "", month: str = MONTH) -> list[str]:
        """The names of what is kept of a month and treasury."""
        return sorted(path.rpartition("/")[2] for path in self.files.find(f"{ROOT}/{month}/{code}"))

    def unfinished(self) -> list[Any]:
        """The uploads in parts that were begun and neither completed nor given up."""
        return self.files.call_s3("list_multipart_uploads", Bucket=BUCKET).get("Uploads", [])
