"""MPEG audio frame by frame: the only length of an MP3 that can be believed.

A header that promises a length (Xing, Info, VBRI) may be missing, wrong or left over from before a
cut, so the whole reading visits every frame, about 8 ms for an hour. The quick one believes what
can be cross-checked: the bytes promised against the bytes there, the frames at both ends, and for
a constant bit rate the places where frames must stand in between. Layout: ISO/IEC 11172-3 and
13818-3; the Xing/LAME header as in gabriel.mp3-tech.org/mp3infotag.html.

The length is what players show: samples without the encoder's delay and padding where a LAME
header names them, all samples otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from episodes.audio.behind import judge_behind
from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import refuse, truncated, warn
from episodes.audio.framewalk import FrameTable, Walk, two_frames, walk
from episodes.audio.source import Source
from episodes.audio.timecode import timecode
from episodes.audio.trailers import strip_trailers
from episodes.audio.wording import gettext_noop

_KBPS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_UNKNOWN = 0xFFFFFFFF
_LONGEST_FRAME = 1441
_GLANCE = 12 * 1024
"""Bytes of frames that the quick reading walks at either end."""
_PROBES = 6


@dataclass(frozen=True, slots=True)
class Header:
    version: int
    """3 = MPEG-1, 2 = MPEG-2, 0 = MPEG-2.5, as coded."""
    kbps: int
    sample_rate: int
    channels: int
    length: int

    @property
    def samples(self) -> int:
        return 1152 if self.version == 3 else 576

    @property
    def exact_length(self) -> float:
        """Bytes of a frame before any rounding."""
        return self.samples / 8 * self.kbps * 1000 / self.sample_rate

    @property
    def side_info(self) -> int:
        if self.version == 3:
            return 17 if self.channels == 1 else 32
        return 9 if self.channels == 1 else 17


@dataclass(frozen=True, slots=True)
class Claim:
    """What a Xing, Info or VBRI frame says about the rest."""

    frames: int | None = None
    size: int | None = None
    gap: int = 0
    """Samples of encoder delay and padding, which players cut off."""
    averaged: bool = False
    constant: bool = False
    in_order: bool = True
    """Whether the table of positions, if there is one, never goes back."""


def parse_header(four: bytes) -> Header | None:
    """Read a Layer III frame header, or return `None`; free format (index 0) does not count."""
    if len(four) < 4 or four[0] != 0xFF or four[1] & 0xE6 != 0xE2:
        return None
    version, rate_index, bit_rate_index = four[1] >> 3 & 3, four[2] >> 2 & 3, four[2] >> 4
    if version == 1 or rate_index == 3 or bit_rate_index in {0, 15}:
        return None
    kbps = (_KBPS_V1 if version == 3 else _KBPS_V2)[bit_rate_index]
    rate = _RATES[version][rate_index]
    length = (144 if version == 3 else 72) * kbps * 1000 // rate + (four[2] >> 1 & 1)
    return Header(version, kbps, rate, 1 if four[3] >> 6 == 3 else 2, length)


_ANYWHERE = re.compile(
    b"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][%b]"
    % b"".join(
        b"\\x%02x" % third for third in range(256) if parse_header(bytes((0xFF, 0xFB, third, 0)))
    )
)
"""The first three bytes of any frame: which third bytes are possible depends on no version."""


def read_mp3(source: Source, start: int) -> Stream:
    """Measure the MP3 that begins at or shortly behind `start`; raise `Refused`."""
    end = strip_trailers(source, start)
    first, header = _find_first(source, start, end)
    claim = _read_claim(source.read(first, header.length), header)
    # The frame with the claim holds no sound and often has a bit rate of its own.
    sound = first + (header.length if claim else 0)
    table = table_of(source.read(sound, 4)) or frame_table(source.read(first, 4))
    walked = walk(source, sound, end, table)
    per_frame = header.samples / header.sample_rate
    gap = claim.gap / header.sample_rate if claim else 0
    seconds = max(0.0, walked.seconds - gap)
    _refuse_cut(walked, claim, seconds, per_frame)
    findings = (
        *_around(source, walked, start, first, end),
        *_compare(claim, walked.seconds, per_frame),
    )
    if seconds < 0.25:
        raise refuse("too-short", seconds=round(seconds, 2))
    if walked.varies:
        bit_rate = round(walked.size * 8 / seconds)
        return _stream(header, seconds, bit_rate, _variable(claim), findings)
    nominal = parse_header(source.read(sound, 4)) or header
    return _stream(header, seconds, nominal.kbps * 1000, "cbr", findings)


def glance_mp3(source: Source, start: int) -> Stream | None:
    """Measure by headers that agree with the file around them; `None` when that is not enough."""
    end = strip_trailers(source, start)
    header = parse_header(source.read(start, 4))
    if header is None or not _agree(source, start, end):
        return None
    claim = _read_claim(source.read(start, header.length), header)
    sound = start + (header.length if claim else 0)
    nominal = parse_header(source.read(sound, 4))
    table = table_of(source.read(sound, 4))
    if nominal is None or table is None or not _ends_agree(source, sound, end, table):
        return None
    constant = _is_constant(source, sound, end, nominal, table)
    if claim is None:
        frames = round((end - sound) / nominal.exact_length) if constant else 0
    else:
        frames = _believed(claim, end - sound, nominal, table, constant=constant)
    seconds = (frames * header.samples - (claim.gap if claim else 0)) / header.sample_rate
    if seconds < 0.25:
        return None
    if constant:
        return _stream(header, seconds, nominal.kbps * 1000, "cbr", ())
    return _stream(header, seconds, round((end - sound) * 8 / seconds), _variable(claim), ())


def _stream(
    header: Header, seconds: float, bit_rate: int, mode: str, findings: tuple[Finding, ...]
) -> Stream:
    return Stream(
        container="MP3",
        codec="MP3",
        seconds=seconds,
        bit_rate=bit_rate,
        bit_rate_mode=mode,
        channels=header.channels,
        sample_rate=header.sample_rate,
        findings=findings,
    )


def _variable(claim: Claim | None) -> str:
    return "abr" if claim and claim.averaged else "vbr"


def _ends_agree(source: Source, sound: int, end: int, table: FrameTable) -> bool:
    """Whether frames follow each other behind the first and up to the very end."""
    edge = min(end, sound + _GLANCE)
    head = walk(source, sound, edge, table)
    if head.junk or head.joined or edge - head.end > _LONGEST_FRAME:
        return False
    at = max(sound, end - _GLANCE)
    for position in range(at, min(at + _LONGEST_FRAME + 4, end)):
        if source.read(position, 1) == b"\xff" and two_frames(source, position, end, table):
            tail = walk(source, position, end, table)
            if tail.end == end and not (tail.partial or tail.junk or tail.joined):
                return True
    return False


def _is_constant(source: Source, sound: int, end: int, nominal: Header, table: FrameTable) -> bool:
    """Whether frames stand where a constant bit rate must have put them.

    Encoders pad frames so that none strays further than a byte from its exact place; a single
    frame of another rate would move all that follow.
    """
    exact, total = nominal.exact_length, end - sound
    count = round(total / exact)
    if abs(count * exact - total) > 2:
        return False
    for number in range(1, _PROBES + 1):
        place = sound + int(exact * (count * number // (_PROBES + 1)))
        nearby = range(place - 2, place + 3)
        if not any(two_frames(source, at, end, table) for at in nearby if at >= sound):
            return False
    return True


def _believed(
    claim: Claim, there: int, nominal: Header, table: FrameTable, *, constant: bool
) -> int:
    """Return the frames of a Xing, Info or VBRI header that speaks of the bytes there, or 0."""
    frames = claim.frames or 0
    if claim.size is not None and not -4 <= claim.size - there <= 2 * _LONGEST_FRAME:
        return 0
    if claim.constant or constant:
        fits = constant and abs(frames * nominal.exact_length - there) <= nominal.exact_length
    else:
        lengths = table.lengths.values()
        possible = min(lengths) * frames <= there <= max(lengths) * frames
        fits = claim.size is not None and claim.in_order and possible
    return frames if fits else 0


def is_mpeg(source: Source, start: int) -> bool:
    return _locate(source, start, source.size) is not None


def is_free_format(source: Source, start: int) -> bool:
    """Whether Layer III frames of an undeclared, constant length follow each other here."""
    window = source.read(start, 3 * 4096)
    if len(window) < 4 or window[0] != 0xFF or window[1] & 0xE6 != 0xE2 or window[2] & 0xFC > 0x0B:
        return False
    key = window[:2] + bytes((window[2] & 0xFC,))
    for length in range(24, len(window) // 3):
        at = [window[n * length : n * length + 3] for n in (1, 2)]
        if all(each[:2] == key[:2] and each[2] & 0xFC == key[2] for each in at if len(each) == 3):
            return all(len(each) == 3 for each in at)
    return False


def frame_table(four: bytes) -> FrameTable:
    """Return every header of the same version and sample rate, mono or not, with its length.

    Bit rate, padding and the checksum bit may change from frame to frame; these may not.
    """
    return _table(four[1] | 1, four[2] & 0x0C, four[3] >> 6 == 3)


def table_of(four: bytes) -> FrameTable | None:
    return frame_table(four) if parse_header(four) else None


@lru_cache(maxsize=18)
def _table(second: int, sampling: int, mono: bool) -> FrameTable:
    lengths, per_frame = {}, 0.0
    for beginning in (second, second & 0xFE):
        for third in range(256):
            if third & 0x0C == sampling and (
                header := parse_header(bytes((0xFF, beginning, third, 0)))
            ):
                lengths[bytes((0xFF, beginning, third))] = header.length
                per_frame = header.samples / header.sample_rate
    return FrameTable(lengths, per_frame, mono, _ANYWHERE, table_of)


def _find_first(source: Source, start: int, end: int) -> tuple[int, Header]:
    found = _locate(source, start, end)
    if found is None:
        raise refuse("unknown")
    header = parse_header(source.read(found, 4))
    if header is None:
        raise refuse("unknown")
    return found, header


def _locate(source: Source, start: int, end: int) -> int | None:
    """Find the first of three agreeing frames within 4 KB of `start`."""
    window = source.read(start, 4096 + 4)
    offset = window.find(b"\xff")
    while 0 <= offset < len(window) - 3:
        if _agree(source, start + offset, end):
            return start + offset
        offset = window.find(b"\xff", offset + 1)
    return None


def _agree(source: Source, position: int, end: int) -> bool:
    first = source.read(position, 4)
    for count in range(3):
        four = source.read(position, 4)
        header = parse_header(four)
        if header is None or four[1] | 1 != first[1] | 1 or four[2] & 0x0C != first[2] & 0x0C:
            return False
        position += header.length
        if position >= end:
            return count > 0
    return True


def _read_claim(frame: bytes, header: Header) -> Claim | None:
    at = 4 + header.side_info
    if frame[at : at + 4] in {b"Xing", b"Info"}:
        return _read_xing(frame, at)
    if frame[36:40] == b"VBRI":
        return Claim(_number(frame, 50), _number(frame, 46))
    return None


def _read_xing(frame: bytes, at: int) -> Claim:
    constant, flags = frame[at : at + 4] == b"Info", _number(frame, at + 4) or 0
    at += 8
    frames = size = None
    in_order = True
    if flags & 1:
        frames, at = _number(frame, at), at + 4
    if flags & 2:
        size, at = _number(frame, at), at + 4
    if flags & 4:
        positions = frame[at : at + 100]
        in_order, at = list(positions) == sorted(positions), at + 100
    at += 4 if flags & 8 else 0
    lame = frame[at : at + 36]
    if len(lame) < 24 or not lame[:4].isalnum():
        return Claim(frames, size, constant=constant, in_order=in_order)
    gap = int.from_bytes(lame[21:24], "big")
    averaged = lame[9] & 0x0F in {2, 9}
    return Claim(frames, size, (gap >> 12) + (gap & 0xFFF), averaged, constant, in_order)


def _number(data: bytes, at: int) -> int | None:
    """Return four bytes as a number, unless they say "unknown"."""
    value = int.from_bytes(data[at : at + 4], "big")
    return value if 0 < value < _UNKNOWN else None


def _refuse_cut(walked: Walk, claim: Claim | None, seconds: float, per_frame: float) -> None:
    """Refuse a file whose last frame is cut.

    When the header's frames are all there, what follows is only debris (see `_around`). A header
    that promises more than a file that ends on a whole frame was rather left over from before a cut
    in an editor: `_compare` remarks on it.
    """
    if walked.frames == 0:
        raise truncated(0)
    promised = claim.frames * per_frame if claim and claim.frames else None
    all_there = claim is not None and claim.frames is not None and walked.frames >= claim.frames
    if walked.partial and not all_there:
        plausible = promised if promised and promised < 100 * 3600 else None
        raise truncated(seconds, plausible)


def _around(source: Source, walked: Walk, start: int, first: int, end: int) -> list[Finding]:
    """Judge what lies before, between and behind the frames."""
    findings = []
    at = timecode(walked.first_gap_at)
    if first > start:
        findings.append(warn("junk-before", count=first - start))
    if walked.junk > max(0.05 * (end - first), 4096):
        what = gettext_noop("{count} bytes in the middle, from {at} on, are not audio")
        raise refuse("damaged", what=what, count=walked.junk, at=at)
    if walked.joined:
        findings.append(_joined(walked, at))
    elif walked.junk:
        findings.append(warn("junk-inside", at=at, count=walked.junk))
    return [*findings, *judge_behind(source, walked.end, end, whole=end - first)]


def _joined(walked: Walk, at: str) -> Finding:
    """Say it with the reason for which players stumble, if there is one."""
    if walked.changes_rate:
        what = gettext_noop(
            "{moment}; the parts have different sample rates, which makes many players stumble"
        )
        return warn("joined", at=what, moment=at)
    if walked.parts > 1:
        what = gettext_noop(
            "{moment}; some parts are mono and some stereo, which makes many players stumble"
        )
        return warn("joined", at=what, moment=at)
    return warn("joined", at=at)


def _compare(claim: Claim | None, real: float, per_frame: float) -> list[Finding]:
    if claim is None or claim.frames is None:
        return []
    claimed = claim.frames * per_frame
    if abs(claimed - real) <= max(0.1, min(2.0, 0.02 * real)):
        return []
    return [warn("length-header-wrong", claimed=timecode(claimed), real=timecode(real))]
