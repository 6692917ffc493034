"""WebVTT as a list of chapters: the titles are the cues. Links and images have no place in it."""

import html
import re
from collections.abc import Iterable

from episodes.chapters.marks import (
    MAX_LINES,
    ChapterList,
    ChapterMark,
    Fault,
    Gathering,
    Unreadable,
    UnreadableChapters,
)
from episodes.chapters.times import format_full_time, parse_time

MEDIA_TYPE = "text/vtt"

_TAG = re.compile(r"</?[a-z0-9.:]{1,20}(?:\s[^<>]{0,200})?>", re.IGNORECASE)


def read_vtt(text: str) -> ChapterList:
    """Return the cues as chapters (SubRip's too); names of cues and comments are passed over."""
    found = Gathering()
    lines = text.splitlines()
    if len(lines) > 4 * MAX_LINES:
        raise UnreadableChapters(Unreadable.TOO_LONG)
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        start = parse_time(line.split("-->")[0])
        if start is None:
            found.miss(number, Fault.BAD_TIME, line)
            continue
        words: list[str] = []
        for following in lines[number:]:
            if not following.strip() or "-->" in following:
                break
            words.append(following)
        title = html.unescape(_TAG.sub("", " ".join(words)))
        found.take(number, ChapterMark(start, title), text=line)
    return found.listed()


def write_vtt(marks: Iterable[ChapterMark], *, duration_ms: int | None = None) -> str:
    """Write a cue for each chapter that is not hidden, until the next one or the audio's end."""
    shown = [mark for mark in marks if not mark.hidden]
    ends = [mark.start_ms for mark in shown[1:]]
    if shown:
        ends.append(max(duration_ms or 0, shown[-1].start_ms + 1000))
    cues = [
        f"{format_full_time(mark.start_ms)} --> {format_full_time(end)}\n"
        f"{html.escape(mark.title or '–', quote=False)}\n"
        for mark, end in zip(shown, ends, strict=True)
    ]
    return "\n".join(["WEBVTT\n", *cues])
