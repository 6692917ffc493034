"""An MP3 with our tag: the frames of the original, byte for byte, and nothing else of it.

Tags of others, junk around the sound and debris of a last frame stay behind; what was joined of
unequal parts goes along whole. A Xing or Info frame
is the first frame and goes along, with what it says of the encoder's delay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from episodes.audio.framewalk import walk
from episodes.audio.id3 import skip_tags
from episodes.audio.mpeg import Header, frame_table, parse_header
from episodes.audio.source import Source
from episodes.audio.trailers import skip_zeros, strip_trailers
from episodes.audio.writing.errors import NotWritten
from episodes.audio.writing.xing import xing_frame

_PIECE = 2**20
_NEAR = 4096
"""How far behind tags and zeros the first frame may stand, as in the reader."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Where the frames lie in a file, and the frame that it lacks in front, if any."""

    start: int
    end: int
    header: bytes = b""

    @property
    def size(self) -> int:
        return self.end - self.start


def find_mp3_sound(source: Source, beat: Callable[[], None]) -> Sound:
    """Return the frames of an MP3 that was accepted; raise `NotWritten` when there are none."""
    behind_tags = skip_tags(source)
    end = strip_trailers(source, behind_tags)
    start = _first_frame(source, skip_zeros(source, behind_tags), end)
    first = source.read(start, 4)
    found = walk(source, start, end, frame_table(first))
    beat()
    sound = Sound(start, found.end)
    contiguous = not found.junk and not found.joined
    if contiguous and found.varies and not _has_claim(source, start, first):
        offsets = _hundredths(source, sound, found.frames, beat)
        header = xing_frame(first, frames=found.frames, size=sound.size, offsets=offsets)
        return Sound(start, found.end, header)
    return sound


def find_adts_sound(source: Source, beat: Callable[[], None]) -> Sound:
    """Return the blocks of raw AAC, between the tags."""
    beat()
    start = skip_tags(source)
    return Sound(start, strip_trailers(source, start))


def pieces(source: Source, sound: Sound, beat: Callable[[], None]) -> Iterator[bytes]:
    """Yield the bytes of the sound; `beat` is called at each megabyte."""
    position = sound.start
    while position < sound.end:
        beat()
        piece = source.read(position, min(_PIECE, sound.end - position))
        if not piece:
            raise NotWritten("The original ended earlier than when it was read.")
        yield piece
        position += len(piece)


def _first_frame(source: Source, start: int, end: int) -> int:
    """Return the first of three frames that follow each other."""
    window = source.read(start, _NEAR + 4)
    at = window.find(b"\xff")
    while at >= 0:
        if _three_agree(source, start + at, end):
            return start + at
        at = window.find(b"\xff", at + 1)
    raise NotWritten("No MPEG frames were found in the original.")


def _three_agree(source: Source, position: int, end: int) -> bool:
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


def _has_claim(source: Source, start: int, first: bytes) -> bool:
    header = _header(first)
    frame = source.read(start, header.length)
    at = 4 + header.side_info
    return frame[at : at + 4] in {b"Xing", b"Info"} or frame[36:40] == b"VBRI"


def _hundredths(source: Source, sound: Sound, frames: int, beat: Callable[[], None]) -> list[int]:
    """Return how many bytes lie before each hundredth of the frames."""
    wanted = [index * frames // 100 for index in range(100)]
    lengths = frame_table(source.read(sound.start, 4)).lengths
    offsets: list[int] = []
    window, begin, position = b"", 0, 0
    for frame in range(wanted[-1] + 1):
        if position + 4 > begin + len(window):
            beat()
            begin, window = position, source.read(sound.start + position, _PIECE)
        while len(offsets) < 100 and wanted[len(offsets)] == frame:
            offsets.append(position)
        at = position - begin
        position += lengths[window[at : at + 3]]
    return offsets


def _header(four: bytes) -> Header:
    header = parse_header(four)
    if header is None:
        raise NotWritten("No MPEG frames were found in the original.")
    return header
