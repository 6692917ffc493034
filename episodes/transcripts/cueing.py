"""What WebVTT and SubRip have in common: blocks of lines, each with a time and words.

webvtt-py reads both and is used to check what is written here. It does not serve for reading what
people upload: broken cues vanish without a word, no cue knows its line, of two voices in a cue it
tells the first, and an hour and a half takes it ten times as long.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from episodes.transcripts.problems import Problems
from episodes.transcripts.timing import read_time, write_time

_ARROW = re.compile(r"\s*(\S+)\s*-->\s*(\S+)(?:\s.*)?")
# Every repetition that could be shared out in many ways has a bound: lines may be megabytes.
_STARTS_LIKE_TIME = re.compile(r"\s{0,9}(?:\d{1,4}:)?\d{1,4}:\d")
_FULL_TIME = r"\d{1,4}:\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TWO_TIMES = re.compile(
    rf"\s{{0,9}}({_FULL_TIME})\s{{0,9}}(?:-{{1,4}}>?|[–—]{{1,2}}>?|=>|>|→|\s)\s{{0,9}}({_FULL_TIME})\s{{0,9}}"
)
_NUMBER = re.compile(r"\s*\d+\s*", re.ASCII)


@dataclass(slots=True)
class RawCue:
    """A cue as it stands in the file, and where; times are None where they could not be read."""

    line: int
    number: int
    start_ms: int | None
    end_ms: int | None
    lines: list[str] = field(default_factory=list)

    @property
    def is_readable(self) -> bool:
        return self.start_ms is not None and self.end_ms is not None


@dataclass(slots=True)
class Walk:
    """Goes through the lines and remembers the cue it is in."""

    problems: Problems
    cues: list[RawCue] = field(default_factory=list)
    is_inside: bool = False
    """The last line belonged to a cue: what follows without an empty line does too."""
    loose: list[tuple[int, str]] = field(default_factory=list)
    """Lines after an empty one: the name of the next cue, or words that lost their time."""

    def take(self, number: int, line: str) -> None:
        if not line or line.isspace():
            self.leave()
        elif "-->" in line and self._is_timing(line):
            self._begin(number, line)
        elif self.is_inside:
            self.cues[-1].lines.append(line)
        elif found := _TWO_TIMES.fullmatch(line):
            self._begin_without_arrow(number, line, found)
        else:
            self.loose.append((number, line))

    def leave(self) -> None:
        """End the block. A number alone is the name of a cue that follows further down."""
        if self.loose and not (len(self.loose) == 1 and _NUMBER.fullmatch(self.loose[0][1])):
            self._place_loose_words()
        self.loose.clear()
        self.is_inside = False

    def _is_timing(self, line: str) -> bool:
        return not self.is_inside or _STARTS_LIKE_TIME.match(line) is not None

    def _begin(self, number: int, line: str) -> None:
        self._drop_the_cues_name()
        found = _ARROW.fullmatch(line)
        left, right = found.groups() if found else line.split("-->", 1)
        times = []
        for text in (left, right):
            time = read_time(text)
            if time is None:
                self._say("bad-time", number, line, time=text.strip()[:40])
            times.append(time)
        self._open(number, times[0], times[1])

    def _begin_without_arrow(self, number: int, line: str, found: re.Match[str]) -> None:
        self._drop_the_cues_name()
        times = [read_time(text) for text in found.groups()]
        shown = [
            write_time(time) if time is not None else text
            for time, text in zip(times, found.groups(), strict=True)
        ]
        self._say("missing-arrow", number, line, start=shown[0], end=shown[1])
        self._open(number, None, None)

    def _open(self, number: int, start: int | None, end: int | None) -> None:
        self.cues.append(RawCue(number, len(self.cues) + 1, start, end))
        self.is_inside = True

    def _say(self, code: str, number: int, line: str, **values: str) -> None:
        self.problems.add(code, line=number, cue=len(self.cues) + 1, quoted=line, **values)

    def _drop_the_cues_name(self) -> None:
        """Forget the line right above the time: it names the cue, and nobody speaks it."""
        if self.is_inside:
            above = self.cues[-1].lines
            if above and _NUMBER.fullmatch(above[-1]):
                above.pop()
        elif self.loose:
            self.loose.pop()
            self._place_loose_words()
            self.loose.clear()

    def _place_loose_words(self) -> None:
        if not self.loose:
            return
        number, line = self.loose[0]
        if not self.cues:
            self.problems.add("words-without-time", line=number, quoted=line)
            return
        first = self.loose[0][1]
        if _NUMBER.fullmatch(first) and len(self.loose) > 1:
            self.problems.add("missing-time", line=number, cue=len(self.cues) + 1, quoted=first)
            return
        self.problems.add("loose-words", line=number, quoted=line)
        self.cues[-1].lines.extend(text for _number, text in self.loose)


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    yield from enumerate(text.split("\n"), start=1)
