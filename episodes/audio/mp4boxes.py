"""The boxes that an MP4 consists of. Layout: ISO/IEC 14496-12, section 4.2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from episodes.audio.findings import refuse
from episodes.audio.source import Source
from episodes.audio.wording import gettext_noop

_MAX_BOXES = 20_000
_MAX_TABLE = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    start: int
    """Where the contents begin."""
    end: int
    """Where the box says that it ends, which may be past the file."""


def boxes(source: Source, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes of one level. Sizes of 0 (to the end) and 1 (64 bit) are the standard's."""
    position = start
    for _ in range(_MAX_BOXES):
        header = source.read(position, 16)
        if position + 8 > end or len(header) < 8:
            return
        size, head = int.from_bytes(header[:4], "big"), 8
        if size == 1 and len(header) == 16:
            size, head = int.from_bytes(header[8:], "big"), 16
        elif size == 0:
            size = end - position
        if size < head:
            return
        yield Box(header[4:8], position + head, position + size)
        position += size
    raise refuse("damaged", what=gettext_noop("it consists of thousands of tiny parts"))


def all_boxes(source: Source, parent: Box, kind: bytes) -> list[Box]:
    return [box for box in boxes(source, parent.start, parent.end) if box.kind == kind]


def find(source: Source, parent: Box | None, *path: bytes) -> Box | None:
    for kind in path:
        if parent is None:
            return None
        end = parent.end
        inside = boxes(source, parent.start, end)
        parent = next((box for box in inside if box.kind == kind and box.end <= end), None)
    return parent


def content(source: Source, box: Box | None, limit: int = _MAX_TABLE) -> bytes:
    if box is None:
        return b""
    if box.end - box.start > limit:
        what = gettext_noop("its index is larger than any podcast needs")
        raise refuse("damaged", what=what)
    return source.read(box.start, box.end - box.start)


def number(data: bytes, at: int, length: int = 4) -> int:
    return int.from_bytes(data[at : at + length], "big")


def tag_box(source: Source, moov: Box) -> Box | None:
    """Return the box of iTunes tags (ilst)."""
    meta = find(source, moov, b"udta", b"meta")
    # meta carries four bytes of version before its boxes.
    return find(source, Box(b"meta", meta.start + 4, meta.end), b"ilst") if meta else None
