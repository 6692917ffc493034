"""A line to the web server that a test can slow down, cut and mend.

It takes more than it has passed on, as the proxies and routers of the world do: what a browser has
sent is not yet there.
"""

import contextlib
import queue
import socket
import threading
import time
from dataclasses import dataclass, field

_PIECE = 64 * 1024
_UNDER_WAY = 128
"""Pieces of a connection that may have left the browser and not reached the server: 8 MB."""


@dataclass
class Line:
    """Forwards TCP from a port of its own, which stays the same, to `target` on this machine."""

    target: int
    rate: float = float("inf")
    """Bytes a second that go up, all connections together."""
    silent: bool = False
    """Takes what is sent and passes nothing on, as a network does that was left without a word."""
    port: int = 0
    carried: int = 0
    """Bytes that went up so far."""
    _listener: socket.socket | None = None
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _free_at: float = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """Take connections (again)."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._take, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """End every connection at once and refuse new ones."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self._listener = None
        with self._lock:
            ended, self._open = self._open, set()
        for each in ended:
            _end(each)

    def _take(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                near, _address = listener.accept()
                self._join(near)

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:  # the server is down
            _end(near)
            return
        far.settimeout(None)
        with self._lock:
            self._open |= {near, far}
        under_way: queue.Queue[bytes] = queue.Queue(_UNDER_WAY)
        for work, arguments in (
            (self._take_in, (near, far, under_way)),
            (self._pass_on, (near, far, under_way)),
            (self._answer, (near, far)),
        ):
            threading.Thread(target=work, args=arguments, daemon=True).start()

    def _take_in(
        self, near: socket.socket, far: socket.socket, pieces: "queue.Queue[bytes]"
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := near.recv(_PIECE):
                pieces.put(piece)
        self._forget(near, far)
        with contextlib.suppress(queue.Full):
            pieces.put_nowait(b"")

    def _pass_on(
        self, near: socket.socket, far: socket.socket, pieces: "queue.Queue[bytes]"
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := pieces.get():
                self._wait_for_room(len(piece))
                while self.silent:
                    time.sleep(0.02)
                far.sendall(piece)
                self.carried += len(piece)
        self._forget(near, far)
        with contextlib.suppress(queue.Empty):  # whoever waits to put one in sees that all is over
            while True:
                pieces.get_nowait()

    def _answer(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := far.recv(_PIECE):
                while self.silent:
                    time.sleep(0.02)
                near.sendall(piece)
        self._forget(near, far)

    def _forget(self, *ended: socket.socket) -> None:
        with self._lock:
            self._open -= set(ended)
        for each in ended:
            _end(each)

    def _wait_for_room(self, size: int) -> None:
        with self._lock:
            begin = max(time.monotonic(), self._free_at)
            self._free_at = begin + size / self.rate
        time.sleep(max(0.0, begin - time.monotonic()))


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
