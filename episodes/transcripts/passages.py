"""Paragraphs of a page or a plain text: some say when they begin, none when they end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from episodes.transcripts.document import (
    UNTIMED_END,
    UNTIMED_START,
    Cue,
    TranscriptDocument,
    clean_label,
    clean_line,
)
from episodes.transcripts.problems import Problems
from episodes.transcripts.settling import Placed, settle, settle_starts
from episodes.transcripts.speakers import name_speakers


@dataclass(frozen=True, slots=True)
class Passage:
    line: int
    start_ms: int | None
    speaker: str | None
    """None where the form has no place for it and the words may name somebody."""
    text: str


def settle_passages(
    passages: Sequence[Passage],
    problems: Problems,
    *,
    duration_ms: int | None,
    is_known: Callable[[str], bool],
) -> TranscriptDocument:
    """Return timed cues if the first passage has a time, and untimed ones if not.

    A passage without a time of its own belongs to the time of the one before.
    """
    spoken = [(each, text) for each in passages if (text := clean_line(each.text))]
    if any(each.speaker for each, _text in spoken):
        named = [(clean_label(each.speaker or ""), text) for each, text in spoken]
    else:
        named = []
        voices = name_speakers([text for _each, text in spoken], is_known)
        for (each, text), voice in zip(spoken, voices, strict=True):
            if voice.doubt:
                problems.add(voice.doubt, line=each.line, quoted=text, label=voice.label)
            named.append((voice.speaker, voice.words))
    is_timed = bool(spoken) and spoken[0][0].start_ms is not None
    placed, start = [], UNTIMED_START
    for number, ((each, _text), (speaker, words)) in enumerate(
        zip(spoken, named, strict=True), start=1
    ):
        start = each.start_ms if is_timed and each.start_ms is not None else start
        placed.append(Placed(Cue(start, UNTIMED_END, speaker, words), each.line, number))
    if is_timed:
        return settle_starts(placed, problems, duration_ms=duration_ms)
    if placed:
        problems.add("no-times")
    return settle(placed, problems)
