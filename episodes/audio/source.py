"""Random access to a file's bytes in pieces: no reader here holds a whole file in memory."""

from __future__ import annotations

from typing import BinaryIO


class Source:
    """Bytes by position. A range that passes the end comes back shorter, never as an error."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, 2)

    def read(self, start: int, length: int) -> bytes:
        if start < 0 or length <= 0 or start >= self.size:
            return b""
        self.file.seek(start)
        return self.file.read(min(length, self.size - start))
