"""Cue sheets, as burners of discs and some audio editors write them.

Times are minutes, seconds and frames of 1/75 s, counted from the beginning of the file above them:
https://www.gnu.org/software/ccd2cue/manual/html_node/CUE-sheet-format.html
"""

import re

from episodes.chapters.marks import (
    MAX_LINES,
    ChapterList,
    ChapterMark,
    Fault,
    Gathering,
    Unreadable,
    UnreadableChapters,
)

FRAMES = 75
_TRACK = re.compile(
    r"^[ \t]*TRACK[ \t]+[0-9]{1,3}[ \t]+AUDIO[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_INDEX = re.compile(
    r"^[ \t]*INDEX[ \t]+[0-9]{1,2}[ \t]+[0-9]{1,5}:[0-9]{2}:[0-9]{2}[ \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)
_TIME = re.compile(r"([0-9]{1,5}):([0-9]{2}):([0-9]{2})")


class _Track:
    """What was read of one track so far."""

    def __init__(self, line: int, text: str, *, is_elsewhere: bool) -> None:
        self.line, self.text, self.is_elsewhere = line, text, is_elsewhere
        self.title = ""
        self.start_ms: int | None = None
        self.bad: tuple[int, str] | None = None

    def give_to(self, found: Gathering) -> None:
        if self.is_elsewhere:
            found.miss(self.line, Fault.OTHER_FILE, self.title or self.text)
        elif self.bad:
            found.miss(self.bad[0], Fault.BAD_TIME, self.bad[1])
        elif self.start_ms is None:
            found.miss(self.line, Fault.NO_TIME, self.title or self.text)
        else:
            found.take(self.line, ChapterMark(self.start_ms, self.title), text=self.text)


def is_cue_sheet(text: str) -> bool:
    return bool(_TRACK.search(text) and _INDEX.search(text))


def read_cue_sheet(text: str) -> ChapterList:
    """Return a chapter for each track: its title, and where its own sound begins (INDEX 01).

    Tracks of a second file count their time from that one's beginning, so they are no chapters.
    """
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise UnreadableChapters(Unreadable.TOO_LONG)
    found = Gathering()
    track: _Track | None = None
    files = 0
    for number, line in enumerate(lines, start=1):
        command, _, rest = line.strip().partition(" ")
        command, rest = command.upper(), rest.strip()
        if command == "FILE":
            files += 1
        elif command == "TRACK":
            if track:
                track.give_to(found)
            track = _Track(number, line, is_elsewhere=files > 1)
        elif track and command == "TITLE":
            track.title = _unquoted(rest)
        elif track and command == "INDEX":
            _take_index(track, number, line, rest)
    if track:
        track.give_to(found)
    return found.listed()


def _take_index(track: _Track, number: int, line: str, rest: str) -> None:
    index, _, time = rest.partition(" ")
    if index.lstrip("0") != "1":
        return
    track.start_ms = _milliseconds(time.strip())
    if track.start_ms is None:
        track.bad = (number, line)


def _milliseconds(text: str) -> int | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    minutes, seconds, frames = map(int, found.groups())
    if seconds > 59 or frames >= FRAMES:
        return None
    return (minutes * 60 + seconds) * 1000 + round(frames * 1000 / FRAMES)


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1] if is_quoted else text
