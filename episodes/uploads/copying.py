"""The bytes of one request on their way to the disk: read, written and hashed side by side.

Memory stays flat: a piece is at most 1 MB, and few of them are under way. Pieces follow the speed
of the line, so that a slow one is written down often and little is lost when it breaks.
"""

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from episodes import storing
from episodes.exceptions import UploadRefused
from episodes.uploads.hashing import HashedSoFar, Hasher
from episodes.uploads.protocol import Checksum

_SMALLEST, _FIRST, _LARGEST = 16 * 1024, 64 * 1024, 1024 * 1024
_FAST, _SLOW = 0.02, 0.2
_SYNC_EVERY = 64 * 2**20
_PATIENCE = 30.0
"""Seconds for which a silent client is waited for when nobody asks for its place."""


class Body(Protocol):
    """The bytes of a request as they come in."""

    def read(self, size: int, /) -> bytes:
        """Return `size` bytes, or fewer at the end.

        Raises `TimeoutError` when the client says nothing for a moment (reading may go on) and
        another `OSError` when it is gone.
        """


@dataclass(frozen=True, slots=True)
class Outcome:
    hashed: HashedSoFar | None
    """The file's hash as far as the part now goes; `None` when nothing was added."""
    is_whole: bool
    """Whether all came that the request had announced."""


@dataclass(frozen=True, slots=True)
class Limits:
    length: int | None
    """What the request announced; `None` when its body tells its own end."""
    room: int
    """What the file may still grow by."""
    may_wait: Callable[[], bool]
    """Whether a silent client may be waited for."""


def copy_on(body: Body, part: int, known: HashedSoFar, limits: Limits) -> Outcome:
    """Append a body to a part. What could be written is there, whatever is raised."""
    with Hasher(part, known, start=os.fstat(part).st_size) as hasher:
        is_whole = _copy(body, part, hasher, limits)
    return Outcome(hasher.state, is_whole)


def copy_checked(
    body: Body, part: int, known: HashedSoFar, checksum: Checksum, limits: Limits
) -> Outcome:
    """Append a body only if it comes in whole and its checksum is right.

    It is kept aside until then: a part never shrinks, and never holds a byte that was not checked.
    Raises `UploadRefused` with the code `checksum-mismatch`.
    """
    beside = hashlib.new(checksum.algorithm, usedforsecurity=False)
    start = os.fstat(part).st_size
    with storing.workspace() as aside:
        with (
            aside.open("xb", buffering=0) as file,
            Hasher(part, known, start=start, beside=beside) as hasher,
        ):
            is_whole = _copy(body, file.fileno(), hasher, limits)
        if not is_whole:
            return Outcome(None, is_whole)
        if not hmac.compare_digest(beside.digest(), checksum.digest):
            raise UploadRefused(
                "checksum-mismatch",
                _("These bytes were damaged on their way and are thrown away. Send them again."),
            )
        _append_file(part, aside)
    return Outcome(hasher.state, is_whole)


class _Flusher:
    """Has the disk begin to write while more comes, so that the sync at the end is short.

    An error of the disk is told once per descriptor, so it is kept until the context is left.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._thread: threading.Thread | None = None
        self._error: OSError | None = None

    def __enter__(self) -> "_Flusher":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._thread is not None:
            self._thread.join()
        if self._error is not None:
            raise self._error

    def start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            os.fsync(self._target)
        except OSError as error:
            self._error = error


def _copy(body: Body, target: int, hasher: Hasher, limits: Limits) -> bool:
    """Write what comes, in order; return whether it ended by itself."""
    with _Flusher(target) as flusher:
        return _copy_pieces(body, target, hasher, flusher, limits)


def _copy_pieces(
    body: Body, target: int, hasher: Hasher, flusher: _Flusher, limits: Limits
) -> bool:
    most = limits.room if limits.length is None else limits.length
    count, size = 0, _FIRST
    while count < most:
        begun = time.monotonic()
        piece = _read(body, min(size, most - count), limits.may_wait)
        if not piece:
            return piece is not None and limits.length is None
        if limits.length is None and count + len(piece) == most and body.read(1):
            raise UploadRefused(
                "too-much", _("More bytes than the file was said to have. Send it again.")
            )
        _write_all(target, piece)
        hasher.update(piece)
        count += len(piece)
        if count // _SYNC_EVERY > (count - len(piece)) // _SYNC_EVERY:
            flusher.start()
        size = _next_size(size, time.monotonic() - begun)
    return True


def _read(body: Body, size: int, may_wait: Callable[[], bool]) -> bytes | None:
    """Return the next piece, empty at the end, or `None` when the client is gone or silent."""
    silent_since = time.monotonic()
    while True:
        try:
            return body.read(size)
        except TimeoutError:
            if time.monotonic() - silent_since > _PATIENCE or not may_wait():
                return None
        except OSError:
            return None


def _next_size(size: int, seconds: float) -> int:
    if seconds < _FAST:
        return min(size * 2, _LARGEST)
    return max(size // 2, _SMALLEST) if seconds > _SLOW else size


def _append_file(part: int, aside: Path) -> None:
    with aside.open("rb", buffering=0) as file:
        while piece := file.read(_LARGEST):
            _write_all(part, piece)


def _write_all(target: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(target, rest) :]
