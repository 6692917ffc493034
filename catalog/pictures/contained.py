"""Rendering a stranger's picture in a limited child process."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO

import PIL

from catalog.containment import ChildReader
from catalog.pictures.facts import MAX_BYTES, RefusedPicture, Rendered, unpack

_RENDERER = ChildReader(
    what="the renderer of pictures",
    module="catalog.pictures.worker",
    libraries=(Path(PIL.__file__).resolve().parents[1],),
    max_output=40 * 2**20,
)


def render_contained(file: IO[bytes], *, mime_type: str = "") -> Rendered:
    """Return the renditions of a picture, as `rendering.render` makes them.

    Raises RefusedPicture for what is no usable picture, also for one that breaks the decoder or
    runs into its limits; `OSError` only when the child does not start or is killed from outside.
    """
    with tempfile.TemporaryFile() as copy:
        _copy(file, copy)
        answer = _RENDERER.ask(copy, [mime_type])
    if answer is None:
        raise RefusedPicture("too_heavy")
    try:
        return unpack(answer)
    except (ValueError, TypeError, KeyError) as error:
        raise RefusedPicture("too_heavy") from error


def _copy(file: IO[bytes], to: IO[bytes]) -> None:
    """Give the child a file of the system; what came in may lie in memory or in a bucket."""
    left = MAX_BYTES
    while piece := file.read(min(left + 1, 2**20)):
        left -= len(piece)
        if left < 0:
            raise RefusedPicture("too_big")
        to.write(piece)
    to.flush()
    os.lseek(to.fileno(), 0, os.SEEK_SET)
