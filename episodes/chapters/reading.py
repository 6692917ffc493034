"""Whatever somebody pasted or sent: which format it is, and what it says."""

import re
from dataclasses import dataclass
from enum import StrEnum

from episodes.chapters.json_chapters import read_json
from episodes.chapters.marks import MAX_BYTES, ChapterList, Unreadable, UnreadableChapters
from episodes.chapters.notes import read_notes
from episodes.chapters.psc import read_psc
from episodes.chapters.timestamps import read_timestamps
from episodes.chapters.vtt import read_vtt
from episodes.transcripts.decoding import decode
from episodes.transcripts.problems import Problems


class Form(StrEnum):
    JSON = "json"
    PSC = "psc"
    VTT = "vtt"
    LIST = "list"
    NOTES = "notes"


READERS = {
    Form.JSON: read_json,
    Form.PSC: read_psc,
    Form.VTT: read_vtt,
    Form.LIST: read_timestamps,
    Form.NOTES: read_notes,
}
_CUE_TIME = re.compile(r"^\s*[0-9:.,]+\s*-->\s*[0-9:.,]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    form: Form
    chapters: ChapterList


def detect(text: str) -> Form:
    """Return which format this is, by how it begins; a list of times is what is left."""
    start = text.lstrip("\ufeff \t\r\n")[:200]
    if start.startswith("{") or re.match(r"\[\s*(?:[{\]]|$)", start):
        return Form.JSON
    if re.match(r"<[?!a-zA-Z]", start):
        return Form.PSC
    if start.startswith("WEBVTT") or _CUE_TIME.search(text):
        return Form.VTT
    return Form.LIST


def read(text: str, form: Form | None = None) -> Found:
    """Read `text`, by its looks unless `form` says more; raise UnreadableChapters for neither."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise UnreadableChapters(Unreadable.TOO_LARGE)
    form = form or detect(text)
    return Found(form, READERS[form](text.removeprefix("\ufeff")))


def read_file(data: bytes) -> Found:
    """Read an uploaded file, in whatever letters its program wrote it."""
    if len(data) > MAX_BYTES:
        raise UnreadableChapters(Unreadable.TOO_LARGE)
    problems = Problems()
    text = decode(data, problems)
    if problems.refuse:
        raise UnreadableChapters(Unreadable.NOT_TEXT)
    return read(text)
