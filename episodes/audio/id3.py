"""Walking ID3v2 tags before any library sees them.

mutagen inflates compressed frames without a bound (500 KB became 1.5 GB) and recurses into nested
chapters, so what it would choke on is refused here, and what is merely long is reported.
Layout: id3.org/id3v2.3.0 and id3v2.4.0-structure; ID3v2.2 has three-letter frames.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from episodes.audio.findings import refuse
from episodes.audio.source import Source

MAX_TAG = 16 * 2**20
MAX_COVER = 10 * 2**20
MAX_FRAMES = 2_000
MAX_CHAPTERS = 500
MAX_TAGS = 8

_FRAME_ID = re.compile(rb"[A-Z0-9]{3,4}")


@dataclass(frozen=True, slots=True)
class _Frame:
    name: bytes
    flags: int
    start: int
    end: int


def skip_tags(source: Source) -> int:
    """Return where the audio begins behind at most eight ID3v2 tags; refuse dangerous tags."""
    position = 0
    for _ in range(MAX_TAGS):
        size = tag_size(source.read(position, 10))
        if size is None:
            break
        if size > MAX_TAG:
            raise refuse("tag-too-large", mib=size / 2**20)
        if position + size > source.size:
            raise refuse("incomplete", what="it ends inside its own tag, before any sound")
        check_tag(source.read(position, size))
        position += size
    return position


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
    for frame in _frames(body, start, len(body), version):
        frames += 1
        _check_frame(frame, version)
        if frame.name == b"CHAP":
            chapters += 1
            frames += _check_chapter(body, frame, version)
        if frames > MAX_FRAMES:
            raise refuse("tag-too-many-frames")
    if chapters > MAX_CHAPTERS:
        raise refuse("too-many-chapters")


def _after_extended_header(body: bytes, version: int) -> int:
    if version == 4:
        return _synchsafe(body[:4])
    return 4 + int.from_bytes(body[:4], "big")


def _frames(body: bytes, position: int, end: int, version: int) -> Iterator[_Frame]:
    """Yield frames until the padding; one that would pass the end stops the walk, as in players."""
    name_length, header = (3, 6) if version == 2 else (4, 10)
    while position + header <= end:
        name = body[position : position + name_length]
        if not _FRAME_ID.fullmatch(name) or len(name) != name_length:
            return
        size = _frame_size(body, position, end, version)
        flags = 0 if version == 2 else body[position + 9]
        start = position + header
        if size <= 0 or start + size > end:
            return
        yield _Frame(name, flags, start, start + size)
        position = start + size


def _frame_size(body: bytes, position: int, end: int, version: int) -> int:
    if version == 2:
        return int.from_bytes(body[position + 3 : position + 6], "big")
    raw = body[position + 4 : position + 8]
    if version == 3 or any(byte > 0x7F for byte in raw):
        return int.from_bytes(raw, "big")
    size = _synchsafe(raw)
    plain = int.from_bytes(raw, "big")
    # Old iTunes wrote plain sizes into 2.4 tags; what stands behind the frame tells which.
    if plain != size and not _plausible(body, position + 10 + size, end):
        return plain if _plausible(body, position + 10 + plain, end) else size
    return size


def _plausible(body: bytes, position: int, end: int) -> bool:
    behind = body[position : position + 4]
    return position == end or behind == b"\0\0\0\0" or bool(_FRAME_ID.fullmatch(behind))


def _check_frame(frame: _Frame, version: int) -> None:
    # v2.3: 0x80 compressed, 0x40 encrypted; v2.4: 0x08 compressed, 0x04 encrypted.
    if frame.flags & {2: 0, 3: 0xC0, 4: 0x0C}[version]:
        raise refuse("tag-compressed")
    size = frame.end - frame.start
    if frame.name in {b"APIC", b"PIC"} and size > MAX_COVER:
        raise refuse("cover-too-large", mib=size / 2**20)


def _check_chapter(body: bytes, frame: _Frame, version: int) -> int:
    """Check the frames inside a chapter (title, link, picture) and return how many there are."""
    name_end = body.find(b"\0", frame.start, frame.end)
    if name_end < 0:
        return 0
    count = 0
    for inner in _frames(body, name_end + 17, frame.end, version):
        count += 1
        if inner.name in {b"CHAP", b"CTOC"}:
            raise refuse("tag-nested")
        _check_frame(inner, version)
    return count


def _synchsafe(four: bytes) -> int:
    value = 0
    for byte in four:
        value = value << 7 | byte & 0x7F
    return value
