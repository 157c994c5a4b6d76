"""A TCP wire between a client and a server that can be cut or go silent after so many bytes from the server."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class Wire:
    """Forwards connections to a port of 127.0.0.1; ``budget`` bytes come back, then the wire is cut or hangs."""

    def __init__(self, port: int, budget: int, *, hangs: bool = False) -> None:
        self.target, self.budget, self.hangs = port, budget, hangs
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()
        self.cut()

    def cut(self) -> None:
        """Break every connection."""
        self._break(*self.open)

    @staticmethod
    def _break(*ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                self.open += [near, far]
                threading.Thread(target=self._pump, args=(near, far, False), daemon=True).start()
                threading.Thread(target=self._pump, args=(far, near, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 14):
                if is_answer:
                    self.budget -= len(data)
                    if self.budget < 0:
                        sink.sendall(data[: self.budget])  # to the byte
                        if not self.hangs:
                            self.cut()
                        return
                sink.sendall(data)
            self._break(source, sink)  # only its own: another connection may just have begun
