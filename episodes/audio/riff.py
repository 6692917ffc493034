"""WAV and AIFF: chunks that must be as long as they say.

Layouts: EBU Tech 3306 (RF64), AIFF-C 1991.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from episodes.audio.facts import Stream
from episodes.audio.findings import refuse, truncated
from episodes.audio.id3 import MAX_TAG, check_tag
from episodes.audio.source import Source

_MAX_CHUNKS = 10_000
_UNKNOWN_SIZES = {0, 0xFFFFFFFF}
_WAVE_PCM = {1, 3}  # whole numbers, floating point
_EXTENSIBLE = 0xFFFE


def read_wav(source: Source, start: int) -> Stream:
    chunks = _table(source, start, "little")
    if b"fmt " not in chunks:
        raise refuse("damaged", what="it does not say how its sound is stored")
    if b"data" not in chunks:
        raise refuse("no-audio")
    form = source.read(chunks[b"fmt "][0], 40)
    rate, per_second = _little(form, 4, 4), _little(form, 8, 4)
    if _wave_codec(form) not in _WAVE_PCM:
        raise refuse("unsupported", what="a WAV file with compressed sound")
    channels, frame = _little(form, 2, 2), _little(form, 12, 2)
    _check(rate, channels, frame)
    position, size = chunks[b"data"]
    if size in _UNKNOWN_SIZES:
        size = _ds64(source, chunks) or source.size - position
    seconds = size / frame / rate
    if position + size > source.size + frame:
        raise truncated((source.size - position) / frame / rate, seconds)
    return _pcm("WAV", seconds, per_second * 8 or rate * frame * 8, channels, rate)


def read_aiff(source: Source, start: int) -> Stream:
    chunks = _table(source, start, "big")
    if b"COMM" not in chunks:
        raise refuse("damaged", what="it does not say how its sound is stored")
    if b"SSND" not in chunks:
        raise refuse("no-audio")
    common = source.read(chunks[b"COMM"][0], 22)
    compression = common[18:22] if source.read(start + 8, 4) == b"AIFC" else b"NONE"
    if compression not in {b"NONE", b"sowt", b"twos", b"fl32", b"FL32", b"fl64", b"in24", b"in32"}:
        raise refuse("unsupported", what="an AIFF file with compressed sound")
    channels, frames = _big(common, 0, 2), _big(common, 2, 4)
    width = (_big(common, 6, 2) + 7) // 8
    rate = _extended(common[8:18])
    _check(rate, channels, channels * width)
    seconds = frames / rate
    position = chunks[b"SSND"][0] + 8
    if position + frames * channels * width > source.size + channels * width:
        raise truncated((source.size - position) / (channels * width) / rate, seconds)
    return _pcm("AIFF", seconds, rate * channels * width * 8, channels, rate)


def _pcm(container: str, seconds: float, bit_rate: int, channels: int, rate: int) -> Stream:
    if seconds < 0.25:
        raise refuse("too-short", seconds=seconds)
    return Stream(container, "PCM", seconds, bit_rate, channels, rate, bit_rate_mode="cbr")


def _table(
    source: Source, start: int, order: Literal["little", "big"]
) -> dict[bytes, tuple[int, int]]:
    """Return position and claimed size of each chunk (the first of a name); check tags in them."""
    table: dict[bytes, tuple[int, int]] = {}
    for name, position, size in _chunks(source, start + 12, order):
        table.setdefault(name, (position, size))
        if name.upper() == b"ID3 ":
            if size > MAX_TAG:
                raise refuse("tag-too-large", mib=size / 2**20)
            check_tag(source.read(position, size))
    return table


def _chunks(
    source: Source, position: int, order: Literal["little", "big"]
) -> Iterator[tuple[bytes, int, int]]:
    for _ in range(_MAX_CHUNKS):
        header = source.read(position, 8)
        if len(header) < 8:
            return
        size = int.from_bytes(header[4:], order)
        yield header[:4], position + 8, size
        position += 8 + size + size % 2
    raise refuse("damaged", what="it consists of thousands of tiny parts")


def _wave_codec(form: bytes) -> int:
    codec = _little(form, 0, 2)
    return _little(form, 24, 2) if codec == _EXTENSIBLE and len(form) >= 26 else codec


def _ds64(source: Source, chunks: dict[bytes, tuple[int, int]]) -> int:
    """Return the 64-bit size of the sound that RF64 keeps in a chunk of its own."""
    place = chunks.get(b"ds64")
    return _little(source.read(place[0], 16), 8, 8) if place else 0


def _check(rate: int, channels: int, frame: int) -> None:
    if not 1_000 <= rate <= 800_000 or not 1 <= channels <= 64 or not 1 <= frame <= 1024:
        raise refuse("damaged", what="its header makes no sense")


def _little(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")


def _big(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "big")


def _extended(ten: bytes) -> int:
    """Read an 80-bit float as AIFF stores sample rates; 0 for anything out of reason."""
    exponent = (_big(ten, 0, 2) & 0x7FFF) - 16383 - 63
    return _big(ten, 2, 8) >> -exponent if -63 <= exponent <= 0 else 0
