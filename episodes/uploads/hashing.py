"""Hashing bytes beside their way to the disk, and going on later where the last request stopped.

hashlib lets other threads run while it works, so a thread of its own costs the upload next to
nothing on a second core.
"""

import hashlib
import os
import queue
import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

_PIECE = 1024 * 1024
_BEHIND = 4
"""Pieces that may wait to be hashed: what bounds the memory of an upload."""
_ALONE = 256 * 1024
"""Below this a thread costs more than it saves."""
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class HashedSoFar:
    """The SHA-256 of the first `offset` bytes, ready for more."""

    offset: int
    sha256: Any


class RunningHashes:
    """What this process has hashed of uploads that are not whole yet; the oldest is forgotten.

    Only a saving of time. Parts never change but for growing, so what was hashed once holds; what
    another process received meanwhile, or all of it after a restart, is read from the part.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[uuid.UUID, HashedSoFar] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, uid: uuid.UUID) -> HashedSoFar:
        with self._lock:
            known = self._known.get(uid)
        if known is None:
            return HashedSoFar(0, hashlib.sha256())
        return HashedSoFar(known.offset, known.sha256.copy())

    def put(self, uid: uuid.UUID, state: HashedSoFar) -> None:
        with self._lock:
            self._known[uid] = state
            self._known.move_to_end(uid)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def forget(self, uid: uuid.UUID) -> None:
        with self._lock:
            self._known.pop(uid, None)


class Hasher:
    """Hashes a part's bytes up to `start` and then each piece that it is given, in order.

    `beside` is another hash, of these pieces alone. Use it as a context manager: the thread, if
    there is one, ends with it, and `state` is as of the last piece then.
    """

    def __init__(self, part: int, known: HashedSoFar, *, start: int, beside: Any = None) -> None:
        self._part = part
        self._sha256, self._offset, self._start = known.sha256, known.offset, start
        self._beside = beside
        self._pieces: queue.Queue[bytes | None] = queue.Queue(_BEHIND)
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    def __enter__(self) -> "Hasher":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._thread is None:
            self._catch_up()
        else:
            self._pieces.put(None)
            self._thread.join()
        if self._error is not None:
            raise self._error

    def update(self, piece: bytes) -> None:
        if self._thread is None and len(piece) >= _ALONE:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        if self._thread is None:
            self._catch_up()
            self._add(piece)
        else:
            self._pieces.put(piece)

    @property
    def state(self) -> HashedSoFar:
        return HashedSoFar(self._offset, self._sha256)

    def _run(self) -> None:
        try:
            self._catch_up()
        except OSError as error:
            self._error = error
        while (piece := self._pieces.get()) is not None:
            if self._error is None:
                self._add(piece)

    def _catch_up(self) -> None:
        """Read what others received, so that hashing goes on at `start`."""
        while self._offset < self._start:
            wanted = min(_PIECE, self._start - self._offset)
            piece = os.pread(self._part, wanted, self._offset)
            if not piece:
                raise OSError(f"a part ends at {self._offset}, before {self._start}")
            self._sha256.update(piece)
            self._offset += len(piece)

    def _add(self, piece: bytes) -> None:
        self._sha256.update(piece)
        if self._beside is not None:
            self._beside.update(piece)
        self._offset += len(piece)
