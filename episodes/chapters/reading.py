"""Whatever somebody pasted or sent: which format it is, and what it says."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from episodes.chapters.cue import is_cue_sheet, read_cue_sheet
from episodes.chapters.json_chapters import read_json
from episodes.chapters.marks import MAX_BYTES, ChapterList, Unreadable, UnreadableChapters
from episodes.chapters.notes import read_notes
from episodes.chapters.psc import read_psc
from episodes.chapters.timestamps import read_timestamps
from episodes.chapters.vtt import read_vtt
from episodes.transcripts.decoding import decode, plain_lines
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
_DECLARED = re.compile(rb"\s{0,99}<\?xml\s[^<>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
# Python's other codecs (“rot13”, “utf-7”, “hex”) are no letters that a program saves in.
_LETTERS = re.compile(
    r"(?:windows-?|cp|ibm)[0-9]{3,4}|iso[-_]?8859[-_][0-9]{1,2}|koi8-[rtu]|latin-?[0-9]|mac-?cyrillic",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    form: Form
    chapters: ChapterList
    read_as: str = ""
    """The code page that was guessed from the letters; "" where there was nothing to guess."""


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
    text = text.removeprefix("\ufeff")
    is_cue = form is Form.LIST and is_cue_sheet(text)
    return Found(form, read_cue_sheet(text) if is_cue else READERS[form](text))


def read_file(data: bytes) -> Found:
    """Read an uploaded file, in whatever letters its program wrote it."""
    if len(data) > MAX_BYTES:
        raise UnreadableChapters(Unreadable.TOO_LARGE)
    if (declared := _as_declared(data)) is not None:
        return read(declared)
    problems = Problems()
    text = decode(data, problems)
    if problems.refuse:
        raise UnreadableChapters(Unreadable.NOT_TEXT)
    guessed = (str(each.values["encoding"]) for each in problems.listed() if each.code == "decoded")
    return replace(read(text), read_as=next(guessed, ""))


def _as_declared(data: bytes) -> str | None:
    """Return the text of XML that names a code page; None where UTF-8 or a guess has to do."""
    found = _DECLARED.match(data)
    encoding = found[1].decode("ascii", "replace") if found else ""
    if not _LETTERS.fullmatch(encoding) or _is_utf8(data):
        return None
    try:
        return plain_lines(data.decode(encoding))
    except (LookupError, UnicodeError):
        return None


def _is_utf8(data: bytes) -> bool:
    """An editor that does not look at XML may have saved it again."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
