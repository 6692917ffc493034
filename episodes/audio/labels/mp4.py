"""iTunes tags by mutagen, and the two kinds of chapters that an MP4 can have.

mutagen is given the tags alone, in a box of our making: what else is in the file is none of its
business.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import dataclasses
from io import BytesIO
from typing import Any

from mutagen.mp4 import MP4Tags
from mutagen.mp4._atom import Atoms

from episodes.audio.facts import Depth, EmbeddedChapter
from episodes.audio.labels.contents import MAX_CHAPTERS, Labels, chapter, cover, join, labels
from episodes.audio.labels.mp4chapters import read_text_track
from episodes.audio.mp4boxes import Box, boxes, content, find, tag_box
from episodes.audio.source import Source

_GLANCE = 16 * 1024
_SMALL = 2 * 1024
_MP4 = {
    "title": "\xa9nam",
    "artist": "\xa9ART",
    "album": "\xa9alb",
    "date": "\xa9day",
    "genre": "\xa9gen",
    "comment": "\xa9cmt",
    "copyright": "cprt",
    "encoder": "\xa9too",
}


def read_mp4_labels(source: Source, start: int, depth: Depth) -> Labels:
    top = boxes(source, start, source.size)
    moov = next((box for box in top if box.kind == b"moov"), None)
    if moov is None:
        return Labels()
    data, size = _tags(source, tag_box(source, moov), depth)
    tags: Any = {}
    if data:
        file = BytesIO(_wrap(b"moov", _wrap(b"udta", _wrap(b"meta", bytes(4) + data))))
        tags = MP4Tags(Atoms(file), file)
    values = {name: join(tags.get(key, ())) for name, key in _MP4.items()}
    front = next((cover(bytes(picture), size) for picture in tags.get("covr", ())), None)
    return labels(values, _chapters(source, moov), front)


def _chapters(source: Source, moov: Box) -> list[EmbeddedChapter]:
    """Return Nero's list with what the text track knows besides, or the track where it has more.

    The list ends at 255. The track can have links, ends and pictures, but ffmpeg lets its first
    chapter begin at 0 whatever it was told.
    """
    track, nero = read_text_track(source, moov), _read_nero(source, moov)
    if len(track) > len(nero):
        return track
    shown = {each.start_ms: each for each in track}
    return [
        dataclasses.replace(each, url=twin.url, end_ms=twin.end_ms, image=twin.image)
        if (twin := shown.get(each.start_ms))
        else each
        for each in nero
    ]


def _tags(source: Source, box: Box | None, depth: Depth) -> tuple[bytes, int | None]:
    """Return the box of tags, and the size of the cover if only its beginning is in it."""
    if box is None:
        return b"", None
    length = box.end - box.start
    if depth is Depth.WHOLE or length <= _GLANCE:
        return _wrap(b"ilst", source.read(box.start, length)), None
    kept, picture = b"", None
    for tag in boxes(source, box.start, box.end):
        size = tag.end - tag.start
        if tag.kind == b"covr" and size > _SMALL:
            picture = int.from_bytes(source.read(tag.start, 4), "big") - 16
            # size, "data", kind, locale, and the first bytes of the picture itself
            kept += _wrap(b"covr", _wrap(b"data", source.read(tag.start + 8, 8 + 16)))
        elif size <= _SMALL and len(kept) < _GLANCE:
            kept += _wrap(tag.kind, source.read(tag.start, size))
    return _wrap(b"ilst", kept), picture


def _wrap(kind: bytes, data: bytes) -> bytes:
    return (len(data) + 8).to_bytes(4, "big") + kind + data


def _read_nero(source: Source, moov: Box) -> list[EmbeddedChapter]:
    """Read `chpl`: count, then start (in 100 ns), length of the title, title."""
    data = content(source, find(source, moov, b"udta", b"chpl"), 2**20)
    chapters = []
    at = 9
    for _ in range(min(data[8] if len(data) > 8 else 0, MAX_CHAPTERS)):
        if at + 9 > len(data):
            break
        start, length = int.from_bytes(data[at : at + 8], "big"), data[at + 8]
        title = data[at + 9 : at + 9 + length].decode("utf-8", "replace")
        chapters.append(chapter(round(start / 10_000), None, title))
        at += 9 + length
    return chapters
