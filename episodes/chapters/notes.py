"""Chapters in an episode's notes: lines that begin with a time, and the list to paste there.

Spotify and Apple make chapters from such lines: one on each, the first at 0, at least three.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from episodes.chapters.marks import ChapterList, ChapterMark, Fault, Gathering
from episodes.chapters.timestamps import read_line

# A line of notes is meant as a chapter when a time leads it; prose has times in its middle.
_LEADS = re.compile(
    r"\s*(?:[-*+•–—>#|]\s*|[0-9]{1,3}[.)]\s+){0,4}[*_`(\[<]{0,6}[0-9]{1,3}:[0-9]{2}(?!\s*[ap]\.?m)"
)
_LINKED = re.compile(r"(.{1,200}?)\[((?:[^\[\]\\]|\\.){1,1000})\]\((https?://[^\s()]+)\)[\\\s]*")
_TO_ESCAPE = re.compile(r"([\\`*_\[\]<>])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def read_notes(markdown: str) -> ChapterList:
    """Return the chapters that the notes tell of; everything else in them is left alone."""
    found = Gathering()
    for number, line in enumerate(markdown.splitlines(), start=1):
        if not _LEADS.match(line):
            continue
        mark = _read(line)
        if isinstance(mark, Fault):
            found.miss(number, mark, line)
        else:
            found.take(number, mark, text=line)
    return found.listed()


def write_notes(marks: Iterable[ChapterMark]) -> str:
    """Write a Markdown list; times are whole seconds, because apps read no others there."""
    shown = [mark for mark in marks if not mark.hidden]
    has_hours = any(mark.start_ms >= 3_600_000 for mark in shown)
    return "".join(f"- {_time(mark.start_ms, has_hours)} {_title(mark)}\n" for mark in shown)


def _read(line: str) -> ChapterMark | Fault:
    if linked := _LINKED.fullmatch(line):
        place = read_line(f"{linked[1]} –x")
        if isinstance(place, ChapterMark) and place.title == "–x":
            return replace(place, title=_ESCAPED.sub(r"\1", linked[2]), url=linked[3])
    return read_line(_ESCAPED.sub(r"\1", line.rstrip("\\ ")))


def _time(milliseconds: int, has_hours: bool) -> str:
    minutes, seconds = divmod(milliseconds // 1000, 60)
    if has_hours:
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return f"{minutes:02}:{seconds:02}"


def _title(mark: ChapterMark) -> str:
    title = _TO_ESCAPE.sub(r"\\\1", mark.title or "–")
    if not mark.url:
        return title
    is_plain = not set("()") & set(mark.url)
    return f"[{title}]({mark.url})" if is_plain else f"{title} <{mark.url}>"
