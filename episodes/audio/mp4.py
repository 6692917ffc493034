"""M4A: is the index there, is the sound that it points at there, and is it only sound.

Only the known path (moov, trak, mdia, minf, stbl) is descended, so nesting cannot run away.
Layout: ISO/IEC 14496-12 (boxes), 14496-14 (esds) and 14496-3 (AAC's own configuration). The quick
reading leaves out what grows with the length, the tables of samples and chunks.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from episodes.audio.adts import AAC_CHANNELS, AAC_RATES
from episodes.audio.behind import judge_behind
from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import refuse, truncated, warn
from episodes.audio.mp4boxes import Box, all_boxes, boxes, content, find, number, tag_box
from episodes.audio.source import Source
from episodes.audio.timecode import timecode
from episodes.audio.wording import gettext_noop

_MAX_PICTURE = 12 * 2**20
_LONGEST_SAMPLE = 2.0
"""Seconds that one sample may last on average: AAC's last 0.02 to 0.3, ALAC's 0.1 to 0.5."""
_GLANCE_TABLE = 8 * 1024
_PROBES, _PROBE = 500, 2048
"""Bytes that no two blocks of sound leave at zero; in smaller pieces encoders fill up with them."""
_FOREIGN_CODECS = {
    b"ac-3": gettext_noop("Dolby Digital (AC-3) sound"),
    b"ec-3": gettext_noop("Dolby Digital Plus sound"),
    b"fLaC": gettext_noop("FLAC in an MP4"),
    b"Opus": gettext_noop("Opus in an MP4"),
    b".mp3": gettext_noop("MP3 inside an MP4"),
    b"samr": gettext_noop("an AMR voice memo"),
    b"sowt": gettext_noop("uncompressed sound in an MP4"),
    b"lpcm": gettext_noop("uncompressed sound in an MP4"),
}
PICTURE_CODECS = {b"jpeg", b"png ", b"mjpa", b"mjpb"}


@dataclass(frozen=True, slots=True)
class Track:
    """A track, as far as its headers go; sizes of 0 were not counted."""

    box: Box
    number: int
    handler: bytes
    codec: bytes
    """Four letters of the first sample description."""
    timescale: int
    seconds: float
    """What is played of it."""
    lasting: float
    """What its samples last together."""
    timed: int
    """Of how many samples the times are told; 0 when they were not counted."""
    samples: int
    table: Box | None
    """The sample table (stbl)."""
    channels: int
    sample_rate: int
    object_type: int


def read_mp4(source: Source, start: int) -> Stream:
    """Measure an M4A; raise `Refused` for video, DRM, fragments and anything cut off."""
    top, moov = _open(source, start)
    tracks = tracks_of(source, moov)
    sound = _the_sound(tracks)
    sizes = [_sample_bytes(source, track.table) for track in tracks]
    size = sizes[tracks.index(sound)]
    chunks = _chunks(source, sound.table)
    _refuse_cut(source, top, sound, needed=sum(sizes), last_chunk=max(chunks, default=0))
    _refuse_elsewhere(top, chunks)
    end = max(box.end for box in top if box.end <= source.size)
    findings = (
        *_probe(source, top, sound.seconds),
        *judge_behind(source, end, source.size, whole=source.size),
    )
    return _stream(sound, size, findings)


def glance_mp4(source: Source, start: int) -> Stream | None:
    """Measure by the index alone, when its last chunk lies in the file and it is not odd."""
    top, moov = _open(source, start)
    tracks = tracks_of(source, moov, longest_table=_GLANCE_TABLE)
    sound = _the_sound(tracks)
    if not sound.seconds:
        return None
    ends = _first_chunk(source, sound.table), _last_chunk(source, sound.table)
    _refuse_cut(source, top, sound, needed=0, last_chunk=ends[1])
    _refuse_elsewhere(top, ends)
    stored = sum(box.end - box.start for box in top if box.kind == b"mdat")
    return _stream(sound, stored, ())


def _open(source: Source, start: int) -> tuple[list[Box], Box]:
    top = list(boxes(source, start, source.size))
    moov = next((box for box in top if box.kind == b"moov"), None)
    if moov is None or moov.end > source.size:
        what = gettext_noop("its index (which stands at the end) is missing")
        raise refuse("incomplete", what=what)
    _check_pictures(source, moov)
    if any(box.kind == b"moof" for box in top) or find(source, moov, b"mvex"):
        raise refuse("mp4-fragmented")
    return top, moov


def _the_sound(tracks: list[Track]) -> Track:
    if any(track.handler == b"vide" and track.codec not in PICTURE_CODECS for track in tracks):
        raise refuse("video", what="MP4")
    sound = next((track for track in tracks if track.handler == b"soun"), None)
    if sound is None:
        raise refuse("no-audio")
    _codec(sound)
    if sound.seconds > _LONGEST_SAMPLE * sound.samples or _is_out_of_step(sound):
        raise refuse("damaged", what=gettext_noop("its index contradicts itself"))
    return sound


def _is_out_of_step(sound: Track) -> bool:
    """Whether times and samples are of different numbers, or AAC's last as no AAC does.

    A sample of AAC holds 1,024 values, of HE-AAC twice as many at the rate it plays at, in rare
    kinds 960, 512 or 480. Writers that are a sample off are forgiven.
    """
    if not sound.timed:
        return False
    if abs(sound.timed - sound.samples) > max(2, sound.samples // 100):
        return True
    if _codec(sound) != "AAC" or not sound.sample_rate:
        return False
    usual = sound.samples * 1024 / sound.sample_rate
    return sound.lasting < 0.4 * usual - 0.25 or sound.seconds > 2.2 * usual + 0.25


def _stream(sound: Track, size: int, findings: tuple[Finding, ...]) -> Stream:
    if sound.seconds < 0.25:
        raise refuse("too-short", seconds=round(sound.seconds, 2))
    return Stream(
        container="MP4",
        codec=_codec(sound),
        seconds=sound.seconds,
        bit_rate=round(size * 8 / sound.seconds),
        channels=sound.channels,
        sample_rate=sound.sample_rate,
        findings=findings,
    )


def tracks_of(source: Source, moov: Box, *, longest_table: int = 64 * 2**20) -> list[Track]:
    """Return the tracks; the length of one whose time table is longer than asked for is 0."""
    mvhd = content(source, find(source, moov, b"mvhd"), 4096)
    timescale = number(mvhd, 20 if mvhd[:1] == b"\x01" else 12)
    return [
        _read_track(source, box, timescale, longest_table)
        for box in all_boxes(source, moov, b"trak")
    ]


def _read_track(source: Source, trak: Box, movie_timescale: int, longest_table: int) -> Track:
    mdia = find(source, trak, b"mdia")
    stbl = find(source, mdia, b"minf", b"stbl")
    mdhd = content(source, find(source, mdia, b"mdhd"), 4096)
    tkhd = content(source, find(source, trak, b"tkhd"), 4096)
    timescale = number(mdhd, 20 if mdhd[:1] == b"\x01" else 12)
    stsd = content(source, find(source, stbl, b"stsd"), 2**20)
    times = find(source, stbl, b"stts")
    timed, ticks = 0, 0
    if times and times.end - times.start <= longest_table:
        timed, ticks = _duration(content(source, times))
    lasting = seconds = ticks / max(timescale, 1)
    edited = _edited(content(source, find(source, trak, b"edts", b"elst"), 2**20))
    if movie_timescale and 0 < edited / movie_timescale < seconds:
        seconds = edited / movie_timescale
    stsz = find(source, stbl, b"stsz")
    channels, sample_rate, object_type = _sound_entry(stsd, timescale)
    return Track(
        box=trak,
        number=number(tkhd, 20 if tkhd[:1] == b"\x01" else 12),
        handler=content(source, find(source, mdia, b"hdlr"), 2**16)[8:12],
        codec=stsd[12:16],
        timescale=timescale,
        seconds=seconds,
        lasting=lasting,
        timed=timed,
        samples=number(source.read(stsz.start, 12), 8) if stsz else 0,
        table=stbl,
        channels=channels,
        sample_rate=sample_rate,
        object_type=object_type,
    )


def _duration(stts: bytes) -> tuple[int, int]:
    """Return the number of all samples and their length together, in the track's own ticks."""
    table = list(struct.iter_unpack(">II", stts[8 : 8 + 8 * _entries(stts, 4, 8, 8)]))
    return sum(samples for samples, _ticks in table), sum(each * ticks for each, ticks in table)


