"""Stretches of time, found while the sound goes by: silence, dead channels, clipping.

Each keeps a few numbers between blocks, whatever the length of the file.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from episodes.audio.listening.facts import Dropout, Silence, decibels

Samples = NDArray[np.float32]

QUIET = 10 ** (-50 / 20)
"""Silence is what stays below -50 dBFS: room tone and hiss of a decent recording do."""
SILENCE_CELLS = 200
DEAD, ALIVE = 10 ** (-70 / 20), 10 ** (-50 / 20)
DROPOUT_SECONDS = 5.0
FULL_SCALE = 32767 / 32768 * (1 - 1e-6)
CLIPPED_RUN = 3
_MOST = 100
_MOST_PLACES = 20


class Silences:
    """Watches half the range of each cell, so that an offset of the signal is no sound."""

    def __init__(self, cells_per_second: int) -> None:
        self._per_second = cells_per_second
        self._begun: int | None = None
        self._loudest = 0.0
        self._seen = 0
        self._found: list[Silence] = []

    def feed(self, heights: Samples) -> None:
        quiet = heights < QUIET
        changes = np.flatnonzero(np.diff(quiet)) + 1
        for start, end in zip([0, *changes.tolist()], [*changes.tolist(), len(quiet)], strict=True):
            if not quiet[start]:
                self._close(self._seen + start)
                continue
            if self._begun is None:
                self._begun, self._loudest = self._seen + start, 0.0
            self._loudest = max(self._loudest, float(heights[start:end].max()))
        self._seen += len(quiet)

    def finish(self) -> tuple[Silence, ...]:
        self._close(self._seen)
        return tuple(self._found)

    def _close(self, end: int) -> None:
        if self._begun is not None and end - self._begun >= SILENCE_CELLS:
            self._keep(self._begun / self._per_second, end / self._per_second)
        self._begun = None

    def _keep(self, start: float, end: float) -> None:
        silence = Silence(round(start, 2), round(end, 2), decibels(self._loudest))
        if len(self._found) == _MOST:  # the last one is kept: it may be the end of the file
            self._found.pop()
        self._found.append(silence)


class Dropouts:
    """Watches the level of each channel second by second."""

    def __init__(self, channels: int) -> None:
        self._begun: list[float | None] = [None] * channels
        self._found: list[Dropout] = []
        self._now = 0.0

    def feed(self, levels: list[float], seconds: float) -> None:
        somebody = max(levels) > ALIVE
        for channel, level in enumerate(levels):
            if level < DEAD and somebody:
                begun = self._begun[channel]
                self._begun[channel] = self._now if begun is None else begun
            elif level >= DEAD:
                self._close(channel)
        self._now += seconds

    def finish(self) -> tuple[Dropout, ...]:
        for channel in range(len(self._begun)):
            self._close(channel)
        return tuple(sorted(self._found, key=lambda each: each.start))

    def _close(self, channel: int) -> None:
        begun, self._begun[channel] = self._begun[channel], None
        if begun is not None and self._now - begun >= DROPOUT_SECONDS and len(self._found) < _MOST:
            self._found.append(Dropout(channel, round(begun, 2), round(self._now, 2)))


class Clippings:
    """Counts runs of samples at full scale in one channel."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._seen = 0
        self._open = 0
        """How many samples at full scale the last block ended with."""
        self.count = 0
        self.places: list[float] = []

    def feed(self, samples: Samples, peak: float) -> None:
        if peak >= FULL_SCALE:
            self._count(np.abs(samples) >= FULL_SCALE)
        else:
            self._open = 0
        self._seen += samples.size

    def _count(self, clipped: NDArray[np.bool_]) -> None:
        edges = np.flatnonzero(np.diff(clipped, prepend=False, append=False))
        starts, ends = edges[::2], edges[1::2]
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            before = self._open if start == 0 else 0
            # A run that came from the last block was counted there if it was long enough.
            if end - start + before >= CLIPPED_RUN > before:
                self._keep(start - before)
        at_end = ends.size and ends[-1] == clipped.size
        whole = clipped.size if starts.size and starts[-1] == 0 else 0
        run = int(ends[-1] - starts[-1]) if at_end else 0
        self._open = run + (self._open if run and run == whole else 0)

    def _keep(self, sample: int) -> None:
        self.count += 1
        if len(self.places) < _MOST_PLACES:
            self.places.append(round((self._seen + sample) / self._rate, 2))
