"""The pages that an Ogg file consists of, with their checksums. Layout: RFC 3533, section 6."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from episodes.audio.findings import refuse
from episodes.audio.source import Source
from episodes.audio.wording import gettext_noop

NO_PACKET_ENDS = 2**64 - 1
_MAX_PAGES = 2_000_000
_MAX_SEARCHES = 1_000
_WINDOW = 2**18
_HEADER = struct.Struct("<4sBBQIIIB")
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Page:
    flags: int
    granule: int
    serial: int
    number: int
    packets: int
    """Packets that end on this page."""
    start: int
    body: int
    end: int
    head: bytes
    """The first bytes of the contents."""
    segments: bytes
    is_whole: bool = True
    """Whether the checksum fits; decoders drop a page whose does not."""

    @property
    def is_first(self) -> bool:
        return bool(self.flags & _FIRST)

    @property
    def is_last(self) -> bool:
        return bool(self.flags & _LAST)

    @property
    def is_continued(self) -> bool:
        return bool(self.flags & _CONTINUED)


def read_page(source: Source, position: int) -> Page | None:
    """Return the page that starts here, unless there is none; its checksum is not looked at."""
    return _parse(source.read(position, 27 + 255 + 64), 0, position, source.size, check=False)


def pages_of(source: Source, position: int, *, check: bool = True) -> Iterator[Page]:
    """Yield page after page; what is between them is stepped over.

    The last one may pass the end of the file: its `end` says so.
    """
    window, base, searches = b"", position, 0
    for _ in range(_MAX_PAGES):
        offset = position - base
        page = _parse(window, offset, position, source.size, check=check)
        if page is None or (page.end > base + len(window) and page.end <= source.size):
            base = position
            window = source.read(position, _WINDOW if check else 27 + 255 + 64)
            page = _parse(window, 0, position, source.size, check=check)
        if page is None:
            searches += 1
            found = _search(source, position + 1) if check and searches < _MAX_SEARCHES else None
            if found is None:
                return
            position = found
            continue
        yield page
        position = page.end
    raise refuse("damaged", what=gettext_noop("it consists of thousands of tiny parts"))


def _parse(window: bytes, offset: int, position: int, size: int, *, check: bool) -> Page | None:
    if len(window) - offset < _HEADER.size:
        return None
    mark, _, flags, granule, serial, number, checksum, count = _HEADER.unpack_from(window, offset)
    if mark != b"OggS":
        return None
    body = offset + _HEADER.size + count
    segments = window[offset + _HEADER.size : body]
    end = body + sum(segments)
    if len(segments) < count:
        if position + _HEADER.size + count <= size:
            return None  # only the window ends here
        end = offset + size - position + 1
    whole = not check or end > len(window) or _checksum(window, offset, end) == checksum
    return Page(
        flags,
        granule,
        serial,
        number,
        sum(length < 255 for length in segments),
        position,
        position + body - offset,
        position + end - offset,
        window[body : body + 64],
        segments,
        whole,
    )


def _checksum(window: bytes, start: int, end: int) -> int:
    """Return Ogg's checksum by way of zlib's: the same sum over bits in the other order."""
    head = window[start : start + 22] + b"\0\0\0\0"
    value = zlib.crc32(head.translate(_REVERSED), 0xFFFFFFFF)
    value = zlib.crc32(window[start + 26 : end].translate(_REVERSED), value) ^ 0xFFFFFFFF
    return int.from_bytes(value.to_bytes(4, "big").translate(_REVERSED), "little")


def _search(source: Source, position: int) -> int | None:
    while position < source.size - _HEADER.size:
        window = source.read(position, _WINDOW)
        found = window.find(b"OggS")
        if found >= 0:
            return position + found
        position += len(window) - 3
    return None


def second_packet(source: Source, start: int, limit: int) -> bytes | None:
    """Return a stream's second packet (its comments); `None` when it is longer than `limit`."""
    packet = b""
    first = None
    for page in pages_of(source, start, check=False):
        first = page if first is None else first
        if page is first or page.serial != first.serial:
            continue
        length = 0
        for segment in page.segments:
            length += segment
            if segment < 255:
                return packet + source.read(page.body, length)
        packet += source.read(page.body, length)
        if len(packet) > limit or page.end > source.size:
            return None
    return None
