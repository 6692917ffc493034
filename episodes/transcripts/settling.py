"""From cues as they stand in a file to cues that are in order: what is mended, and what refused."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from episodes.transcripts.document import Cue, TranscriptDocument
from episodes.transcripts.problems import Problems
from episodes.transcripts.timing import say_time

MOST_CUES = 50_000
_LATE_MS = 2_000
"""A player's own rounding, and the last word that rings on, are no reason for a remark."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A cue and where it stands in the file; for JSON there is no line."""

    cue: Cue
    line: int | None
    number: int


def settle(
    placed: Sequence[Placed],
    problems: Problems,
    *,
    notes: Iterable[str] = (),
    duration_ms: int | None = None,
) -> TranscriptDocument:
    """Return the cues in order, with every remark about their times."""
    if len(placed) > MOST_CUES:
        problems.add("too-many-cues", limit=f"{MOST_CUES:,}")
        return TranscriptDocument()
    kept = [found for each in placed if (found := _check(each, problems)) is not None]
    _compare_neighbours(kept, problems)
    _compare_with_audio(kept, problems, duration_ms)
    kept.sort(key=lambda each: each.cue.start_ms)
    return TranscriptDocument(tuple(each.cue for each in kept), tuple(notes))


def _check(placed: Placed, problems: Problems) -> Placed | None:
    cue = placed.cue
    if cue.end_ms < cue.start_ms:
        problems.add(
            "ends-before-start",
            line=placed.line,
            cue=placed.number,
            quoted=cue.text,
            start=say_time(cue.start_ms),
            end=say_time(cue.end_ms),
        )
        return placed
    if not cue.text:
        problems.add("empty-cue", line=placed.line, cue=placed.number)
        return None
    if cue.end_ms == cue.start_ms:
        problems.add("no-length", line=placed.line, cue=placed.number, quoted=cue.text)
        # WebVTT wants an end after the start.
        mended = Cue(cue.start_ms, cue.start_ms + 1, cue.speaker, cue.text)
        return Placed(mended, placed.line, placed.number)
    return placed


def _compare_neighbours(placed: Sequence[Placed], problems: Problems) -> None:
    before: Cue | None = None
    for each in placed:
        cue = each.cue
        if before is not None and cue.start_ms < before.start_ms:
            _say("out-of-order", each, before.start_ms, problems)
        elif before is not None and cue.start_ms < before.end_ms and not _share(before, cue):
            _say("overlap", each, before.end_ms, problems)
        before = cue


def _share(one: Cue, other: Cue) -> bool:
    """Two voices in one cue have the same times, and so have the paragraphs of a plain text."""
    return (one.start_ms, one.end_ms) == (other.start_ms, other.end_ms)


def _say(code: str, placed: Placed, before_ms: int, problems: Problems) -> None:
    problems.add(
        code,
        line=placed.line,
        cue=placed.number,
        quoted=placed.cue.text,
        start=say_time(placed.cue.start_ms),
        before=say_time(before_ms),
    )


def _compare_with_audio(
    placed: Sequence[Placed], problems: Problems, duration_ms: int | None
) -> None:
    if duration_ms is None:
        return
    for each in placed:
        if each.cue.start_ms > duration_ms + _LATE_MS:
            problems.add(
                "after-audio",
                line=each.line,
                cue=each.number,
                quoted=each.cue.text,
                start=say_time(each.cue.start_ms),
                end=say_time(duration_ms // 1000 * 1000),
            )


def settle_starts(
    passages: Sequence[Placed], problems: Problems, *, duration_ms: int | None
) -> TranscriptDocument:
    """Settle passages of which only the beginning is known (their `end_ms` is not looked at).

    Each lasts until the next later one begins; the last one to the end of the audio, or for as
    long as its words take to say, about fifteen letters a second.
    """
    ends: list[int] = []
    following: int | None = None
    last_start: int | None = None
    for each in reversed(passages):
        start = each.cue.start_ms
        if last_start is not None and start != last_start:
            following = last_start
        ends.append(_end(each.cue, following, duration_ms))
        last_start = start
    timed = [
        Placed(Cue(each.cue.start_ms, end, each.cue.speaker, each.cue.text), each.line, each.number)
        for each, end in zip(passages, reversed(ends), strict=True)
    ]
    if timed:
        problems.add("ends-guessed")
    return settle(timed, problems, duration_ms=duration_ms)


def end_open_cues(
    placed: Sequence[Placed], problems: Problems, *, duration_ms: int | None
) -> list[Placed]:
    """Give an end to each cue that has none (`end_ms` below 0), and leave the others alone.

    It lasts until the next later one begins or the audio ends; yet never longer than its words
    take when they are said slowly, or ten seconds: what follows may be minutes of music.
    """
    starts = sorted({each.cue.start_ms for each in placed})
    ended = []
    for each in placed:
        if each.cue.end_ms >= 0:
            ended.append(each)
            continue
        later = bisect_right(starts, each.cue.start_ms)
        following = starts[later] if later < len(starts) else None
        slowly = each.cue.start_ms + max(10_000, len(each.cue.text) * 1000 // 7)
        end = min(_end(each.cue, following, duration_ms), slowly)
        problems.add(
            "end-guessed",
            line=each.line,
            cue=each.number,
            quoted=each.cue.text,
            end=say_time(end),
        )
        ended.append(replace(each, cue=replace(each.cue, end_ms=end)))
    return ended


def _end(cue: Cue, following: int | None, duration_ms: int | None) -> int:
    if following is not None and following > cue.start_ms:
        return following
    if following is None and duration_ms is not None and duration_ms > cue.start_ms:
        return duration_ms
    return cue.start_ms + max(1_000, len(cue.text) * 1000 // 15)
