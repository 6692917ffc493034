"""What Apple Podcasts and Spotify ask of audio, as warnings that carry the fix.

Apple: MP3 or AAC, 44.1 or 48 kHz, mono 96-128 and stereo 128-256 kbit/s advised. Spotify: 96-320
kbit/s and at most 200 MB an episode.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from episodes.audio.facts import Finding, Stream
from episodes.audio.findings import warn
from episodes.audio.formats import ALIASES, Format

_LOSSY = {"MP3", "AAC"}
_SPOTIFY_MAX = 200 * 1024 * 1024


def platform_findings(stream: Stream, kind: Format, size: int, name: str) -> Iterator[Finding]:
    if not kind.for_apple:
        yield warn("not-for-apple", what=kind.label)
    if stream.sample_rate not in {44_100, 48_000}:
        yield warn("sample-rate", rate=f"{stream.sample_rate / 1000:g} kHz")
    if stream.codec in _LOSSY:
        yield from _bit_rate(stream)
    if stream.channels > 2:
        yield warn("channels", count=stream.channels)
    if size > _SPOTIFY_MAX:
        yield warn("over-200-mb", mib=size / 2**20)
    extension = PurePath(name).suffix.lower().removeprefix(".")
    if extension and ALIASES.get(extension, extension) != kind.extension:
        named, served = f".{extension[:12]}", f".{kind.extension}"
        yield warn("extension", named=named, what=kind.label, extension=served)


def _bit_rate(stream: Stream) -> Iterator[Finding]:
    mono = stream.channels == 1
    kbps = round(stream.bit_rate / 1000)
    # A variable rate that was set to 96 averages a little below it.
    if kbps < 90:
        yield warn("bit-rate-low", kbps=kbps, advice=96 if mono else 128)
    elif kbps > (192 if mono else 320):
        advice = "96-128 for mono" if mono else "128-256 for stereo"
        yield warn("bit-rate-high", kbps=kbps, advice=advice)
