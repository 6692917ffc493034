"""ID3v2 (and v1) by mutagen: texts, chapters in the order of time, the cover."""

# mutagen says that it is typed, but its constructors are not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from io import BytesIO
from typing import Any

from mutagen.id3 import ID3, CTOCFlags, ID3NoHeaderError

from episodes.audio.facts import Depth, EmbeddedChapter, EmbeddedCover
from episodes.audio.id3 import read_tag, tag_size
from episodes.audio.labels.ape import read_ape
from episodes.audio.labels.contents import MAX_CHAPTERS, Labels, chapter, cover, join, labels
from episodes.audio.source import Source

_ID3 = {
    "title": "TIT2",
    "artist": "TPE1",
    "album": "TALB",
    "date": "TDRC",
    "genre": "TCON",
    "copyright": "TCOP",
    "encoder": "TSSE",
}


def read_id3(source: Source, depth: Depth) -> Labels:
    """Read the tag in front, what an APE tag adds to it, and what ID3v1 adds to both.

    ID3v1 comes last since it cuts texts after 30 characters.
    """
    size = tag_size(source.read(0, 10))
    tag = read_tag(source, 0, size, depth) if size else None
    values: dict[str, str] = {}
    chapters: list[EmbeddedChapter] = []
    picture = None
    if tag and tag.data:
        values, chapters, picture = parse_id3(tag.data, tag.picture_rest)
    ape, front = read_ape(source, depth)
    for name, value in [*ape.items(), *_read_id3v1(source).items()]:
        values[name] = values.get(name) or value
    return labels(values, chapters, picture or front)


def _read_id3v1(source: Source) -> dict[str, str]:
    closing = source.read(source.size - 128, 128)
    if closing[:3] != b"TAG":
        return {}
    try:
        values, _chapters, _picture = parse_id3(closing)
    except ID3NoHeaderError:  # an empty one
        return {}
    return values


def parse_id3(
    data: bytes, picture_rest: int = 0
) -> tuple[dict[str, str], list[EmbeddedChapter], EmbeddedCover | None]:
    """Read a tag that `episodes.audio.id3` has checked."""
    tags: Any = ID3(BytesIO(data))
    values = {name: join(tags.getall(frame)) for name, frame in _ID3.items()}
    values["comment"] = join(frame for frame in tags.getall("COMM") if not frame.desc)
    listed = _listed(tags)
    chapters = [
        chapter(
            frame.start_time,
            frame.end_time,
            join(frame.sub_frames.getall("TIT2")),
            _link(frame.sub_frames),
            hidden=listed is not None and frame.element_id not in listed,
            image=bool(frame.sub_frames.getall("APIC")),
        )
        for frame in tags.getall("CHAP")[:MAX_CHAPTERS]
    ]
    pictures = tags.getall("APIC")
    picture = cover(pictures[0].data, len(pictures[0].data) + picture_rest) if pictures else None
    return values, chapters, picture


def _listed(tags: Any) -> set[str] | None:
    """Return the chapters that the table of contents leads to; `None` when there is no table.

    Tables may name tables. One that the top does not lead to is not shown by any app.
    """
    tables = {table.element_id: table for table in tags.getall("CTOC")}
    if not tables:
        return None
    tops = [name for name, table in tables.items() if table.flags & CTOCFlags.TOP_LEVEL]
    waiting, reached = list(tops or tables), set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += getattr(tables.get(name), "child_element_ids", ())
    return reached


def _link(frames: Any) -> str:
    links = [str(link.url) for link in frames.getall("WXXX")]
    return next((link for link in links if link.lower().startswith("http")), "")
