"""Walking ID3v2 tags before any library sees them.

mutagen inflates compressed frames without a bound (500 KB became 1.5 GB) and recurses into nested
chapters, so what it would choke on is refused here, and what is merely long is reported.
Layout: id3.org/id3v2.3.0 and id3v2.4.0-structure; ID3v2.2 has three-letter frames.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from episodes.audio.facts import Depth
from episodes.audio.findings import refuse
from episodes.audio.source import Source
from episodes.audio.wording import gettext_noop

MAX_TAG = 16 * 2**20
MAX_COVER = 10 * 2**20
MAX_FRAMES = 2_000
MAX_CHAPTERS = 500
MAX_TAGS = 8

_ABRIDGED_TAG = 32 * 1024
_ABRIDGED_FRAME = 4 * 1024
_START_OF_PICTURE = 256
_PICTURES = {b"APIC", b"PIC"}

_FRAME_ID = re.compile(rb"[A-Z0-9]{3,4}")


@dataclass(frozen=True, slots=True)
class _Frame:
    name: bytes
    flags: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """One ID3v2 tag, or what of it is worth a short journey."""

    data: bytes
    picture_rest: int = 0
    """Bytes of the first picture that are not in `data`."""


def skip_tags(source: Source, depth: Depth = Depth.WHOLE) -> int:
    """Return where the audio begins behind at most eight ID3v2 tags; refuse dangerous tags."""
    position = 0
    for _ in range(MAX_TAGS):
        size = tag_size(source.read(position, 10))
        if size is None:
            break
        if size > MAX_TAG:
            raise refuse("tag-too-large", mib=round(size / 2**20))
        if position + size > source.size:
            what = gettext_noop("it ends inside its own tag, before any sound")
            raise refuse("incomplete", what=what)
        check_tag(read_tag(source, position, size, depth).data)
        position += size
    return position


def read_tag(source: Source, position: int, size: int, depth: Depth) -> Tag:
    """Return the tag whole, or at `Depth.HEADERS` a long one without what makes it long.

    Of pictures the beginning stays, chapters lose what they carry besides texts, and other long
    frames are left out.
    """
    if depth is Depth.WHOLE or size <= _ABRIDGED_TAG:
        return Tag(source.read(position, size))
    head = source.read(position, 10)
    version, flags = head[3], head[5]
    if version < 4 and flags & 0x80:
        return Tag(b"")  # bytes were stuffed in everywhere: no frame can be found without the rest

    def read(at: int, length: int) -> bytes:
        return source.read(position + 10 + at, length)

    start = _after_extended_header(read(0, 4), version) if version > 2 and flags & 0x40 else 0
    body, rest = _abridge(read, start, size - 10, version, _ABRIDGED_TAG)
    return Tag(head[:5] + b"\0" + _seven_bits(len(body)) + body, rest)


def _abridge(
    read: Callable[[int, int], bytes],
    start: int,
    end: int,
    version: int,
    budget: int,
    *,
    nested: bool = False,
) -> tuple[bytes, int]:
    kept = b""
    rest = 0
    for frame in _frames(read, start, end, version):
        size = frame.end - frame.start
        data = b""
        if size <= _ABRIDGED_FRAME:
            data = read(frame.start, size)
        elif frame.name in _PICTURES:
            data = read(frame.start, _START_OF_PICTURE)
            rest = rest or size - len(data)
        elif frame.name == b"CHAP":
            if nested:
                raise refuse("tag-nested")
            name = read(frame.start, 256).split(b"\0", 1)[0]
            times = frame.start + len(name) + 1
            inside, _ = _abridge(read, times + 16, frame.end, version, _ABRIDGED_FRAME, nested=True)
            data = name + b"\0" + read(times, 16) + inside
        if data and len(kept) + len(data) <= budget:
            kept += frame.name + _size_field(len(data), frame.flags, version) + data
    return kept, rest


def _size_field(size: int, flags: int, version: int) -> bytes:
    """Return the size of a frame and its two bytes of flags, of which only the second matters."""
    if version == 2:
        return size.to_bytes(3, "big")
    return (_seven_bits(size) if version == 4 else size.to_bytes(4, "big")) + bytes((0, flags))


def tag_size(header: bytes) -> int | None:
    """Return the whole size of the tag that starts here (header and footer too), or `None`."""
    if len(header) < 10 or header[:3] != b"ID3" or not 2 <= header[3] <= 4:
        return None
    if any(byte > 0x7F for byte in header[6:10]):
        return None
    return 10 + _synchsafe(header[6:10]) + (10 if header[3] == 4 and header[5] & 0x10 else 0)


def check_tag(tag: bytes) -> None:
    """Refuse one whole ID3v2 tag that a reader could choke on; anything else passes."""
    if tag_size(tag[:10]) is None:
        return
    version, flags = tag[3], tag[5]
    body = tag[10:]
    if version == 2 and flags & 0x40:
        raise refuse("tag-compressed")
    if version < 4 and flags & 0x80:
        body = body.replace(b"\xff\x00", b"\xff")
    start = _after_extended_header(body, version) if version > 2 and flags & 0x40 else 0
    frames = chapters = 0

    def read(at: int, length: int) -> bytes:
        return body[at : at + length]

    for frame in _frames(read, start, len(body), version):
        frames += 1
        _check_frame(frame, version)
        if frame.name == b"CHAP":
            chapters += 1
            frames += _check_chapter(read, frame, version)
        if frames > MAX_FRAMES:
            raise refuse("tag-too-many-frames")
    if chapters > MAX_CHAPTERS:
        raise refuse("too-many-chapters")


def _after_extended_header(body: bytes, version: int) -> int:
    if version == 4:
        return _synchsafe(body[:4])
    return 4 + int.from_bytes(body[:4], "big")


def _frames(
    read: Callable[[int, int], bytes], position: int, end: int, version: int
) -> Iterator[_Frame]:
    """Yield frames until the padding; the last may claim more than there is, and empty ones do not
    count: so mutagen reads them, and nothing may be hidden behind either.
    """
    name_length, size_of_header = (3, 6) if version == 2 else (4, 10)
    while position + size_of_header <= end:
        header = read(position, size_of_header)
        name = header[:name_length]
        if len(header) < size_of_header or not _FRAME_ID.fullmatch(name):
            return
        start = position + size_of_header
        size = _frame_size(read, header, start, end, version)
        if size:
            yield _Frame(name, 0 if version == 2 else header[9], start, min(start + size, end))
        position = start + size


def _frame_size(
    read: Callable[[int, int], bytes], header: bytes, start: int, end: int, version: int
) -> int:
    if version == 2:
        return int.from_bytes(header[3:6], "big")
    raw = header[4:8]
    if version == 3 or any(byte > 0x7F for byte in raw):
        return int.from_bytes(raw, "big")
    size = _synchsafe(raw)
    plain = int.from_bytes(raw, "big")
    # Old iTunes wrote plain sizes into 2.4 tags; what stands behind the frame tells which.
    if plain != size and not _plausible(read, start + size, end):
        return plain if _plausible(read, start + plain, end) else size
    return size


def _plausible(read: Callable[[int, int], bytes], position: int, end: int) -> bool:
    behind = read(position, 4)
    return position == end or behind == b"\0\0\0\0" or bool(_FRAME_ID.fullmatch(behind))


def _check_frame(frame: _Frame, version: int) -> None:
    # v2.3: 0x80 compressed, 0x40 encrypted; v2.4: 0x08 compressed, 0x04 encrypted.
    if frame.flags & {2: 0, 3: 0xC0, 4: 0x0C}[version]:
        raise refuse("tag-compressed")
    size = frame.end - frame.start
    if frame.name in _PICTURES and size > MAX_COVER:
        raise refuse("cover-too-large", mib=round(size / 2**20))


def _check_chapter(read: Callable[[int, int], bytes], frame: _Frame, version: int) -> int:
    """Check the frames inside a chapter (title, link, picture) and return how many there are."""
    name_end = read(frame.start, frame.end - frame.start).find(b"\0")
    if name_end < 0:
        return 0
    count = 0
    for inner in _frames(read, frame.start + name_end + 17, frame.end, version):
        count += 1
        if inner.name in {b"CHAP", b"CTOC"}:
            raise refuse("tag-nested")
        _check_frame(inner, version)
    return count


def _seven_bits(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _synchsafe(four: bytes) -> int:
    value = 0
    for byte in four:
        value = value << 7 | byte & 0x7F
    return value
