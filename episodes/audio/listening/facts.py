"""What was heard, in numbers: frozen, and the same after a journey through JSON.

Levels are in dB relative to full scale; `None` stands for digital silence, which has no level.
Times are in seconds from the beginning.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

CELLS_PER_SECOND = 100
"""Pairs (lowest, highest sample) of the waveform in a second."""


@dataclass(frozen=True, slots=True)
class Silence:
    start: float
    end: float
    level_dbfs: float | None

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Dropout:
    """A while in which one channel is dead and another is not. Channels count from 0, left."""

    channel: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What the meter finds in the samples."""

    seconds: float
    channels: int
    sample_rate: int
    sample_peak: float
    """Linear; 1.0 is full scale."""
    true_peak_dbtp: float | None
    silences: tuple[Silence, ...]
    """Of two seconds and more; the first hundred."""
    clippings: int
    """Runs of three or more samples at full scale, in any channel."""
    clipped_at: tuple[float, ...]
    """Where the first of them begin."""
    channel_levels: tuple[float | None, ...]
    """Effective (RMS) level of each channel."""
    correlation: float | None
    """Of left and right: 1 the same, 0 strangers, -1 one is the other upside down."""
    difference_db: float | None
    """Energy of left minus right, beside that of both; `None` where there is no difference."""
    dc_offsets: tuple[float, ...]
    dropouts: tuple[Dropout, ...]
    overview: tuple[int, ...]
    """About 400 mean heights, 0 to 127."""
    cells: int
    """Pairs in the waveform."""

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Measured:
        """Rebuild; raise `TypeError` or `KeyError` when it is not one."""
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        parts = {
            "silences": tuple(Silence(**each) for each in data["silences"]),
            "dropouts": tuple(Dropout(**each) for each in data["dropouts"]),
        }
        return cls(**{**data, **lists, **parts})


@dataclass(frozen=True, slots=True)
class Heard:
    """All of it: what the meter measured, and loudness by EBU R128 as ffmpeg measures it."""

    measured: Measured
    integrated_lufs: float | None
    """`None` when nothing is above the gate of -70 LUFS, or the format changes on the way."""
    loudness_range_lu: float | None
    changes_format: bool
    """Parts of different rate or channels are joined, so that no one loudness was measured."""
    peaks: bytes
    """zlib over (low, high) pairs of signed bytes, `measured.cells` of them."""


def decibels(amplitude: float) -> float | None:
    """Return the level of a linear amplitude, to a hundredth; `None` for nothing at all."""
    return round(20 * math.log10(amplitude), 2) if amplitude > 0 else None
