"""MP4 boxes: is the index there, is the sound that it points at there, and is it only sound.

Only the known path (moov, trak, mdia, minf, stbl) is descended, so nesting cannot run away.
Layout: ISO/IEC 14496-12 (boxes) and 14496-14 (esds).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from episodes.audio.adts import AAC_CHANNELS, AAC_RATES
from episodes.audio.facts import Stream
from episodes.audio.findings import refuse, truncated
from episodes.audio.source import Source

_MAX_BOXES = 20_000
_MAX_TABLE = 64 * 2**20
_MAX_PICTURE = 12 * 2**20
_LONGEST_SAMPLE = 2.0
"""Seconds that one sample may last on average: AAC's last 0.02 to 0.3, ALAC's 0.1 to 0.5."""
_FOREIGN_CODECS = {
    b"ac-3": "Dolby Digital (AC-3) sound",
    b"ec-3": "Dolby Digital Plus sound",
    b"fLaC": "FLAC in an MP4",
    b"Opus": "Opus in an MP4",
    b"samr": "an AMR voice memo",
    b"sowt": "uncompressed sound in an MP4",
    b"lpcm": "uncompressed sound in an MP4",
}
_PICTURE_CODECS = {b"jpeg", b"png ", b"mjpa", b"mjpb"}


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    """Where the contents begin."""
    end: int
    """Where the box says that it ends, which may be past the file."""


@dataclass(frozen=True, slots=True)
class _Track:
    handler: bytes
    codec: bytes
    """Four letters of the first sample description."""
    seconds: float
    samples: int
    size: int
    """Bytes of all samples."""
    last_chunk: int
    """Position of the chunk that lies furthest back."""
    channels: int
    sample_rate: int
    object_type: int


def read_mp4(source: Source, start: int) -> Stream:
    """Measure an M4A; raise `Refused` for video, DRM, fragments and anything cut off."""
    top = list(_boxes(source, start, source.size))
    moov = next((box for box in top if box.kind == b"moov"), None)
    if moov is None or moov.end > source.size:
        raise refuse("incomplete", what="its index (which stands at the end) is missing")
    _check_pictures(source, moov)
    if any(box.kind == b"moof" for box in top) or _find(source, moov, b"mvex"):
        raise refuse("mp4-fragmented")
    timescale = _movie_timescale(source, moov)
    tracks = [_read_track(source, box, timescale) for box in _all(source, moov, b"trak")]
    if any(track.handler == b"vide" and track.codec not in _PICTURE_CODECS for track in tracks):
        raise refuse("video", what="MP4")
    sounds = [track for track in tracks if track.handler == b"soun"]
    if not sounds:
        raise refuse("no-audio")
    sound = sounds[0]
    codec = _codec(sound)
    if sound.seconds > _LONGEST_SAMPLE * sound.samples:
        raise refuse("damaged", what="its index contradicts itself")
    _refuse_cut(source, top, tracks, sound)
    if sound.seconds < 0.25:
        raise refuse("too-short", seconds=sound.seconds)
    return Stream(
        container="MP4",
        codec=codec,
        seconds=sound.seconds,
        bit_rate=round(sound.size * 8 / sound.seconds),
        channels=sound.channels,
        sample_rate=sound.sample_rate,
    )


def _boxes(source: Source, start: int, end: int) -> Iterator[_Box]:
    """Yield the boxes of one level. Sizes of 0 (to the end) and 1 (64 bit) are the standard's."""
    position = start
    for _ in range(_MAX_BOXES):
        header = source.read(position, 16)
        if position + 8 > end or len(header) < 8:
            return
        size, head = int.from_bytes(header[:4], "big"), 8
        if size == 1 and len(header) == 16:
            size, head = int.from_bytes(header[8:], "big"), 16
        elif size == 0:
            size = end - position
        if size < head:
            return
        yield _Box(header[4:8], position + head, position + size)
        position += size
    raise refuse("damaged", what="it consists of thousands of tiny parts")


def _all(source: Source, parent: _Box, kind: bytes) -> list[_Box]:
    return [box for box in _boxes(source, parent.start, parent.end) if box.kind == kind]


def _find(source: Source, parent: _Box | None, *path: bytes) -> _Box | None:
    for kind in path:
        if parent is None:
            return None
        end = parent.end
        boxes = _boxes(source, parent.start, end)
        parent = next((box for box in boxes if box.kind == kind and box.end <= end), None)
    return parent


def _content(source: Source, box: _Box | None, limit: int = _MAX_TABLE) -> bytes:
    if box is None:
        return b""
    if box.end - box.start > limit:
        raise refuse("damaged", what="its index is larger than any podcast needs")
    return source.read(box.start, box.end - box.start)


def _number(data: bytes, at: int, length: int = 4) -> int:
    return int.from_bytes(data[at : at + length], "big")


def _movie_timescale(source: Source, moov: _Box) -> int:
    mvhd = _content(source, _find(source, moov, b"mvhd"), 4096)
    return _number(mvhd, 20 if mvhd[:1] == b"\x01" else 12)


