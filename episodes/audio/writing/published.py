"""Making a published file: a copy beside the original with our labels, believed once read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from episodes.audio.facts import Reading
from episodes.audio.writing.checking import as_embedded, compare, read_back
from episodes.audio.writing.errors import NotWritten
from episodes.audio.writing.fitting import fit
from episodes.audio.writing.labels import Labels
from episodes.audio.writing.mp4 import fit_mp4, write_mp4
from episodes.audio.writing.recording import Recording
from episodes.audio.writing.tagging import write_tagged
from episodes.audio.writing.vorbis import write_commented

CONTAINERS = frozenset({"MP3", "ADTS", "MP4", "Ogg", "FLAC"})
"""What can be labelled. WAV and AIFF have no tags that players read: they are encoded first."""
_WITH_ID3 = frozenset({"MP3", "ADTS"})
_WRITERS = {"MP3": write_tagged, "ADTS": write_tagged, "MP4": write_mp4}
_ROUNDING = {"MP4": 1}
"""Milliseconds by which the length may differ: an M4A's is told in ticks of the whole file."""


def write_published(
    source: Path,
    target: Path,
    labels: Labels,
    *,
    pictures: Mapping[str, bytes],
    recording: Recording,
    beat: Callable[[], None] = lambda: None,
) -> Reading:
    """Write a copy of `source` with `labels` to `target`, which must not exist; return its facts.

    `source` is only read, and `target` is on the disk when this returns. The same source, labels
    and pictures (JPEG, by the names that the labels use) give the same bytes. `beat` is called
    every few moments; what it raises ends the work. Raise `NotWritten` when the file, read back, is
    not what was asked for: the caller throws it away.
    """
    container = recording.container
    if container not in CONTAINERS:
        raise NotWritten(f"Tags cannot be written into {container}.")
    if missing := labels.pictures - pictures.keys():
        raise NotWritten(f"The picture {min(missing)} is missing.")
    fitting = fit(labels, duration_ms=recording.duration_ms)
    fitting = fit_mp4(fitting) if container == "MP4" else fitting
    write = _WRITERS.get(container, write_commented)
    write(source, target, fitting, pictures=pictures, recording=recording, beat=beat)
    reading = read_back(target, beat=beat)
    assert reading.facts is not None  # noqa: S101 - read_back has raised otherwise
    compare(
        reading.facts,
        recording,
        fitting,
        chapters=as_embedded(fitting.chapters, hidden=container in _WITH_ID3),
        # The pictures of Ogg were compared when they were written; no reader returns them.
        tolerance_ms=_ROUNDING.get(container, 0),
        cover=None if container == "Ogg" else len(pictures.get(fitting.cover, b"")),
    )
    return reading
