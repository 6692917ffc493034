"""The child process: puts itself in chains, reads standard input, writes one JSON object.

Run by `containment.read_contained` and never imported by it. Limits come first, then the first
byte of the file. Whatever goes wrong, the parent sees an exit code or a missing answer.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from typing import BinaryIO

from catalog.containment import begin
from episodes.audio.facts import Reading
from episodes.audio.findings import refuse, warn
from episodes.audio.reading import read_audio

MEMORY = 384 * 2**20
CPU_SECONDS = 10
MAX_OUTPUT = 256 * 1024


def main(name: str) -> None:
    begin(memory=MEMORY, cpu_seconds=CPU_SECONDS)
    with os.fdopen(os.dup(0), "rb") as file:
        answer = answer_for(file, name)
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


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
