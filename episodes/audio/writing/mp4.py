"""M4A: ffmpeg copies the sound and writes the chapters, mutagen the atoms; the index comes first.

mutagen cannot write chapters. ffmpeg writes both kinds: the list in `chpl` and the text track that
Apple's players show. They know neither links, pictures nor hidden ones, which stay out.
"""

# mutagen says that it is typed, but its constructors are not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import dataclasses
import re
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm

from episodes.audio import ffmpeg
from episodes.audio.source import Source
from episodes.audio.writing.copying import sync
from episodes.audio.writing.errors import NotWritten
from episodes.audio.writing.fitting import comment, copyright_line, end_of
from episodes.audio.writing.labels import ChapterLabel, Labels
from episodes.audio.writing.languages import three_letters
from episodes.audio.writing.recording import Recording
from episodes.beating import beat_while

_TITLE_BYTES = 255
"""`chpl` counts a title's bytes in one byte."""
_COPYING = 0.002
"""CPU seconds for a second of sound that is only moved."""
_ROOM = 32 * 2**20
"""What index, chapters and cover may add to a copy."""


def fit_mp4(labels: Labels) -> Labels:
    """Return the labels with chapters as an M4A can hold them."""
    listed = [each for each in labels.chapters if not each.hidden]
    chapters = (ChapterLabel(each.start_ms, _cut(each.title)) for each in listed)
    return dataclasses.replace(labels, chapters=tuple(chapters))


def write_mp4(
    source: Path,
    target: Path,
    labels: Labels,
    *,
    pictures: Mapping[str, bytes],
    recording: Recording,
    beat: Callable[[], None],
) -> None:
    """Write the copy, on the disk when this returns, and compare the sound, packet for packet."""
    try:
        _remux(source, target, labels, recording, beat)
        # Where the index in front grows, mutagen moves all of the sound.
        beat_while(partial(_write_atoms, target, labels, pictures), beat)
        sync(target, beat)
        if _digest(source, recording, beat) != _digest(target, recording, beat):
            raise NotWritten("Read back, the sound differs from the original's.")
    except ffmpeg.FfmpegError as error:
        raise NotWritten(str(error)) from error
    _check_layout(target, has_chapters=bool(labels.chapters))
    tags: Any = MP4(target).tags
    covers = tags.get("covr", [])
    if [bytes(each) for each in covers] != ([pictures[labels.cover]] if labels.cover else []):
        raise NotWritten("Read back, the cover is not what was written.")


def _remux(
    source: Path, target: Path, labels: Labels, recording: Recording, beat: Callable[[], None]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        listing = Path(directory) / "chapters.txt"
        listing.write_text(_metadata(labels.chapters, recording.duration_ms), encoding="utf-8")
        arguments = [
            *ffmpeg.read_from(source),
            *("-f", "ffmetadata", *ffmpeg.read_from(listing, formats="ffmetadata")),
            # All metadata comes from the listing, which has none but the chapters'.
            *("-map", "0:a:0", "-c", "copy", "-map_metadata:g", "1", "-map_metadata:s:a", "-1"),
            *("-metadata:s:a:0", f"language={three_letters(labels.language)}"),
            *("-map_chapters", "1", "-movflags", "+faststart", "-fflags", "+bitexact"),
            *("-f", "ipod", f"file:{target}"),
        ]
        size = source.stat().st_size + _ROOM
        ffmpeg.run(arguments, _allowance(recording, file_size=size), keep_alive=beat)


def _allowance(recording: Recording, *, file_size: int = 0) -> ffmpeg.Allowance:
    seconds = recording.duration_ms / 1000
    return ffmpeg.Allowance.for_sound(seconds, cost=_COPYING, file_size=file_size)


def _metadata(chapters: tuple[ChapterLabel, ...], duration_ms: int) -> str:
    """Return an ffmetadata file (ffmpeg-formats, "Metadata")."""
    lines = [";FFMETADATA1"]
    for index, chapter in enumerate(chapters):
        lines += [
            "[CHAPTER]",
            "TIMEBASE=1/1000",
            f"START={chapter.start_ms}",
            f"END={end_of(chapters, index, duration_ms)}",
            f"title={_escape(chapter.title)}",
        ]
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return re.sub(r"([=;#\\\n])", r"\\\1", text)


def _cut(title: str) -> str:
    return title.encode()[:_TITLE_BYTES].decode(errors="ignore").rstrip()


def _write_atoms(target: Path, labels: Labels, pictures: Mapping[str, bytes]) -> None:
    file: Any = MP4(target)
    if file.tags is None:
        file.add_tags()
    texts = {
        "\xa9nam": labels.title,
        "\xa9alb": labels.show,
        "\xa9ART": labels.hosts or labels.publisher,
        "aART": labels.publisher,
        "\xa9day": labels.day.isoformat() if labels.day else "",
        "\xa9gen": "Podcast",
        "cprt": copyright_line(labels),
        "desc": labels.summary,
        "\xa9cmt": comment(labels),
    }
    file.tags.update({name: [text] for name, text in texts.items() if text})
    numbers = {"trkn": labels.number, "disk": labels.season}
    fitting = {name: [(value, 0)] for name, value in numbers.items() if value and value < 2**16}
    file.tags.update(fitting)
    free = {"PUBLISHER": [labels.publisher], "WEBSITE": [labels.link], "CREDITS": _credits(labels)}
    for name, values in free.items():
        if found := [MP4FreeForm(value.encode()) for value in values if value]:
            file.tags[f"----:com.apple.iTunes:{name}"] = found
    if labels.cover:
        file.tags["covr"] = [MP4Cover(pictures[labels.cover], MP4Cover.FORMAT_JPEG)]
    file.save(padding=lambda _info: 0)


def _credits(labels: Labels) -> list[str]:
    return [f"{each.role}: {each.line}" for each in labels.credits]


def _digest(path: Path, recording: Recording, beat: Callable[[], None]) -> bytes:
    """Let ffmpeg digest the packets of the sound, as they are coded."""
    arguments = [*ffmpeg.read_from(path), "-map", "0:a:0", "-c", "copy"]
    arguments += ["-f", "hash", "-hash", "sha256", "pipe:1"]
    with ffmpeg.start(arguments, _allowance(recording)) as running:
        return b"".join(running.pieces(4096, beat))


def _check_layout(target: Path, *, has_chapters: bool) -> None:
    """Raise `NotWritten` unless the index stands before the sound and holds both chapter lists."""
    with target.open("rb") as file:
        boxes = dict(_top_boxes(Source(file)))
        moov = boxes.get(b"moov", (0, 0))
        index = Source(file).read(*moov)
    if not 0 < moov[0] < boxes.get(b"mdat", (0, 0))[0]:
        raise NotWritten("Read back, the index of the file does not stand in front.")
    if has_chapters and not (b"chpl" in index and b"tref" in index and b"chap" in index):
        raise NotWritten("Read back, the chapters are missing in the index.")


def _top_boxes(source: Source) -> list[tuple[bytes, tuple[int, int]]]:
    """Return kind, position and size of the boxes of the first level."""
    found = []
    position = 0
    while len(header := source.read(position, 16)) >= 8:
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if size < 8:
            size = source.size - position
        found.append((header[4:8], (position, size)))
        position += size
    return found
