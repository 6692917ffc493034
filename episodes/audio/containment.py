"""Reading a stranger's audio in a limited child: any crash is a verdict, not an accident."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import mutagen

from catalog.containment import WALL_SECONDS, ChildReader
from episodes.audio.facts import Reading
from episodes.audio.findings import refuse
from episodes.audio.text import clean_text

_READER = ChildReader(
    what="the reader of audio",
    module="episodes.audio.probe",
    libraries=(Path(mutagen.__file__).resolve().parents[1],),
    max_output=256 * 1024,  # as probe.MAX_OUTPUT, which is not imported here
)


def read_contained(
    path: Path,
    *,
    name: str = "",
    wall_seconds: float = WALL_SECONDS,
    keep_alive: Callable[[], None] | None = None,
) -> Reading:
    """Read the file at `path` in a limited child process.

    `keep_alive` is called every few seconds meanwhile; when it raises, the child is ended and the
    exception goes on.

    A crash, a limit that was hit, a timeout or an answer that makes no sense is a refusal like any
    other. Raise `OSError` only when the file cannot be opened, or the reader does not even start
    or is killed from outside, which says nothing about the file.
    """
    reader = dataclasses.replace(_READER, wall_seconds=wall_seconds)
    with path.open("rb") as file:
        answer = reader.ask(file, [clean_text(name, 300)], keep_alive=keep_alive)
    if answer is None:
        return _unreadable()
    try:
        return Reading.from_json(json.loads(answer))
    except (ValueError, TypeError, KeyError, RecursionError):
        return _unreadable()


def _unreadable() -> Reading:
    return Reading(None, (refuse("unreadable").finding,))
