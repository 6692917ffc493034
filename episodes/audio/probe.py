"""The child process: puts itself in chains, reads standard input, writes one JSON object.

Run by `containment.read_contained` and never imported by it. Limits come first, then the first
byte of the file. Whatever goes wrong, the parent sees an exit code or a missing answer.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import sys
from typing import BinaryIO

from episodes.audio.facts import Reading
from episodes.audio.findings import refuse, warn
from episodes.audio.reading import read_audio

MEMORY = 384 * 2**20
CPU_SECONDS = 10
MAX_OUTPUT = 256 * 1024
READY = b"ready\n"
"""Said before the first byte of the file is read: what happens later is the file's doing."""


def main(name: str) -> None:
    _limit_self()
    os.write(1, READY)
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


def _limit_self() -> None:
    """Take away memory, time, files, writing and children, as far as the system knows the words."""
    limits = {
        "RLIMIT_AS": MEMORY,
        "RLIMIT_CPU": CPU_SECONDS,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": 16,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,
    }
    for name, value in limits.items():
        try:
            which = getattr(resource, name)
            hard = resource.getrlimit(which)[1]
            # At the soft limit of CPU time comes SIGXCPU, at the hard one a SIGKILL, which the
            # parent would take for a kill from outside: leave two seconds between them.
            most = value + 2 if name == "RLIMIT_CPU" else value
            resource.setrlimit(which, (value, most if hard < 0 else min(most, hard)))
        except (AttributeError, OSError, ValueError):
            # macOS has no working RLIMIT_AS; the parent's clock and the tag limits still hold.
            continue
