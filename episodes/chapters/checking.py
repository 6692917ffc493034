"""What a list of chapters must be to be published, and what is better for listeners' apps."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from episodes.chapters.marks import LATEST_MS, MAX_MARKS, ChapterMark, is_address

LONGEST_TITLE = 255
LONGEST_LINK = 500
MOST_IN_FILES = 255
"""ID3v2 CTOC counts its chapters in one byte, and so does Nero's chpl."""


class Lack(StrEnum):
    NO_TITLE = "no-title"
    LONG_TITLE = "long-title"
    BAD_LINK = "bad-link"
    LONG_LINK = "long-link"
    SAME_START = "same-start"
    BEYOND_END = "beyond-end"
    TOO_MANY = "too-many"
    MANY = "many"
    NOT_FROM_ZERO = "not-from-zero"


ADVICE = frozenset({Lack.MANY, Lack.NOT_FROM_ZERO})


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to mend; `row` counts from 0 in the order that was given, None means the list."""

    lack: Lack
    row: int | None = None

    @property
    def refuses(self) -> bool:
        return self.lack not in ADVICE


def check(marks: Sequence[ChapterMark], *, duration_ms: int | None) -> list[Remark]:
    """Return everything that the list lacks. Order is none of it: chapters are sorted by time."""
    remarks = []
    taken: set[int] = set()
    for row, mark in enumerate(marks):
        remarks += [Remark(lack, row) for lack in _lacks(mark, duration_ms)]
        if mark.start_ms in taken:
            remarks.append(Remark(Lack.SAME_START, row))
        taken.add(mark.start_ms)
    if len(marks) > MAX_MARKS:
        remarks.append(Remark(Lack.TOO_MANY))
    elif len(marks) > MOST_IN_FILES:
        remarks.append(Remark(Lack.MANY))
    if marks and 0 not in taken:
        remarks.append(Remark(Lack.NOT_FROM_ZERO))
    return remarks


def is_beyond(start_ms: int, duration_ms: int | None) -> bool:
    """Tell whether nothing is heard at this start any more; None is an audio yet to come."""
    return start_ms >= (LATEST_MS if duration_ms is None else duration_ms)


def _lacks(mark: ChapterMark, duration_ms: int | None) -> list[Lack]:
    found = {
        Lack.NO_TITLE: not mark.title.strip(),
        Lack.LONG_TITLE: len(mark.title) > LONGEST_TITLE,
        Lack.BAD_LINK: bool(mark.url) and not is_address(mark.url),
        Lack.LONG_LINK: len(mark.url) > LONGEST_LINK,
        Lack.BEYOND_END: is_beyond(mark.start_ms, duration_ms),
    }
    return [lack for lack, holds in found.items() if holds]
