"""What is wrong with a transcript, where, and what to do: by line and cue, for the editor."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from episodes.transcripts.document import clean_line


def gettext_noop(text: str) -> str:
    """Mark a text for translation and leave it as it is: this package knows no Django."""
    return text


ERRORS = {
    "too-large": gettext_noop(
        "The file is larger than {limit} MB, the most that a transcript may have. One of ten hours "
        "is below 1 MB: is this the right file?"
    ),
    "too-many-cues": gettext_noop(
        "The file has more than {limit} cues. Export it by sentence and not by word."
    ),
    "empty": gettext_noop("There are no words in this file. Choose the transcript itself."),
    "not-text": gettext_noop(
        "This is {what} and not a transcript. Export it as WebVTT, SRT or plain text."
    ),
    "unread-form": gettext_noop(
        "These are subtitles in {what}, a form that is not read here. Export them as WebVTT or "
        "SRT, and upload that."
    ),
    "encoding": gettext_noop(
        "The letters of this file cannot be read. Save it as UTF-8 and upload it again."
    ),
    "json-syntax": gettext_noop("this is not valid JSON ({what}). Export the file again."),
    "json-shape": gettext_noop(
        "This JSON is no transcript: it has no list “segments” with “startTime” and "
        "“body”. Export it as Podcasting 2.0 JSON, WebVTT or SRT."
    ),
    "segment-shape": gettext_noop("{what}. Export the file again."),
    "bad-time": gettext_noop("“{time}” is no time. Write it as 00:12:07.000."),
    "missing-arrow": gettext_noop(
        "there is no arrow between the two times. Write “{start} --> {end}”."
    ),
    "missing-time": gettext_noop("the time is missing. Write “00:12:01.000 --> 00:12:07.000”."),
    "words-without-time": gettext_noop(
        "these words stand before the first time. Give them one, or delete them."
    ),
    "ends-before-start": gettext_noop("the cue ends ({end}) before it starts ({start})."),
    "deeply-nested": gettext_noop(
        "The elements of this page are nested too deeply to be read. Save it as plain "
        "text and upload that."
    ),
}
WARNINGS = {
    "decoded": gettext_noop(
        "The file was not in UTF-8 and was read as {encoding}. Look at the first "
        "lines: are the letters right?"
    ),
    "no-header": gettext_noop("The first line is not “WEBVTT”. It was read all the same."),
    "empty-cue": gettext_noop("the cue has no words and was left out."),
    "no-length": gettext_noop("the cue lasts no time. Apps may never show it."),
    "out-of-order": gettext_noop(
        "the cue starts ({start}) before the one above it ({before}). It was put where it belongs."
    ),
    "overlap": gettext_noop(
        "the cue starts ({start}) before the one above it has ended ({before})."
    ),
    "loose-words": gettext_noop(
        "these words stand after an empty line. They were taken into the cue above."
    ),
    "after-audio": gettext_noop(
        "the cue starts at {start}, and the audio ends at {end}. Is this the "
        "transcript of another version?"
    ),
    "ends-guessed": gettext_noop(
        "The file says when each passage begins and not when it ends. Each lasts "
        "until the next one begins."
    ),
    "end-guessed": gettext_noop(
        "“endTime” is missing. The cue was given {end} as its end. Look whether the words stay "
        "long enough."
    ),
    "new-speaker": gettext_noop(
        "“{label}” is nobody whom the credits name, and was taken for who speaks. If that is "
        "somebody, credit them; if it is not, mend the line."
    ),
    "unsure-speaker": gettext_noop(
        "“{label}” may be who speaks, or words. So the cue has no speaker, nor those after it up "
        "to the next name. If that is somebody, credit them by this name."
    ),
    "no-times": gettext_noop(
        "The file has no times. It is published as a text and a web page, and is "
        "searched; apps that show words along with the sound need WebVTT or SRT."
    ),
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
    values: Mapping[str, str | int | float] = field(default_factory=dict)
    """What the sentence is made with, so that it can be said in another language."""

    @property
    def refuses(self) -> bool:
        return self.code not in WARNINGS

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
        **values: str | int | float,
    ) -> None:
        self._counts[code] += 1
        if self._counts[code] > _MOST_OF_A_KIND:
            return
        # JSON can name characters that no page and no database takes.
        values = {
            name: clean_line(value) if isinstance(value, str) else value
            for name, value in values.items()
        }
        message = say(code, line=line, cue=cue, values=values)
        quoted = clean_line(quoted)
        cut = quoted if len(quoted) <= _LONGEST_QUOTE else quoted[: _LONGEST_QUOTE - 1] + "…"
        self._kept.append(Problem(code, message, line, cue, cut, values))

    @property
    def refuse(self) -> bool:
        return any(code in ERRORS for code in self._counts)

    def listed(self) -> list[Problem]:
        """Return what refuses first, then remarks; of too many of a kind the rest is counted."""
        found = sorted(self._kept, key=lambda each: (not each.refuses, each.line or 0))
        for code, count in self._counts.items():
            if count > _MOST_OF_A_KIND:
                last = max(n for n, problem in enumerate(found) if problem.code == code)
                rest = {MORE: count - _MOST_OF_A_KIND}
                found.insert(last + 1, Problem(code, say(code, values=rest), values=rest))
        return found


MORE = "more"
_MORE = gettext_noop("There are {more} more of the same kind.")
_LINE_AND_CUE = gettext_noop("Line {line}, cue {cue}: {sentence}")
_LINE = gettext_noop("Line {line}: {sentence}")
_CUE = gettext_noop("Cue {cue}: {sentence}")


def say(
    code: str,
    *,
    values: Mapping[str, str | int | float],
    line: int | None = None,
    cue: int | None = None,
    translate: Callable[[str], str] = gettext_noop,
) -> str:
    """Return the sentence of a problem. Raises KeyError for a code that is not ours."""
    if MORE in values:
        return translate(_MORE).format(**values)
    template = ERRORS[code] if code in ERRORS else WARNINGS[code]
    sentence = translate(template).format(**values)
    if line is None and cue is None:
        return sentence
    place = _CUE if line is None else _LINE if cue is None else _LINE_AND_CUE
    return translate(place).format(line=line, cue=cue, sentence=sentence)


def sentences(problems: Sequence[Problem]) -> str:
    return " ".join(problem.message for problem in problems)
