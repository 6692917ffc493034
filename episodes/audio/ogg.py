"""Ogg page by page: which codec, how many samples, and whether every page is there and sound.

A page's granule position is a claim; what it may add is bounded by the packets that end on the
page, so an absurd one cannot make an absurd length. The quick reading looks at the first pages,
the last and a few between: positions and page numbers must rise, of one stream. Layout: RFC 3533;
RFC 7845 (Opus); the Vorbis I specification, 4.2.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from episodes.audio.behind import judge_behind
from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import Refused, refuse, truncated, warn
from episodes.audio.oggpages import NO_PACKET_ENDS, Page, pages_of, read_page
from episodes.audio.opus import packet_samples
from episodes.audio.source import Source
from episodes.audio.timecode import timecode
from episodes.audio.wording import gettext_noop

_OPUS_RATE = 48_000
_OPUS_MAX_PACKET = 5_760
_LONGEST_PAGE = 27 + 255 + 255 * 255
_FAR = 2**37
_HEAD = 48 * 1024
_PROBE = 8 * 1024


@dataclass(slots=True)
class _Track:
    codec: str
    sample_rate: int
    channels: int
    longest: int
    """Most samples that one packet can hold."""
    skipped: int = 0
    pending: int = 0
    """Packets of a first page that starts far in, whose length the second one tells."""
    granule: int = 0
    number: int = 0
    packets: int = 0
    samples: int = 0
    lies: int = 0
    bad: list[float] = field(default_factory=list)
    """Seconds at which a page is missing or damaged."""
    ended: bool = False
    pages: int = 0
    size: int = 0

    def add(self, page: Page) -> None:
        missing = page.number > self.number + 1 and self.granule > 0
        self.number = page.number
        if missing or not page.is_whole:
            self.bad.append(self.seconds)
        self.pages += 1
        self.size += page.end - page.start
        self.ended = page.is_last
        if page.granule == NO_PACKET_ENDS or not page.packets:
            return
        self.samples += self._step(page, missing=missing)
        self.packets += page.packets
        self.granule = page.granule

    def _step(self, page: Page, *, missing: bool) -> int:
        step = page.granule - self.granule
        if self.granule == 0 and 0 <= step < _FAR:
            return self._first_step(page, step)
        if not 0 <= step <= (_FAR if missing else page.packets * self.longest):
            self.lies += 1
            # Nothing is known of this page but how many packets it ends.
            return page.packets * self.samples // max(1, self.packets)
        if self.pending:
            step += self.pending * step // page.packets
            self.pending = 0
        return step

    def _first_step(self, page: Page, step: int) -> int:
        """A recording cut out of a longer one starts at a high position, which is not length."""
        if self.codec == "Opus":
            return min(step, packet_samples(page.head) * page.packets or step)
        if step > page.packets * self.longest:
            self.pending = page.packets
            return 0
        return step

    @property
    def seconds(self) -> float:
        return max(0, self.samples - self.skipped) / self.rate

    @property
    def rate(self) -> int:
        return _OPUS_RATE if self.codec == "Opus" else self.sample_rate


@dataclass(slots=True)
class _Chain:
    """The sounds that follow each other. Of those that play at once only the first counts."""

    tracks: dict[int, _Track] = field(default_factory=dict)
    parallel: int = 0
    is_beginning: bool = False
    """Whether the link's first pages go on: they stand together, before all others."""
    has_sound: bool = False

    def begin(self, page: Page) -> None:
        self.has_sound = self.has_sound and self.is_beginning
        self.is_beginning = True
        track = _open(page.head)
        if track and self.has_sound:
            self.parallel += 1
            return
        if page.serial in self.tracks:  # chained by a tool that gave both the same number
            self.tracks[-1 - len(self.tracks)] = self.tracks.pop(page.serial)
        if track:
            self.tracks[page.serial], self.has_sound = track, True


def read_ogg(source: Source, start: int) -> Stream:
    """Measure an Ogg file by all of its pages; raise `Refused`."""
    chain = _Chain()
    tracks = chain.tracks
    position = start
    junk = 0
    for page in pages_of(source, start):
        if page.end > source.size:
            raise _cut(tracks)
        gap, position = page.start - position, page.end
        junk += gap
        if page.is_first:
            chain.begin(page)
            continue
        chain.is_beginning = False
        if track := tracks.get(page.serial):
            if gap:
                track.bad.append(track.seconds)
            track.add(page)
    if not tracks:
        raise refuse("no-audio")
    seconds = sum(track.seconds for track in tracks.values())
    if 0 < source.size - position < 27:
        raise _cut(tracks)
    behind = judge_behind(source, position, source.size, whole=source.size - start)
    _refuse_damaged(source, tracks, junk, seconds)
    return _stream(tracks, seconds, (*_notice(tracks, seconds, chain.parallel), *behind))