def _read_track(source: Source, trak: _Box, movie_timescale: int) -> _Track:
    mdia = _find(source, trak, b"mdia")
    stbl = _find(source, mdia, b"minf", b"stbl")
    mdhd = _content(source, _find(source, mdia, b"mdhd"), 4096)
    timescale = _number(mdhd, 20 if mdhd[:1] == b"\x01" else 12)
    stsd = _content(source, _find(source, stbl, b"stsd"), 2**20)
    seconds = _duration(_content(source, _find(source, stbl, b"stts"))) / max(timescale, 1)
    edited = _edited(_content(source, _find(source, trak, b"edts", b"elst"), 2**20))
    if movie_timescale and 0 < edited / movie_timescale < seconds:
        seconds = edited / movie_timescale
    stsz = _content(source, _find(source, stbl, b"stsz"))
    channels, sample_rate, object_type = _sound_entry(stsd, timescale)
    return _Track(
        handler=_content(source, _find(source, mdia, b"hdlr"), 2**16)[8:12],
        codec=stsd[12:16],
        seconds=seconds,
        samples=_number(stsz, 8),
        size=_sample_bytes(stsz),
        last_chunk=_last_chunk(source, stbl),
        channels=channels,
        sample_rate=sample_rate,
        object_type=object_type,
    )


def _duration(stts: bytes) -> int:
    """Sum count x duration of all samples, in the track's own ticks."""
    return sum(
        _number(stts, at) * _number(stts, at + 4)
        for at in range(8, min(len(stts), 8 + 8 * _number(stts, 4)), 8)
    )


def _edited(elst: bytes) -> int:
    """Return the length of what is played, without the encoder's priming, in the movie's ticks."""
    wide = elst[:1] == b"\x01"
    step, field = (20, 8) if wide else (12, 4)
    total = 0
    for at in range(8, min(len(elst), 8 + step * _number(elst, 4)), step):
        is_pause = elst[at + field : at + 2 * field] == b"\xff" * field
        total += 0 if is_pause else _number(elst, at, field)
    return total


def _sample_bytes(stsz: bytes) -> int:
    fixed, count = _number(stsz, 4), _number(stsz, 8)
    if fixed:
        return fixed * count
    table = memoryview(stsz)[12 : 12 + 4 * count]
    table = table[: len(table) // 4 * 4]
    return sum(int.from_bytes(table[at : at + 4], "big") for at in range(0, len(table), 4))


def _last_chunk(source: Source, stbl: _Box | None) -> int:
    for kind, width in ((b"stco", 4), (b"co64", 8)):
        table = _content(source, _find(source, stbl, kind))
        count = min(_number(table, 4), (len(table) - 8) // width)
        if count > 0:
            return max(_number(table, 8 + width * i, width) for i in range(count))
    return 0


def _sound_entry(stsd: bytes, timescale: int) -> tuple[int, int, int]:
    """Return channels, sample rate and MPEG-4's number for the codec (0x40 AAC, 0x6B MP3).

    AAC's own configuration is believed first: the entry says "2 channels" for mono too, and has no
    room for rates above 65 kHz.
    """
    channels, rate = _number(stsd, 32, 2), _number(stsd, 40, 2) or timescale
    config = _descriptor(stsd, stsd.find(b"esds") + 8, 4) if b"esds" in stsd else b""
    bits = "".join(f"{byte:08b}" for byte in _descriptor(config, 13, 5)[:8]).ljust(64, "0")
    if not bits.startswith("00000"):
        sbr = bits[:5] in {"00101", "11101"}  # HE-AAC names its true rate behind the channels
        index = int(bits[13:17] if sbr else bits[5:9], 2)
        rate = AAC_RATES[index] if index < len(AAC_RATES) else rate
        channels = AAC_CHANNELS[int(bits[9:13], 2) & 7] or channels
        channels = 2 if bits[:5] == "11101" else channels
    return channels, rate, _number(config, 0, 1)


def _descriptor(data: bytes, start: int, tag: int) -> bytes:
    """Return the contents of an MPEG-4 descriptor that stands within 64 bytes of `start`."""
    at = data.find(bytes((tag,)), start, start + 64) if 0 <= start < len(data) else -1
    if at < 0:
        return b""
    at += 1
    while data[at : at + 1] >= b"\x80":
        at += 1
    return data[at + 1 : at + 1 + _number(data, at, 1)]


def _codec(sound: _Track) -> str:
    if sound.codec in {b"drms", b"enca"}:
        raise refuse("protected")
    if sound.codec == b"alac":
        return "ALAC"
    if sound.codec == b"mp4a":
        if sound.object_type in {0x69, 0x6B}:
            raise refuse("unsupported", what="MP3 inside an MP4")
        return "AAC"
    raise refuse("unsupported", what=_FOREIGN_CODECS.get(sound.codec, "a rare kind of sound"))


def _refuse_cut(source: Source, top: list[_Box], tracks: list[_Track], sound: _Track) -> None:
    """Refuse when the index points behind the end, or at more bytes than the file holds."""
    data = [box for box in top if box.kind == b"mdat"]
    if not data:
        raise refuse("incomplete", what="it has an index but no sound")
    stored = sum(min(box.end, source.size) - box.start for box in data)
    needed = sum(track.size for track in tracks)
    if any(box.end > source.size for box in data) or needed > stored:
        raise truncated(sound.seconds * min(1.0, stored / max(needed, 1)), sound.seconds)
    if sound.last_chunk >= source.size:
        raise refuse("incomplete", what="its index points behind the end of the file")


def _check_pictures(source: Source, moov: _Box) -> None:
    """Refuse an over-sized cover before a library loads it."""
    ilst = _find(source, moov, b"udta", b"meta")
    if ilst is None:
        return
    # meta carries four bytes of version before its boxes.
    tags = _find(source, _Box(b"meta", ilst.start + 4, ilst.end), b"ilst")
    for box in _boxes(source, tags.start, tags.end) if tags else ():
        size = box.end - box.start
        if box.kind == b"covr" and size > _MAX_PICTURE:
            raise refuse("cover-too-large", mib=size / 2**20)
        if size > 16 * 2**20:
            raise refuse("tag-too-large", mib=size / 2**20)
