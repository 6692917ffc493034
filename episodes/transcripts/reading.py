"""The door for strangers' files: whatever an editor brings, read by what is in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from episodes.transcripts.decoding import decode, plain_lines
from episodes.transcripts.document import TranscriptDocument
from episodes.transcripts.markup import read_html
from episodes.transcripts.plain import read_text
from episodes.transcripts.podcast_json import read_json
from episodes.transcripts.problems import Problem, Problems
from episodes.transcripts.srt import read_srt
from episodes.transcripts.vtt import read_vtt

LARGEST_MB = 5
LARGEST_BYTES = LARGEST_MB * 2**20


class Form(StrEnum):
    VTT = "vtt"
    SRT = "srt"
    JSON = "json"
    HTML = "html"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a file: the words, unless something refuses it."""

    form: Form
    document: TranscriptDocument
    problems: tuple[Problem, ...]

    @property
    def refused(self) -> bool:
        return any(problem.refuses for problem in self.problems)


def read_transcript(
    data: bytes | str,
    *,
    name: str = "",
    duration_ms: int | None = None,
    is_known: Callable[[str], bool] = lambda _label: False,
) -> Reading:
    """Read a file or a pasted text.

    `name` is believed only where the words leave a doubt. `is_known` says whether a label is the
    name of somebody credited. Raises nothing: what is wrong is in `problems`.
    """
    problems = Problems()
    text = _text(data, problems)
    if foreign := _foreign_form(text):
        problems.add("unread-form", what=foreign)
    form = tell_form(text, name)
    document = TranscriptDocument()
    if not problems.refuse:
        if form is Form.JSON:
            document = read_json(text, problems, duration_ms=duration_ms)
        else:
            read = _READERS[form]
            document = read(text, problems, duration_ms=duration_ms, is_known=is_known)
    if not document.cues and not problems.refuse:
        problems.add("empty")
    return Reading(form, document, tuple(problems.listed()))


_READERS = {
    Form.VTT: read_vtt,
    Form.SRT: read_srt,
    Form.HTML: read_html,
    Form.TEXT: read_text,
}


def _text(data: bytes | str, problems: Problems) -> str:
    size = len(data if isinstance(data, bytes) else data.encode("utf-8", "replace"))
    if size > LARGEST_BYTES:
        problems.add("too-large", limit=LARGEST_MB)
        return ""
    return decode(data, problems) if isinstance(data, bytes) else plain_lines(data)


_TIMED = re.compile(r"\d{1,2}:\d{2}(?:[.,]\d{1,3})?[ \t]*-{1,3}>[ \t]*\d{1,2}:\d{2}")
_COMMA = re.compile(r"\d{1,2}:\d{2},\d{1,3}[ \t]*-{1,3}>")
_TAG = re.compile(
    r"<(?:!doctype|html|head|body|p|div|cite|time|br|span|h[1-6])\b[^<>]*>", re.IGNORECASE
)
_JSON = re.compile(r'\{\s*["}]|\[\s*[\[{]')
_LOOKED_AT = 20_000
# Forms with times, which would be lost if their words were taken from them as from a text.
_TTML = re.compile(
    r"<(?:\w{1,20}:)?tt\s[^<>]{0,2000}?"
    r"http://www\.w3\.org/(?:ns/ttml|20\d\d/(?:\d\d/)?(?:ttaf|smpte|ns/ttml))"
)
_ASS = re.compile(
    r"\A(?:;.{0,500}\n|\s{1,100}){0,20}\[(?:script info\]|v4\+? styles\]|events\]\s{1,9}format:)"
    r"|^dialogue:[ \t]*(?:marked=)?\d{1,9},[ \t]*\d{1,3}:\d\d:\d\d\.\d\d,",
    re.IGNORECASE | re.MULTILINE,
)


def _foreign_form(text: str) -> str:
    """Name subtitles that are not read here; "" for everything else."""
    start = text.lstrip()[:_LOOKED_AT]
    if start.startswith("<") and _TTML.search(start):
        return "TTML"
    return "SSA/ASS" if _ASS.search(start) else ""


def tell_form(text: str, name: str = "") -> Form:
    """Tell the form from the first pages."""
    start = text.lstrip()[:_LOOKED_AT]
    if start.startswith("WEBVTT"):
        return Form.VTT
    if _JSON.match(start):
        return Form.JSON
    if _TIMED.search(start):
        return Form.SRT if _COMMA.search(start) else Form.VTT
    ending = name.rpartition(".")[2].lower()
    if ending in {"vtt", "srt", "json"}:
        return Form(ending)
    return Form.HTML if _TAG.search(start) else Form.TEXT
