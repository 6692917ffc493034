"""What a file says about itself: title, chapters, cover. mutagen reads, nothing of it is trusted.

A tag that cannot be read costs the tag, never the audio.
"""

# mutagen says that it is typed, but its constructors are not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from mutagen.aiff import AIFF
from mutagen.flac import FLAC
from mutagen.id3 import ID3, ID3NoHeaderError
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from episodes.audio.facts import EmbeddedChapter, EmbeddedCover, Finding, Tags
from episodes.audio.findings import warn
from episodes.audio.text import clean_text

_LINE = 500
_TEXT = 10_000
_MAX_CHAPTERS = 500
_UNSET = 0xFFFFFFFF
_VORBIS_CHAPTER = re.compile(r"chapter(\d{3})", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,3}))?")

_ID3 = {
    "title": "TIT2",
    "artist": "TPE1",
    "album": "TALB",
    "date": "TDRC",
    "genre": "TCON",
    "copyright": "TCOP",
    "encoder": "TSSE",
}
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


@dataclass(frozen=True, slots=True)
class Labels:
    tags: Tags = field(default_factory=Tags)
    chapters: tuple[EmbeddedChapter, ...] = ()
    cover: EmbeddedCover | None = None
    findings: tuple[Finding, ...] = ()


def read_labels(file: BinaryIO, container: str, codec: str) -> Labels:
    """Return the tag's contents, cleaned and cut; a tag that breaks mutagen becomes a warning."""
    read = _READERS[container, codec]
    try:
        file.seek(0)
        return read(file)
    except MemoryError:
        raise
    except ID3NoHeaderError:
        return Labels()
    except Exception:  # noqa: BLE001 - mutagen raises a dozen kinds on damaged tags
        return Labels(findings=(warn("tags-unreadable"),))


def _read_id3(file: BinaryIO) -> Labels:
    return _from_id3(ID3(file))


def _read_wave(file: BinaryIO) -> Labels:
    if file.read(4) != b"RIFF":
        return Labels()  # mutagen knows no RF64, whose tags nobody writes
    file.seek(0)
    tags = WAVE(file).tags
    return _from_id3(tags) if tags else Labels()


def _read_aiff(file: BinaryIO) -> Labels:
    tags = AIFF(file).tags
    return _from_id3(tags) if tags else Labels()


def _from_id3(tags: Any) -> Labels:
    values = {name: _join(tags.getall(frame)) for name, frame in _ID3.items()}
    values["comment"] = _join(frame for frame in tags.getall("COMM") if not frame.desc)
    listed = {
        child for toc in tags.getall("CTOC") for child in getattr(toc, "child_element_ids", ())
    }
    chapters = [
        _chapter(
            frame.start_time,
            frame.end_time,
            _join(frame.sub_frames.getall("TIT2")),
            next((link.url for link in frame.sub_frames.getall("WXXX")), ""),
            hidden=bool(listed) and frame.element_id not in listed,
        )
        for frame in tags.getall("CHAP")[:_MAX_CHAPTERS]
    ]
    cover = next((_cover(picture.data) for picture in tags.getall("APIC")), None)
    return _labels(values, chapters, cover)


def _read_mp4(file: BinaryIO) -> Labels:
    parsed = MP4(file)
    tags: Mapping[str, Any] = parsed.tags or {}
    values = {name: _join(tags.get(key, ())) for name, key in _MP4.items()}
    chapters = [
        _chapter(round(each.start * 1000), None, each.title)
        for each in list(parsed.chapters or ())[:_MAX_CHAPTERS]
    ]
    cover = next((_cover(bytes(picture)) for picture in tags.get("covr", ())), None)
    return _labels(values, chapters, cover)


def _read_flac(file: BinaryIO) -> Labels:
    parsed = FLAC(file)
    cover = next((_cover(picture.data) for picture in parsed.pictures), None)
    return _from_vorbis(parsed.tags, cover)


def _read_vorbis(file: BinaryIO) -> Labels:
    return _from_vorbis(OggVorbis(file).tags, None)


def _read_opus(file: BinaryIO) -> Labels:
    return _from_vorbis(OggOpus(file).tags, None)


def _from_vorbis(tags: Any, cover: EmbeddedCover | None) -> Labels:
    comments: dict[str, list[str]] = dict(tags.as_dict()) if tags else {}
    values = {name: _join(comments.get(key, ())) for name, key in _VORBIS.items()}
    return _labels(values, _vorbis_chapters(comments), cover)


def _vorbis_chapters(comments: Mapping[str, list[str]]) -> list[EmbeddedChapter]:
    """Read CHAPTER001=00:00:00.000 with CHAPTER001NAME and CHAPTER001URL beside it."""
    chapters = []
    for key, values in sorted(comments.items()):
        time = _TIME.fullmatch(values[0].strip()) if values else None
        if time is None or not _VORBIS_CHAPTER.fullmatch(key):
            continue
        hours, minutes, seconds, fraction = time.groups()
        start = ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000
        start += int((fraction or "0").ljust(3, "0"))
        name, url = (_join(comments.get(key + suffix, ())) for suffix in ("name", "url"))
        chapters.append(_chapter(start, None, name, url))
    return chapters[:_MAX_CHAPTERS]


def _chapter(
    start: int, end: int | None, title: str, url: str = "", *, hidden: bool = False
) -> EmbeddedChapter:
    known_end = end if end is not None and start < end < _UNSET else None
    link = clean_text(url, 1_000)
    return EmbeddedChapter(
        start_ms=start,
        end_ms=known_end,
        title=clean_text(title, 200),
        # javascript: and data: links would reach the public page.
        url=link if link.lower().startswith(("https://", "http://")) else "",
        hidden=hidden,
    )


def _labels(
    values: Mapping[str, str], chapters: list[EmbeddedChapter], cover: EmbeddedCover | None
) -> Labels:
    limits = {name: _TEXT if name == "comment" else _LINE for name in values}
    tags = Tags(**{name: clean_text(value, limits[name]) for name, value in values.items()})
    cut = any(len(value) > _TEXT for value in values.values())
    return Labels(
        tags,
        tuple(sorted(chapters, key=lambda chapter: chapter.start_ms)),
        cover,
        (warn("text-cut"),) if cut else (),
    )


def _join(values: Iterable[object]) -> str:
    # ID3 parts several values of one frame by NUL.
    return ", ".join(str(value).replace("\0", ", ") for value in values)


def _cover(data: bytes) -> EmbeddedCover:
    kind = "application/octet-stream"
    if data[:3] == b"\xff\xd8\xff":
        kind = "image/jpeg"
    elif data[:8] == b"\x89PNG\r\n\x1a\n":
        kind = "image/png"
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "image/webp"
    return EmbeddedCover(kind, len(data))


_READERS: dict[tuple[str, str], Callable[[BinaryIO], Labels]] = {
    ("MP3", "MP3"): _read_id3,
    ("ADTS", "AAC"): _read_id3,
    ("MP4", "AAC"): _read_mp4,
    ("MP4", "ALAC"): _read_mp4,
    ("Ogg", "Vorbis"): _read_vorbis,
    ("Ogg", "Opus"): _read_opus,
    ("FLAC", "FLAC"): _read_flac,
    ("WAV", "PCM"): _read_wave,
    ("AIFF", "PCM"): _read_aiff,
}
