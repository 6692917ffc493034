"""Sounds made for tests: short WAV files of known loudness, peaks, silences and channels."""

import math
import struct
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

RATE = 48_000
Wave = Callable[[float], float]


def sine(dbfs: float, hertz: float = 1000.0, degrees: float = 0.0) -> Wave:
    """A sine whose peak is at `dbfs`."""
    top, phase = 10 ** (dbfs / 20), math.radians(degrees)
    return lambda t: top * math.sin(2 * math.pi * hertz * t + phase)


def nothing(_t: float) -> float:
    return 0.0


def parts(*each: tuple[float, Wave]) -> tuple[float, Wave]:
    """One after the other: (seconds, wave) of each."""

    def wave_of_all(t: float) -> float:
        begun = 0.0
        for seconds, part in each:
            if t < begun + seconds:
                return part(t)
            begun += seconds
        return 0.0

    return sum(seconds for seconds, _ in each), wave_of_all


def pcm(seconds: float, channels: Sequence[Wave], rate: int = RATE) -> bytes:
    """Interleaved signed 16-bit samples, cut off at full scale."""
    values = [
        max(-32768, min(32767, round(channel(index / rate) * 32768)))
        for index in range(round(seconds * rate))
        for channel in channels
    ]
    return struct.pack(f"<{len(values)}h", *values)


def write_wav(path: Path, seconds: float, *channels: Wave, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm(seconds, channels, rate))
    return path
