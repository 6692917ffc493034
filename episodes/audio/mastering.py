"""What ffmpeg is to do for a master: the same file for the same answers and the same ffmpeg."""

from __future__ import annotations

from dataclasses import dataclass

from episodes.audio.listening.judging import CEILING, target_for

_CODEC_ROOM = 0.5
"""dB that an encoder may add to the peaks."""
_RATES = (96, 112, 128, 160, 192, 224, 256, 320)
_USUAL = {1: 96_000, 2: 128_000}
_BITEXACT = ["-fflags", "+bitexact", "-flags:a", "+bitexact"]
_SOUND_ONLY = ["-map", "0:a:0", "-map_metadata", "-1", "-map_chapters", "-1"]
_CONTAINERS = {
    "mp3": ["-c:a", "libmp3lame", "-id3v2_version", "0", "-write_id3v1", "0", "-f", "mp3"],
    "m4a": ["-c:a", "aac", "-movflags", "+faststart", "-f", "ipod"],
}


@dataclass(frozen=True, slots=True)
class Sound:
    """The first pass of a normalisation."""

    integrated_lufs: float | None
    true_peak_dbtp: float | None
    loudness_range_lu: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    arguments: list[str]
    """Everything between the input and the name of the output."""
    extension: str
    bit_rate: int
    gain_db: float = 0.0
    evened: bool = False
    """Whether the sound was evened out (loudnorm), since a gain alone would exceed the ceiling."""


def plan_encoding(
    *, codec: str, bit_rate: int, channels: int, sample_rate: int, sound: Sound | None
) -> Plan:
    """Plan a master: only encoded, or with `sound` also normalised.

    AAC stays AAC and everything else becomes MP3, with 96 kbit/s for mono and 128 for stereo, or
    the next step above what a compressed original has.
    """
    wanted = min(channels, 2)
    extension = "m4a" if codec == "AAC" else "mp3"
    rate = _bit_rate(wanted, bit_rate if codec in {"AAC", "MP3"} else 0)
    filters, gain, evened = _filters(sound, wanted) if sound else ([], 0.0, False)
    arguments = [
        *_SOUND_ONLY,
        *("-filter_threads", "1", "-threads", "1"),
        *(["-af", ",".join(filters)] if filters else []),
        *("-ac", str(wanted), "-ar", str(_sample_rate(sample_rate))),
        *("-b:a", str(rate)),
        *_BITEXACT,
        *_CONTAINERS[extension],
    ]
    return Plan(arguments, extension, rate, gain, evened)


def _filters(sound: Sound, channels: int) -> tuple[list[str], float, bool]:
    target, ceiling = target_for(channels), CEILING - _CODEC_ROOM
    lufs, peak = sound.integrated_lufs, sound.true_peak_dbtp
    if peak is None:  # there is nothing to hear
        return [], 0.0, False
    gain = 0.0 if lufs is None else round(target - lufs, 2)
    if lufs is not None and peak + gain <= ceiling:
        return [f"volume={gain}dB:precision=float"], gain, False
    spread = sound.loudness_range_lu or 0.0
    loudnorm = f"loudnorm=I={target}:TP={ceiling}:LRA={min(max(spread, 7.0), 20.0)}"
    return [loudnorm], gain, True


def _bit_rate(channels: int, original: int) -> int:
    least = max(original, _USUAL[channels])
    return next((rate * 1000 for rate in _RATES if rate * 1000 >= least), 320_000)


def _sample_rate(original: int) -> int:
    """Return what Apple asks for: 44.1 or 48 kHz, of the same family where that is possible."""
    return 48_000 if original % 8000 == 0 else 44_100