def _entries(table: bytes, at: int, start: int, width: int) -> int:
    """Return how many entries a table has; one that promises more than it holds plays nowhere."""
    count = number(table, at)
    if count * width > max(0, len(table) - start):
        raise refuse("damaged", what=gettext_noop("its index contradicts itself"))
    return count


def _edited(elst: bytes) -> int:
    """Return the length of what is played, without the encoder's priming, in the movie's ticks."""
    wide = elst[:1] == b"\x01"
    step, field = (20, 8) if wide else (12, 4)
    total = 0
    for at in range(8, min(len(elst), 8 + step * number(elst, 4)), step):
        is_pause = elst[at + field : at + 2 * field] == b"\xff" * field
        total += 0 if is_pause else number(elst, at, field)
    return total


def _sample_bytes(source: Source, stbl: Box | None) -> int:
    stsz = content(source, find(source, stbl, b"stsz"))
    fixed, count = number(stsz, 4), number(stsz, 8)
    if fixed:
        return fixed * count
    count = max(0, min(count, (len(stsz) - 12) // 4))
    return sum(struct.unpack(f">{count}I", stsz[12 : 12 + 4 * count]))


def chunk_table(source: Source, stbl: Box | None) -> tuple[Box | None, int]:
    """Return the box of chunk positions and how many bytes one takes."""
    for kind, width in ((b"stco", 4), (b"co64", 8)):
        if box := find(source, stbl, kind):
            return box, width
    return None, 4


def _chunks(source: Source, stbl: Box | None) -> tuple[int, ...]:
    """Return the position of every chunk."""
    box, width = chunk_table(source, stbl)
    table = content(source, box)
    count = _entries(table, 4, 8, width)
    return struct.unpack(f">{count}{'I' if width == 4 else 'Q'}", table[8 : 8 + width * count])


def _first_chunk(source: Source, stbl: Box | None) -> int:
    return _one_chunk(source, stbl, 1)


def _last_chunk(source: Source, stbl: Box | None) -> int:
    """Return the position of the last chunk, which writers put furthest back."""
    box, _width = chunk_table(source, stbl)
    return _one_chunk(source, stbl, number(source.read(box.start, 8), 4) if box else 0)


def _one_chunk(source: Source, stbl: Box | None, which: int) -> int:
    box, width = chunk_table(source, stbl)
    if box is None or not which or box.end - box.start < 8 + width:
        return 0
    return number(source.read(box.start + 8 + width * (which - 1), width), 0, width)


def _refuse_elsewhere(top: list[Box], chunks: Iterable[int]) -> None:
    """Refuse an index of places where the sound is not: players would play noise, or nothing.

    It happens when something is put in front of the sound, a tag or the index itself, and the
    places are not corrected.
    """
    data = [box for box in top if box.kind == b"mdat"]
    one = data[0]
    if all(one.start <= at < one.end for at in chunks):
        return
    if not all(any(box.start <= at < box.end for box in data) for at in chunks):
        what = gettext_noop("its index points at places where the sound is not")
        raise refuse("damaged", what=what)


def _probe(source: Source, top: list[Box], seconds: float) -> tuple[Finding, ...]:
    """Look at places all over the sound: a transfer that skipped a piece left zeros there."""
    places = [
        at
        for data in top
        if data.kind == b"mdat"
        for at in range(data.start, data.end - _PROBE, max(_PROBE, source.size // _PROBES))
    ]
    empty = [at for at in places if not source.read(at, _PROBE).strip(b"\0")]
    if not empty:
        return ()
    if len(empty) > max(1, 0.05 * len(places)):
        raise refuse("damaged", what=gettext_noop("much of it is not audio"))
    return (warn("damaged-inside", at=timecode(empty[0] / source.size * seconds)),)


def _sound_entry(stsd: bytes, timescale: int) -> tuple[int, int, int]:
    """Return channels, sample rate and MPEG-4's number for the codec (0x40 AAC, 0x6B MP3).

    AAC's own configuration is believed first: the entry says "2 channels" for mono too, and has no
    room for rates above 65 kHz.
    """
    channels, rate = number(stsd, 32, 2), number(stsd, 40, 2) or timescale
    config = _descriptor(stsd, stsd.find(b"esds") + 8, 4) if b"esds" in stsd else b""
    asc = _descriptor(config, 13, 5)
    if len(asc) >= 2:
        channels, rate = _aac_config(asc, channels, rate)
    return channels, rate, number(config, 0, 1)


def _aac_config(asc: bytes, channels: int, rate: int) -> tuple[int, int]:
    """Return channels and rate of AAC, as it plays: HE-AAC names twice the rate of its core.

    It does so instead of the core's kind (5 and 29, the latter making stereo of mono), or behind
    it under the mark 0x2B7 for decoders that know nothing of it.
    """
    bits = "".join(f"{byte:08b}" for byte in asc[:16]).ljust(160, "0")
    kind, at = int(bits[:5], 2), 5
    rate, at = _aac_rate(bits, at, rate)
    layout, at = int(bits[at : at + 4], 2), at + 4
    channels = (AAC_CHANNELS[layout] if layout < len(AAC_CHANNELS) else 0) or channels
    if kind in {5, 29}:
        rate, at = _aac_rate(bits, at, rate)
        return 2 if kind == 29 else channels, rate
    mark = bits.find(f"{0x2B7:011b}00101", at)
    if 0 <= mark <= at + 24 and mark < 8 * len(asc) - 16 and bits[mark + 16] == "1":
        rate, at = _aac_rate(bits, mark + 17, rate)
        stereo = bits[at : at + 12] == f"{0x548:011b}1"
        channels = 2 if stereo and at + 12 <= 8 * len(asc) else channels
    return channels, rate


def _aac_rate(bits: str, at: int, rate: int) -> tuple[int, int]:
    """Read a rate by its index, or in full behind index 15; return it and where it ends."""
    index = int(bits[at : at + 4], 2)
    if index == 15:
        return int(bits[at + 4 : at + 28], 2) or rate, at + 28
    return AAC_RATES[index] if index < len(AAC_RATES) else rate, at + 4


def _descriptor(data: bytes, start: int, tag: int) -> bytes:
    """Return the contents of an MPEG-4 descriptor that stands within 64 bytes of `start`."""
    at = data.find(bytes((tag,)), start, start + 64) if 0 <= start < len(data) else -1
    if at < 0:
        return b""
    at += 1
    while data[at : at + 1] >= b"\x80":
        at += 1
    return data[at + 1 : at + 1 + number(data, at, 1)]


def _codec(sound: Track) -> str:
    if sound.codec in {b"drms", b"enca"}:
        raise refuse("protected")
    if sound.codec == b"alac":
        return "ALAC"
    if sound.codec == b"mp4a" and sound.object_type not in {0x69, 0x6B}:
        return "AAC"
    codec = b".mp3" if sound.codec == b"mp4a" else sound.codec
    rare = gettext_noop("a rare kind of sound")
    raise refuse("unsupported", what=_FOREIGN_CODECS.get(codec, rare))


def _refuse_cut(
    source: Source, top: list[Box], sound: Track, *, needed: int, last_chunk: int
) -> None:
    """Refuse when the index points behind the end, or at more bytes than the file holds."""
    data = [box for box in top if box.kind == b"mdat"]
    if not data:
        raise refuse("incomplete", what=gettext_noop("it has an index but no sound"))
    stored = sum(min(box.end, source.size) - box.start for box in data)
    if any(box.end > source.size for box in data) or needed > stored:
        promised = needed or sum(box.end - box.start for box in data)
        raise truncated(sound.seconds * min(1.0, stored / max(promised, 1)), sound.seconds)
    if last_chunk >= source.size:
        what = gettext_noop("its index points behind the end of the file")
        raise refuse("incomplete", what=what)


def _check_pictures(source: Source, moov: Box) -> None:
    """Refuse an over-sized cover before a library loads it."""
    tags = tag_box(source, moov)
    for box in boxes(source, tags.start, tags.end) if tags else ():
        size = box.end - box.start
        if box.kind == b"covr" and size > _MAX_PICTURE:
            raise refuse("cover-too-large", mib=round(size / 2**20))
        if size > 16 * 2**20:
            raise refuse("tag-too-large", mib=round(size / 2**20))
