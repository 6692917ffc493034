"""MPEG audio frame by frame: the only length of an MP3 that can be believed.

A header that promises a length (Xing, Info, VBRI) may be missing, wrong or left over from before a
cut, so every frame is visited: about 0.1 s for an hour. Layout: ISO/IEC 11172-3 and 13818-3; the
Xing/LAME header as in gabriel.mp3-tech.org/mp3infotag.html.
"""

from __future__ import annotations

from dataclasses import dataclass

from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import refuse, truncated, warn
from episodes.audio.framewalk import FrameTable, Walk, walk
from episodes.audio.sniffing import name_foreign
from episodes.audio.source import Source
from episodes.audio.timecode import timecode
from episodes.audio.trailers import strip_trailers

_KBPS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_UNKNOWN = 0xFFFFFFFF
_FOREIGN = {
    "archive": "An archive",
    "image": "A picture",
    "program": "A program",
    "video": "A video",
    "web-page": "A web page",
}
"""What behind the sound is worth a refusal; stray text is only junk."""


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
    def side_info(self) -> int:
        if self.version == 3:
            return 17 if self.channels == 1 else 32
        return 9 if self.channels == 1 else 17


@dataclass(frozen=True, slots=True)
class Claim:
    """What a Xing, Info or VBRI frame says about the rest."""

    frames: int | None = None
    gap: int = 0
    """Samples of encoder delay and padding, which players cut off."""
    averaged: bool = False


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


def read_mp3(source: Source, start: int) -> Stream:
    """Measure the MP3 that begins at or shortly behind `start`; raise `Refused`."""
    end = strip_trailers(source, start)
    first, header = _find_first(source, start, end)
    seconds_per_frame = header.samples / header.sample_rate
    table = frame_table(source.read(first, 4))
    claim = _read_claim(source.read(first, header.length), header)
    walked = walk(source, first, end, table)
    frames = walked.frames - (claim is not None)
    seconds = max(
        0.0, frames * seconds_per_frame - (claim.gap / header.sample_rate if claim else 0)
    )
    _refuse_cut(walked, claim, seconds, seconds_per_frame)
    findings = [
        *_around(source, walked, start, first, end, seconds_per_frame),
        *_compare(claim, frames, seconds_per_frame),
    ]
    if seconds < 0.25:
        raise refuse("too-short", seconds=seconds)
    if claim:
        # The frame with the claim holds no sound and often has a bit rate of its own.
        walked.counts[source.read(first, 3)] -= 1
    rates = {parsed.kbps for parsed in _headers_in(walked)}
    constant = len(rates) == 1
    return Stream(
        container="MP3",
        codec="MP3",
        seconds=seconds,
        bit_rate=rates.pop() * 1000 if constant else round(walked.size * 8 / seconds),
        bit_rate_mode="cbr" if constant else "abr" if claim and claim.averaged else "vbr",
        channels=header.channels,
        sample_rate=header.sample_rate,
        findings=tuple(findings),
    )


def is_mpeg(source: Source, start: int) -> bool:
    return _locate(source, start, source.size) is not None


def frame_table(four: bytes) -> FrameTable:
    """Return every header of the same version and sample rate, with its length.

    Bit rate, padding and the checksum bit may change from frame to frame; these may not.
    """
    lengths = {}
    for second in (four[1] | 1, four[1] & 0xFE):
        for third in range(256):
            if third >> 2 & 3 != four[2] >> 2 & 3:
                continue
            parsed = parse_header(bytes((0xFF, second, third, four[3])))
            if parsed:
                lengths[bytes((0xFF, second, third))] = parsed.length
    return FrameTable(lengths, header_size=4)


def _headers_in(walked: Walk) -> list[Header]:
    parsed = (parse_header(key + b"\0") for key, count in walked.counts.items() if count > 0)
    return [header for header in parsed if header]


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
        return Claim(_known(int.from_bytes(frame[50:54], "big")))
    return None


def _read_xing(frame: bytes, at: int) -> Claim:
    flags = int.from_bytes(frame[at + 4 : at + 8], "big")
    at += 8
    frames = None
    if flags & 1:
        frames, at = _known(int.from_bytes(frame[at : at + 4], "big")), at + 4
    at += (4 if flags & 2 else 0) + (100 if flags & 4 else 0) + (4 if flags & 8 else 0)
    lame = frame[at : at + 36]
    if len(lame) < 24 or not lame[:4].isalnum():
        return Claim(frames)
    gap = int.from_bytes(lame[21:24], "big")
    delay, padding = gap >> 12, gap & 0xFFF
    return Claim(frames, gap=delay + padding, averaged=lame[9] & 0x0F in {2, 9})


def _known(value: int) -> int | None:
    return value if 0 < value < _UNKNOWN else None


def _refuse_cut(walked: Walk, claim: Claim | None, seconds: float, per_frame: float) -> None:
    """Refuse a file whose last frame is cut.

    When the header's frames are all there, what follows is only debris (see `_around`). A header
    that promises more than a file that ends on a whole frame was rather left over from before a cut
    in an editor: `_compare` remarks on it.
    """
    if walked.frames == 0:
        raise refuse("truncated", at=timecode(0), of="")
    real = walked.frames - (claim is not None)
    promised = claim.frames * per_frame if claim and claim.frames else None
    all_there = claim is not None and claim.frames is not None and real >= claim.frames
    if walked.partial and not all_there:
        plausible = promised if promised and promised < 100 * 3600 else None
        raise truncated(seconds, plausible)


def _around(
    source: Source, walked: Walk, start: int, first: int, end: int, per_frame: float
) -> list[Finding]:
    """Judge what lies before, between and behind the frames."""
    findings = []
    if first > start:
        findings.append(warn("junk-before", count=first - start))
    if walked.junk > max(0.05 * (end - first), 4096):
        raise refuse(
            "damaged",
            what=f"{walked.junk:,} bytes in the middle, "
            f"from {timecode(walked.first_gap * per_frame)} on, are not audio",
        )
    if walked.joined:
        findings.append(warn("joined", at=timecode(walked.first_gap * per_frame)))
    elif walked.junk:
        at = timecode(walked.first_gap * per_frame)
        findings.append(warn("junk-inside", at=at, count=f"{walked.junk:,}"))
    behind = end - walked.end
    if behind > 0:
        findings += _judge_behind(source, walked.end, behind, end - first)
    return findings


def _judge_behind(source: Source, position: int, length: int, whole: int) -> list[Finding]:
    head = source.read(position, min(length, 4096))
    foreign = name_foreign(head.lstrip(b"\0")) if length >= 64 else None
    if foreign and foreign.finding.code in _FOREIGN:
        raise refuse("foreign-data", what=_FOREIGN[foreign.finding.code])
    tail = source.read(position + max(0, length - 66_000), 66_000)
    if b"PK\x05\x06" in tail:
        raise refuse("foreign-data", what="An archive")
    if length > 0.2 * whole and length > 65_536:
        raise refuse("damaged", what=f"the last {length:,} bytes are not audio")
    return [warn("junk-after", count=f"{length:,}")] if head.strip(b"\0") else []


def _compare(claim: Claim | None, frames: int, per_frame: float) -> list[Finding]:
    if claim is None or claim.frames is None:
        return []
    claimed, real = claim.frames * per_frame, frames * per_frame
    if abs(claimed - real) <= max(0.1, min(2.0, 0.02 * real)):
        return []
    return [warn("length-header-wrong", claimed=timecode(claimed), real=timecode(real))]
