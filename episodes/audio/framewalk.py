"""Hopping from frame header to frame header, in one-megabyte windows and flat memory.

A quarter of a million frames is what ninety minutes have. A regular expression that knows the
length of every frame by its header hops 64 of them in one call (a dot repeated n times costs the
same for any n), four times faster than a loop; only the edges of windows are walked singly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from episodes.audio.findings import refuse
from episodes.audio.id3 import tag_size
from episodes.audio.source import Source
from episodes.audio.wording import gettext_noop

_FIRST_WINDOW, _WINDOW = 2**16, 2**20
_FIRST_SEARCH = 2**14
_MAX_GAPS = 5_000
_MAX_TRIES = 50_000
"""Places that look like a frame and are none; 800 MB of noise have as many."""
_MAX_TAGS = 16
"""Tags in a row that count as such between two files."""
_MAX_STRIDING_PARTS = 64
"""Joins of unequal parts after which no more expressions are made, each of which takes time."""
_STRIDE = 64
_WORTH_A_STRIDE = 2**15
"""Bytes from which on making an expression costs less than it saves."""


@dataclass(frozen=True, slots=True)
class FrameTable:
    """The frames of one sample rate, mono or not: their lengths by their first three bytes."""

    lengths: dict[bytes, int]
    per_frame: float
    """Seconds that a frame lasts."""
    mono: bool
    anywhere: re.Pattern[bytes]
    """What matches the first three bytes of a frame of any table."""
    other: Callable[[bytes], FrameTable | None]
    """Returns the table that another header belongs to."""
    header_size: int = 4
    _lone: dict[int, re.Pattern[bytes]] = field(default_factory=dict)

    def length(self, header: bytes) -> int:
        """Return the length of the frame that begins so, or 0 when it is none of these."""
        if len(header) < self.header_size or (header[3] >= 0xC0) is not self.mono:
            return 0
        return self.lengths.get(header[:3], 0)

    def rate(self, key: bytes) -> int:
        return key[2] >> 4

    def stride(self, keys: list[bytes]) -> re.Pattern[bytes]:
        """Return what matches exactly 64 frames in a row, each beginning with one of `keys`.

        The commoner lengths should come first.
        """
        thirds: dict[int, set[int]] = {}
        for key in keys:
            thirds.setdefault(self.lengths[key], set()).add(key[2])
        mode = b"[\xc0-\xff]" if self.mono else b"[^\xc0-\xff]"
        frames = (_any_of(third) + mode + b".{%d}" % (n - 4) for n, third in thirds.items())
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
    """The bit rates seen in the present part, as its table numbers them."""
    varies: bool = False
    frames: int = 0
    seconds: float = 0.0
    size: int = 0
    end: int = 0
    junk: int = 0
    first_gap: int = 0
    """Number of frames before the first interruption."""
    first_gap_at: float = 0.0
    """The same in seconds."""
    joined: bool = False
    parts: int = 1
    """One more for each change of sample rate, or between mono and stereo."""
    changes_rate: bool = False
    tries: int = 0
    partial: bool = False
    stride: re.Pattern[bytes] | None = None


def walk(source: Source, start: int, end: int, table: FrameTable) -> Walk:
    """Visit every frame from `start`; what does not belong is counted and stepped over.

    Where another sample rate begins, or mono becomes stereo, another file was joined to the first:
    players go on there, and so does this. What is stepped over never holds two whole frames in a
    row, of whatever kind. `partial` says that the last frame passes `end`; its bytes are not
    counted.
    """
    result = Walk(end=start)
    position = start
    for _ in range(_MAX_GAPS):
        before = result.frames
        position = _run(source, position, end, table, result)
        result.seconds += (result.frames - before) * table.per_frame
        result.end = position
        if result.partial:
            return result
        if position > end - table.header_size:
            result.partial = source.read(position, end - position)[:1] == b"\xff"
            return result
        behind_tags = _behind_tags(source, position, end)
        following = _resume(source, behind_tags, end, table, result)
        if following is None:
            return result
        if not result.junk and not result.joined:
            result.first_gap, result.first_gap_at = result.frames, result.seconds
        result.junk += following - behind_tags
        result.joined = result.joined or behind_tags > position
        position = following
        table = _change(source.read(position, table.header_size), table, result)
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
        worth = len(view) > _WORTH_A_STRIDE and result.parts < _MAX_STRIDING_PARTS
        if result.rates and worth:
            stride = result.stride = result.stride or _stride(view[offset:], table, result)
            while match := stride.match(view, offset):
                offset = match.end()
                result.frames += _STRIDE
        for _ in range(_STRIDE):
            if offset > limit:
                break
            key = bytes(view[offset : offset + 3])
            if key not in table.lengths or (view[offset + 3] >= 0xC0) is not table.mono:
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
    if len(result.rates) > 1:
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


def _change(header: bytes, table: FrameTable, result: Walk) -> FrameTable:
    """Return the table for what goes on here, and note it if that is another."""
    if table.length(header) or (following := table.other(header)) is None:
        return table
    result.joined = result.varies = True
    result.parts += 1
    result.changes_rate = result.changes_rate or following.per_frame != table.per_frame
    result.rates, result.stride = set(), None
    return following


def _behind_tags(source: Source, position: int, end: int) -> int:
    """Return the place behind the whole tags that stand here, as where tagged files were joined."""
    for _ in range(_MAX_TAGS):
        size = _size_of_tag(source.read(position, 32))
        if not size or position + size >= end:
            break
        position += size
    return position


def _size_of_tag(head: bytes) -> int:
    if head[:4] == b"TAG+":
        return 227
    if head[:3] == b"TAG":
        return 128
    if head[:8] == b"APETAGEX" and len(head) == 32:
        # Found from the front this is a header, which the size does not include, or a lone footer.
        is_header = head[23] & 0x20
        return 32 + (int.from_bytes(head[12:16], "little") if is_header else 0)
    return tag_size(head[:10]) or 0


def _resume(source: Source, position: int, end: int, table: FrameTable, result: Walk) -> int | None:
    """Return where frames of any kind go on from `position`; raise `Refused` after many tries."""
    at, length = position, _FIRST_SEARCH
    while at <= end - table.header_size:
        window = source.read(at, min(length, end - at))
        for match in table.anywhere.finditer(window):
            place = at + match.start()
            four = source.read(place, table.header_size)
            if (kind := table.other(four)) and two_frames(source, place, end, kind, strict=False):
                return place
            result.tries += 1
            if result.tries > _MAX_TRIES:
                raise refuse("damaged", what=gettext_noop("much of it only looks like audio"))
        if len(window) < table.header_size:
            break
        at += len(window) - 2
        length = min(2 * length, _WINDOW)
    return None


def two_frames(
    source: Source, position: int, end: int, table: FrameTable, *, strict: bool = True
) -> bool:
    """Whether two frames follow each other here, or one that ends with the file.

    The second may be of another kind if not `strict`.
    """
    for _ in range(2):
        header = source.read(position, table.header_size)
        if not strict and not table.length(header):
            table = table.other(header) or table
        length = table.length(header)
        if not length:
            return False
        position += length
        if position == end:
            return True
        if position > end:
            return False
    return True
