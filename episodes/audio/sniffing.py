"""Telling what a file is by its bytes: an allow-list of audio, and a name for the usual others.

The first bytes decide (after any ID3v2 tags), so a file that is two things at once (a GIF, a web
page or a program with an MP3 behind it) is refused as the first of them.
"""

from __future__ import annotations

import codecs
import re

from episodes.audio.findings import Refused, refuse
from episodes.audio.wording import gettext_noop

_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "archive", gettext_noop("a ZIP archive")),
    (b"PK\x05\x06", "archive", gettext_noop("an empty ZIP archive")),
    (b"Rar!\x1a\x07", "archive", gettext_noop("a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", "archive", gettext_noop("a 7-Zip archive")),
    (b"\x1f\x8b", "archive", gettext_noop("a gzip archive")),
    (b"BZh", "archive", gettext_noop("a bzip2 archive")),
    (b"\xfd7zXZ\x00", "archive", gettext_noop("an xz archive")),
    (b"\x28\xb5\x2f\xfd", "archive", gettext_noop("a Zstandard archive")),
    (b"%PDF-", "document", gettext_noop("a PDF document")),
    (b"{\\rtf", "document", gettext_noop("an RTF document")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "document", gettext_noop("an Office document")),
    (b"SQLite format 3\x00", "document", gettext_noop("a database")),
    (b"\x89PNG\r\n\x1a\n", "image", "PNG"),
    (b"\xff\xd8\xff", "image", "JPEG"),
    (b"GIF87a", "image", "GIF"),
    (b"GIF89a", "image", "GIF"),
    (b"BM", "image", "BMP"),
    (b"II*\x00", "image", "TIFF"),
    (b"MM\x00*", "image", "TIFF"),
    (b"\x1aE\xdf\xa3", "video", gettext_noop("Matroska or WebM")),
    (b"FLV\x01", "video", gettext_noop("Flash video")),
    (b"\x00\x00\x01\xba", "video", "MPEG"),
    (b"\x00\x00\x01\xb3", "video", "MPEG"),
    (b"\x7fELF", "program", gettext_noop("for Linux")),
    (b"MZ", "program", gettext_noop("for Windows")),
    (b"\xcf\xfa\xed\xfe", "program", gettext_noop("for macOS")),
    (b"\xce\xfa\xed\xfe", "program", gettext_noop("for macOS")),
    (b"\xca\xfe\xba\xbe", "program", gettext_noop("for macOS or Java")),
    (b"#!AMR", "unsupported", gettext_noop("an AMR voice memo")),
    (b"#EXTM3U", "playlist", gettext_noop("a playlist")),
    (b"[playlist]", "playlist", gettext_noop("a playlist")),
    (b"ffconcat version", "playlist", gettext_noop("a playlist")),
    (b"#!", "program", gettext_noop("a script")),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "unsupported", "Windows Media (WMA)"),
    (b"MAC ", "unsupported", "Monkey's Audio"),
    (b"wvpk", "unsupported", "WavPack"),
    (b"caff", "unsupported", gettext_noop("a Core Audio file (CAF)")),
    (b"MThd", "unsupported", gettext_noop("a MIDI file")),
    (b"DSD ", "unsupported", gettext_noop("DSD audio")),
    (b"MPCK", "unsupported", "Musepack"),
    (b"MP+", "unsupported", "Musepack"),
    (b"riff\x2e\x91\xcf\x11", "unsupported", "Sony Wave64"),
    (b"ADIF", "unsupported", gettext_noop("AAC in an ADIF file")),
    (b".snd", "unsupported", gettext_noop("Sun audio (AU)")),
    (b"FWS", "program", gettext_noop("a Flash film")),
)

_WEB = re.compile(rb"\s*(<!doctype\s+html|<html|<head|<body|<!--|<script)", re.IGNORECASE)
_MARKUP = re.compile(rb"\s*<(\?xml|rss|svg|[a-z]+[\s>])", re.IGNORECASE)
_LINKS = re.compile(rb"\s*(https?|ftp|file)://", re.IGNORECASE)


def sniff(head: bytes) -> str:
    """Return the container that `head` begins, or "" where only a frame walk can tell.

    Raise `Refused` with the name of what it is when it is known not to be audio.
    """
    if head[:4] == b"fLaC":
        return "FLAC"
    if head[:4] == b"OggS":
        return "Ogg"
    if head[:4] in {b"RIFF", b"RF64", b"BW64"}:
        return _riff(head)
    if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        return "AIFF"
    if head[4:8] in {b"ftyp", b"moov"} or (head[4:8] == b"mdat" and head[:4] < b"\x7f"):
        return _mp4(head)
    if foreign := name_foreign(head):
        raise foreign
    return ""


def name_foreign(head: bytes) -> Refused | None:
    """Return the refusal for a known kind of file that is not audio."""
    for magic, code, what in _FOREIGN:
        if head.startswith(magic):
            return refuse(code, what=what)
    if head[:1] == b"G" and head[188:189] == b"G" and head[376:377] == b"G":
        return refuse("video", what=gettext_noop("MPEG transport stream"))
    return _name_text(_from_utf16(head) or head.removeprefix(b"\xef\xbb\xbf"))


def _from_utf16(head: bytes) -> bytes:
    """Return a text of Windows as UTF-8; its mark FF FE looks like the start of MPEG Layer I."""
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return b""
    text = head.decode("utf-16", "replace")
    return (
        b"" if "\ufffd" in text[:-1] or any(ord(letter) < 9 for letter in text) else text.encode()
    )


def _name_text(text: bytes) -> Refused | None:
    if _WEB.match(text):
        return refuse("web-page")
    if _LINKS.match(text):
        return refuse("playlist")
    if _MARKUP.match(text):
        return refuse("document", what=gettext_noop("an XML document"))
    if _is_text(text):
        return refuse("document", what=gettext_noop("a text document"))
    return None


def _riff(head: bytes) -> str:
    kind = head[8:12]
    if kind == b"WAVE":
        return "WAV"
    if kind == b"AVI ":
        raise refuse("video", what="AVI")
    if kind == b"WEBP":
        raise refuse("image", what="WebP")
    raise refuse("unknown")


def _mp4(head: bytes) -> str:
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    if brand in {b"avif", b"heic", b"heix", b"mif1", b"msf1"}:
        raise refuse("image", what=gettext_noop("HEIC or AVIF"))
    if brand == b"crx ":
        raise refuse("image", what=gettext_noop("a camera's raw picture"))
    return "MP4"


def _is_text(head: bytes) -> bool:
    """Whether this reads as prose: no control bytes, and valid UTF-8 but for a cut last letter."""
    if not head or any(byte < 9 or 13 < byte < 32 for byte in head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True
