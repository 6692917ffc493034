"""Chapters as a QuickTime text track, the kind that Apple shows; a track of pictures may go along.

The sound names both in `tref`/`chap`. Layout: QuickTime File Format, "Chapter Lists" and "Text
Sample Data".
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from episodes.audio.facts import EmbeddedChapter
from episodes.audio.labels.contents import MAX_CHAPTERS, chapter
from episodes.audio.mp4 import PICTURE_CODECS, Track, tracks_of
from episodes.audio.mp4boxes import Box, content, find, number
from episodes.audio.mp4tables import chunk_table
from episodes.audio.source import Source

_MAX_TABLE = 64 * 1024
_MAX_SAMPLE = 4 * 1024
_TEXT_HANDLERS = {b"text", b"sbtl", b"subt"}
_LINK = re.compile(rb"https?://[\x21-\x7e]+")


def read_text_track(source: Source, moov: Box) -> list[EmbeddedChapter]:
    """Return the chapters of the text track that the sound refers to."""
    tracks = tracks_of(source, moov, longest_table=0)
    sound = next((track for track in tracks if track.handler == b"soun"), None)
    named = _referred(source, sound.box) if sound else set()
    chapters = [track for track in tracks if track.number in named]
    words = next((track for track in chapters if track.handler in _TEXT_HANDLERS), None)
    if words is None:
        return []
    pictured: set[int] = set()
    for track in chapters:
        if track.handler == b"vide" and track.codec in PICTURE_CODECS:
            pictured.update(start for start, _, _ in _samples(source, track))
    found = []
    for start, end, place in _samples(source, words):
        title, link = _read_text(source.read(*place))
        image = any(abs(start - each) <= 50 for each in pictured)
        found.append(chapter(start, end, title, link, image=image))
    # Writers fill the time before the first chapter with an empty sample.
    return [each for number, each in enumerate(found) if number or each.title or each.url]


def _referred(source: Source, track: Box) -> set[int]:
    numbers = content(source, find(source, track, b"tref", b"chap"), 4096)
    return {number(numbers, at) for at in range(0, len(numbers), 4)}


def _samples(source: Source, track: Track) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Yield start and end in milliseconds, position and length of at most 500 samples."""
    sizes = _table(source, track.table, b"stsz")
    fixed, count = number(sizes, 4), min(number(sizes, 8), MAX_CHAPTERS)
    lengths = [fixed or number(sizes, 12 + 4 * index) for index in range(count)]
    ticks = track.timescale or 1000
    time = 0
    for duration, place in zip(
        _durations(source, track.table, count), _places(source, track.table, lengths), strict=False
    ):
        begin, time = time, time + duration
        yield round(begin * 1000 / ticks), round(time * 1000 / ticks), place


def _table(source: Source, stbl: Box | None, kind: bytes) -> bytes:
    box = find(source, stbl, kind)
    return source.read(box.start, min(box.end - box.start, _MAX_TABLE)) if box else b""


def _durations(source: Source, stbl: Box | None, count: int) -> Iterator[int]:
    table = _table(source, stbl, b"stts")
    for samples, duration in struct.iter_unpack(">II", table[8 : len(table) // 8 * 8]):
        for _ in range(min(samples, count)):
            yield duration


def _places(source: Source, stbl: Box | None, lengths: list[int]) -> Iterator[tuple[int, int]]:
    """Walk the chunks: how many samples each holds stands in runs (stsc), where it lies in stco."""
    runs = _table(source, stbl, b"stsc")
    steps = [
        (first, samples)
        for first, samples, _ in struct.iter_unpack(
            ">III", runs[8 : 8 + (len(runs) - 8) // 12 * 12]
        )
    ]
    box, width = chunk_table(source, stbl)
    remaining = iter(lengths)
    for chunk in range(MAX_CHAPTERS):
        if box is None or box.start + 8 + width * (chunk + 1) > box.end:
            return
        position = number(source.read(box.start + 8 + width * chunk, width), 0, width)
        held = next((samples for first, samples in reversed(steps) if first <= chunk + 1), 0)
        for _ in range(min(held, MAX_CHAPTERS)):
            length = next(remaining, None)
            if length is None:
                return
            yield position, min(length, _MAX_SAMPLE)
            position += length


def _read_text(sample: bytes) -> tuple[str, str]:
    """Return the text of a sample, and a link if a box behind it holds one."""
    length = number(sample, 0, 2)
    text, extra = sample[2 : 2 + length], sample[2 + length :]
    encoding = "utf-16" if text[:2] in {b"\xfe\xff", b"\xff\xfe"} else "utf-8"
    link = _LINK.search(extra) if b"href" in extra else None
    return text.decode(encoding, "replace"), link[0].decode("ascii") if link else ""
