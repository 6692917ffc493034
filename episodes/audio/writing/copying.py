"""A byte-for-byte copy to work on, and its way to the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

_PIECE = 2**20


def copy_file(source: Path, target: Path, beat: Callable[[], None]) -> None:
    with source.open("rb") as original, target.open("xb") as copy:
        while piece := original.read(_PIECE):
            beat()
            copy.write(piece)


def sync(path: Path) -> None:
    """Bring what was written to `path` onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
