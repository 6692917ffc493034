"""The child process: puts itself in chains, reads standard input, writes one JSON object.

Run by `containment.read_contained` and never imported by it. Limits come first, then the first
byte of the file. Whatever goes wrong, the parent sees an exit code or a missing answer.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import zlib
from typing import BinaryIO

from mutagen.id3 import _frames

from catalog.containment import begin
from episodes.audio.facts import Reading
from episodes.audio.findings import refuse, warn
from episodes.audio.reading import read_audio

MEMORY = 384 * 2**20
CPU_SECONDS = 10
MAX_OUTPUT = 256 * 1024


def main(name: str) -> None:
    inflate_nothing()
    begin(memory=MEMORY, cpu_seconds=CPU_SECONDS)
    with os.fdopen(os.dup(0), "rb") as file:
        answer = answer_for(file, name)
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def inflate_nothing() -> None:
    """Let mutagen take compressed frames for junk in this process: it inflates without a limit.

    Files with such frames are refused before it sees them; this is for those that it finds where
    we found none.
    """
    vars(_frames)["zlib"] = _Uncompressed


class _Uncompressed:
    error = zlib.error

    @staticmethod
    def decompress(_data: bytes) -> bytes:
        raise zlib.error("compressed frames are not read")


def answer_for(file: BinaryIO, name: str) -> bytes:
    """Return the reading as JSON of at most `MAX_OUTPUT` bytes, giving up chapters before facts."""
    try:
        reading = read_audio(file, name=name)
    except (MemoryError, OSError):
        reading = Reading(None, (refuse("unreadable").finding,))
    answer = json.dumps(reading.to_json()).encode()
    if len(answer) > MAX_OUTPUT and reading.facts:
        facts = dataclasses.replace(reading.facts, chapters=())
        findings = (*reading.findings, warn("chapters-left-out"))
        answer = json.dumps(Reading(facts, findings).to_json()).encode()
    return answer
