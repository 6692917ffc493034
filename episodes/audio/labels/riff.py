"""Tags of WAV and AIFF: an ID3 chunk, or the containers' own few texts."""

from __future__ import annotations

from collections.abc import Mapping

from episodes.audio.facts import Depth
from episodes.audio.id3 import read_tag, tag_size
from episodes.audio.labels.contents import Labels, labels
from episodes.audio.labels.id3 import parse_id3
from episodes.audio.riff import chunks_of
from episodes.audio.source import Source

_MAX_TEXT = 16 * 1024
_INFO = {
    b"INAM": "title",
    b"IART": "artist",
    b"IPRD": "album",
    b"ICRD": "date",
    b"IGNR": "genre",
    b"ICMT": "comment",
    b"ICOP": "copyright",
    b"ISFT": "encoder",
}
_AIFF = {b"NAME": "title", b"AUTH": "artist", b"(c) ": "copyright", b"ANNO": "comment"}


def read_wav_labels(source: Source, start: int, depth: Depth) -> Labels:
    places = chunks_of(source, start, "little").places
    position, size = places.get(b"LIST", (0, 0))
    listed = source.read(position, min(size, _MAX_TEXT))
    return _merge(source, places, _info(listed) if listed[:4] == b"INFO" else {}, depth)


def read_aiff_labels(source: Source, start: int, depth: Depth) -> Labels:
    places = chunks_of(source, start, "big").places
    texts = {
        name: _text(source.read(places[kind][0], min(places[kind][1], _MAX_TEXT)))
        for kind, name in _AIFF.items()
        if kind in places
    }
    return _merge(source, places, texts, depth)


def _merge(
    source: Source,
    places: Mapping[bytes, tuple[int, int]],
    texts: dict[str, str],
    depth: Depth,
) -> Labels:
    """Return what the ID3 chunk says, and where it says nothing the container's own words."""
    place = places.get(b"id3 ") or places.get(b"ID3 ")
    size = tag_size(source.read(place[0], 10)) if place else None
    if not place or not size or size > place[1]:
        return labels(texts)
    tag = read_tag(source, place[0], size, depth)
    values, chapters, picture = parse_id3(tag.data, tag.picture_rest)
    return labels(
        {name: values.get(name) or texts.get(name, "") for name in {*values, *texts}},
        chapters,
        picture,
    )


def _info(listed: bytes) -> dict[str, str]:
    texts: dict[str, str] = {}
    at = 4
    while at + 8 <= len(listed):
        size = int.from_bytes(listed[at + 4 : at + 8], "little")
        if name := _INFO.get(listed[at : at + 4]):
            texts[name] = _text(listed[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return texts


def _text(data: bytes) -> str:
    """Decode what has no declared encoding: UTF-8 if it can be, Windows' Western one otherwise."""
    data = data.split(b"\0", 1)[0]
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
