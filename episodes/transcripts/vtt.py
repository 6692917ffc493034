"""WebVTT, the master of every transcript. https://www.w3.org/TR/webvtt1/"""

import html
import re
from collections.abc import Callable, Iterable, Sequence

from episodes.transcripts.cueing import RawCue, Walk, numbered_lines
from episodes.transcripts.decoding import plain_lines
from episodes.transcripts.document import (
    Cue,
    TranscriptDocument,
    clean_label,
    clean_line,
)
from episodes.transcripts.problems import Problems
from episodes.transcripts.settling import Placed, settle
from episodes.transcripts.speakers import name_speakers
from episodes.transcripts.timing import write_time
from episodes.transcripts.wrapping import wrap

WIDTH = 65
"""The podcast namespace's advice for a line."""
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>|</v>")
# Only what WebVTT knows is markup; “<laughs>” is something that somebody typed.
_MARKUP = re.compile(r"</?(?:c|i|b|u|ruby|rt|lang)(?:[.\s][^<>]*)?>|<\d[\d:.]*>")
_BESIDE_THE_CUES = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)")


def read_vtt(
    text: str,
    problems: Problems | None = None,
    *,
    duration_ms: int | None = None,
    is_known: Callable[[str], bool] = lambda _label: False,
) -> TranscriptDocument:
    """Read a file with plain line ends. What cannot be read is a problem and is left out."""
    problems = Problems() if problems is None else problems
    cues, notes = _walk(text, problems)
    placed = [
        Placed(Cue(cue.start_ms, cue.end_ms, speaker, words), cue.line, cue.number)
        for cue in cues
        if cue.start_ms is not None and cue.end_ms is not None
        for speaker, words in _voices("\n".join(cue.lines))
    ]
    if not any(each.cue.speaker for each in placed):
        placed = name_placed(placed, problems, is_known)
    return settle(placed, problems, notes=notes, duration_ms=duration_ms)


_MASTER_CUE = re.compile(
    r"(\d\d):(\d\d):(\d\d)\.(\d{3}) --> (\d\d):(\d\d):(\d\d)\.(\d{3})\n(?:<v ([^<>\n]+)>)?([^<>]+)"
)

_FOREIGN = re.compile(r"&(?!amp;|lt;|gt;)")


def read_master(text: str) -> TranscriptDocument:
    """Read what `write_vtt` wrote, ten times as fast; what somebody else wrote, as `read_vtt`."""
    head, *blocks = text.removesuffix("\n").split("\n\n")
    notes = []
    while blocks and blocks[0].startswith("NOTE "):
        notes.append(_unescape(blocks.pop(0)[5:]))
    found = [_MASTER_CUE.fullmatch(block) for block in blocks]
    if head != "WEBVTT" or None in found or _FOREIGN.search(text):
        return read_vtt(plain_lines(text))
    return TranscriptDocument(
        tuple(_master_cue(cue.groups()) for cue in found if cue), tuple(notes)
    )


def _master_cue(groups: Sequence[str | None]) -> Cue:
    h1, m1, s1, f1, h2, m2, s2, f2, speaker, words = [group or "" for group in groups]
    text = words.replace("\n", " ")
    if "&" in text or "&" in speaker:
        text, speaker = _unescape(text), _unescape(speaker)
    start = ((int(h1) * 60 + int(m1)) * 60 + int(s1)) * 1000 + int(f1)
    end = ((int(h2) * 60 + int(m2)) * 60 + int(s2)) * 1000 + int(f2)
    return Cue(start, end, speaker, text)


def name_placed(
    placed: list[Placed], problems: Problems, is_known: Callable[[str], bool]
) -> list[Placed]:
    """Take the speakers from the words themselves, with a remark on each that is in doubt."""
    voices = name_speakers([each.cue.text for each in placed], is_known)
    named = []
    for each, voice in zip(placed, voices, strict=True):
        if voice.doubt:
            problems.add(
                voice.doubt,
                line=each.line,
                cue=each.number,
                quoted=each.cue.text,
                label=voice.label,
            )
        cue = Cue(each.cue.start_ms, each.cue.end_ms, voice.speaker, voice.words)
        named.append(Placed(cue, each.line, each.number))
    return named


def _walk(text: str, problems: Problems) -> tuple[list[RawCue], list[str]]:
    walk, notes, beside = Walk(problems), [], None
    in_header = text.startswith("WEBVTT")
    if not in_header:
        problems.add("no-header")
    for number, line in numbered_lines(text):
        blank = not line or line.isspace()
        if in_header or beside is not None:
            # A time ends a header that lacks its empty line; a remark may quote one.
            if not blank and not (in_header and "-->" in line):
                if beside is not None:
                    beside.append(line)
                continue
            if beside is not None:
                notes += _note(beside, walk)
            in_header, beside = False, None
        if not walk.is_inside and not walk.loose and _BESIDE_THE_CUES.match(line):
            beside = [line]
            continue
        walk.take(number, line)
    if beside is not None:
        notes += _note(beside, walk)
    walk.leave()
    return walk.cues, notes


def _note(lines: list[str], walk: Walk) -> list[str]:
    """Return what a NOTE says before the first cue; styles and later remarks are not kept."""
    if walk.cues or not lines[0].startswith("NOTE"):
        return []
    note = clean_line(html.unescape(" ".join(lines).removeprefix("NOTE")))
    return [note] if note else []


def _voices(payload: str) -> Iterable[tuple[str, str]]:
    """Return speaker and words for each voice of a cue; a cue without words gives one empty."""
    if "<" not in payload and "&" not in payload:
        return (("", clean_line(payload)),)
    found, speaker, position = [], "", 0
    for tag in _VOICE.finditer(payload):
        found.append((speaker, payload[position : tag.start()]))
        speaker, position = clean_label(html.unescape(tag[1] or "")), tag.end()
    found.append((speaker, payload[position:]))
    spoken = [(who, clean_line(html.unescape(_MARKUP.sub("", text)))) for who, text in found]
    return [each for each in spoken if each[1]] or (("", ""),)


def write_vtt(document: TranscriptDocument) -> str:
    """Return the file; reading it gives the same document."""
    blocks = ["WEBVTT"]
    blocks += [f"NOTE {_escape(note)}" for note in document.notes]
    for cue in document.cues:
        voice = f"<v {_escape(cue.speaker)}>" if cue.speaker else ""
        words = "\n".join(_escape(line) for line in wrap(cue.text, WIDTH))
        blocks.append(f"{write_time(cue.start_ms)} --> {write_time(cue.end_ms)}\n{voice}{words}")
    return "\n\n".join(blocks) + "\n"


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
