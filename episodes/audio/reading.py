"""One function: a file in, facts and findings out. No file makes it raise, whatever it holds."""

from __future__ import annotations

from collections.abc import Callable

from episodes.audio.adts import is_adts, is_latm, read_adts
from episodes.audio.facts import AudioFacts, Depth, EmbeddedChapter, Finding, Reading, Stream
from episodes.audio.findings import Refused, refuse, warn
from episodes.audio.flac import glance_flac, read_flac
from episodes.audio.formats import FORMATS
from episodes.audio.id3 import skip_tags
from episodes.audio.labels import read_labels
from episodes.audio.mp4 import glance_mp4, read_mp4
from episodes.audio.mpeg import glance_mp3, is_free_format, is_mpeg, read_mp3
from episodes.audio.ogg import glance_ogg, read_ogg
from episodes.audio.riff import read_aiff, read_wav
from episodes.audio.rules import platform_findings
from episodes.audio.sniffing import sniff
from episodes.audio.source import Readable, Source
from episodes.audio.timecode import timecode
from episodes.audio.trailers import skip_zeros
from episodes.audio.wording import gettext_noop

_READERS: dict[str, Callable[[Source, int], Stream]] = {
    "MP3": read_mp3,
    "ADTS": read_adts,
    "MP4": read_mp4,
    "Ogg": read_ogg,
    "FLAC": read_flac,
    "WAV": read_wav,
    "AIFF": read_aiff,
}

_GLANCES: dict[str, Callable[[Source, int], Stream | None]] = {
    "MP3": glance_mp3,
    "MP4": glance_mp4,
    "Ogg": glance_ogg,
    "FLAC": glance_flac,
    "WAV": read_wav,
    "AIFF": read_aiff,
}
"""The quick readers; `None` says that headers do not suffice. ADTS has none to read."""

_LONGEST_MS = 7 * 24 * 3600 * 1000
"""A week: no episode is longer, and what claims to be was made to hurt."""


def read_audio(file: Readable | Source, *, name: str = "", depth: Depth = Depth.WHOLE) -> Reading:
    """Read an audio file of any origin.

    `name` is what the uploader called it: it may cause a warning and decides nothing. With
    `Depth.HEADERS` at most 128 KB are fetched where the headers agree with each other and with the
    file's size, and long parts of a tag (pictures above all) are left out; the reading says in
    `depth` when it had to go through the whole file after all. Only the whole reading can vouch for
    what lies between the ends, so it is what an upload gets. Strangers' files are read through
    `containment.read_contained`, which adds limits on memory and time.
    """
    try:
        return _read(file if isinstance(file, Source) else Source(file), name, depth)
    except Refused as refusal:
        return Reading(None, (refusal.finding,), depth)
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        # A hole in a reader of ours must not become more than a refusal; the fuzz test finds it.
        return Reading(None, (refuse("unreadable").finding,), depth)


def _read(source: Source, name: str, depth: Depth) -> Reading:
    if source.size == 0:
        raise refuse("empty")
    start = _skip_padding(source, skip_tags(source, depth))
    container = _container(source, start)
    stream, reached = _measure(source, start, container, depth)
    kind = FORMATS[stream.container, stream.codec]
    duration_ms = round(stream.seconds * 1000)
    if not 0 < duration_ms < _LONGEST_MS or not 0 < stream.bit_rate < 2**31:
        raise refuse("damaged", what=gettext_noop("its header makes no sense"))
    labels = read_labels(source, stream.container, stream.codec, start=start, depth=depth)
    facts = AudioFacts(
        container=stream.container,
        codec=stream.codec,
        mime_type=kind.mime_type,
        extension=kind.extension,
        duration_ms=duration_ms,
        bit_rate=stream.bit_rate,
        bit_rate_mode=stream.bit_rate_mode,
        channels=stream.channels,
        sample_rate=stream.sample_rate,
        size=source.size,
        tags=labels.tags,
        chapters=_inside(labels.chapters, duration_ms),
        cover=labels.cover,
    )
    twice = _left_out(labels.chapters, facts.chapters)
    advice = (*twice, *platform_findings(stream, kind, source.size, name))
    return Reading(facts, (*stream.findings, *labels.findings, *advice), reached)


def _measure(source: Source, start: int, container: str, depth: Depth) -> tuple[Stream, Depth]:
    glance = _GLANCES.get(container) if depth is Depth.HEADERS else None
    if glance and (stream := glance(source, start)):
        return stream, Depth.HEADERS
    return _READERS[container](source, start), Depth.WHOLE


def _skip_padding(source: Source, start: int) -> int:
    """Step over the zeros that some editors leave behind a tag; a few belong to what follows."""
    if source.read(start, 64).strip(b"\0"):
        return start
    begin = skip_zeros(source, start)
    if begin == source.size:
        raise refuse("no-audio")
    return begin


def _container(source: Source, start: int) -> str:
    head = source.read(start, 4096)
    if container := sniff(head):
        return container
    if is_adts(source, start):
        return "ADTS"
    if is_mpeg(source, start):
        return "MP3"
    if is_latm(source, start):
        raise refuse("unsupported", what=gettext_noop("AAC as broadcast (LATM)"))
    if is_free_format(source, start):
        raise refuse("unsupported", what=gettext_noop("a free-format MP3, without a bit rate"))
    if parsed := _other_layer(head):
        raise refuse("unsupported", what=parsed)
    raise refuse("unknown")


def _other_layer(head: bytes) -> str:
    """Name MPEG audio that is not Layer III."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[2] >> 4 == 15:
        return ""
    return {4: "MPEG Layer II (MP2)", 6: "MPEG Layer I"}.get(head[1] & 6, "")


def _inside(chapters: tuple[EmbeddedChapter, ...], duration_ms: int) -> tuple[EmbeddedChapter, ...]:
    """Keep one chapter per start, in order, inside the sound."""
    by_start = {each.start_ms: each for each in reversed(chapters) if each.start_ms < duration_ms}
    return tuple(by_start[start] for start in sorted(by_start))


_NAMED = 5


def _left_out(
    told: tuple[EmbeddedChapter, ...], kept: tuple[EmbeddedChapter, ...]
) -> tuple[Finding, ...]:
    """Name the chapters that start where another does; what says the same twice loses nothing."""
    titles = {each.start_ms: each.title for each in kept}
    lost = {
        (each.start_ms, each.title)
        for each in told
        if titles.get(each.start_ms, each.title) != each.title
    }
    if not lost:
        return ()
    names = [f"{timecode(start / 1000)} “{title[:80]}”" for start, title in sorted(lost)[:_NAMED]]
    return (warn("chapters-same-start", names=", ".join(names) + "…" * (len(lost) > _NAMED)),)
