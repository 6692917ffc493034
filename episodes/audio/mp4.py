"""M4A: is the index there, is the sound that it points at there, and is it only sound.

Only the known path (moov, trak, mdia, minf, stbl) is descended, so nesting cannot run away.
Layout: ISO/IEC 14496-12 (boxes), 14496-14 (esds) and 14496-3 (AAC's own configuration). The quick
reading leaves out what grows with the length, the tables of samples and chunks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from episodes.audio.behind import judge_behind
from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import Refused, refuse, truncated, warn
from episodes.audio.mp4boxes import Box, all_boxes, boxes, content, find, number, tag_box
from episodes.audio.mp4config import sound_entry
from episodes.audio.mp4tables import (
    chunk_table,
    chunks,
    contradiction,
    ends_inside,
    inside,
    sample_bytes,
    sample_count,
    times,
)
from episodes.audio.source import Source
from episodes.audio.timecode import timecode
from episodes.audio.wording import gettext_noop

_MAX_PICTURE = 12 * 2**20
_LONGEST_SAMPLE = 2.0
"""Seconds that one sample may last on average: AAC's last 0.02 to 0.3, ALAC's 0.1 to 0.5."""
_SLACK, _SLACK_SHARE = 0.1, 0.02
"""How far times may be from the codec's own frames: in seconds, and as a share."""
_MOST_GAPS = 1.2
"""How much longer than its frames a sound with gaps may be, as a share of their length."""
_GLANCE_TABLE = 8 * 1024
_INDEX_HEAD = re.compile(rb"moov....mvhd", re.DOTALL)
_INDEX_STEP, _INDEX_SEARCHED = 512 * 1024, 8 * 2**20
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
    """What is played of it: all, or what an edit list says."""
    lasting: float
    """What its samples last together."""
    usual: float
    """What most of its samples last."""
    timed: int
    """Of how many samples the times are told; 0 when they were not counted."""
    samples: int
    table: Box | None
    """The sample table (stbl)."""
    channels: int
    sample_rate: int
    object_type: int
    frame_seconds: float
    """What a sample lasts by the codec's own configuration; 0 when it tells none."""


def read_mp4(source: Source, start: int) -> Stream:
    """Measure an M4A; raise `Refused` for video, DRM, fragments and anything cut off."""
    top, moov = _open(source, start)
    tracks = tracks_of(source, moov)
    sound = _the_sound(tracks)
    sizes = [sample_bytes(source, track.table) for track in tracks]
    size = sizes[tracks.index(sound)]
    _refuse_cut(source, top, sound, needed=sum(sizes))
    _refuse_elsewhere(source, top, tracks, sound, in_front=(start, moov.end - moov.start + 8))
    end = max(box.end for box in top if box.end <= source.size)
    gaps = (warn("gaps", seconds=round(_drift(sound), 1)),) if _has_gaps(sound) else ()
    findings = (
        *gaps,
        *_probe(source, top, sound.seconds),
        *judge_behind(source, end, source.size, whole=source.size),
    )
    return _stream(sound, size, findings)


def glance_mp4(source: Source, start: int) -> Stream | None:
    """Measure by the index alone, when it points at sound at both ends and is not odd."""
    top, moov = _open(source, start)
    tracks = tracks_of(source, moov, longest_table=_GLANCE_TABLE)
    sound = _the_sound(tracks)
    if not sound.seconds:
        return None
    _refuse_cut(source, top, sound, needed=0)
    data = _data(top)
    if not all(ends_inside(source, track.table, data) for track in tracks if track.samples):
        return None
    stored = sum(box.end - box.start for box in data)
    return _stream(sound, stored, ())


def _open(source: Source, start: int) -> tuple[list[Box], Box]:
    top = list(boxes(source, start, source.size))
    moov = next((box for box in top if box.kind == b"moov"), None)
    if moov is None or moov.end > source.size:
        raise _no_index(source, top)
    _check_pictures(source, moov)
    if any(box.kind == b"moof" for box in top) or find(source, moov, b"mvex"):
        raise refuse("mp4-fragmented")
    return top, moov


def _no_index(source: Source, top: list[Box]) -> Refused:
    """Tell an index that never arrived from one that a wrong size in front of it hides."""
    last = top[-1] if top else None
    if last and last.kind != b"moov" and last.end > source.size:
        floor = max(last.start, source.size - _INDEX_SEARCHED)
        for at in range(floor, source.size, _INDEX_STEP):
            if _INDEX_HEAD.search(source.window(at, _INDEX_STEP + 12)):
                return refuse("damaged", what=gettext_noop("its header makes no sense"))
    what = gettext_noop("its index (which stands at the end) is missing")
    return refuse("incomplete", what=what)


def _the_sound(tracks: list[Track]) -> Track:
    if any(track.handler == b"vide" and track.codec not in PICTURE_CODECS for track in tracks):
        raise refuse("video", what="MP4")
    sound = next((track for track in tracks if track.handler == b"soun"), None)
    if sound is None:
        raise refuse("no-audio")
    _codec(sound)
    if sound.lasting and not sound.seconds:  # an edit list that leaves nothing to be played
        raise contradiction()
    if sound.seconds > _LONGEST_SAMPLE * sound.samples or _is_out_of_step(sound):
        raise contradiction()
    return sound


