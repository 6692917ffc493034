"""The process that holds the meter: sound as WAV comes in, one line of JSON and the waveform out.

Run by `hearing.hear` and never imported by it, so that numpy stays out of web servers and workers
and their memory.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import BinaryIO

import numpy as np

from catalog.limits import end_with_parent, limit_self
from episodes.audio.listening.metering import Meter

MOST_CHANNELS = 16
_FLOAT, _EXTENSIBLE = 3, 0xFFFE


def main(memory: int, cpu_seconds: int) -> None:
    end_with_parent()
    limit_self(memory=memory, cpu_seconds=cpu_seconds)
    with os.fdopen(os.dup(0), "rb", buffering=0) as pcm, os.fdopen(os.dup(1), "wb") as out:
        channels, rate = read_header(pcm)
        meter = Meter(channels, rate)
        measure(pcm, meter, channels * rate)
        answer = meter.finish().to_json()
        out.write(json.dumps(answer).encode() + b"\n")
        out.write(meter.peaks)


def measure(pcm: BinaryIO, meter: Meter, floats_per_second: int) -> None:
    block = np.zeros(floats_per_second, np.float32)
    view = block.data.cast("B")
    while got := _fill(pcm, view):
        frames = got // 4 // meter.channels
        if frames:
            meter.feed(block[: frames * meter.channels])
        if got < len(view):
            break


def read_header(pcm: BinaryIO) -> tuple[int, int]:
    """Return channels and sample rate of a WAV of 32-bit floats; leave `pcm` at its first sample.

    Raise `ValueError` when it is anything else.
    """
    riff = _read(pcm, 12)
    if riff[:4] != b"RIFF" or riff[8:] != b"WAVE":
        raise ValueError("no WAV")
    found: tuple[int, int] | None = None
    while True:
        name, size = struct.unpack("<4sI", _read(pcm, 8))
        if name == b"data":
            break
        chunk = _read(pcm, size + size % 2)
        if name == b"fmt ":
            kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", chunk[:16])
            if kind not in {_FLOAT, _EXTENSIBLE} or bits != 32:
                raise ValueError("no 32-bit floats")
            found = channels, rate
    if found is None or not 0 < found[0] <= MOST_CHANNELS or found[1] <= 0:
        raise ValueError("no usable format")
    return found


def _read(pcm: BinaryIO, size: int) -> bytes:
    if size > 4096:
        raise ValueError("no header that ffmpeg writes")
    data = b""
    while len(data) < size:
        piece = pcm.read(size - len(data))
        if not piece:
            raise ValueError("the sound ends before it begins")
        data += piece
    return data


def _fill(pcm: BinaryIO, view: memoryview) -> int:
    got = 0
    while got < len(view) and (count := pcm.readinto(view[got:])):  # type: ignore[attr-defined]
        got += count
    return got


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
