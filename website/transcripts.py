"""From WebVTT to something to read: turns of speech, each with its speaker and moment.

Pure: a text in, turns out. Whatever cannot be understood is left out, never raised: the words of a
transcript come from many tools.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TIMING = re.compile(r"^(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s+-->\s")
_VOICE = re.compile(r"<v(?:\.[^ \t>]*)?[ \t]+([^>]*)>")
_TAG = re.compile(r"<[^>]*>")
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
    for block in re.split(r"\n[ \t]*\n", vtt.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        timing = next((n for n, line in enumerate(lines[:2]) if _TIMING.match(line)), None)
        if timing is None:
            continue
        payload = " ".join(line.strip() for line in lines[timing + 1 :])
        voice = _VOICE.search(payload)
        text = " ".join(html.unescape(_TAG.sub("", payload)).split())
        if text:
            speaker = html.unescape(voice[1]).strip() if voice else ""
            yield Cue(_milliseconds(lines[timing]), speaker, text)


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


def _milliseconds(line: str) -> int:
    match = _TIMING.match(line)
    assert match is not None  # noqa: S101 - read_cues asked before
    hours, minutes, seconds, fraction = match.groups()
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(fraction.ljust(3, "0"))
