"""Raw AAC (ADTS): no index at all, so each frame is visited. Layout: ISO/IEC 13818-7, 6.2."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from episodes.audio.behind import judge_behind
from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import refuse, truncated, warn
from episodes.audio.source import Source
from episodes.audio.timecode import timecode
from episodes.audio.trailers import strip_trailers
from episodes.audio.wording import gettext_noop

AAC_RATES = (
    96000,
    88200,
    64000,
    48000,
    44100,
    32000,
    24000,
    22050,
    16000,
    12000,
    11025,
    8000,
    7350,
)

AAC_CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)
_WINDOW = 2**20
_HEADER = 7
_LONGEST = 8191
_FAR = 64 * 1024
_MAX_GAPS = 20


@dataclass(slots=True)
class _Walk:
    blocks: int = 0
    """Blocks of 1,024 samples; a frame has one to four."""
    end: int = 0
    partial: bool = False


def is_adts(source: Source, start: int) -> bool:
    """Whether three agreeing frames stand here (or fewer that fill the file)."""
    position, first = start, source.read(start, _HEADER)
    for count in range(3):
        header = source.read(position, _HEADER)
        length = _length(header)
        if not length or not _same(header, first):
            return count > 0 and position >= source.size - 128
        position += length
    return True


def is_latm(source: Source, start: int) -> bool:
    """Whether two LOAS packets (the wrapping of AAC in broadcasts) follow each other here."""
    for _ in range(2):
        header = source.read(start, 3)
        if len(header) < 3 or header[0] != 0x56 or header[1] & 0xE0 != 0xE0:
            return False
        start += 3 + ((header[1] & 0x1F) << 8 | header[2])
    return True


def read_adts(source: Source, start: int) -> Stream:
    end = strip_trailers(source, start)
    first = source.read(start, _HEADER)
    if not _length(first):
        raise refuse("unknown")
    rate = AAC_RATES[first[2] >> 2 & 15]
    channels = AAC_CHANNELS[(first[2] & 1) << 2 | first[3] >> 6]
    walked = _walk(source, start, end, first)
    findings: list[Finding] = []
    junk = 0
    for _ in range(_MAX_GAPS):
        found = 0 if walked.partial else _resume(source, walked.end, end, first)
        if not found:
            break
        gap, at = found - walked.end, timecode(walked.blocks * 1024 / rate)
        junk += gap
        findings.append(warn("junk-inside", at=at, count=gap))
        rest = _walk(source, found, end, first)
        walked = _Walk(walked.blocks + rest.blocks, rest.end, rest.partial)
    seconds = walked.blocks * 1024 / rate
    if walked.partial:
        raise truncated(seconds)
    if seconds < 0.25:
        raise refuse("too-short", seconds=round(seconds, 2))
    if is_adts(source, walked.end) and walked.end < end:
        what = gettext_noop(
            "at {at} its channels or its sample rate change, as when different files are joined"
        )
        raise refuse("damaged", what=what, at=timecode(seconds))
    if junk + end - walked.end > max(4096 + _LONGEST, (end - start) * 0.05):
        what = gettext_noop("from {at} on it is not audio any more")
        raise refuse("damaged", what=what, at=timecode(seconds))
    return Stream(
        container="ADTS",
        codec="AAC",
        seconds=seconds,
        bit_rate=round((walked.end - start - junk) * 8 / seconds),
        channels=channels or 2,  # 0 says "described inside", which in practice is stereo
        sample_rate=rate,
        findings=(*findings, *judge_behind(source, walked.end, end, whole=end - start)),
    )


def _resume(source: Source, position: int, end: int, first: bytes) -> int:
    """Return where three frames of the same kind follow each other again soon; 0 for nowhere."""
    window = source.read(position + 1, min(_FAR, end - position - 1))
    offset = window.find(first[:2])
    while offset >= 0:
        at = offset
        for count in itertools.count(1):
            header = window[at : at + _HEADER]
            length = _length(header)
            if not length or not _same(header, first):
                break
            if count == 3:
                return position + 1 + offset
            at += length
        offset = window.find(first[:2], offset + 1)
    return 0


def _walk(source: Source, start: int, end: int, first: bytes) -> _Walk:
    result = _Walk()
    position = start
    lengths: dict[bytes, int] = {}
    while position <= end - _HEADER:
        window = source.read(position, min(_WINDOW, end - position))
        frames, hopped, last = _hop(window, lengths, first)
        result.blocks += frames
        position += hopped
        if position > end:
            result.partial = True
            result.blocks -= 1
            position -= last
        # Frames went on to the edge of the window, or else something stands in their way.
        if result.partial or hopped <= len(window) - _HEADER:
            break
    if any(header[6] & 3 for header in lengths):
        result.blocks = _count_blocks(source, start, position)
    if not result.partial and position > end - _HEADER:
        # Less than a header is left: the beginning of the frame that was cut, or something else.
        rest = source.read(position, min(2, end - position))
        result.partial = bool(rest) and first.startswith(rest)
    result.end = position
    return result


def _hop(window: bytes, lengths: dict[bytes, int], first: bytes) -> tuple[int, int, int]:
    """Count the frames that follow each other; return it, where the next should stand, and the
    length of the last.

    This is the loop that runs a hundred and fifty thousand times for an hour: one slice and one
    look-up a frame, counted by `count`, which is quicker than adding. `lengths` learns each header
    that occurs. A slice at the edge of the window is short, and so never one of them.
    """
    frames = offset = last = 0
    while True:
        try:
            for frames in itertools.count(frames):  # noqa: B007, B020 - goes on where it stopped
                last = lengths[window[offset : offset + _HEADER]]
                offset += last
        except KeyError:
            header = window[offset : offset + _HEADER]
            length = _length(header)
            if not length or not _same(header, first):
                return frames, offset, last
            lengths[header] = length


def _count_blocks(source: Source, position: int, end: int) -> int:
    """Count blocks where frames hold several, which no usual encoder writes."""
    blocks = 0
    while position < end:
        header = source.read(position, _HEADER)
        blocks += (header[6] & 3) + 1
        position += _length(header)
    return blocks


def _length(header: bytes) -> int:
    if len(header) < _HEADER or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return 0
    if header[2] >> 2 & 15 >= len(AAC_RATES):
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length >= _HEADER else 0


def _same(header: bytes, first: bytes) -> bool:
    return header[2] & 0xFD == first[2] & 0xFD and header[3] >> 6 == first[3] >> 6
