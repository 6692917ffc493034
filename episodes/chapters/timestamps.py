"""Lists that people paste: a time and a title on each line, in whatever way they write it.

Read are `0:00 Intro`, `[00:12:34] Intro`, `1:02:03.500 - Intro`, `12:34 — Intro (https://…)`,
`Intro 12:34`, lines with numbers, bullets or Markdown, ranges (`0:00–1:30 Intro`), mp4chaps
(`00:00:00.000 Intro <https://…>`), columns separated by tabs, Audacity's labels
(`12.5⇥12.5⇥Intro`) and Audition's markers (`Intro⇥0:12.500⇥0:00.000`). A line that is none of
these is returned as a problem.
"""

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
    is_address,
)
from episodes.chapters.times import format_time, parse_time

_TIME = (
    r"(?:[0-9]{1,3}:[0-9]{2}:[0-9]{2}|[0-9]{1,3}:[0-9]{2})(?:[.,][0-9]{1,3})?(?![0-9]|:[0-9])"
    r"|[0-9]{1,3}h ?[0-9]{1,2}m(?:in)?(?: ?[0-9]{1,2}s)?\b|[0-9]{1,3}m(?:in)? ?[0-9]{1,2}s\b"
)
_DASH = r"\-–—−‒―~→>"
_LEAD = re.compile(r"(?:[-*+•‣·▪●◦–—►▶#>]{1,6}\s+|[0-9]{1,3}[.)]\s+|\[[ xX]?\]\s+|[•‣▪●◦►▶]){1,4}")
_AT_START = re.compile(
    rf"[(\[<{{*_`]{{0,6}}({_TIME})(?:\s{{0,3}}[{_DASH}]{{1,4}}\s{{0,3}}({_TIME}))?[*_`)\]>}}]{{0,6}}"
    r"(?:\([^()\s]{1,500}\))?"  # the rest of a Markdown link from the time to its place
)
_AT_END = re.compile(
    rf"(?:^|[\s{_DASH}|(\[<])[(\[<{{*_`]{{0,6}}({_TIME})(?:\s{{0,3}}[{_DASH}]{{1,4}}\s{{0,3}}({_TIME}))?[*_`)\]>}}]{{0,6}}$"
)
_BETWEEN = re.compile(rf"\s{{0,3}}[{_DASH}|:•·»=]{{1,3}}\s+|[{_DASH}|:•·»=]{{1,3}}|\s+")
_AFTER = re.compile(rf"[\s{_DASH}|:•·»=]+$")
_LOOKS_NEGATIVE = re.compile(rf"\s*[-–−](?:{_TIME})")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]{1,1000})\]\((https?://[^\s()]+)\)")
_LAST_WORD = re.compile(r"(?:^|\s)[(<\[]?(https?://[^\s<>]+?)[)>\]]?$", re.IGNORECASE)
_DECIMAL = re.compile(r"[0-9]{1,7}[.,][0-9]{1,9}")
_WRAPPED = re.compile(r"(\*\*|__|\*|_|`)(.+)\1")


def read_timestamps(text: str) -> ChapterList:
    """Return the chapters of a pasted list, and each line that is not one with its number."""
    found = Gathering()
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise UnreadableChapters(Unreadable.TOO_LONG)
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("\\\t"):  # Audacity's frequencies of a label
            continue
        mark = read_line(line)
        if isinstance(mark, Fault):
            found.miss(number, mark, line)
        else:
            found.take(number, mark, text=line)
    return found.listed()


def write_timestamps(marks: Iterable[ChapterMark]) -> str:
    """Write a line for each chapter: time, title and link between tabs. Nothing is rounded.

    Hidden chapters and images have no place in such a list.
    """
    lines = (
        "\t".join(filter(None, (format_time(mark.start_ms), mark.title or "–", mark.url)))
        for mark in marks
        if not mark.hidden
    )
    return "".join(f"{line}\n" for line in lines)


def read_line(line: str) -> ChapterMark | Fault:
    if "\t" in line:
        columns = [column.strip() for column in line.split("\t")]
        mark = _from_columns([column for column in columns if column])
        if mark is not None:
            return mark
    return _from_words(" ".join(line.split()))


def _from_columns(columns: list[str]) -> ChapterMark | None:
    if len(columns) >= 2 and columns[0].isdecimal() and ":" in columns[1]:
        columns = columns[1:]  # they are numbered
    if len(columns) < 2:
        return None
    first, second = parse_time(columns[0]), parse_time(columns[1])
    if first is None:
        is_marker = second is not None and ":" in columns[1]
        return ChapterMark(second, columns[0]) if is_marker and second is not None else None
    rest = columns[1:]
    has_end = second is not None and len(columns) > 2 and not is_address(columns[2])
    if has_end and _is_clock(columns[0]) == _is_clock(columns[1]):
        rest = columns[2:]
    elif _DECIMAL.fullmatch(columns[0]) and second is not None:
        rest = columns[2:]  # one of Audacity's labels that has no name
    if not rest:
        return ChapterMark(first, "")
    url = rest.pop() if len(rest) > 1 and is_address(rest[-1]) else ""
    return ChapterMark(first, " – ".join(rest), url)


def _is_clock(text: str) -> bool:
    return ":" in text


def _from_words(line: str) -> ChapterMark | Fault:
    if _LOOKS_NEGATIVE.match(line):
        return Fault.BAD_TIME
    words = line[lead.end() :] if (lead := _LEAD.match(line)) else line
    if found := _AT_START.match(words):
        rest = words[found.end(0) :]
        between = _BETWEEN.match(rest)
        rest = rest[between.end() :] if between else rest
    elif found := _AT_END.search(words):
        rest = _AFTER.sub("", words[: found.start()])
    else:
        return Fault.NO_TIME
    start = parse_time(found[1])
    if start is None:
        return Fault.BAD_TIME
    title, url = _split_link(rest)
    if not title:
        return Fault.NO_TITLE
    return ChapterMark(start, title, url)


def _split_link(text: str) -> tuple[str, str]:
    """Return title and link; a title that is nothing but its link is named for it."""
    url = ""
    if found := _MARKDOWN_LINK.search(text):
        url = found[2]
        text = text[: found.start()] + found[1] + text[found.end() :]
    elif (found := _LAST_WORD.search(text)) and is_address(found[1]):
        url, text = found[1], _AFTER.sub("", text[: found.start()]) or found[1]
    if wrapped := _WRAPPED.fullmatch(text.strip()):
        text = wrapped[2]
    return text.strip(), url
