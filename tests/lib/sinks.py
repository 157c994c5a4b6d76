"""Where an Airflow under test sends things: a mail server, a webhook and a StatsD port, each on 127.0.0.1."""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller


@dataclass
class Sinks:
    """What came in, in order; whoever ``is_deaf`` refuses what comes."""

    mails: list[EmailMessage] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)
    is_deaf: set[str] = field(default_factory=set)

    def subjects(self) -> list[str]:
        """The subjects of the mails."""
        return [str(mail["Subject"]) for mail in self.mails]


@contextlib.contextmanager
def listening() -> Iterator[Sinks]:
    """All three, until the block ends."""
    sinks = Sinks()
    with contextlib.ExitStack() as stack:
        for name, sink in (("mail", _mail), ("webhook", _webhook), ("statsd", _statsd)):
            sinks.ports[name] = stack.enter_context(sink(sinks))
        yield sinks


@contextlib.contextmanager
def _mail(sinks: Sinks) -> Iterator[int]:
    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
            if "mail" in sinks.is_deaf:
                return "554 not now"
            mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
            sinks.mails.append(cast(EmailMessage, mail))
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextlib.contextmanager
def _webhook(sinks: Sinks) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            is_deaf = "webhook" in sinks.is_deaf
            self.send_response(500 if is_deaf else 200)
            self.end_headers()
            if not is_deaf:
                sinks.calls.append(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def _statsd(sinks: Sinks) -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])

        def take() -> None:
            while line := listener.recv(65536):
                sinks.metrics.extend(line.decode().splitlines())

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield port
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", ("127.0.0.1", port))
            thread.join()