def _is_out_of_step(sound: Track) -> bool:
    """Whether times and samples are of different numbers, or last as the codec's frames do not.

    Writers that are a sample off are forgiven, and those whose clock is too coarse for a frame.
    """
    if not sound.timed:
        return False
    if abs(sound.timed - sound.samples) > max(2, sound.samples // 100):
        return True
    return abs(_drift(sound)) > 0 and not _has_gaps(sound)


def _drift(sound: Track) -> float:
    """Return by how many seconds the times last longer than the frames; 0 for what is usual."""
    framed = sound.samples * sound.frame_seconds
    drift = sound.lasting - framed if framed and sound.timed else 0.0
    allowed = sound.frame_seconds + max(_SLACK, _SLACK_SHARE * framed)
    return drift if abs(drift) > allowed else 0.0


def _has_gaps(sound: Track) -> bool:
    """Whether a few samples last longer than the frames they hold, as recorders of calls write it.

    Browsers and phones are silent there; ffmpeg, and with it our listening, leaves the gaps out.
    """
    framed = sound.samples * sound.frame_seconds
    off = abs(sound.usual - sound.frame_seconds)
    is_usual = off <= _SLACK_SHARE * sound.frame_seconds + 1 / max(sound.timescale, 1)
    return is_usual and 0 < _drift(sound) <= _MOST_GAPS * framed


def _data(top: list[Box]) -> list[Box]:
    return [box for box in top if box.kind == b"mdat"]


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
    box = find(source, stbl, b"stts")
    timed = ticks = usual = 0
    if box and box.end - box.start <= longest_table:
        timed, ticks, usual = times(content(source, box))
    lasting, usual_seconds = ticks / max(timescale, 1), usual / max(timescale, 1)
    edits = content(source, find(source, trak, b"edts", b"elst"), 2**20)
    channels, sample_rate, object_type, frame = sound_entry(stsd, timescale)
    return Track(
        box=trak,
        number=number(tkhd, 20 if tkhd[:1] == b"\x01" else 12),
        handler=content(source, find(source, mdia, b"hdlr"), 2**16)[8:12],
        codec=stsd[12:16],
        timescale=timescale,
        seconds=_played(edits, movie_timescale, timescale, lasting),
        lasting=lasting,
        usual=usual_seconds,
        timed=timed,
        samples=sample_count(source, stbl),
        table=stbl,
        channels=channels,
        sample_rate=sample_rate,
        object_type=object_type,
        frame_seconds=frame,
    )


def _played(elst: bytes, movie_timescale: int, timescale: int, lasting: float) -> float:
    """Return the seconds that are played, without the encoder's priming.

    0 when the edits leave nothing; those that are longer than the sound change nothing.
    """
    wide = elst[:1] == b"\x01"
    step, field = (20, 8) if wide else (12, 4)
    total, edits = 0.0, 0
    for at in range(8, min(len(elst), 8 + step * number(elst, 4)), step):
        begin = elst[at + field : at + 2 * field]
        if begin == b"\xff" * field:  # a pause
            continue
        edits += 1
        rest = lasting - number(begin, 0, field) / max(timescale, 1)
        if rest > 0:
            total += number(elst, at, field) / max(movie_timescale, 1)
    return min(total, lasting) if edits and movie_timescale else lasting


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


def _refuse_cut(source: Source, top: list[Box], sound: Track, *, needed: int) -> None:
    """Refuse when the index points behind the end, or at more bytes than the file holds."""
    data = _data(top)
    if not data:
        raise refuse("incomplete", what=gettext_noop("it has an index but no sound"))
    stored = sum(min(box.end, source.size) - box.start for box in data)
    if any(box.end > source.size for box in data) or needed > stored:
        promised = needed or sum(box.end - box.start for box in data)
        raise truncated(sound.seconds * min(1.0, stored / max(promised, 1)), sound.seconds)
    if _last_chunk(source, sound.table) >= source.size:
        what = gettext_noop("its index points behind the end of the file")
        raise refuse("incomplete", what=what)


def _last_chunk(source: Source, stbl: Box | None) -> int:
    """Return the position of the last chunk, which writers put furthest back."""
    box, width = chunk_table(source, stbl)
    count = number(source.read(box.start, 8), 4) if box else 0
    if box is None or not count or box.start + 8 + width * count > box.end:
        return 0
    return number(source.read(box.start + 8 + width * (count - 1), width), 0, width)


def _refuse_elsewhere(
    source: Source, top: list[Box], tracks: list[Track], sound: Track, *, in_front: tuple[int, ...]
) -> None:
    """Refuse an index of places where the sound is not: players would play noise, or nothing.

    It happens when something is put in front of the sound, a tag or the index itself, and the
    places are not corrected. `in_front` are the sizes of both. Other tracks (chapters) may point
    elsewhere, unless such a size makes every track right: then the sound's places, though in the
    data, are some bytes off too.
    """
    data = _data(top)
    if inside(chunks(source, sound.table), data) and all(
        ends_inside(source, track.table, data) for track in tracks if track.samples
    ):
        return
    is_shifted = any(
        all(inside(chunks(source, each.table), data, shift=shift) for each in tracks)
        for shift in in_front
        if shift
    )
    if is_shifted or not inside(chunks(source, sound.table), data):
        what = gettext_noop("its index points at places where the sound is not")
        raise refuse("damaged", what=what)


def _check_pictures(source: Source, moov: Box) -> None:
    """Refuse an over-sized cover before a library loads it."""
    tags = tag_box(source, moov)
    for box in boxes(source, tags.start, tags.end) if tags else ():
        size = box.end - box.start
        if box.kind == b"covr" and size > _MAX_PICTURE:
            raise refuse("cover-too-large", mib=round(size / 2**20))
        if size > 16 * 2**20:
            raise refuse("tag-too-large", mib=round(size / 2**20))
