"""A byte-for-byte copy to work on, and its way to the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from episodes.beating import beat_while

_PIECE = 2**20


def copy_file(source: Path, target: Path, beat: Callable[[], None]) -> None:
    with source.open("rb") as original, target.open("xb") as copy:
        while piece := original.read(_PIECE):
            beat()
            copy.write(piece)


def sync(path: Path, beat: Callable[[], None]) -> None:
    """Bring what was written to `path` onto the disk, which may take longer than a lease."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        beat_while(partial(os.fsync, descriptor), beat)
    finally:
        os.close(descriptor)
