"""Ogg page by page: which codec, how many samples, and whether the last page is there.

A page's granule position is a claim; what it may add is bounded by the packets that end on the
page, so an absurd one cannot make an absurd length. Layout: RFC 3533; RFC 7845 (Opus); the Vorbis I
specification, 4.2.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import refuse, truncated, warn
from episodes.audio.source import Source
from episodes.audio.timecode import timecode

_OPUS_RATE = 48_000
_OPUS_MAX_PACKET = 5_760
_NO_PACKET_ENDS = 2**64 - 1
_LAST = 4
_FIRST = 2
_MAX_PAGES = 2_000_000


@dataclass(frozen=True, slots=True)
class _Page:
    flags: int
    granule: int
    serial: int
    packets: int
    """Packets that end on this page."""
    start: int
    end: int
    head: bytes
    """The first bytes of the contents."""


@dataclass(slots=True)
class _Track:
    codec: str
    sample_rate: int
    channels: int
    longest: int
    """Most samples that one packet can hold."""
    skipped: int = 0
    granule: int = 0
    samples: int = 0
    lies: int = 0
    ended: bool = False
    size: int = 0

    def add(self, page: _Page) -> None:
        self.size += page.end - page.start
        self.ended = bool(page.flags & _LAST)
        if page.granule == _NO_PACKET_ENDS or not page.packets:
            return
        step = page.granule - self.granule
        if 0 <= step <= page.packets * self.longest or (self.granule == 0 and step < 2**40):
            self.samples += self._first_step(page, step) if self.granule == 0 else step
            self.granule = page.granule
        else:
            self.lies += 1

    def _first_step(self, page: _Page, step: int) -> int:
        """A recording cut out of a longer one starts at a high position, which is not length."""
        return min(step, page.packets * self.longest)

    @property
    def seconds(self) -> float:
        rate = _OPUS_RATE if self.codec == "Opus" else self.sample_rate
        return max(0, self.samples - self.skipped) / rate


def read_ogg(source: Source, start: int) -> Stream:
    tracks: dict[int, _Track] = {}
    position = start
    complete = True
    for page in _pages(source, start):
        if page.end > source.size:
            complete = False
            break
        position = page.end
        if page.flags & _FIRST:
            track = _open(page.head)
            if track:
                tracks[page.serial] = track
        elif page.serial in tracks:
            tracks[page.serial].add(page)
    if not tracks:
        raise refuse("no-audio")
    seconds = sum(track.seconds for track in tracks.values())
    first = next(iter(tracks.values()))
    behind = source.size - position
    if not complete or (0 < behind < 27):
        raise truncated(seconds)
    if behind > max(4096, 0.05 * source.size):
        raise refuse("damaged", what=f"from {timecode(seconds)} on it is not audio any more")
    if seconds < 0.25:
        raise refuse("too-short", seconds=seconds)
    return Stream(
        container="Ogg",
        codec=first.codec,
        seconds=seconds,
        bit_rate=round(sum(track.size for track in tracks.values()) * 8 / seconds),
        channels=first.channels,
        sample_rate=first.sample_rate,
        findings=tuple(_notice(tracks, seconds, behind)),
    )


def _pages(source: Source, position: int) -> Iterator[_Page]:
    for _ in range(_MAX_PAGES):
        header = source.read(position, 27 + 255 + 64)
        if len(header) < 27 or header[:4] != b"OggS":
            return
        segments = header[27 : 27 + header[26]]
        body = 27 + header[26]
        end = position + body + sum(segments)
        if len(segments) < header[26]:
            end = source.size + 1
        yield _Page(
            flags=header[5],
            granule=int.from_bytes(header[6:14], "little"),
            serial=int.from_bytes(header[14:18], "little"),
            packets=sum(length < 255 for length in segments),
            start=position,
            end=end,
            head=header[body : body + 64],
        )
        position = end


def _open(head: bytes) -> _Track | None:
    """Return the sound that this first packet announces; `None` for a helper stream (Skeleton)."""
    if head[:8] == b"OpusHead" and len(head) >= 19:
        skipped = int.from_bytes(head[10:12], "little")
        return _Track("Opus", _OPUS_RATE, head[9], _OPUS_MAX_PACKET, skipped=skipped)
    if head[:7] == b"\x01vorbis" and len(head) >= 29:
        rate = int.from_bytes(head[12:16], "little")
        if not 1_000 <= rate <= 400_000 or not head[11]:
            raise refuse("damaged", what="its first page makes no sense")
        # A packet yields a quarter of two neighbouring blocks, so at most half the long block.
        return _Track("Vorbis", rate, head[11], 2 ** (head[28] >> 4) // 2)
    if head[:7] == b"\x80theora" or head[:5] == b"BBCD\0":
        raise refuse("video", what="Ogg")
    if head[:8] == b"fishead\0":
        return None
    names = {b"\x7fFLAC": "FLAC in an Ogg file", b"Speex": "Speex"}
    raise refuse("unsupported", what=names.get(head[:5], "a rare kind of Ogg file"))


def _notice(tracks: dict[int, _Track], seconds: float, behind: int) -> list[Finding]:
    findings = []
    if any(track.lies for track in tracks.values()):
        findings.append(
            warn("length-header-wrong", claimed="something else", real=timecode(seconds))
        )
    elif not all(track.ended for track in tracks.values()):
        findings.append(warn("no-end-mark"))
    if len(tracks) > 1:
        findings.append(warn("joined", at=timecode(next(iter(tracks.values())).seconds)))
    if behind:
        findings.append(warn("junk-after", count=f"{behind:,}"))
    return findings
