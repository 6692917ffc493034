"""Hopping from frame header to frame header, in one-megabyte windows and flat memory."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from episodes.audio.findings import refuse
from episodes.audio.id3 import tag_size
from episodes.audio.source import Source

_WINDOW = 2**20
_MAX_GAPS = 5_000


@dataclass(frozen=True, slots=True)
class FrameTable:
    """Length of a frame by its first three bytes."""

    lengths: dict[bytes, int]
    header_size: int

    def pattern(self) -> re.Pattern[bytes]:
        beginnings = sorted({key[:2] for key in self.lengths})
        return re.compile(b"|".join(map(re.escape, beginnings)))


@dataclass(slots=True)
class Walk:
    counts: Counter[bytes] = field(default_factory=Counter)
    """How often each header (first three bytes) was seen."""
    frames: int = 0
    size: int = 0
    end: int = 0
    junk: int = 0
    first_gap: int = 0
    """Number of frames before the first interruption."""
    joined: bool = False
    partial: bool = False


def walk(source: Source, start: int, end: int, table: FrameTable) -> Walk:
    """Visit every frame from `start`; what does not belong is counted and stepped over.

    `partial` says that the last frame passes `end`; its bytes are not counted.
    """
    result = Walk(end=start)
    position = start
    for _ in range(_MAX_GAPS):
        position = _run(source, position, end, table, result)
        result.end = position
        if result.partial:
            return result
        if position > end - table.header_size:
            result.partial = source.read(position, end - position)[:1] == b"\xff"
            return result
        following, is_tag = _resume(source, position, end, table)
        if following is None:
            return result
        if not result.junk and not result.joined:
            result.first_gap = result.frames
        if is_tag:
            result.joined = True
        else:
            result.junk += following - position
        position = following
    raise refuse("damaged", what="it is interrupted thousands of times")


def _run(source: Source, position: int, end: int, table: FrameTable, result: Walk) -> int:
    """Follow frames until one is missing or the end is reached; return where that is."""
    while position <= end - table.header_size:
        window = source.read(position, min(_WINDOW, end - position))
        seen, length = _hop(window, table)
        result.counts.update(seen)
        result.frames += len(seen)
        result.size += length
        position += length
        if position > end:
            last = table.lengths[seen[-1]]
            result.counts[seen[-1]] -= 1
            result.frames -= 1
            result.size -= last
            result.partial = True
            return position - last
        # Frames went on to the edge of the window, or else something stands in their way.
        if not seen or length <= len(window) - table.header_size:
            break
    return position


def _hop(window: bytes, table: FrameTable) -> tuple[list[bytes], int]:
    """Return the headers that follow each other, and where the next should stand.

    This is the loop that runs a hundred thousand times for an hour: one slice, one look-up, one
    append a frame.
    """
    lengths = table.lengths
    seen: list[bytes] = []
    add = seen.append
    offset, limit = 0, len(window) - table.header_size
    while offset <= limit:
        key = window[offset : offset + 3]
        if key not in lengths:
            break
        add(key)
        offset += lengths[key]
    return seen, offset


def _resume(source: Source, position: int, end: int, table: FrameTable) -> tuple[int | None, bool]:
    """Return where frames go on behind an interruption, and whether a whole tag was in between."""
    size = tag_size(source.read(position, 10))
    if size is not None and position + size < end:
        after = position + size
        if _two_frames(source, after, end, table):
            return after, True
    pattern = table.pattern()
    at = position + 1
    while at < end - table.header_size:
        window = source.read(at, min(_WINDOW, end - at))
        for match in pattern.finditer(window):
            if _two_frames(source, at + match.start(), end, table):
                return at + match.start(), False
        if len(window) < 2:
            break
        at += len(window) - 1
    return None, False


def _two_frames(source: Source, position: int, end: int, table: FrameTable) -> bool:
    for _ in range(2):
        header = source.read(position, table.header_size)
        if len(header) < table.header_size:
            return False
        length = table.lengths.get(header[:3], 0)
        if not length:
            return False
        position += length
        if position == end:
            return True
        if position > end:
            return False
    return True
