"""The tables of an M4A's index: how many samples, how long and large, in which places they lie.

Layout: ISO/IEC 14496-12, sections 8.6.1 (stts), 8.7.3 to 8.7.5 (stsz, stsc, stco, co64).
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from episodes.audio.findings import Refused, refuse
from episodes.audio.mp4boxes import Box, content, find, number
from episodes.audio.source import Source
from episodes.audio.wording import gettext_noop

_GLANCED = 1024
"""Samples whose sizes the quick reading looks up at either end."""


def contradiction() -> Refused:
    return refuse("damaged", what=gettext_noop("its index contradicts itself"))


def sample_count(source: Source, stbl: Box | None) -> int:
    """Return how many samples have a size."""
    stsz = find(source, stbl, b"stsz")
    if stsz is None:
        return 0
    head = source.read(stsz.start, 12)
    count = number(head, 8)
    return count if number(head, 4) else max(0, min(count, (stsz.end - stsz.start - 12) // 4))


def sample_bytes(source: Source, stbl: Box | None) -> int:
    fixed, count, table = _sizes(source, stbl)
    return fixed * count if fixed else sum(table)


def times(stts: bytes) -> tuple[int, int, int]:
    """Return the number of all samples, and in the track's own ticks what they last together and
    what most of them last.
    """
    lengths: Counter[int] = Counter()
    table = stts[8 : 8 + 8 * _entries(stts, 4, 8, 8)]
    for count, each in struct.iter_unpack(">II", table):
        lengths[each] += count
    ticks = sum(count * each for each, count in lengths.items())
    return lengths.total(), ticks, max(lengths, key=lengths.__getitem__, default=0)


def chunk_table(source: Source, stbl: Box | None) -> tuple[Box | None, int]:
    """Return the box of chunk positions and how many bytes one takes."""
    for kind, width in ((b"stco", 4), (b"co64", 8)):
        if box := find(source, stbl, kind):
            return box, width
    return None, 4


def chunks(source: Source, stbl: Box | None) -> Iterator[tuple[int, int]]:
    """Yield position and bytes of every chunk that has samples.

    Raise `Refused` where the chunks leave out samples, or their runs are in no order.
    """
    box, width = chunk_table(source, stbl)
    table = content(source, box)
    positions = _numbers(
        "I" if width == 4 else "Q", table[8 : 8 + width * _entries(table, 4, 8, width)]
    )
    fixed, count, sizes = _sizes(source, stbl)
    at = 0
    for first, last, samples in _runs(source, stbl, len(positions)):
        for position in positions[first:last]:
            held = min(samples, count - at)
            if held:
                yield position, fixed * held if fixed else sum(sizes[at : at + held])
            at += held
    if at < 0.98 * count:
        raise contradiction()


def inside(places: Iterable[tuple[int, int]], data: list[Box], *, shift: int = 0) -> bool:
    """Whether all places, moved by `shift`, lie in a box of data each."""
    spans = sorted((box.start, box.end) for box in data)
    starts = [start for start, _ in spans]
    start, end = spans[0]
    for place, size in places:
        position = place + shift
        if not start <= position <= position + size <= end:
            start, end = spans[max(0, bisect_right(starts, position) - 1)]
            if not start <= position <= position + size <= end:
                return False
    return True


def ends_inside(source: Source, stbl: Box | None, data: list[Box]) -> bool:
    """Whether the first and the last chunk lie in the data, by a few entries of each table."""
    box, width = chunk_table(source, stbl)
    runs, stsz = find(source, stbl, b"stsc"), find(source, stbl, b"stsz")
    if box is None or runs is None or stsz is None:
        return False
    many, entries = number(source.read(box.start, 8), 4), number(source.read(runs.start, 8), 4)
    if not many or box.start + 8 + width * many > box.end:
        return False
    if not entries or runs.start + 8 + 12 * entries > runs.end:
        return False
    samples = sample_count(source, stbl)
    found = []
    for chunk, entry, is_last in ((0, 0, False), (many - 1, entries - 1, True)):
        position = number(source.read(box.start + 8 + width * chunk, width), 0, width)
        held = number(source.read(runs.start + 8 + 12 * entry + 4, 4), 0)
        held = min(held, samples, _GLANCED)
        found.append((position, _bytes_of(source, stsz, samples - held if is_last else 0, held)))
    return inside(found, data)


def _bytes_of(source: Source, stsz: Box, first: int, count: int) -> int:
    if fixed := number(source.read(stsz.start, 8), 4):
        return fixed * count
    return sum(_numbers("I", source.read(stsz.start + 12 + 4 * first, 4 * count)))


def _runs(source: Source, stbl: Box | None, many: int) -> Iterator[tuple[int, int, int]]:
    """Yield the first chunk of a run, the one behind it, and how many samples each holds."""
    stsc = content(source, find(source, stbl, b"stsc"))
    table = stsc[8 : 8 + 12 * _entries(stsc, 4, 8, 12)]
    steps = struct.iter_unpack(">III", table)
    ends = [(many + 1, 0, 0)]
    for (first, samples, _), (following, _, _) in pairwise([*steps, *ends]):
        if not 0 < first <= many:
            return
        if following <= first:
            raise contradiction()
        yield first - 1, min(following - 1, many), samples


def _sizes(source: Source, stbl: Box | None) -> tuple[int, int, array[int]]:
    """Return the one size of all samples or 0, their number, and the size of each if they vary."""
    stsz = content(source, find(source, stbl, b"stsz"))
    fixed, count = number(stsz, 4), number(stsz, 8)
    if fixed:
        return fixed, count, array("I")
    sizes = _numbers("I", stsz[12 : 12 + 4 * max(0, min(count, (len(stsz) - 12) // 4))])
    return 0, len(sizes), sizes


def _numbers(width: str, table: bytes) -> array[int]:
    """Return big-endian numbers: four bytes each instead of Python's forty."""
    numbers = array(width)
    numbers.frombytes(table[: len(table) // numbers.itemsize * numbers.itemsize])
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def _entries(table: bytes, at: int, start: int, width: int) -> int:
    """Return how many entries a table has; one that promises more than it holds plays nowhere."""
    count = number(table, at)
    if count * width > max(0, len(table) - start):
        raise contradiction()
    return count
