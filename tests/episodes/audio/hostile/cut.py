"""Good files that end too early, as broken transfers leave them."""

from functools import partial

from tests.episodes.audio import corpus
from tests.episodes.audio.corpus import sound
from tests.episodes.audio.hostile.case import Case, refused

_SOUND = [
    *("cbr-info-stereo.mp3", "cbr-without-header.mp3", "vbr-xing.mp3", "vbr-without-header.mp3"),
    *("mpeg2-22050.mp3", "adts.aac", "aac-faststart.m4a", "vorbis.ogg", "opus.opus", "flac.flac"),
    *("pcm16.aiff", "sowt.aifc", "extensible-24.wav", "float.wav", "rf64.wav"),
]
_INDEX_LAST = ["aac-chapters.m4a", "alac.m4a"]

CASES: list[Case] = [
    refused(f"{name} cut at {part:.0%}", partial(corpus.cut, name, part), "truncated", name)
    for name in _SOUND
    for part in (0.3, 0.61, 0.9)
]
CASES += [
    refused(f"{name} cut at {part:.0%}", partial(corpus.cut, name, part), "incomplete", name)
    for name in _INDEX_LAST
    for part in (0.3, 0.8)
]
CASES += [
    refused(
        f"the first {size} bytes of {name}",
        partial(lambda n, s: sound(n)[:s], name, size),
        code,
        name,
    )
    for name, size, code in [
        ("cbr-info-stereo.mp3", 5, "unknown"),
        ("cbr-info-stereo.mp3", 30, "unknown"),
        ("adts.aac", 9, "truncated"),
        ("aac-faststart.m4a", 20, "incomplete"),
        ("aac-faststart.m4a", 300, "incomplete"),
        ("vorbis.ogg", 30, "truncated"),
        ("opus.opus", 60, "truncated"),
        ("flac.flac", 20, "incomplete"),
        ("float.wav", 20, "no-audio"),
        ("pcm16.aiff", 20, "no-audio"),
    ]
]
