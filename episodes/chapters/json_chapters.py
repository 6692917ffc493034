"""JSON chapters of the podcast namespace, versions 1.0 to 1.2, and Podlove's list of objects.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
`endTime` and `location` are passed over: a chapter of ours lasts until the next one.
"""

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

from episodes.chapters.marks import (
    ChapterList,
    ChapterMark,
    Fault,
    Gathering,
    Unreadable,
    UnreadableChapters,
)
from episodes.chapters.times import parse_time

MEDIA_TYPE = "application/json+chapters"


def read_json(text: str) -> ChapterList:
    """Return the chapters; an entry that is none is a problem with its number in the list."""
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise UnreadableChapters(Unreadable.BROKEN_JSON, "nested too deeply") from None
    except ValueError as error:
        raise UnreadableChapters(Unreadable.BROKEN_JSON, str(error)[:120]) from error
    entries = document.get("chapters") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise UnreadableChapters(Unreadable.NO_JSON_CHAPTERS)
    found = Gathering()
    for number, entry in enumerate(entries, start=1):
        _take(found, number, entry)
    return found.listed()


def write_json(
    marks: Iterable[ChapterMark], *, title: str = "", podcast_name: str = "", file_name: str = ""
) -> str:
    """Write version 1.2.0. There are no waypoints, and an end is where the next chapter starts."""
    about = {"title": title, "podcastName": podcast_name, "fileName": file_name}
    document = {
        "version": "1.2.0",
        **{name: value for name, value in about.items() if value},
        "chapters": [_entry(mark) for mark in marks],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _take(found: Gathering, number: int, entry: Any) -> None:
    shown = json.dumps(entry, ensure_ascii=False)[:400]
    if not isinstance(entry, dict):
        found.miss(number, Fault.NOT_A_CHAPTER, shown)
        return
    if "startTime" not in entry and "start" not in entry:
        found.miss(number, Fault.NO_TIME, shown)
        return
    start = _milliseconds(entry.get("startTime", entry.get("start")))
    if start is None:
        found.miss(number, Fault.BAD_TIME, shown)
        return
    mark = ChapterMark(
        start,
        _text(entry, "title"),
        _text(entry, "url", "href"),
        _text(entry, "img", "image"),
        hidden=entry.get("toc") is False,
    )
    found.take(number, mark, text=shown)


def _milliseconds(value: Any) -> int | None:
    """Return a start; negative ones too, for the caller to refuse. Seconds past reason are none."""
    if isinstance(value, str):
        return parse_time(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    if not math.isfinite(seconds) or abs(seconds) > 1e9:
        return None
    return round(seconds * 1000)


def _text(entry: dict[str, Any], *names: str) -> str:
    values = (entry.get(name) for name in names)
    return next((value.strip() for value in values if isinstance(value, str) and value), "")


def _entry(mark: ChapterMark) -> dict[str, Any]:
    entry: dict[str, Any] = {"startTime": mark.start_ms / 1000, "title": mark.title}
    if mark.url:
        entry["url"] = mark.url
    if mark.image:
        entry["img"] = mark.image
    if mark.hidden:
        entry["toc"] = False
    return entry
