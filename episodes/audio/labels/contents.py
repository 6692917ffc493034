"""What tags say, cleaned and cut: every reader of tags hands its findings through here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from episodes.audio.facts import EmbeddedChapter, EmbeddedCover, Finding, Tags
from episodes.audio.findings import warn
from episodes.audio.text import clean_text

MAX_CHAPTERS = 500
_LINE = 500
_TEXT = 10_000
_UNSET = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Labels:
    tags: Tags = field(default_factory=Tags)
    chapters: tuple[EmbeddedChapter, ...] = ()
    cover: EmbeddedCover | None = None
    findings: tuple[Finding, ...] = ()


def chapter(
    start: int,
    end: int | None,
    title: str,
    url: str = "",
    *,
    hidden: bool = False,
    image: bool = False,
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
        image=image,
    )


def labels(
    values: Mapping[str, str],
    chapters: list[EmbeddedChapter] | None = None,
    cover: EmbeddedCover | None = None,
) -> Labels:
    limits = {name: _TEXT if name == "comment" else _LINE for name in values}
    tags = Tags(**{name: clean_text(value, limits[name]) for name, value in values.items()})
    cut = any(len(value) > _TEXT for value in values.values())
    return Labels(
        tags,
        tuple(sorted(chapters or (), key=lambda chapter: chapter.start_ms)),
        cover,
        (warn("text-cut"),) if cut else (),
    )


def join(values: Iterable[object]) -> str:
    # ID3 parts several values of one frame by NUL.
    return ", ".join(str(value).replace("\0", ", ") for value in values)


def cover(data: bytes, size: int | None = None) -> EmbeddedCover:
    """Describe a picture by its beginning; `size` is that of all of it."""
    kind = "application/octet-stream"
    if data[:3] == b"\xff\xd8\xff":
        kind = "image/jpeg"
    elif data[:8] == b"\x89PNG\r\n\x1a\n":
        kind = "image/png"
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "image/webp"
    return EmbeddedCover(kind, len(data) if size is None else size)
