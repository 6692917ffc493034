"""Vorbis comments, in Ogg and FLAC: the text as mutagen parses it, and pictures beside it.

Layouts: xiph.org/vorbis/doc/v-comment.html; RFC 9639, 8.8 (pictures, also as a comment in base64).
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from io import BytesIO

from mutagen._vorbis import VCommentDict

from episodes.audio.facts import Depth, EmbeddedChapter, EmbeddedCover
from episodes.audio.flac import blocks_of
from episodes.audio.labels.contents import MAX_CHAPTERS, Labels, chapter, cover, join, labels
from episodes.audio.oggpages import second_packet
from episodes.audio.source import Source

_GLANCE = 32 * 1024
_MAX_TAG = 16 * 2**20
_PICTURE = "metadata_block_picture"
_COMMENTS, _PICTURES = 4, 6
_VORBIS_CHAPTER = re.compile(r"chapter(\d{3})", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,3}))?")
_VORBIS = {
    "title": "title",
    "artist": "artist",
    "album": "album",
    "date": "date",
    "genre": "genre",
    "comment": "comment",
    "copyright": "copyright",
    "encoder": "encoder",
}


def read_ogg_comments(source: Source, start: int, codec: str, depth: Depth) -> Labels:
    """Read the stream's second packet; at `Depth.HEADERS` a long one is left out."""
    limit = _GLANCE if depth is Depth.HEADERS else _MAX_TAG
    packet = second_packet(source, start, limit)
    if packet is None:
        return Labels()
    skipped = len("OpusTags" if codec == "Opus" else "\x03vorbis")
    comments = _parse(packet[skipped:])
    pictures = comments.get(_PICTURE, ())
    front = _describe(base64.b64decode(pictures[0])) if pictures else None
    return _labels(comments, front)


def read_flac_comments(source: Source, start: int, depth: Depth) -> Labels:
    comments: dict[str, list[str]] = {}
    front = None
    for kind, position, size in blocks_of(source, start):
        if kind == _COMMENTS and size <= (_GLANCE if depth is Depth.HEADERS else _MAX_TAG):
            comments = _parse(source.read(position, size))
        elif kind == _PICTURES and front is None:
            front = _describe(source.read(position, min(size, 1024)))
    return _labels(comments, front)


def _parse(data: bytes) -> dict[str, list[str]]:
    comments: dict[str, list[str]] = {}
    for key, value in VCommentDict(BytesIO(data), framing=False):
        comments.setdefault(key.lower(), []).append(value)
    return comments


def _describe(block: bytes) -> EmbeddedCover | None:
    """Read a picture block: kind, type, description, four numbers, size, bytes."""
    at = 4
    for _ in range(2):
        at += 4 + int.from_bytes(block[at : at + 4], "big")
    at += 16
    size = int.from_bytes(block[at : at + 4], "big")
    beginning = block[at + 4 : at + 16]
    return cover(beginning, size) if beginning else None


def _labels(comments: Mapping[str, list[str]], front: EmbeddedCover | None) -> Labels:
    values = {name: join(comments.get(key, ())) for name, key in _VORBIS.items()}
    return labels(values, _chapters(comments), front)


def _chapters(comments: Mapping[str, list[str]]) -> list[EmbeddedChapter]:
    """Read CHAPTER001=00:00:00.000 with CHAPTER001NAME and CHAPTER001URL beside it."""
    chapters = []
    for key, values in sorted(comments.items()):
        time = _TIME.fullmatch(values[0].strip()) if values else None
        if time is None or not _VORBIS_CHAPTER.fullmatch(key):
            continue
        hours, minutes, seconds, fraction = time.groups()
        start = ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000
        start += int((fraction or "0").ljust(3, "0"))
        name, url = (join(comments.get(key + suffix, ())) for suffix in ("name", "url"))
        chapters.append(chapter(start, None, name, url))
    return chapters[:MAX_CHAPTERS]
