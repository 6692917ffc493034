"""A line to the web server that a test can slow down, cut and mend."""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field

_PIECE = 64 * 1024


@dataclass
class Line:
    """Forwards TCP from a port of its own, which stays the same, to `target` on this machine."""

    target: int
    rate: float = float("inf")
    """Bytes a second that go up, all connections together."""
    silent: bool = False
    """Takes what is sent and passes nothing on, as a network does that was left without a word."""
    port: int = 0
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
        # Little is under way at once, so that what the browser calls sent is soon there.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * _PIECE)
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
        threading.Thread(target=self._pump, args=(near, far, True), daemon=True).start()
        threading.Thread(target=self._pump, args=(far, near, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                if up:
                    self._wait_for_room(len(piece))
                while self.silent:
                    time.sleep(0.02)
                sink.sendall(piece)
        with self._lock:
            self._open -= {source, sink}
        _end(source)
        _end(sink)

    def _wait_for_room(self, size: int) -> None:
        with self._lock:
            begin = max(time.monotonic(), self._free_at)
            self._free_at = begin + size / self.rate
        time.sleep(max(0.0, begin - time.monotonic()))


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
