"""Turns of speech: what a page shows instead of cues."""

from collections.abc import Iterable
from dataclasses import dataclass

from episodes.transcripts.document import Cue

LONGEST_MS = 60_000
"""A turn of one voice gets a new paragraph, with its time, after a minute."""


@dataclass(frozen=True, slots=True)
class Turn:
    start_ms: int
    speaker: str
    text: str
    continues: bool
    """The same voice goes on: its name need not be said again."""
    is_timed: bool = True


def join_turns(cues: Iterable[Cue]) -> list[Turn]:
    """Join the cues of one voice into paragraphs of at most about a minute.

    The paragraphs of a plain text stay as they are.
    """
    turns: list[tuple[Cue, list[str], bool]] = []
    for cue in cues:
        first, words, _continues = turns[-1] if turns else (None, [], False)
        same = first is not None and first.speaker == cue.speaker
        if first is not None and same and _fits(first, cue):
            words.append(cue.text)
        else:
            turns.append((cue, [cue.text], same))
    return [
        Turn(first.start_ms, first.speaker, " ".join(words), continues, first.is_timed)
        for first, words, continues in turns
    ]


def _fits(first: Cue, cue: Cue) -> bool:
    return cue.is_timed and cue.start_ms - first.start_ms < LONGEST_MS
