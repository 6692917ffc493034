"""The meter: a second of samples at a time, in memory that does not grow with the file.

A cell is a hundredth of a second. Its lowest and highest sample make the waveform, tell silence
from sound, and say which stretches need no oversampling and cannot be clipped.
"""

from __future__ import annotations

import math
import zlib

import numpy as np
from numpy.typing import NDArray

from episodes.audio.listening.facts import CELLS_PER_SECOND, Measured, decibels
from episodes.audio.listening.spans import Clippings, Dropouts, Samples, Silences
from episodes.audio.listening.true_peak import TruePeak

OVERVIEW = 400
_LOUDEST = 64.0
"""What a float may be at most (+36 dBFS); a file of floats may hold any number, or none."""
_HEIGHT_CELLS = 10


class Meter:
    """Feed it blocks of one second, the last one shorter, then `finish`."""

    def __init__(self, channels: int, sample_rate: int) -> None:
        self.channels = channels
        self._rate = sample_rate
        cells = np.arange(CELLS_PER_SECOND)
        self._edges = np.rint(cells * sample_rate / CELLS_PER_SECOND).astype(np.intp)
        self._even = sample_rate % CELLS_PER_SECOND == 0
        self._peaks = [TruePeak() for _ in range(channels)]
        self._clippings = [Clippings(sample_rate) for _ in range(channels)]
        self._silences = Silences(CELLS_PER_SECOND)
        self._dropouts = Dropouts(channels)
        self._samples = 0
        self._cells = 0
        self._sample_peak = 0.0
        self._squares = np.zeros(channels)
        self._sums = np.zeros(channels)
        self._product = 0.0
        self._heights = bytearray()
        self._left_over = np.zeros(0, np.float32)
        self._zlib = zlib.compressobj(6)
        self.peaks = bytearray()
        """What is ready of the compressed waveform; whoever reads it may empty it."""

    def feed(self, block: Samples) -> None:
        """Take up to a second of samples as they lie in a file: one of each channel in turn."""
        samples = np.ascontiguousarray(block.reshape(-1, self.channels).T)
        edges = self._edges[: np.searchsorted(self._edges, samples.shape[1])]
        low, high = self._extremes(samples, edges)
        if not (abs(low.min()) <= _LOUDEST and abs(high.max()) <= _LOUDEST):
            samples = np.clip(np.nan_to_num(samples, nan=0.0), -_LOUDEST, _LOUDEST)
            low, high = self._extremes(samples, edges)
        self._watch(samples, np.maximum(-low, high))
        self._add_up(samples)
        self._draw(low.min(axis=0), high.max(axis=0))
        self._silences.feed(((high - low) / 2).max(axis=0))
        self._samples += samples.shape[1]

    def finish(self) -> Measured:
        true_peak = max(peak.finish() for peak in self._peaks)
        self._keep_heights(self._left_over)
        self.peaks += self._zlib.flush()
        places = sorted({place for each in self._clippings for place in each.places})
        count = max(self._samples, 1)
        return Measured(
            seconds=round(self._samples / self._rate, 3),
            channels=self.channels,
            sample_rate=self._rate,
            sample_peak=round(self._sample_peak, 6),
            true_peak_dbtp=decibels(true_peak),
            silences=self._silences.finish(),
            clippings=sum(each.count for each in self._clippings),
            clipped_at=tuple(places[:20]),
            channel_levels=tuple(decibels(math.sqrt(each / count)) for each in self._squares),
            correlation=self._correlation(),
            difference_db=self._difference(),
            dc_offsets=tuple(round(float(each) / count, 5) for each in self._sums),
            dropouts=self._dropouts.finish(),
            overview=_overview(self._heights),
            cells=self._cells,
        )

    def _extremes(self, samples: Samples, edges: NDArray[np.intp]) -> tuple[Samples, Samples]:
        """Return the lowest and the highest sample of each channel and cell."""
        if self._even and samples.shape[1] == self._rate:
            cells = samples.reshape(self.channels, CELLS_PER_SECOND, -1)
            return cells.min(axis=2), cells.max(axis=2)
        low = np.minimum.reduceat(samples, edges, axis=1)
        return low, np.maximum.reduceat(samples, edges, axis=1)

    def _watch(self, samples: Samples, peaks: Samples) -> None:
        for channel in range(self.channels):
            peak = float(peaks[channel].max())
            self._sample_peak = max(self._sample_peak, peak)
            self._peaks[channel].feed(samples[channel], peaks[channel])
            self._clippings[channel].feed(samples[channel], peak)

    def _add_up(self, samples: Samples) -> None:
        squares = [float(np.dot(each, each)) for each in samples]
        self._squares += squares
        self._sums += samples.sum(axis=1)
        if self.channels == 2:
            self._product += float(np.dot(samples[0], samples[1]))
        length = samples.shape[1]
        levels = [math.sqrt(each / length) for each in squares]
        self._dropouts.feed(levels, length / self._rate)

    def _draw(self, low: Samples, high: Samples) -> None:
        pairs = np.empty((low.size, 2), np.int8)
        pairs[:, 0] = np.clip(np.floor(low * 128), -128, 127)
        pairs[:, 1] = np.clip(np.ceil(high * 127), -128, 127)
        self.peaks += self._zlib.compress(pairs.tobytes())
        self._cells += low.size
        heights = np.concatenate((self._left_over, np.maximum(-low, high)))
        whole = heights.size // _HEIGHT_CELLS * _HEIGHT_CELLS
        self._keep_heights(heights[:whole])
        self._left_over = heights[whole:]

    def _keep_heights(self, heights: Samples) -> None:
        """Keep the mean of ten cells in a byte, for the overview."""
        if heights.size:
            means = heights.reshape(-1, min(_HEIGHT_CELLS, heights.size)).mean(axis=1)
            self._heights += np.rint(np.clip(means, 0, 1) * 127).astype(np.uint8).tobytes()

    def _correlation(self) -> float | None:
        if self.channels != 2:
            return None
        both = math.sqrt(self._squares[0] * self._squares[1])
        return round(self._product / both, 4) if both else None

    def _difference(self) -> float | None:
        if self.channels != 2:
            return None
        total = float(self._squares.sum())
        difference = total - 2 * self._product
        # Sums of 32 bits are right to about a millionth; below that nothing is known.
        return round(10 * math.log10(difference / total), 2) if difference > total * 1e-6 else None


def _overview(heights: bytearray) -> tuple[int, ...]:
    count = min(OVERVIEW, len(heights))
    if not count:
        return ()
    values = np.frombuffer(heights, np.uint8)
    edges = np.arange(count) * values.size // count
    sums = np.add.reduceat(values, edges, dtype=np.int64)
    return tuple(np.rint(sums / np.diff(edges, append=values.size)).astype(int).tolist())
