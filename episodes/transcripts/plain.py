"""Plain text: a paragraph for each turn, `Name:` in front, perhaps a time in brackets."""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from episodes.transcripts.cueing import numbered_lines
from episodes.transcripts.document import TranscriptDocument
from episodes.transcripts.passages import Passage, settle_passages
from episodes.transcripts.problems import Problems
from episodes.transcripts.settling import MOST_CUES
from episodes.transcripts.speakers import believed_labels, is_surely_name, label_alone, split_label
from episodes.transcripts.timing import read_time
from episodes.transcripts.turns import join_turns

_CLOCK = r"(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
_STAMP = re.compile(rf"[\[(]({_CLOCK})[\])]\s*")
_HEADING = re.compile(rf"(\S.{{0,63}}?):?\s{{1,9}}[\[(]?({_CLOCK})[\])]?:?")
"""“Anna Lee  0:12” above the words, as recorders' services export it."""


def read_text(
    text: str,
    problems: Problems | None = None,
    *,
    duration_ms: int | None = None,
    is_known: Callable[[str], bool] = lambda _label: False,
) -> TranscriptDocument:
    problems = Problems() if problems is None else problems
    # One more than can be taken is enough to refuse the rest.
    paragraphs = list(islice(_paragraphs(text), MOST_CUES + 1))
    passages = [_stamped(line, paragraph) for line, paragraph in paragraphs]
    if not _tells_times(passages):
        passages = [
            Passage(line, None, None, " ".join(paragraph)) for line, paragraph in paragraphs
        ]
    return settle_passages(
        _named(passages, is_known), problems, duration_ms=duration_ms, is_known=is_known
    )


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield first line and lines of what empty lines part; without any, every line."""
    by_line = "\n\n" not in text.strip()
    paragraph: list[str] = []
    first = 1
    for number, line in numbered_lines(text):
        if paragraph and (by_line or not line.strip()):
            yield first, paragraph
            paragraph = []
        if line.strip():
            first = first if paragraph else number
            paragraph.append(line.strip())
    if paragraph:
        yield first, paragraph


def _stamped(line: int, paragraph: list[str]) -> Passage:
    """Read the time in front of a paragraph, or in the line above it."""
    heading = _HEADING.fullmatch(paragraph[0]) if len(paragraph) > 1 else None
    if heading and (start := read_time(heading[2])) is not None:
        return Passage(line, start, heading[1].strip(" :"), " ".join(paragraph[1:]))
    words = " ".join(paragraph)
    stamp = _STAMP.match(words)
    start = read_time(stamp[1]) if stamp else None
    return Passage(
        line, start, None, words[stamp.end() :] if stamp and start is not None else words
    )


def _tells_times(passages: list[Passage]) -> bool:
    """A time here and there is something that is spoken of; a transcript has one at every turn."""
    stamped = sum(each.start_ms is not None for each in passages)
    return bool(passages) and passages[0].start_ms is not None and stamped * 2 > len(passages)


def _named(passages: list[Passage], is_known: Callable[[str], bool]) -> list[Passage]:
    """Put a name that stands on a line of its own in front of the words below it."""
    alone = [label_alone(each.text) if each.speaker is None else None for each in passages]
    inline = [split_label(each.text) for each in passages]
    labels = [label for label in alone if label] + [found[0] for found in inline if found]
    believed = believed_labels(labels, is_known)
    named: list[Passage] = []
    waiting: Passage | None = None
    for each, label in zip(passages, alone, strict=True):
        is_voice = label is not None and believed and is_surely_name(label)
        if label is not None and (label in believed or is_voice):
            if waiting is not None and label_alone(waiting.text) not in believed:
                named.append(waiting)
            waiting = each
            continue
        if waiting is not None and each.speaker is None:
            start = each.start_ms if each.start_ms is not None else waiting.start_ms
            name = label_alone(waiting.text)
            named.append(Passage(waiting.line, start, None, f"{name}: {each.text}"))
        else:
            named.append(each)
        waiting = None
    if waiting is not None and label_alone(waiting.text) not in believed:
        named.append(waiting)
    return named


def write_text(document: TranscriptDocument) -> str:
    paragraphs = []
    for turn in join_turns(document.cues):
        named = turn.speaker and not turn.continues
        paragraphs.append(f"{turn.speaker}: {turn.text}" if named else turn.text)
    return "\n\n".join(paragraphs) + "\n" if paragraphs else ""
