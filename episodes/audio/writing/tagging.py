"""MP3 and raw AAC: our tag in front, then the sound of the original, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from episodes.audio.source import Source
from episodes.audio.writing.copying import sync
from episodes.audio.writing.errors import NotWritten
from episodes.audio.writing.id3 import render_id3
from episodes.audio.writing.labels import Labels
from episodes.audio.writing.mp3 import Sound, find_adts_sound, find_mp3_sound, pieces
from episodes.audio.writing.recording import Recording

_FINDERS = {"MP3": find_mp3_sound, "ADTS": find_adts_sound}


def write_tagged(
    source: Path,
    target: Path,
    labels: Labels,
    *,
    pictures: Mapping[str, bytes],
    recording: Recording,
    beat: Callable[[], None],
) -> None:
    """Write tag and sound to `target`, on the disk when this returns, and compare every byte."""
    tag = render_id3(labels, pictures, duration_ms=recording.duration_ms)
    with source.open("rb") as original:
        found = Source(original)
        sound = _FINDERS[recording.container](found, beat)
        digest = hashlib.sha256()
        with target.open("xb") as copy:
            copy.write(tag)
            copy.write(sound.header)
            for piece in pieces(found, sound, beat):
                digest.update(piece)
                copy.write(piece)
    sync(target, beat)
    _compare(target, tag + sound.header, sound.size, digest.hexdigest(), beat)


def _compare(target: Path, head: bytes, size: int, expected: str, beat: Callable[[], None]) -> None:
    digest = hashlib.sha256()
    with target.open("rb") as copy:
        written = Source(copy)
        if written.size != len(head) + size or written.read(0, len(head)) != head:
            raise NotWritten("Read back, the tag is not what was written.")
        for piece in pieces(written, Sound(len(head), written.size), beat):
            digest.update(piece)
    if digest.hexdigest() != expected:
        raise NotWritten("Read back, the sound differs from the original's.")
