"""What is no audio, under names that say it is: documents, archives, programs, playlists."""

import io
import struct
import zipfile
from functools import partial

from tests.episodes.audio import corpus
from tests.episodes.audio.corpus import bare_mp3, sound
from tests.episodes.audio.hostile.case import Case, refused

PORT = 9
"""In addresses; the tests put a listening port of their own in its place."""
ADDRESS = f"http://127.0.0.1:{PORT}/a.mp3"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(60)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"j" * 500 + b"\xff\xd9"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\n" + b"x" * 200
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def real_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../etc/cron.d/x", "* * * * * root true")
        archive.writestr("episode.mp3", bare_mp3())
    return buffer.getvalue()


def real_elf() -> bytes:
    """A program of 64 bits that could run: header, one segment, `exit(0)`."""
    code = bytes.fromhex("b83c00000031ff0f05")
    numbers = (2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", *numbers)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 129, 129, 0x1000)
    return header + segment + code + bytes(9000)


def playlist(kind: str, target: str) -> bytes:
    text = {
        "m3u": f"#EXTM3U\n#EXTINF:9,Episode\n{target}\n",
        "m3u without a head": f"{target}\n",
        "m3u8": f'#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n'
        f"#EXTINF:9.0,\n{target}\n#EXT-X-ENDLIST\n",
        "pls": f"[playlist]\nFile1={target}\nTitle1=Episode\nNumberOfEntries=1\nVersion=2\n",
        "xspf": f"<?xml version='1.0'?><playlist xmlns='http://xspf.org/ns/0/'><trackList><track>"
        f"<location>{target}</location></track></trackList></playlist>",
        "concat": f"ffconcat version 1.0\nfile '{target}'\n",
        "asx": f"<asx version='3.0'><entry><ref href='{target}'/></entry></asx>",
        "url": f"[InternetShortcut]\r\nURL={target}\r\n",
    }
    return text[kind].encode()


_PLAYLISTS = {
    "m3u": "playlist",
    "m3u without a head": "playlist",
    "m3u8": "playlist",
    "pls": "playlist",
    "xspf": "document",
    "concat": "playlist",
    "asx": "document",
    "url": "document",
}
POINTING: list[Case] = [
    refused(f"{kind} that points at {what}", partial(playlist, kind, target), code, "a.mp3")
    for kind, code in _PLAYLISTS.items()
    for what, target in {
        "a network": ADDRESS,
        "a file": "file:///etc/passwd",
        "the metadata of a cloud": "http://169.254.169.254/latest/meta-data/",
    }.items()
]

CASES: list[Case] = [
    refused("nothing", bytes, "empty"),
    refused("one byte", lambda: b"\xff", "unknown"),
    refused("100,000 zeros", lambda: bytes(100_000), "no-audio"),
    refused(
        "noise", lambda: bytes((i * i * 31 + i // 7) % 251 | 128 for i in range(50_000)), "unknown"
    ),
    refused("a ZIP", real_zip, "archive"),
    refused("a RAR", lambda: b"Rar!\x1a\x07\x01\0" + bytes(500), "archive"),
    refused("a 7-Zip", lambda: b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(500), "archive"),
    refused("a gzip", lambda: b"\x1f\x8b\x08\0" + bytes(500), "archive"),
    refused("a web page", corpus.html, "web-page"),
    refused("a PDF", lambda: PDF, "document"),
    refused("an SVG", lambda: SVG, "document"),
    refused("an SVG with a head", lambda: b"<?xml version='1.0'?>\n" + SVG, "document"),
    refused("JSON", lambda: b'{"error": "not found"}\n', "document"),
    refused("a text", "Здравствуйте, это не звук.\n".encode, "document"),
    refused("a text in UTF-16", partial("Не звук.\r\n".encode, "utf-16"), "document"),
    refused("a PNG", lambda: PNG, "image"),
    refused("a GIF", corpus.gif, "image"),
    refused("a JPEG", lambda: JPEG, "image"),
    refused("a program", real_elf, "program"),
    refused("a program for Windows", lambda: b"MZ\x90\0\x03\0\0\0" + bytes(500), "program"),
    refused("a script", lambda: b"#!/bin/sh\ncurl http://127.0.0.1:9\n", "program"),
    refused("PHP", lambda: b"<?php system($_GET['x']); ?>", "document"),
    refused("an AVI", lambda: b"RIFF\x40\0\0\0AVI LIST" + bytes(99), "video"),
    refused("Matroska", partial(sound, "matroska.mp3"), "video"),
    refused("H.264 in an .m4a", partial(sound, "video.m4a"), "video", "a.m4a"),
    refused("a fragmented MP4", partial(sound, "aac-fragmented.m4a"), "mp4-fragmented", "a.m4a"),
    refused("MPEG Layer II", partial(sound, "layer2.mp2"), "unsupported"),
    refused("FLAC in Ogg", partial(sound, "flac-in-ogg.ogg"), "unsupported"),
    refused("ADPCM", partial(sound, "adpcm.wav"), "unsupported"),
    refused("a voice memo", lambda: b"#!AMR\n" + b"\x3c" * 500, "unsupported"),
    refused("Windows Media", lambda: bytes.fromhex("3026b2758e66cf11") + bytes(99), "unsupported"),
    *(
        refused(f"{what} before an MP3", partial(lambda head: head + bare_mp3(), head), code)
        for what, head, code in [
            ("a GIF", corpus.gif(), "image"),
            ("a PNG", PNG, "image"),
            ("a JPEG", JPEG, "image"),
            ("a page", corpus.html(), "web-page"),
            ("a ZIP", real_zip(), "archive"),
            ("a PDF", PDF, "document"),
            ("a program", real_elf(), "program"),
        ]
    ),
    *(
        refused(
            f"{what} behind an MP3", partial(lambda tail: bare_mp3() + tail, tail), "foreign-data"
        )
        for what, tail in [
            ("a ZIP", real_zip()),
            ("a PDF", PDF),
            ("a PNG", PNG),
            ("a page", corpus.html()),
            ("a program", real_elf()),
        ]
    ),
    refused("a page behind a tag", lambda: corpus.id3(b"") + corpus.html(), "web-page"),
    refused("a program behind a tag", lambda: corpus.id3(bytes(99)) + real_elf(), "program"),
    *POINTING,
]
