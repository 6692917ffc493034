"""One transcript in memory, whatever its form was: cues in the order of their time.

Text and labels are in normal form: one line, single spaces, no characters that break storage, XML
or the direction of a page. All writers count on that.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

UNTIMED_START, UNTIMED_END = 0, 359_999_999
"""0:00:00 to 99:59:59.999: “somewhere in the audio”.

A plain text says who spoke and in which order, and not when. Its paragraphs are cues over the
longest time that WebVTT can write, because any shorter one would be made up.
"""
LONGEST_LABEL = 128

# Control characters, lone surrogates, noncharacters; of the marks of direction only those that
# open an embedding and might never close it. The plain marks (U+061C, 200E, 200F) are spelling.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """What one voice says from one moment to another, in milliseconds of the audio."""

    start_ms: int
    end_ms: int
    speaker: str
    """The label in the file; empty where it names nobody."""
    text: str

    @property
    def is_timed(self) -> bool:
        return self.end_ms != UNTIMED_END


@dataclass(frozen=True, slots=True)
class TranscriptDocument:
    cues: tuple[Cue, ...] = ()
    notes: tuple[str, ...] = ()
    """What the file says about itself (NOTE before the first cue); nobody speaks it."""

    @property
    def is_timed(self) -> bool:
        return all(cue.is_timed for cue in self.cues)

    @property
    def labels(self) -> list[str]:
        """Return who speaks, in the order of their first words."""
        return list(dict.fromkeys(cue.speaker for cue in self.cues if cue.speaker))

    @property
    def word_count(self) -> int:
        return sum(cue.text.count(" ") + 1 for cue in self.cues)

    def renamed(self, names: Mapping[str, str]) -> "TranscriptDocument":
        """Return the same words with other names for their speakers."""
        cues = tuple(
            replace(cue, speaker=names[cue.speaker]) if cue.speaker in names else cue
            for cue in self.cues
        )
        return replace(self, cues=cues)


def clean_line(text: str) -> str:
    """Return the text in normal form."""
    if not (text.isascii() and text.isprintable()):
        text = _UNWANTED.sub("", text)
    return " ".join(text.split())


def clean_label(text: str) -> str:
    return clean_line(text)[:LONGEST_LABEL].rstrip()