def glance_ogg(source: Source, start: int) -> Stream | None:
    """Measure by the pages at both ends, when those in between speak of the same stream."""
    pages = pages_of(source, start, check=False)
    page = next(pages, None)
    track = _open(page.head) if page and page.is_first else None
    last = _last_page(source, page.serial) if page else None
    if not page or not track or not last or not last.is_last or last.granule >= _FAR:
        return None
    while not track.samples:
        page = next(pages, None)
        if page is None or page.serial != last.serial or page.start - start > _HEAD:
            return None
        track.add(page)
    if track.bad or track.lies or not _rises(source, page, last):
        return None
    track.samples += last.granule - track.granule
    if track.seconds < 0.25:
        return None
    track.size = source.size - start
    return _stream({last.serial: track}, track.seconds, ())


def _last_page(source: Source, serial: int) -> Page | None:
    for reach in (12 * 1024, _LONGEST_PAGE):
        at = max(0, source.size - reach)
        tail = source.read(at, source.size - at)
        offset = tail.rfind(b"OggS")
        while offset >= 0:
            page = read_page(source, at + offset)
            if page is not None and page.end == source.size:
                return page if page.serial == serial else None
            offset = tail.rfind(b"OggS", 0, offset)
    return None


def _rises(source: Source, first: Page, last: Page) -> bool:
    """Whether pages between two others carry on their stream, as far as two places tell."""
    before = first
    for part in (1, 2):
        at = first.end + (last.start - first.end) * part // 3
        window = source.read(at, _PROBE)
        page = read_page(source, at + window.find(b"OggS")) if b"OggS" in window else None
        if page is None or page.granule == NO_PACKET_ENDS or page.start >= last.start:
            continue
        rising = before.number < page.number and before.granule <= page.granule
        if page.serial != last.serial or not rising:
            return False
        before = page
    return before.number <= last.number and before.granule % 2**64 <= last.granule


def _stream(tracks: dict[int, _Track], seconds: float, findings: tuple[Finding, ...]) -> Stream:
    first = next(iter(tracks.values()))
    return Stream(
        container="Ogg",
        codec=first.codec,
        seconds=seconds,
        bit_rate=round(sum(track.size for track in tracks.values()) * 8 / seconds),
        channels=first.channels,
        sample_rate=first.sample_rate,
        findings=findings,
    )


def _cut(tracks: dict[int, _Track]) -> Refused:
    return truncated(sum(track.seconds for track in tracks.values()))


def _refuse_damaged(source: Source, tracks: dict[int, _Track], junk: int, seconds: float) -> None:
    bad = sum(len(track.bad) for track in tracks.values())
    pages = sum(track.pages for track in tracks.values())
    if junk > max(4096, 0.05 * source.size) or bad > max(2, 0.05 * pages):
        raise refuse("damaged", what=gettext_noop("many pieces of it are missing or broken"))
    if seconds < 0.25:
        raise refuse("too-short", seconds=round(seconds, 2))


def _open(head: bytes) -> _Track | None:
    """Return the sound that this first packet announces; `None` for a helper stream (Skeleton)."""
    if head[:8] == b"OpusHead" and len(head) >= 19:
        skipped = int.from_bytes(head[10:12], "little")
        return _Track("Opus", _OPUS_RATE, head[9], _OPUS_MAX_PACKET, skipped=skipped)
    if head[:7] == b"\x01vorbis" and len(head) >= 29:
        rate = int.from_bytes(head[12:16], "little")
        if not 1_000 <= rate <= 400_000 or not head[11]:
            raise refuse("damaged", what=gettext_noop("its first page makes no sense"))
        # A packet yields a quarter of two neighbouring blocks, so at most half the long block.
        return _Track("Vorbis", rate, head[11], 2 ** (head[28] >> 4) // 2)
    if head[:7] == b"\x80theora" or head[:5] == b"BBCD\0":
        raise refuse("video", what="Ogg")
    if head[:8] == b"fishead\0":
        return None
    names = {b"\x7fFLAC": gettext_noop("FLAC in an Ogg file"), b"Speex": "Speex"}
    raise refuse("unsupported", what=names.get(head[:5], gettext_noop("a rare kind of Ogg file")))


def _notice(tracks: dict[int, _Track], seconds: float, parallel: int) -> list[Finding]:
    findings = []
    if any(track.lies for track in tracks.values()):
        claimed, real = gettext_noop("something else"), timecode(seconds)
        findings.append(warn("length-header-wrong", claimed=claimed, real=real))
    elif not all(track.ended for track in tracks.values()):
        findings.append(warn("no-end-mark"))
    if bad := [at for track in tracks.values() for at in track.bad]:
        findings.append(warn("damaged-inside", at=timecode(bad[0])))
    if parallel:
        findings.append(warn("several-tracks", count=parallel + 1))
    if len(tracks) > 1:
        findings.append(warn("joined", at=timecode(next(iter(tracks.values())).seconds)))
    return findings
