"""What Apple Podcasts and Spotify ask of audio, as warnings that carry the fix.

Apple: MP3 or AAC, 44.1 or 48 kHz, mono 96-128 and stereo 128-256 kbit/s advised, and the address
must end in the extension of what it is. Spotify: 96-320 kbit/s and at most 200 MB an episode.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import warn
from episodes.audio.formats import ALIASES, Format
from episodes.audio.wording import gettext_noop

_LOSSY = {"MP3", "AAC"}
_SPOTIFY_MAX = 200_000_000
_SPOTIFY_LEAST = 96
_RATES = (256, 192, 160, 128, 112, 96)
_MONO, _STEREO = 128, 256
_TOLERANCE = 0.06
"""A variable rate that was set to 96 averages a little below it, one set to 128 a little above."""


def platform_findings(stream: Stream, kind: Format, size: int, name: str) -> Iterator[Finding]:
    if not kind.for_apple:
        yield warn("not-for-apple", what=kind.label)
    if stream.sample_rate not in {44_100, 48_000}:
        wanted = 48 if stream.sample_rate % 8_000 == 0 else 44.1
        yield warn("sample-rate", rate=stream.sample_rate / 1000, wanted=wanted)
    if stream.codec in _LOSSY:
        yield from _bit_rate(stream)
    if stream.channels > 2:
        yield warn("channels", count=stream.channels)
    if size > _SPOTIFY_MAX:
        yield _too_large(stream, round(size / 1e6))
    extension = PurePath(name).suffix.lower().removeprefix(".")
    if extension and ALIASES.get(extension, extension) != kind.extension:
        named, served = f".{extension[:12]}", f".{kind.extension}"
        yield warn("extension", named=named, what=kind.label, extension=served)


def _bit_rate(stream: Stream) -> Iterator[Finding]:
    mono = stream.channels == 1
    kbps = round(stream.bit_rate / 1000)
    most = _MONO if mono else _STEREO
    if kbps < _SPOTIFY_LEAST * (1 - _TOLERANCE):
        yield warn("bit-rate-low", kbps=kbps, wanted=96 if mono else 128)
    elif kbps > most * (1 + _TOLERANCE):
        mono_advice, stereo_advice = (
            gettext_noop("96 to 128 for mono"),
            gettext_noop("128 to 256 for stereo"),
        )
        advice = mono_advice if mono else stereo_advice
        yield warn("bit-rate-high", kbps=kbps, advice=advice, wanted=most)


def _too_large(stream: Stream, megabytes: int) -> Finding:
    """Name the highest usual bit rate with which the episode fits."""
    fitting = [kbps for kbps in _RATES if kbps * 125 * stream.seconds < 0.98 * _SPOTIFY_MAX]
    if not fitting:
        return warn("too-long-for-200-mb", megabytes=megabytes)
    return warn("over-200-mb", megabytes=megabytes, wanted=fitting[0])
