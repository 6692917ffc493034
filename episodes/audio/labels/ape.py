"""APEv2 tags, which old encoders hang behind the sound. Read by mutagen, cut to size before."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from io import BytesIO

from mutagen.apev2 import APEv2

from episodes.audio.facts import Depth, EmbeddedCover
from episodes.audio.findings import refuse
from episodes.audio.labels.contents import cover, join
from episodes.audio.source import Source
from episodes.audio.trailers import find_ape

_MAX_TAG = 16 * 2**20
_GLANCE = 16 * 1024
_APE = {
    "title": "title",
    "artist": "artist",
    "album": "album",
    "date": "year",
    "genre": "genre",
    "comment": "comment",
    "copyright": "copyright",
    "encoder": "encoder",
}
_FRONT = "cover art (front)"


def read_ape(source: Source, depth: Depth) -> tuple[dict[str, str], EmbeddedCover | None]:
    """Return texts and cover; nothing where there is no tag, or at `Depth.HEADERS` a long one."""
    place = find_ape(source)
    if place is None:
        return {}, None
    begin, end = place
    if end - begin > _MAX_TAG:
        raise refuse("tag-too-large", mib=round((end - begin) / 2**20))
    if depth is Depth.HEADERS and end - begin > _GLANCE:
        return {}, None
    items = {
        key.lower(): value for key, value in APEv2(BytesIO(source.read(begin, end - begin))).items()
    }
    values = {name: join([items[key]]) for name, key in _APE.items() if key in items}
    picture = bytes(items[_FRONT].value) if _FRONT in items and items[_FRONT].kind == 1 else b""
    # A file name stands in front of the picture.
    data = picture.split(b"\0", 1)[-1]
    return values, cover(data) if data else None
