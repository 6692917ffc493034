"""One chapter as every format knows it, and what may be wrong with a list of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

MAX_MARKS = 500
MAX_BYTES = 1024 * 1024
MAX_LINES = 5000
LATEST_MS = 999 * 3_600_000
"""999 hours: the longest time that the formats can write and the table can hold."""

_BLANK = re.compile(r"\s+")
# Control characters, and marks that turn the direction of all that follows them on a page.
_UNFIT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")  # fmt: skip  # noqa: E501
_QUOTED = 160


class Fault(StrEnum):
    """What a line or entry lacks. The words for it are in `episodes.chaptering`."""

    NO_TIME = "no-time"
    BAD_TIME = "bad-time"
    TOO_LATE = "too-late"
    NO_TITLE = "no-title"
    BAD_LINK = "bad-link"
    BAD_IMAGE = "bad-image"
    NOT_A_CHAPTER = "not-a-chapter"
    TOO_MANY = "too-many"
    OTHER_FILE = "other-file"


class Unreadable(StrEnum):
    TOO_LARGE = "too-large"
    TOO_LONG = "too-long"
    NOT_TEXT = "not-text"
    BROKEN_JSON = "broken-json"
    NO_JSON_CHAPTERS = "no-json-chapters"
    BROKEN_XML = "broken-xml"
    UNSAFE_XML = "unsafe-xml"
    NO_XML_CHAPTERS = "no-xml-chapters"
    SEVERAL_LISTS = "several-lists"


class UnreadableChapters(ValueError):
    """Nothing can be taken from this text. `detail` is what the parser said of it, if anything."""

    def __init__(self, reason: Unreadable, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else str(reason))


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """A place in the audio with a name. `hidden` ones are kept out of the table of contents."""

    start_ms: int
    title: str
    url: str = ""
    image: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One line or entry that was not understood whole; `place` is its number, from 1."""

    fault: Fault
    place: int
    text: str


@dataclass(frozen=True, slots=True)
class ChapterList:
    """What was understood, by time, and what was not, by place."""

    marks: tuple[ChapterMark, ...]
    problems: tuple[Problem, ...] = ()


class Gathering:
    """Takes chapters one by one, makes each fit, and remembers what could not be taken."""

    def __init__(self) -> None:
        self._marks: list[ChapterMark] = []
        self._problems: list[Problem] = []

    def take(self, place: int, mark: ChapterMark, *, text: str) -> None:
        """Take a chapter; of one that fits only in part, take that part and say the rest."""
        if not 0 <= mark.start_ms <= LATEST_MS:
            self.miss(place, Fault.BAD_TIME if mark.start_ms < 0 else Fault.TOO_LATE, text)
            return
        if len(self._marks) >= MAX_MARKS:
            self.miss(place, Fault.TOO_MANY, text)
            return
        if mark.url and not is_address(mark.url):
            self.miss(place, Fault.BAD_LINK, mark.url)
            mark = replace(mark, url="")
        if mark.image and not is_address(mark.image):
            self.miss(place, Fault.BAD_IMAGE, mark.image)
            mark = replace(mark, image="")
        title = clean_title(mark.title)
        if not title and not mark.hidden:
            self.miss(place, Fault.NO_TITLE, text)
        self._marks.append(replace(mark, title=title))

    def miss(self, place: int, fault: Fault, text: str) -> None:
        quoted = clean_title(text[: 4 * _QUOTED])
        short = quoted if len(quoted) <= _QUOTED else f"{quoted[: _QUOTED - 1]}…"
        self._problems.append(Problem(fault, place, short))

    def listed(self) -> ChapterList:
        return ChapterList(in_order(self._marks), tuple(self._problems))


def in_order(marks: Iterable[ChapterMark]) -> tuple[ChapterMark, ...]:
    return tuple(sorted(marks, key=lambda mark: mark.start_ms))


def clean_title(text: str) -> str:
    """Return one line with single spaces and nothing that breaks XML, a tag or a page."""
    return _BLANK.sub(" ", _UNFIT.sub("", text)).strip()


def is_address(text: str) -> bool:
    """Whether a browser may be sent there: http or https, a host, no white space."""
    if not text.lower().startswith(("http://", "https://")) or clean_title(text) != text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.hostname) and " " not in text
