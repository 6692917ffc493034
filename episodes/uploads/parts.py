"""The part file of an upload: its length is the offset, and it only ever grows.

One request at a time writes to it, held by `flock`, which the kernel releases however a process
ends. A writer whose client has gone silent gives way to one that asks for its place.
"""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from episodes import storing


class Held(Exception):
    """Another request is writing to the part."""


def part_path(uid: uuid.UUID) -> Path:
    return storing.incoming_path(f"{uid.hex}.part")


def create(uid: uuid.UUID) -> None:
    """Make an empty part that is there after a power cut as well."""
    with part_path(uid).open("xb"):
        pass
    storing.sync_directory(part_path(uid).parent)


def length(uid: uuid.UUID) -> int | None:
    """Return how many bytes are there; `None` when there is no part (any more)."""
    try:
        return part_path(uid).stat().st_size
    except FileNotFoundError:
        return None


def remove(uid: uuid.UUID) -> None:
    part_path(uid).unlink(missing_ok=True)
    _wanted(uid).unlink(missing_ok=True)


@contextmanager
def held(uid: uuid.UUID, *, ask: bool = True) -> Iterator[int]:
    """Give the descriptor of a part that nobody else writes to meanwhile.

    Raises `Held`, and with `ask` a silent holder is told to give way; `FileNotFoundError` when
    there is no part.
    """
    descriptor = os.open(part_path(uid), os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if ask:
                ask_for(uid)
            raise Held from error
        if not os.path.samestat(os.fstat(descriptor), part_path(uid).stat()):
            raise FileNotFoundError(part_path(uid))
        _wanted(uid).unlink(missing_ok=True)
        yield descriptor
    finally:
        os.close(descriptor)


def ask_for(uid: uuid.UUID) -> None:
    """Ask whoever holds the part to give way if its client is silent."""
    _wanted(uid).touch()


def is_wanted(uid: uuid.UUID) -> bool:
    """Whether another request came for the part since it was taken."""
    return _wanted(uid).exists()


def _wanted(uid: uuid.UUID) -> Path:
    return storing.incoming_path(f"{uid.hex}.wanted.part")
