"""From WebVTT to something to read: turns of speech, each with its speaker and moment.

Pure: a text in, turns out. Whatever cannot be understood is left out, never raised: the words of a
transcript come from many tools.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass

import webvtt
from webvtt.errors import MalformedFileError

LONGEST_TURN_MS = 60_000
"""A turn of one voice gets a new paragraph, with its time, after a minute."""


@dataclass(frozen=True, slots=True)
class Cue:
    start_ms: int
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    start_ms: int
    speaker: str
    text: str
    continues: bool
    """The same voice goes on: its name need not be said again."""


def read_cues(vtt: str) -> Iterator[Cue]:
    """Yield the cues that have words, in the file's order."""
    try:
        captions = webvtt.from_string(vtt).captions
    except MalformedFileError:
        return
    for caption in captions:
        text = " ".join(html.unescape(caption.text).split())
        if text:
            speaker = html.unescape(caption.voice or "").strip()
            yield Cue(caption.start_time.in_milliseconds(), speaker, text)


def read_turns(vtt: str) -> list[Turn]:
    """Join the cues of one voice into paragraphs of at most about a minute."""
    turns: list[Turn] = []
    for cue in read_cues(vtt):
        last = turns[-1] if turns else None
        same = last is not None and last.speaker == cue.speaker
        if last is not None and same and cue.start_ms - last.start_ms < LONGEST_TURN_MS:
            turns[-1] = Turn(last.start_ms, last.speaker, f"{last.text} {cue.text}", last.continues)
        else:
            turns.append(Turn(cue.start_ms, cue.speaker, cue.text, continues=same))
    return turns
