"""What each kind of audio is called, served as and named on disk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    label: str
    mime_type: str
    extension: str
    for_apple: bool = False


FORMATS = {
    ("MP3", "MP3"): Format("MP3", "audio/mpeg", "mp3", for_apple=True),
    # Apple's table of enclosure types names audio/x-m4a.
    ("MP4", "AAC"): Format("M4A (AAC)", "audio/x-m4a", "m4a", for_apple=True),
    ("MP4", "ALAC"): Format("M4A (Apple Lossless)", "audio/x-m4a", "m4a"),
    ("ADTS", "AAC"): Format("AAC", "audio/aac", "aac", for_apple=True),
    ("Ogg", "Vorbis"): Format("Ogg Vorbis", "audio/ogg", "ogg"),
    ("Ogg", "Opus"): Format("Opus", "audio/ogg", "opus"),
    ("FLAC", "FLAC"): Format("FLAC", "audio/flac", "flac"),
    ("WAV", "PCM"): Format("WAV", "audio/wav", "wav"),
    ("AIFF", "PCM"): Format("AIFF", "audio/aiff", "aiff"),
}

ALIASES = {
    "aif": "aiff",
    "aifc": "aiff",
    "wave": "wav",
    "oga": "ogg",
    "mp4": "m4a",
    "m4b": "m4a",
    "mpga": "mp3",
    "opus": "opus",
}
"""Other extensions that name the same thing and deserve no warning."""
