"""The child process: puts itself in chains, reads a picture, writes its renditions."""

from __future__ import annotations

import sys

from catalog.containment import begin
from catalog.pictures.facts import MAX_BYTES, RefusedPicture, pack, pack_refusal
from catalog.pictures.rendering import render

MEMORY = 384 * 2**20
CPU_SECONDS = 10


def main(mime_type: str) -> None:
    begin(memory=MEMORY, cpu_seconds=CPU_SECONDS)
    sys.stdout.buffer.write(_answer(mime_type))
    sys.stdout.buffer.flush()


def _answer(mime_type: str) -> bytes:
    try:
        return pack(render(sys.stdin.buffer.read(MAX_BYTES), mime_type))
    except RefusedPicture as refused:
        return pack_refusal(refused)
    except MemoryError:
        return pack_refusal(RefusedPicture("too_heavy"))
