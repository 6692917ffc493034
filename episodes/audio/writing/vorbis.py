"""Vorbis comments in Ogg Vorbis, Ogg Opus and FLAC, chapters included. mutagen writes the copy.

Chapters are CHAPTER001=HH:MM:SS.mmm with CHAPTER001NAME and CHAPTER001URL
(wiki.xiph.org/Chapter_Extension). They know neither pictures nor hidden ones, which stay out.
"""

# mutagen says that it is typed, but its constructors are not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from mutagen.flac import FLAC, Picture
from mutagen.id3 import PictureType
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from episodes.audio.source import Source
from episodes.audio.trailers import strip_trailers
from episodes.audio.writing.copying import copy_file, sync
from episodes.audio.writing.errors import NotWritten
from episodes.audio.writing.fitting import comment, copyright_line
from episodes.audio.writing.id3 import JPEG
from episodes.audio.writing.labels import Labels
from episodes.audio.writing.languages import UNDETERMINED, three_letters
from episodes.audio.writing.recording import Recording
from episodes.beating import beat_while

_PIECE = 2**20


def write_commented(
    source: Path,
    target: Path,
    labels: Labels,
    *,
    pictures: Mapping[str, bytes],
    recording: Recording,
    beat: Callable[[], None],
) -> None:
    """Copy `source`, replace the copy's comments, and compare the sound, packet for packet."""
    codec = recording.codec
    copy_file(source, target, beat)
    cover = _picture(pictures[labels.cover]) if labels.cover else None
    if codec == "FLAC":
        write = partial(_write_flac, target, labels, cover)
    else:
        kind = OggOpus if codec == "Opus" else OggVorbis
        write = partial(_write_ogg, target, labels, cover, kind)
    beat_while(write, beat)  # comments that grow move all of the sound
    sync(target, beat)
    digest = _digest_of_flac if codec == "FLAC" else _digest_of_ogg
    if digest(source, beat) != digest(target, beat):
        raise NotWritten("Read back, the sound differs from the original's.")
    if _cover_in(target, codec) != (pictures[labels.cover] if labels.cover else None):
        raise NotWritten("Read back, the cover is not what was written.")


def _comments(labels: Labels) -> Iterator[tuple[str, str]]:
    language = three_letters(labels.language)
    comments = [
        ("TITLE", labels.title),
        ("ALBUM", labels.show),
        ("ARTIST", labels.hosts or labels.publisher),
        ("ALBUMARTIST", labels.publisher),
        ("TRACKNUMBER", str(labels.number or "")),
        ("DISCNUMBER", str(labels.season or "")),
        ("DATE", labels.day.isoformat() if labels.day else ""),
        ("GENRE", "Podcast"),
        ("LANGUAGE", language if language != UNDETERMINED else ""),
        ("ORGANIZATION", labels.publisher),
        ("COPYRIGHT", copyright_line(labels)),
        ("URL", labels.link),
        ("COMMENT", comment(labels)),
        *(("PERFORMER", f"{each.line} ({each.role})") for each in labels.credits),
    ]
    yield from ((name, text) for name, text in comments if text)
    listed = [each for each in labels.chapters if not each.hidden]
    for number, chapter in enumerate(listed, start=1):
        yield f"CHAPTER{number:03}", _time(chapter.start_ms)
        yield f"CHAPTER{number:03}NAME", chapter.title
        if chapter.url:
            yield f"CHAPTER{number:03}URL", chapter.url


def _time(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}"


def _picture(data: bytes) -> Picture:
    picture = Picture()
    picture.type, picture.mime, picture.data = PictureType.COVER_FRONT, JPEG, data
    return picture


def _write_ogg(target: Path, labels: Labels, cover: Picture | None, kind: Any) -> None:
    file = kind(target)
    file.tags.clear()
    file.tags.extend(_comments(labels))
    if cover:
        packed = base64.b64encode(cover.write()).decode()
        file.tags.append(("METADATA_BLOCK_PICTURE", packed))
    file.save(padding=lambda _info: 0)


def _write_flac(target: Path, labels: Labels, cover: Picture | None) -> None:
    file: Any = FLAC(target)
    if file.tags is None:
        file.add_tags()
    file.tags.clear()
    file.tags.extend(_comments(labels))
    file.clear_pictures()
    if cover:
        file.add_picture(cover)
    file.save(padding=lambda _info: 0, deleteid3=True)


def _cover_in(target: Path, codec: str) -> bytes | None:
    if codec == "FLAC":
        pictures = FLAC(target).pictures
        return bytes(pictures[0].data) if pictures else None
    tags: Any = (OggOpus if codec == "Opus" else OggVorbis)(target).tags
    packed = tags.get("metadata_block_picture")
    return bytes(Picture(base64.b64decode(packed[0])).data) if packed else None


def _digest_of_ogg(path: Path, beat: Callable[[], None]) -> str:
    """Digest every page of sound but its number and checksum, which follow from the comments."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        source = Source(file)
        position, is_sound = 0, False
        while (header := source.read(position, 27)).startswith(b"OggS"):
            segments = source.read(position + 27, header[26])
            size = sum(segments)
            # Headers stand at granule 0, or at none where a long comment goes on.
            is_sound = is_sound or header[6:14] not in {bytes(8), b"\xff" * 8}
            if is_sound:
                digest.update(header[:18] + segments)
                digest.update(source.read(position + 27 + len(segments), size))
            position += 27 + len(segments) + size
            beat()
    return digest.hexdigest()


def _digest_of_flac(path: Path, beat: Callable[[], None]) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        source = Source(file)
        position = _first_frame_of_flac(source)
        end = strip_trailers(source, position)  # mutagen takes an ID3v1 away
        while piece := source.read(position, min(_PIECE, end - position)):
            beat()
            digest.update(piece)
            position += len(piece)
    return digest.hexdigest()


def _first_frame_of_flac(source: Source) -> int:
    """Return where the metadata blocks end; an ID3 tag before them is stepped over."""
    head = source.read(0, 10)
    position = 0
    if head[:3] == b"ID3":
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        position = 10 + size
    position += 4
    while len(block := source.read(position, 4)) == 4:
        position += 4 + int.from_bytes(block[1:], "big")
        if block[0] & 0x80:
            break
    return position
