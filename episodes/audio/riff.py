"""WAV and AIFF: chunks that must be as long as they say.

Layouts: EBU Tech 3306 (RF64), AIFF-C 1991. A recorder that was switched off and a program that
writes into a pipe leave the lengths at 0 or at the highest value that they know: then the bytes
are counted. They are also believed where fields of the header contradict each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from episodes.audio.behind import judge_behind
from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import refuse, truncated, warn
from episodes.audio.id3 import MAX_TAG, check_tag
from episodes.audio.source import Source
from episodes.audio.timecode import timecode
from episodes.audio.wording import gettext_noop

_MAX_CHUNKS = 10_000
_NEVER_FILLED = (0x7F000000, 0x7FFFFFFF, 0xFFFFFFFF)
"""What programs write into a pipe: SoX (AIFF), SoX and arecord (WAV), ffmpeg, some a little off."""
_LITTLE_OFF = 2**16
_ABSURD = 2**40
"""A terabyte: no field of 64 bits that says more was ever filled in."""
_SAME = 0.1
"""Seconds by which two ways to tell a length may differ: padding."""
_WAVE_PCM = {1, 3}  # whole numbers, floating point
_EXTENSIBLE = 0xFFFE
_WIDE = {b"RF64", b"BW64"}
"""With sizes of 64 bits, which stand in a `ds64` before all else."""
_WAVE_CODECS = {
    0x02: gettext_noop("a WAV file with ADPCM sound"),
    0x06: gettext_noop("a WAV file with telephone sound (A-law)"),
    0x07: gettext_noop("a WAV file with telephone sound (µ-law)"),
    0x11: gettext_noop("a WAV file with ADPCM sound"),
    0x50: gettext_noop("MP2 inside a WAV file"),
    0x55: gettext_noop("MP3 inside a WAV file"),
    0xFF: gettext_noop("AAC inside a WAV file"),
}
_APPENDED = {b"id3 ", b"ID3 ", b"LIST"}
"""Chunks that tools hang behind without telling the container."""
_AIFF_PCM = {b"NONE", b"sowt", b"twos", b"fl32", b"FL32", b"fl64", b"FL64", b"in24", b"in32"}


@dataclass(frozen=True, slots=True)
class Chunks:
    """The first chunk of each name: its position and size."""

    places: dict[bytes, tuple[int, int]]
    end: int
    """Where the container ends, by its own word and that of its chunks."""
    is_open: bool
    """Whether a length was never filled in."""


def read_wav(source: Source, start: int) -> Stream:
    chunks = chunks_of(source, start, "little")
    if b"fmt " not in chunks.places:
        raise refuse("damaged", what=_NO_FORM)
    if b"data" not in chunks.places:
        raise refuse("no-audio")
    form = source.read(chunks.places[b"fmt "][0], 40)
    codec = _wave_codec(form)
    if codec not in _WAVE_PCM:
        what = _WAVE_CODECS.get(codec, gettext_noop("a WAV file with compressed sound"))
        raise refuse("unsupported", what=what)
    if source.read(start, 4) in _WIDE and chunks.places.get(b"ds64", (0, 0))[0] != start + 20:
        raise refuse("damaged", what=gettext_noop("its table of lengths (ds64) is missing"))
    channels, claimed, rate = _little(form, 2, 2), _little(form, 12, 2), _little(form, 4, 4)
    frame = _wave_frame(channels, _little(form, 14, 2), claimed)
    _check(rate, channels, frame)
    position, size = chunks.places[b"data"]
    seconds = size / frame / rate
    if position + size > source.size + frame:
        raise truncated(max(0, source.size - position) / frame / rate, seconds)
    said = size / claimed / rate if claimed else 0
    return _pcm(source, chunks, "WAV", seconds, said, rate * frame * 8, channels, rate)


def read_aiff(source: Source, start: int) -> Stream:
    chunks = chunks_of(source, start, "big")
    if b"COMM" not in chunks.places:
        raise refuse("damaged", what=_NO_FORM)
    if b"SSND" not in chunks.places:
        raise refuse("no-audio")
    common = source.read(chunks.places[b"COMM"][0], 22)
    compression = common[18:22] if source.read(start + 8, 4) == b"AIFC" else b"NONE"
    if compression not in _AIFF_PCM:
        raise refuse("unsupported", what=gettext_noop("an AIFF file with compressed sound"))
    channels, frames, rate = _big(common, 0, 2), _big(common, 2, 4), _extended(common[8:18])
    frame = channels * ((_big(common, 6, 2) + 7) // 8)
    _check(rate, channels, frame)
    position, size = chunks.places[b"SSND"]
    position, size = position + 8, max(0, size - 8)
    if position + size > source.size + frame:
        raise truncated(max(0, source.size - position) / frame / rate, size / frame / rate)
    seconds, said = size // frame / rate, frames / rate
    if abs(seconds - said) <= _SAME:
        seconds = said  # the rest fills a block
    return _pcm(source, chunks, "AIFF", seconds, said, rate * frame * 8, channels, rate)


_NO_FORM = gettext_noop("it does not say how its sound is stored")


def _pcm(
    source: Source,
    chunks: Chunks,
    container: str,
    seconds: float,
    said: float,
    bit_rate: int,
    channels: int,
    rate: int,
) -> Stream:
    if seconds < 0.25:
        raise refuse("too-short", seconds=round(seconds, 2))
    findings: list[Finding] = []
    if chunks.is_open:
        findings.append(warn("length-header-missing", real=timecode(seconds)))
    elif abs(seconds - said) > _SAME:
        claimed = timecode(said) if said else gettext_noop("something else")
        findings.append(warn("length-header-wrong", claimed=claimed, real=timecode(seconds)))
    findings += judge_behind(source, chunks.end, source.size, whole=source.size)
    return Stream(
        container, "PCM", seconds, bit_rate, channels, rate, "cbr", findings=tuple(findings)
    )


def chunks_of(source: Source, start: int, order: Literal["little", "big"]) -> Chunks:
    """Return the table of a container's chunks, up to the sound if that never says where it ends.

    Tags among them are checked.
    """
    claimed = int.from_bytes(source.read(start + 4, 4), order)
    wide = source.read(start, 4) in _WIDE
    is_open = not wide and _is_open(claimed, source.size - start - 8)
    limit = source.size if wide or is_open else min(source.size, start + 8 + claimed)
    places: dict[bytes, tuple[int, int]] = {}
    sound_end, position, sound = 0, start + 12, b"data" if order == "little" else b"SSND"
    for _ in range(_MAX_CHUNKS):
        header = source.read(position, 8)
        outside = bool(sound_end) and position >= limit and header[:4] not in _APPENDED
        if len(header) < 8 or outside:
            return Chunks(places, max(sound_end, min(position, source.size)), is_open)
        name, size = header[:4], int.from_bytes(header[4:], order)
        if name == sound and _is_open(size, source.size - position - 8):
            known = _ds64(source, places)
            is_open = is_open or not known
            size = known or source.size - position - 8
        places.setdefault(name, (position + 8, size))
        if name == sound:
            sound_end = min(source.size, position + 8 + size)
        elif name.upper() == b"ID3 ":
            _check_tag(source, position + 8, size)
        position += 8 + size + size % 2
    raise refuse("damaged", what=gettext_noop("it consists of thousands of tiny parts"))


def _is_open(size: int, there: int) -> bool:
    """Whether nobody came back to fill in this size, where `there` bytes follow."""
    if size <= there:
        return not size
    return any(abs(size - never) <= _LITTLE_OFF for never in _NEVER_FILLED)


def _check_tag(source: Source, position: int, size: int) -> None:
    if size > MAX_TAG:
        raise refuse("tag-too-large", mib=round(size / 2**20))
    check_tag(source.read(position, size))


def _wave_frame(channels: int, bits: int, claimed: int) -> int:
    """Return the bytes of a sample of all channels, for which players go by its bits.

    The exception is an old kind of floating point, of 24 bits in four bytes.
    """
    if bits == 24 and claimed == channels * 4:
        return claimed
    return channels * ((bits + 7) // 8) or claimed


def _wave_codec(form: bytes) -> int:
    codec = _little(form, 0, 2)
    return _little(form, 24, 2) if codec == _EXTENSIBLE and len(form) >= 26 else codec


def _ds64(source: Source, places: dict[bytes, tuple[int, int]]) -> int:
    """Return the 64-bit size of the sound that RF64 keeps in a chunk of its own; 0 for none."""
    place = places.get(b"ds64")
    size = _little(source.read(place[0], 16), 8, 8) if place else 0
    return size if size < _ABSURD else 0


def _check(rate: int, channels: int, frame: int) -> None:
    if not 1_000 <= rate <= 800_000 or not 1 <= channels <= 64 or not 1 <= frame <= 1024:
        raise refuse("damaged", what=gettext_noop("its header makes no sense"))


def _little(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")


def _big(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "big")


def _extended(ten: bytes) -> int:
    """Read an 80-bit float as AIFF stores sample rates; 0 for anything out of reason."""
    exponent = (_big(ten, 0, 2) & 0x7FFF) - 16383 - 63
    return _big(ten, 2, 8) >> -exponent if -63 <= exponent <= 0 else 0
