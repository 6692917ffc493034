"""SubRip, as the podcast namespace asks for it: two short lines, the speaker where it changes."""

import re
from collections.abc import Callable, Iterator

from episodes.transcripts.cueing import Walk, numbered_lines
from episodes.transcripts.document import Cue, TranscriptDocument, clean_line
from episodes.transcripts.problems import Problems
from episodes.transcripts.settling import Placed, settle
from episodes.transcripts.timing import write_time
from episodes.transcripts.vtt import name_placed
from episodes.transcripts.wrapping import wrap

WIDTH, LINES = 32, 2
_MARKUP = re.compile(r"</?(?:b|i|u|font)(?:\s[^<>]*)?>|\{\\[a-z]{1,9}[^{}]{0,40}\}", re.IGNORECASE)


def read_srt(
    text: str,
    problems: Problems | None = None,
    *,
    duration_ms: int | None = None,
    is_known: Callable[[str], bool] = lambda _label: False,
) -> TranscriptDocument:
    """Read a file with plain line ends; speakers come from `Name:` prefixes."""
    problems = Problems() if problems is None else problems
    walk = Walk(problems)
    for number, line in numbered_lines(text):
        walk.take(number, line)
    walk.leave()
    placed = [
        Placed(
            Cue(cue.start_ms, cue.end_ms, "", clean_line(_MARKUP.sub("", "\n".join(cue.lines)))),
            cue.line,
            cue.number,
        )
        for cue in walk.cues
        if cue.start_ms is not None and cue.end_ms is not None
    ]
    return settle(name_placed(placed, problems, is_known), problems, duration_ms=duration_ms)


def write_srt(document: TranscriptDocument) -> str:
    blocks = []
    for number, (start, end, lines) in enumerate(_captions(document), start=1):
        times = f"{write_time(start, point=',')} --> {write_time(end, point=',')}"
        blocks.append("\n".join([str(number), times, *lines]))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _captions(document: TranscriptDocument) -> Iterator[tuple[int, int, list[str]]]:
    speaker = ""
    for cue in document.cues:
        # An arrow in the words would begin a cue of its own.
        text = cue.text.replace("-->", "→")
        if cue.speaker and cue.speaker != speaker:
            text = f"{cue.speaker.replace('-->', '→')}: {text}"
        speaker = cue.speaker
        yield from _split(cue, wrap(text, WIDTH))


def _split(cue: Cue, lines: list[str]) -> Iterator[tuple[int, int, list[str]]]:
    """Give each pair of lines the part of the cue's time that its letters take."""
    pairs = [lines[n : n + LINES] for n in range(0, len(lines), LINES)]
    length = cue.end_ms - cue.start_ms
    if length < len(pairs):
        pairs = [lines]
    letters = [sum(map(len, pair)) for pair in pairs]
    total, passed, start = sum(letters), 0, cue.start_ms
    for place, (pair, count) in enumerate(zip(pairs, letters, strict=True), start=1):
        passed += count
        # Each one lasts a millisecond at least, and leaves one to each that follows.
        latest = cue.end_ms - (len(pairs) - place)
        end = min(max(cue.start_ms + length * passed // total, start + 1), latest)
        yield start, end, pair
        start = end
