"""The podcast namespace's JSON transcript 1.0.0, and Whisper's segments, which are much alike."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from episodes.transcripts.document import Cue, TranscriptDocument, clean_label, clean_line
from episodes.transcripts.problems import Problems
from episodes.transcripts.settling import Placed, end_open_cues, settle, settle_starts
from episodes.transcripts.timing import LATEST_MS

VERSION = "1.0.0"
_SENTENCE_END = re.compile(r"[.!?…。？！]['\"»”’)\]]*$")
_NO_SPACE_BEFORE = re.compile(r"[,.!?;:…%)\]»”]+")
_LONGEST_SENTENCE = 240
_PAUSE_MS = 1_500


def read_json(
    text: str, problems: Problems | None = None, *, duration_ms: int | None = None
) -> TranscriptDocument:
    """Read segments; those of single words are joined into sentences."""
    problems = Problems() if problems is None else problems
    segments = _segments(text, problems)
    if segments is None:
        return TranscriptDocument()
    found = [
        read
        for number, segment in enumerate(segments, start=1)
        if (read := _segment(segment, number, problems)) is not None
    ]
    if not found:
        return TranscriptDocument()
    if all(each.cue.end_ms < 0 for each in found):
        return settle_starts(found, problems, duration_ms=duration_ms)
    found = end_open_cues(found, problems, duration_ms=duration_ms)
    return settle(_sentences(found), problems, duration_ms=duration_ms)


def _segments(text: str, problems: Problems) -> list[Any] | None:
    try:
        document = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        problems.add("json-syntax", line=error.lineno, what=error.msg)
        return None
    except (RecursionError, ValueError):
        problems.add("json-shape")
        return None
    segments = document.get("segments") if isinstance(document, dict) else document
    if not isinstance(segments, list) or not any(isinstance(each, dict) for each in segments):
        problems.add("json-shape")
        return None
    return segments


def _refuse(name: str) -> float:
    raise ValueError(name)


def _segment(segment: Any, number: int, problems: Problems) -> Placed | None:
    """Return one segment; a missing end is -1."""
    if not isinstance(segment, dict):
        problems.add("segment-shape", cue=number, what="this is no segment", quoted=repr(segment))
        return None
    body = segment.get("body", segment.get("text"))
    start = _milliseconds(segment.get("startTime", segment.get("start")))
    end = segment.get("endTime", segment.get("end"))
    if not isinstance(body, str):
        problems.add("segment-shape", cue=number, what="the “body” is missing or no text")
        return None
    if start is None:
        what = "“startTime” is missing or no number of seconds"
        problems.add("segment-shape", cue=number, what=what, quoted=body)
        return None
    end_ms = -1 if end is None else _milliseconds(end)
    if end_ms is None:
        problems.add("segment-shape", cue=number, what="“endTime” is no number", quoted=body)
        return None
    speaker = segment.get("speaker")
    label = clean_label(speaker) if isinstance(speaker, str) else ""
    return Placed(Cue(start, end_ms, label, clean_line(body)), None, number)


def _milliseconds(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compared first: an integer of JSON may be too long for a float. NaN is in no order.
    return round(value * 1000) if 0 <= value <= LATEST_MS / 1000 else None


def _sentences(placed: Sequence[Placed]) -> list[Placed]:
    """Join words of one voice into sentences, where most segments are a single word."""
    spoken = [each for each in placed if each.cue.text]
    single = sum(" " not in each.cue.text for each in spoken)
    if len(spoken) < 4 or single * 5 < len(spoken) * 4:
        return list(placed)
    joined: list[Placed] = []
    for each in spoken:
        last = joined[-1] if joined else None
        if last is not None and _goes_on(last.cue, each.cue):
            gap = "" if _NO_SPACE_BEFORE.fullmatch(each.cue.text) else " "
            text = f"{last.cue.text}{gap}{each.cue.text}"
            end = max(last.cue.end_ms, each.cue.end_ms)
            joined[-1] = replace(last, cue=replace(last.cue, text=text, end_ms=end))
        else:
            joined.append(each)
    return joined


def _goes_on(last: Cue, word: Cue) -> bool:
    return (
        last.speaker == word.speaker
        and last.start_ms <= word.start_ms <= last.end_ms + _PAUSE_MS
        and len(last.text) + len(word.text) < _LONGEST_SENTENCE
        and (not _SENTENCE_END.search(last.text) or bool(_NO_SPACE_BEFORE.fullmatch(word.text)))
    )


def write_json(document: TranscriptDocument) -> str:
    segments = []
    for cue in document.cues:
        segment: dict[str, Any] = {"speaker": cue.speaker} if cue.speaker else {}
        segment |= {"startTime": cue.start_ms / 1000, "endTime": cue.end_ms / 1000}
        segments.append({**segment, "body": cue.text})
    return json.dumps({"version": VERSION, "segments": segments}, ensure_ascii=False)
