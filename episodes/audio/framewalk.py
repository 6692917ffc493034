"""Hopping from frame header to frame header, in one-megabyte windows and flat memory.

A quarter of a million frames is what ninety minutes have. A regular expression that knows the
length of every frame by its header hops 64 of them in one call (a dot repeated n times costs the
same for any n), four times faster than a loop; only the edges of windows are walked singly.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from episodes.audio.findings import refuse
from episodes.audio.id3 import tag_size
from episodes.audio.source import Source
from episodes.audio.wording import gettext_noop

_FIRST_WINDOW, _WINDOW = 2**16, 2**20
_MAX_GAPS = 5_000
_STRIDE = 64
_WORTH_A_STRIDE = 2**15
"""Bytes from which on making an expression costs less than it saves."""


@dataclass(frozen=True, slots=True)
class FrameTable:
    """Length of a frame by its first three bytes, and what of it tells the bit rate."""

    lengths: dict[bytes, int]
    header_size: int = 4
    _lone: dict[int, re.Pattern[bytes]] = field(default_factory=dict)

    def beginnings(self) -> re.Pattern[bytes]:
        return re.compile(b"\xff" + _any_of({key[1] for key in self.lengths}))

    def rate(self, key: bytes) -> int:
        return key[2] >> 4

    def stride(self, keys: list[bytes]) -> re.Pattern[bytes]:
        """Return what matches exactly 64 frames in a row, each beginning with one of `keys`.

        The commoner lengths should come first.
        """
        thirds: dict[int, set[int]] = {}
        for key in keys:
            thirds.setdefault(self.lengths[key], set()).add(key[2])
        frames = (_any_of(third) + b".{%d}" % (n - 3) for n, third in thirds.items())
        one = b"\xff" + _any_of({key[1] for key in keys}) + b"(?:" + b"|".join(frames) + b")"
        # The plus makes it possessive: no way back is kept, so the stack stays flat.
        return re.compile(b"(?:%b){%d}+" % (one, _STRIDE), re.DOTALL)

    def stride_at(self, rate: int) -> re.Pattern[bytes]:
        """Return the stride over frames of one bit rate."""
        if rate not in self._lone:
            self._lone[rate] = self.stride([each for each in self.lengths if each[2] >> 4 == rate])
        return self._lone[rate]


@dataclass(slots=True)
class Walk:
    rates: set[int] = field(default_factory=set)
    """The bit rates that were seen, as the table numbers them; all of them count if `varies`."""
    varies: bool = False
    frames: int = 0
    size: int = 0
    end: int = 0
    junk: int = 0
    first_gap: int = 0
    """Number of frames before the first interruption."""
    joined: bool = False
    partial: bool = False
    stride: re.Pattern[bytes] | None = None


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
    raise refuse("damaged", what=gettext_noop("it is interrupted thousands of times"))


def _run(source: Source, position: int, end: int, table: FrameTable, result: Walk) -> int:
    """Follow frames until one is missing or the end is reached; return where that is."""
    length = _FIRST_WINDOW
    while position <= end - table.header_size:
        view = source.window(position, min(length, end - position))
        hopped, last = _hop(view, table, result)
        result.size += hopped
        position += hopped
        if position > end:
            result.frames -= 1
            result.size -= last
            result.partial = True
            return position - last
        # Frames went on to the edge of the window, or else something stands in their way.
        if not hopped or hopped <= len(view) - table.header_size:
            break
        length = min(2 * length, _WINDOW)
    return position


def _hop(view: memoryview, table: FrameTable, result: Walk) -> tuple[int, int]:
    """Follow frames through a window; return where the next should stand and the last's length."""
    offset, limit, length = 0, len(view) - table.header_size, 0
    while offset <= limit:
        if result.rates and len(view) > _WORTH_A_STRIDE:
            stride = result.stride = result.stride or _stride(view[offset:], table, result)
            while match := stride.match(view, offset):
                offset = match.end()
                result.frames += _STRIDE
        for _ in range(_STRIDE):
            if offset > limit:
                break
            key = bytes(view[offset : offset + 3])
            if key not in table.lengths:
                return offset, length
            if table.rate(key) not in result.rates:
                _note(table.rate(key), result)
            length = table.lengths[key]
            offset += length
            result.frames += 1
    return offset, length


def _note(rate: int, result: Walk) -> None:
    """Note a bit rate that is new: the first is taken for the only one, a second for variety."""
    result.rates.add(rate)
    if len(result.rates) == 2:
        result.varies = True
        result.stride = None


def _stride(view: memoryview, table: FrameTable, result: Walk) -> re.Pattern[bytes]:
    if result.varies:
        return table.stride(_by_frequency(view, table))
    return table.stride_at(next(iter(result.rates)))


def _by_frequency(view: memoryview, table: FrameTable) -> list[bytes]:
    seen: Counter[int] = Counter()
    offset, lengths = 0, table.lengths
    while (key := bytes(view[offset : offset + 3])) in lengths and seen.total() < 1_000:
        seen[key[2]] += 1
        offset += lengths[key]
    return sorted(lengths, key=lambda each: -seen[each[2]])


def _any_of(values: set[int]) -> bytes:
    return b"[" + b"".join(b"\\x%02x" % value for value in sorted(values)) + b"]"


def _resume(source: Source, position: int, end: int, table: FrameTable) -> tuple[int | None, bool]:
    """Return where frames go on behind an interruption, and whether a whole tag was in between."""
    size = tag_size(source.read(position, 10))
    if size is not None and position + size < end:
        after = position + size
        if two_frames(source, after, end, table):
            return after, True
    pattern = table.beginnings()
    at = position + 1
    while at < end - table.header_size:
        window = source.read(at, min(_WINDOW, end - at))
        for match in pattern.finditer(window):
            if two_frames(source, at + match.start(), end, table):
                return at + match.start(), False
        if len(window) < 2:
            break
        at += len(window) - 1
    return None, False


def two_frames(source: Source, position: int, end: int, table: FrameTable) -> bool:
    """Whether two frames follow each other here, or one that ends with the file."""
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
