"""What is wrong with a transcript, where, and what to do: by line and cue, for the editor."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

ERRORS = {
    "too-large": "The file is {size:.1f} MB; a transcript may have {limit} MB. A transcript of ten "
    "hours is below 1 MB: is this the right file?",
    "too-many-cues": "The file has more than {limit} cues. Export it by sentence and not by word.",
    "empty": "There are no words in this file. Choose the transcript itself.",
    "not-text": "This is {what} and not a transcript. Export it as WebVTT, SRT or plain text.",
    "encoding": "The letters of this file cannot be read. Save it as UTF-8 and upload it again.",
    "json-syntax": "this is not valid JSON ({what}). Export the file again.",
    "json-shape": "This JSON is no transcript: it has no list “segments” with “startTime” and "
    "“body”. Export it as Podcasting 2.0 JSON, WebVTT or SRT.",
    "segment-shape": "{what}. Export the file again.",
    "bad-time": "“{time}” is no time. Write it as 00:12:07.000.",
    "missing-arrow": "there is no arrow between the two times. Write “{start} --> {end}”.",
    "missing-time": "the time is missing. Write “00:12:01.000 --> 00:12:07.000”.",
    "words-without-time": "these words stand before the first time. Give them one, or delete them.",
    "ends-before-start": "the cue ends ({end}) before it starts ({start}).",
    "deeply-nested": "The elements of this page are nested too deeply to be read. Save it as plain "
    "text and upload that.",
}
WARNINGS = {
    "decoded": "The file was not in UTF-8 and was read as {encoding}. Look at the first lines: are "
    "the letters right?",
    "no-header": "The first line is not “WEBVTT”. It was read all the same.",
    "empty-cue": "the cue has no words and was left out.",
    "no-length": "the cue lasts no time. Apps may never show it.",
    "out-of-order": "the cue starts ({start}) before the one above it ({before}). It was put where "
    "it belongs.",
    "overlap": "the cue starts ({start}) before the one above it has ended ({before}).",
    "loose-words": "these words stand after an empty line. They were taken into the cue above.",
    "after-audio": "the cue starts at {start}, and the audio ends at {end}. Is this the transcript "
    "of another version?",
    "ends-guessed": "The file says when each passage begins and not when it ends. Each lasts until "
    "the next one begins.",
    "no-times": "The file has no times. It is published as a text and a web page, and is searched; "
    "apps that show words along with the sound need WebVTT or SRT.",
}
_MOST_OF_A_KIND = 20
_LONGEST_QUOTE = 120


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing noticed. `code` is for programs and never changes; `message` is for the editor."""

    code: str
    message: str
    line: int | None = None
    cue: int | None = None
    """Counted from 1 in the order of the file, whatever numbers it carries."""
    quoted: str = ""
    """What stands there."""

    @property
    def refuses(self) -> bool:
        return self.code in ERRORS

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Problems:
    """Collects problems while a file is read; of each kind it keeps the first twenty."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._counts: Counter[str] = Counter()

    def add(
        self,
        code: str,
        *,
        line: int | None = None,
        cue: int | None = None,
        quoted: str = "",
        **values: object,
    ) -> None:
        self._counts[code] += 1
        if self._counts[code] > _MOST_OF_A_KIND:
            return
        sentence = (ERRORS.get(code) or WARNINGS[code]).format(**values)
        message = _where(line, cue) + sentence
        quoted = quoted.strip()
        cut = quoted if len(quoted) <= _LONGEST_QUOTE else quoted[: _LONGEST_QUOTE - 1] + "…"
        self._kept.append(Problem(code, message, line, cue, cut))

    @property
    def refuse(self) -> bool:
        return any(code in ERRORS for code in self._counts)

    def listed(self) -> list[Problem]:
        """Return what refuses first, then remarks; of too many of a kind the rest is counted."""
        found = sorted(self._kept, key=lambda problem: not problem.refuses)
        for code, count in self._counts.items():
            if count > _MOST_OF_A_KIND:
                last = max(n for n, problem in enumerate(found) if problem.code == code)
                more = f"There are {count - _MOST_OF_A_KIND} more of the same kind."
                found.insert(last + 1, Problem(code, more))
        return found


def _where(line: int | None, cue: int | None) -> str:
    places = [f"line {line}"] if line is not None else []
    if cue is not None:
        places.append(f"cue {cue}")
    if not places:
        return ""
    where = ", ".join(places)
    return f"{where[0].upper()}{where[1:]}: "


def sentences(problems: Sequence[Problem]) -> str:
    return " ".join(problem.message for problem in problems)
