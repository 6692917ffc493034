"""An ID3v2.3 tag: the version that every player and car radio reads. Texts are UTF-16.

mutagen renders each frame; the order is ours, since players that do not sort show chapters in the
order of the file. Layout: id3.org/id3v2.3.0 and id3v2-chapters-1.0.
"""

# mutagen says that it is typed, but its constructors are not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from mutagen.id3 import (
    APIC,
    CHAP,
    COMM,
    CTOC,
    ID3,
    IPLS,
    TALB,
    TCON,
    TCOP,
    TDAT,
    TIT2,
    TLAN,
    TPE1,
    TPE2,
    TPOS,
    TPUB,
    TRCK,
    TYER,
    WOAF,
    WXXX,
    CTOCFlags,
    Encoding,
    PictureType,
)

from episodes.audio.writing.fitting import HEADER, affordable, comment, copyright_line, end_of
from episodes.audio.writing.labels import Labels
from episodes.audio.writing.languages import UNDETERMINED, three_letters

JPEG = "image/jpeg"
_UNUSED = 0xFFFFFFFF
_UTF16 = Encoding.UTF16


def render_id3(labels: Labels, pictures: Mapping[str, bytes], *, duration_ms: int) -> bytes:
    """Return the whole tag for labels that `fit` has made fit; no padding, the same every time."""
    frames = [*_texts(labels), *_cover(labels, pictures)]
    before = b"".join(_render(frame) for frame in frames)
    room = HEADER - len(before)
    after = b"".join(_render(frame) for frame in _chapters(labels, pictures, room, duration_ms))
    body = before + after
    return b"ID3\x03\0\0" + _synchsafe(len(body)) + body


def _texts(labels: Labels) -> Iterator[Any]:
    day = labels.day
    language = three_letters(labels.language)
    texts = [
        (TIT2, labels.title),
        (TALB, labels.show),
        (TPE1, labels.hosts or labels.publisher),
        (TPE2, labels.publisher),
        (TRCK, str(labels.number or "")),
        (TPOS, str(labels.season or "")),
        (TYER, f"{day:%Y}" if day else ""),
        (TDAT, f"{day:%d%m}" if day else ""),
        (TCON, "Podcast"),
        (TLAN, language if language != UNDETERMINED else ""),
        (TPUB, labels.publisher),
        (TCOP, copyright_line(labels)),
    ]
    for kind, text in texts:
        if text:
            yield kind(encoding=_UTF16, text=text)
    if people := [[each.role, each.line] for each in labels.credits]:
        yield IPLS(encoding=_UTF16, people=people)
    if labels.link:
        yield WOAF(url=labels.link)
    if text := comment(labels):
        yield COMM(encoding=_UTF16, lang=language, desc="", text=text)


def _cover(labels: Labels, pictures: Mapping[str, bytes]) -> Iterator[Any]:
    if labels.cover:
        yield _picture(pictures[labels.cover], PictureType.COVER_FRONT)


def _picture(data: bytes, kind: int) -> Any:
    return APIC(encoding=Encoding.LATIN1, mime=JPEG, type=kind, desc="", data=data)


def _chapters(
    labels: Labels, pictures: Mapping[str, bytes], room: int, duration_ms: int
) -> Iterator[Any]:
    """Yield one top-level, ordered table of contents, then the chapters in time order."""
    chapters = labels.chapters
    if not chapters:
        return
    listed = [f"chp{index}" for index, each in enumerate(chapters) if not each.hidden]
    flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    yield CTOC(element_id="toc", flags=flags, child_element_ids=listed, sub_frames=[])
    images = affordable(chapters, pictures, room=room - _size_without_pictures(chapters))
    for index, (chapter, image) in enumerate(zip(chapters, images, strict=True)):
        inside: list[Any] = [TIT2(encoding=_UTF16, text=chapter.title)]
        if chapter.url:
            inside.append(WXXX(encoding=Encoding.LATIN1, desc="", url=chapter.url))
        if image:
            inside.append(_picture(image, PictureType.OTHER))
        yield CHAP(
            element_id=f"chp{index}",
            start_time=chapter.start_ms,
            end_time=end_of(chapters, index, duration_ms),
            start_offset=_UNUSED,
            end_offset=_UNUSED,
            sub_frames=inside,
        )


def _size_without_pictures(chapters: tuple[Any, ...]) -> int:
    """Bound the bytes of all chapters: their fixed parts, texts in UTF-16, links, picture heads."""
    return sum(120 + 2 * len(each.title) + len(each.url) for each in chapters)


def _render(frame: Any) -> bytes:
    """Return one frame as mutagen writes it: a tag that holds nothing else, less its header."""
    file = BytesIO()
    tag = ID3()
    tag.add(frame)
    tag.save(file, v2_version=3, padding=lambda _info: 0)
    return file.getvalue()[10:]


def _synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
