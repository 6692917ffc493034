"""What a file can carry: clean lines, links in ASCII, at most 255 chapters, small pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from episodes.audio.text import clean_text
from episodes.audio.writing.labels import ChapterLabel, Contributor, Labels

MOST_LISTED = 255
"""An ID3 table of contents and an MP4 chapter list count their entries in one byte."""
MOST_HIDDEN = 100
"""Together with the listed ones well within what `episodes.audio.id3` reads back."""
CHAPTER_PICTURE = 40 * 1024
HEADER = 2**20
"""Bytes before the sound. They delay its start, and everyone who measures downloads skips them."""
_LINE = 255
_CHAPTER_TITLE = 200
_URL = 1_000
_SUMMARY = 2_000
_IN_URLS = "!#$%&'()*+,/:;=?@[]~"


def fit(labels: Labels, *, duration_ms: int) -> Labels:
    """Return the labels as every container can hold them and every reader gives them back."""
    return dataclasses.replace(
        labels,
        title=clean_text(labels.title, _LINE),
        show=clean_text(labels.show, _LINE),
        language=clean_text(labels.language, 16),
        credits=tuple(each for each in map(_contributor, labels.credits) if each.name),
        publisher=clean_text(labels.publisher, _LINE),
        copyright=clean_text(labels.copyright, _LINE),
        link=ascii_url(labels.link),
        summary=clean_text(labels.summary, _SUMMARY),
        partners=tuple(clean_text(each, _LINE) for each in labels.partners),
        chapters=_fit_chapters(labels.chapters, duration_ms),
    )


def comment(labels: Labels) -> str:
    """Return summary, people, partners and link as one text, which players show as the notes."""
    people = "\n".join(each.line for each in labels.credits)
    parts = [labels.summary, people, "\n".join(labels.partners), labels.link]
    return "\n\n".join(part for part in parts if part)


def copyright_line(labels: Labels) -> str:
    """Return "2026 The Newsroom": ID3 asks for the year first."""
    if not (labels.copyright and labels.day):
        return labels.copyright
    return f"{labels.day.year} {labels.copyright}"


def ascii_url(url: str) -> str:
    """Return an http(s) address in ASCII, since tags hold no others; "" for what is none."""
    try:
        parts = urlsplit(clean_text(url, _URL))
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    rest = (quote(part, safe=_IN_URLS) for part in (parts.path, parts.query, parts.fragment))
    found = urlunsplit((parts.scheme.lower(), host + port, *rest))
    return found if len(found) <= _URL else ""


def end_of(chapters: tuple[ChapterLabel, ...], index: int, duration_ms: int) -> int:
    """Return where a chapter ends.

    A listed one ends where the next listed one begins, a hidden one where any other does, the last
    one with the sound.
    """
    own = chapters[index]
    later = chapters[index + 1 :]
    return next(
        (each.start_ms for each in later if own.hidden or not each.hidden),
        duration_ms,
    )


def affordable(
    chapters: Iterable[ChapterLabel], pictures: Mapping[str, bytes], *, room: int
) -> list[bytes]:
    """Return each chapter's picture as far as all of them fit into `room` bytes, else b""."""
    found = []
    for chapter in chapters:
        picture = pictures[chapter.picture] if chapter.picture else b""
        fits = len(picture) <= min(CHAPTER_PICTURE, room)
        found.append(picture if fits else b"")
        room -= len(found[-1])
    return found


def _contributor(each: Contributor) -> Contributor:
    return Contributor(
        clean_text(each.name, _LINE), clean_text(each.role, 32), clean_text(each.affiliation, 512)
    )


def _fit_chapters(chapters: tuple[ChapterLabel, ...], duration_ms: int) -> tuple[ChapterLabel, ...]:
    by_start = {each.start_ms: each for each in reversed(chapters)}
    inside = [by_start[start] for start in sorted(by_start) if 0 <= start < duration_ms]
    listed = _merge_shortest([each for each in inside if not each.hidden], duration_ms)
    hidden = [each for each in inside if each.hidden][:MOST_HIDDEN]
    if not listed:
        return ()  # without a table of contents a reader takes all of them for listed
    kept = sorted([*listed, *hidden], key=lambda each: each.start_ms)
    return tuple(_fit_chapter(each) for each in kept)


def _fit_chapter(each: ChapterLabel) -> ChapterLabel:
    return dataclasses.replace(
        each, title=clean_text(each.title, _CHAPTER_TITLE), url=ascii_url(each.url)
    )


def _merge_shortest(listed: list[ChapterLabel], duration_ms: int) -> list[ChapterLabel]:
    """Let the shortest chapters join the one before them until the list is short enough.

    So the whole length stays navigable; the first is never merged away.
    """
    surplus = len(listed) - MOST_LISTED
    if surplus <= 0:
        return listed
    starts = [each.start_ms for each in listed]
    lengths = [end - start for start, end in zip(starts, [*starts[1:], duration_ms], strict=True)]
    shortest = sorted(range(1, len(listed)), key=lambda index: (lengths[index], index))
    gone = set(shortest[:surplus])
    return [each for index, each in enumerate(listed) if index not in gone]
