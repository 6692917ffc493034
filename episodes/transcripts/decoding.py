"""Bytes into text: UTF-8 and UTF-16 by their marks, Windows code pages by their letters."""

import re

from episodes.transcripts.problems import Problems

_KINDS = (
    (b"PK\x03\x04", "a Word document or an archive"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"ID3", "audio"),
    (b"\xff\xfb", "audio"),
    (b"\x1f\x8b", "an archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CYRILLIC = re.compile("[А-Яа-яЁёІіЇїЄєЎўҐґ]")
_HIGH = re.compile(r"[^\x00-\x7f]")
_BINARY = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]")
_NEWLINES = re.compile("\r\n?")


def decode(data: bytes, problems: Problems) -> str:
    """Return the text with plain line ends; an unreadable file is a problem and gives none."""
    for start, what in _KINDS:
        if data.startswith(start):
            problems.add("not-text", what=what)
            return ""
    encoding = _marked(data) or _unmarked(data)
    try:
        text = data.decode(encoding) if encoding else ""
    except UnicodeError:
        encoding = None
    if not encoding or len(_BINARY.findall(text)) * 200 > len(text):
        problems.add("encoding")
        return ""
    if encoding.startswith("windows"):
        problems.add("decoded", encoding=encoding.capitalize())
    return plain_lines(text)


def plain_lines(text: str) -> str:
    return _NEWLINES.sub("\n", text.removeprefix("\ufeff"))


def _marked(data: bytes) -> str | None:
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def _unmarked(data: bytes) -> str | None:
    if 0 in data:  # the spaces and digits of UTF-16
        return "utf-16-be" if data[0::2].count(0) > data[1::2].count(0) else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _code_page(data)
    return "utf-8"


def _code_page(data: bytes) -> str | None:
    """Tell Russian from western text: most letters above ASCII are Cyrillic in the right page."""
    russian = data.decode("windows-1251", "replace")
    high = _HIGH.findall(russian)
    cyrillic = _CYRILLIC.findall(russian)
    # A western text has an accent here and there; a Russian one has whole words above ASCII.
    letters = sum(character.isascii() and character.isalpha() for character in russian)
    if len(cyrillic) * 10 >= len(high) * 7 and len(cyrillic) * 3 >= letters:
        return "windows-1251"
    western = data.decode("windows-1252", "replace")
    return None if "\ufffd" in western else "windows-1252"
