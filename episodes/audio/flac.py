"""FLAC: STREAMINFO says how many samples there are; the last frame says whether they are there.

Layout: RFC 9639. Frames carry checksums, so the last one can be found from the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from episodes.audio.behind import judge_behind
from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import refuse, truncated, warn
from episodes.audio.source import Source
from episodes.audio.timecode import timecode
from episodes.audio.trailers import strip_trailers
from episodes.audio.wording import gettext_noop

_MAX_BLOCKS = 2_000
_STREAMINFO, _PICTURE = 0, 6
_MAX_PICTURE = 10 * 2**20
_TAIL = 512 * 1024
_GLANCE = 36 * 1024
_PROBES, _PROBE = 256, 48 * 1024
_SYNC = re.compile(rb"\xff[\xf8\xf9]")


@dataclass(frozen=True, slots=True)
class _Info:
    sample_rate: int
    channels: int
    samples: int
    """0 when the encoder did not know."""
    frame_bits: int
    """Bits of a sample, of all channels together."""
    block_size: int
    largest_frame: int


@dataclass(frozen=True, slots=True)
class _LastFrame:
    end_sample: int
    end: int
    """Where its bytes end; 0 when they are not all there."""

    @property
    def whole(self) -> bool:
        return self.end > 0


def read_flac(source: Source, start: int) -> Stream:
    """Measure a FLAC whose last frame is whole, looking into it at many places."""
    info, first_frame = _read_blocks(source, start)
    end = strip_trailers(source, start)
    last = _find_last(source, first_frame, end, info)
    if last is None:
        raise truncated(0, info.samples / info.sample_rate)
    claimed = info.samples / info.sample_rate
    if not last.whole or last.end_sample < info.samples:
        raise truncated(last.end_sample / info.sample_rate, claimed)
    info = replace(info, samples=last.end_sample)
    seconds = info.samples / info.sample_rate
    if seconds < 0.25:
        raise refuse("too-short", seconds=round(seconds, 2))
    findings: list[Finding] = []
    if claimed and claimed < seconds:
        real = timecode(seconds)
        findings.append(warn("length-header-wrong", claimed=timecode(claimed), real=real))
    findings += _probe(source, first_frame, last.end, info, seconds)
    findings += judge_behind(source, last.end, end, whole=source.size)
    return _stream(info, seconds, last.end - first_frame, tuple(findings))


def glance_flac(source: Source, start: int) -> Stream | None:
    """Measure by the header when the last frame's own header ends on the same sample."""
    info, first_frame = _read_blocks(source, start)
    end = strip_trailers(source, start)
    seconds = info.samples / info.sample_rate
    size = end - first_frame
    # No encoder makes sound much larger than it was; joined files hold more than they say.
    if seconds < 0.25 or size > 1.1 * info.samples * info.frame_bits / 8 + _GLANCE:
        return None
    wide = min(_GLANCE, 2 * info.largest_frame or _GLANCE)
    places = [first_frame + int(size * part) for part in (0.3, 0.55)]
    numbers = [_sample_at(source, at, wide, info) for at in places if at + wide < end - wide]
    if numbers != sorted(set(numbers)) or -1 in numbers:
        return None
    at = max(first_frame, end - wide)
    tail = source.read(at, end - at)
    for match in reversed(list(_SYNC.finditer(tail))):
        if _end_sample(tail[match.start() : match.start() + 16], info) == info.samples:
            return _stream(info, seconds, size, ())
    return None


def _stream(info: _Info, seconds: float, size: int, findings: tuple[Finding, ...]) -> Stream:
    return Stream(
        container="FLAC",
        codec="FLAC",
        seconds=seconds,
        bit_rate=round(size * 8 / seconds),
        channels=info.channels,
        sample_rate=info.sample_rate,
        bit_rate_mode="vbr",
        findings=findings,
    )


