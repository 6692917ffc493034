"""One function: a file in, facts and findings out. No file makes it raise, whatever it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from episodes.audio.adts import is_adts, read_adts
from episodes.audio.facts import AudioFacts, EmbeddedChapter, Reading, Stream
from episodes.audio.findings import Refused, refuse
from episodes.audio.flac import read_flac
from episodes.audio.formats import FORMATS
from episodes.audio.id3 import skip_tags
from episodes.audio.labels import read_labels
from episodes.audio.mp4 import read_mp4
from episodes.audio.mpeg import is_mpeg, read_mp3
from episodes.audio.ogg import read_ogg
from episodes.audio.riff import read_aiff, read_wav
from episodes.audio.rules import platform_findings
from episodes.audio.sniffing import sniff
from episodes.audio.source import Source

_READERS: dict[str, Callable[[Source, int], Stream]] = {
    "MP3": read_mp3,
    "ADTS": read_adts,
    "MP4": read_mp4,
    "Ogg": read_ogg,
    "FLAC": read_flac,
    "WAV": read_wav,
    "AIFF": read_aiff,
}


_LONGEST_MS = 7 * 24 * 3600 * 1000
"""A week: no episode is longer, and what claims to be was made to hurt."""


def read_audio(file: BinaryIO, *, name: str = "") -> Reading:
    """Read an audio file of any origin.

    `name` is what the uploader called it: it may cause a warning and decides nothing. Strangers'
    files are read through `containment.read_contained`, which adds limits on memory and time.
    """
    try:
        return _read(Source(file), name)
    except Refused as refusal:
        return Reading(None, (refusal.finding,))
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        # A hole in a reader of ours must not become more than a refusal; the fuzz test finds it.
        return Reading(None, (refuse("unreadable").finding,))


def _read(source: Source, name: str) -> Reading:
    if source.size == 0:
        raise refuse("empty")
    start = _skip_padding(source, skip_tags(source))
    container = _container(source, start)
    stream = _READERS[container](source, start)
    kind = FORMATS[stream.container, stream.codec]
    labels = read_labels(source.file, stream.container, stream.codec)
    duration_ms = round(stream.seconds * 1000)
    if not 0 < duration_ms < _LONGEST_MS or not 0 < stream.bit_rate < 2**31:
        raise refuse("damaged", what="its header makes no sense")
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
    advice = platform_findings(stream, kind, source.size, name)
    return Reading(facts, (*stream.findings, *labels.findings, *advice))


def _skip_padding(source: Source, start: int) -> int:
    """Step over up to a megabyte of zeros, which some editors leave behind a tag."""
    if source.read(start, 64).strip(b"\0"):
        return start
    for position in range(start, start + 2**20, 4096):
        window = source.read(position, 4096)
        if rest := window.lstrip(b"\0"):
            return position + len(window) - len(rest)
    raise refuse("no-audio")


def _container(source: Source, start: int) -> str:
    head = source.read(start, 4096)
    if container := sniff(head):
        return container
    if is_adts(source, start):
        return "ADTS"
    if is_mpeg(source, start):
        return "MP3"
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
