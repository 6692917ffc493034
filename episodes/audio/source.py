"""Random access to a file's bytes in pieces: no reader here holds a whole file in memory."""

from __future__ import annotations

from typing import Protocol

_BLOCK = 8 * 1024
_KEPT = 24
_WINDOW = 2**20


class Readable(Protocol):
    """A binary file on a disk, in memory, or ranges of an object in a storage."""

    def seek(self, position: int, whence: int = 0, /) -> int: ...

    def read(self, length: int, /) -> bytes: ...


class Source:
    """Bytes by position. A range that passes the end comes back shorter, never as an error.

    Small reads are cut out of blocks that are kept, so that hopping through headers costs few
    requests where each is a journey to an object storage. `bytes_read` counts what was fetched.
    """

    def __init__(self, file: Readable) -> None:
        self.file = file
        self.size = file.seek(0, 2)
        self.bytes_read = 0
        self._blocks: dict[int, bytes] = {}
        self._buffer: bytearray | None = None

    def read(self, start: int, length: int) -> bytes:
        if start < 0 or length <= 0 or start >= self.size:
            return b""
        if length > _BLOCK:
            return self._fetch(start, min(length, self.size - start))
        number, offset = divmod(start, _BLOCK)
        block = self._blocks.get(number) or self._keep(number)
        piece = block[offset : offset + length]
        if offset + length > _BLOCK and (number + 1) * _BLOCK < self.size:
            piece += (self._blocks.get(number + 1) or self._keep(number + 1))[
                : offset + length - _BLOCK
            ]
        return piece

    def window(self, start: int, length: int) -> memoryview:
        """Return up to a megabyte, good until the next call: one buffer is used again and again."""
        length = max(0, min(length, _WINDOW, self.size - start))
        if self._buffer is None:
            self._buffer = bytearray(min(_WINDOW, self.size))
        view = memoryview(self._buffer)[:length]
        self.file.seek(start)
        filled = _fill(self.file, view)
        self.bytes_read += filled
        return view[:filled]

    def _keep(self, number: int) -> bytes:
        if len(self._blocks) >= _KEPT:
            del self._blocks[next(iter(self._blocks))]
        start = number * _BLOCK
        block = self._blocks[number] = self._fetch(start, min(_BLOCK, self.size - start))
        return block

    def _fetch(self, start: int, length: int) -> bytes:
        self.file.seek(start)
        data = self.file.read(length)
        self.bytes_read += len(data)
        return data


def _fill(file: Readable, view: memoryview) -> int:
    """Read into a buffer that is there already, which spares the system a megabyte of new pages."""
    into = getattr(file, "readinto", None)
    if into is not None:
        return int(into(view))
    data = file.read(len(view))
    view[: len(data)] = data
    return len(data)