def _probe(
    source: Source, first: int, end: int, info: _Info, seconds: float
) -> tuple[Finding, ...]:
    """Look for frames at places all over the file, as a gap in a transfer leaves none there."""
    wide = min(max(3 * info.largest_frame, _PROBE), 2**20)
    places = range(first, end - wide, max((end - first) // _PROBES, wide))
    numbers = [_sample_at(source, at, wide, info) for at in places]
    found = [number for number in numbers if number >= 0]
    if found != sorted(found):
        what = gettext_noop("its pieces are not in order, as when files are joined end to end")
        raise refuse("damaged", what=what)
    if len(found) < 0.95 * len(numbers):
        raise refuse("damaged", what=gettext_noop("much of it is not audio"))
    if len(found) == len(numbers):
        return ()
    place = (places[numbers.index(-1)] - first) / (end - first) * seconds
    return (warn("damaged-inside", at=timecode(place)),)


def _sample_at(source: Source, position: int, wide: int, info: _Info) -> int:
    """Return where in the sound the first frame of a window ends, or -1 when there is none."""
    window = source.read(position, wide)
    for match in _SYNC.finditer(window):
        number = _end_sample(window[match.start() : match.start() + 16], info)
        if number is not None and number <= (info.samples or number):
            return number
    return -1


def blocks_of(source: Source, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, position and size of each block of metadata; raise `Refused` for broken ones."""
    position = start + 4
    for _ in range(_MAX_BLOCKS):
        header = source.read(position, 4)
        size = int.from_bytes(header[1:], "big")
        if len(header) < 4 or position + 4 + size > source.size:
            raise refuse("incomplete", what=gettext_noop("it ends before any sound"))
        yield header[0] & 0x7F, position + 4, size
        position += 4 + size
        if header[0] & 0x80:
            return
    raise refuse("tag-too-many-frames")


def _read_blocks(source: Source, start: int) -> tuple[_Info, int]:
    """Return what the stream says of itself, and where its frames begin."""
    info = None
    end = start + 4
    for kind, position, size in blocks_of(source, start):
        if kind == _PICTURE and size > _MAX_PICTURE:
            raise refuse("cover-too-large", mib=round(size / 2**20))
        if kind == _STREAMINFO and info is None:
            info = _read_info(source.read(position, 34))
        end = position + size
    if info is None or not info.sample_rate:
        what = gettext_noop("it does not say how its sound is stored")
        raise refuse("damaged", what=what)
    return info, end


def _read_info(block: bytes) -> _Info:
    packed = int.from_bytes(block[10:18], "big")
    return _Info(
        sample_rate=packed >> 44,
        channels=(packed >> 41 & 7) + 1,
        samples=packed & (1 << 36) - 1,
        frame_bits=((packed >> 41 & 7) + 1) * ((packed >> 36 & 31) + 1),
        block_size=int.from_bytes(block[2:4], "big"),
        largest_frame=int.from_bytes(block[7:10], "big"),
    )


def _find_last(source: Source, first: int, end: int, info: _Info) -> _LastFrame | None:
    """Look back from the end for the frame whose checksum closes the file, or the last seen."""
    start = max(first, end - max(_TAIL, min(2 * info.largest_frame, 2**22)))
    tail = source.read(start, end - start)
    seen: list[_LastFrame] = []
    offsets = [match.start() for match in _SYNC.finditer(tail)]
    for offset in reversed(offsets):
        last_sample = _end_sample(tail[offset : offset + 16], info)
        if last_sample is None:
            continue
        length = _frame_end(tail[offset:])
        # A checksum that closes on the last byte proves more than what the header promised. One
        # that closes before (there may be stray bytes) does so only on the sample that it promised.
        if offset + length == len(tail) or (length and last_sample == info.samples):
            return _LastFrame(last_sample, start + offset + length)
        seen.append(_LastFrame(last_sample, 0))
        # A look-alike may stand in front of the true header, eight of them do not.
        if len(seen) == 8:
            break
    return next((each for each in seen if each.end_sample <= (info.samples or 2**36)), None)


def _end_sample(header: bytes, info: _Info) -> int | None:
    """Return the number of samples up to the end of the frame, or `None` when this is no header."""
    if len(header) < 6 or header[2] >> 4 == 0 or header[2] & 15 == 15 or header[3] & 1:
        return None
    number, width = _coded_number(header[4:11])
    at = 4 + width
    size_code = header[2] >> 4
    if size_code == 6:
        size, at = header[at] + 1, at + 1
    elif size_code == 7:
        size, at = int.from_bytes(header[at : at + 2], "big") + 1, at + 2
    else:
        size = {1: 192}.get(size_code) or (
            576 << size_code - 2 if size_code < 6 else 256 << size_code - 8
        )
    at += {12: 1, 13: 2, 14: 2}.get(header[2] & 15, 0)
    if not width or at >= len(header) or _crc8(header[:at]) != header[at]:
        return None
    variable = header[1] & 1
    return (number if variable else number * info.block_size) + size


def _coded_number(data: bytes) -> tuple[int, int]:
    """Read the UTF-8-like number of a frame; a width of 0 says that it is not one."""
    first = data[0]
    if first < 0x80:
        return first, 1
    width = 8 - (first ^ 0xFF).bit_length()
    if not 2 <= width <= 7 or len(data) < width:
        return 0, 0
    value = first & (1 << 7 - width) - 1
    for byte in data[1:width]:
        if byte >> 6 != 2:
            return 0, 0
        value = value << 6 | byte & 0x3F
    return value, width


def _table(polynomial: int, bits: int) -> list[int]:
    top, mask = 1 << bits - 1, (1 << bits) - 1
    table = []
    for byte in range(256):
        value = byte << bits - 8
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
        table.append(value)
    return table


_CRC8 = _table(0x07, 8)
_CRC16 = _table(0x8005, 16)


def _crc8(data: bytes) -> int:
    value = 0
    for byte in data:
        value = _CRC8[value ^ byte]
    return value


def _frame_end(data: bytes) -> int:
    """Return the last place where the checksum of a frame closes, or 0: its own included it is 0.

    It also does so by chance, once in 65,536 bytes; the last place leaves the least behind.
    """
    value = end = 0
    for at, byte in enumerate(data, start=1):
        value = (value << 8 ^ _CRC16[value >> 8 ^ byte]) & 0xFFFF
        if not value:
            end = at
    return end
