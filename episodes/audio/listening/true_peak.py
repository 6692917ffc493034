"""True peak by ITU-R BS.1770-4, Annex 2: four times the samples, through its filter of 48 taps.

The filter is run only where it can matter. No output exceeds the largest input under the filter
times `GAIN`, the largest sum of absolute coefficients of a phase. So a stretch whose samples stay
below `peak / GAIN` cannot hold anything above `peak`, and is skipped: the result is the same.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_PHASE_0 = (
    0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000,
    -0.0594482421875, 0.1373291015625, 0.9721679687500, -0.1022949218750,
    0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500,
)  # fmt: skip
_PHASE_1 = (
    -0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250,
    -0.1665039062500, 0.4650878906250, 0.7797851562500, -0.2003173828125,
    0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375,
)  # fmt: skip
PHASES = np.array((_PHASE_0, _PHASE_1, _PHASE_1[::-1], _PHASE_0[::-1]), np.float32)
TAPS = PHASES.shape[1]
_BEFORE = TAPS - 1
GAIN = float(np.abs(PHASES).sum(axis=1).max())
# The order of a phase is that of its convolution; turned round it is a product with a window.
_WINDOWED = np.ascontiguousarray(PHASES[:, ::-1].T)
_MARGIN = 1.0001  # for the rounding of 32 bits


class TruePeak:
    """The running true peak of one channel, linear. Feed it in order, then `finish`."""

    def __init__(self) -> None:
        self.peak = 0.0
        self.oversampled = 0
        """How many samples went through the filter, for who wants to know."""
        self._tail = np.zeros(_BEFORE, np.float32)

    def feed(self, samples: Samples, peaks: Samples) -> None:
        """Take the next samples; `peaks` are the largest of each of their cells.

        Cells are stretches of one length, or whatever else: then the samples are looked at whole.
        """
        padded = np.concatenate((self._tail, samples))
        first = np.abs(self._tail).max()
        self._tail = padded[padded.size - _BEFORE :].copy()
        self.peak = max(self.peak, float(peaks.max()))
        length, rest = divmod(samples.size, peaks.size)
        if rest or length < TAPS:
            peaks, length = peaks.max(keepdims=True), samples.size
        rows = _view(padded, (peaks.size, length + _BEFORE), (length, 1))
        reach = _reach(peaks[None, :], first)[0]
        top = int(reach.argmax())
        # The highest alone, since what it holds may spare all the others.
        for cells in (reach[top : top + 1], reach):
            wanted = np.flatnonzero(self._may_exceed(cells)) + (top if cells is not reach else 0)
            if wanted.size:
                self._look_into(rows[wanted], length)

    def finish(self) -> float:
        """Let the filter run out and return the peak."""
        rest = np.concatenate((self._tail, np.zeros(_BEFORE, np.float32)))
        self._filter(_view(rest, (_BEFORE, TAPS), (1, 1)))
        return self.peak

    def _may_exceed(self, reach: Samples) -> NDArray[np.bool_]:
        return reach * np.float32(GAIN * _MARGIN) > self.peak

    def _look_into(self, rows: Samples, length: int) -> None:
        """Filter the parts of cells (with what lies before each) that may hold a new peak."""
        part = _part_of(length)
        count, parts = len(rows), length // part
        levels = np.abs(rows[:, _BEFORE:]).reshape(count, parts, part).max(axis=2)
        wanted = self._may_exceed(_reach(levels, np.abs(rows[:, :_BEFORE]).max(axis=1)))
        windows = _view(rows, (count, parts, part, TAPS), (length + _BEFORE, part, 1, 1))
        self._filter(windows[wanted].reshape(-1, TAPS))

    def _filter(self, windows: Samples) -> None:
        if windows.size:
            self.oversampled += len(windows)
            # In one piece of memory, or the product is not left to BLAS and takes ten times longer.
            outputs = np.ascontiguousarray(windows) @ _WINDOWED
            self.peak = max(self.peak, float(outputs.max()), -float(outputs.min()))


def _reach(levels: Samples, first: Samples) -> Samples:
    """Return the largest input of the windows that end in each cell of each row.

    Such a window begins at the earliest in the cell before; `first` is what is before the row.
    """
    before = np.empty_like(levels)
    before[:, 0] = first
    before[:, 1:] = levels[:, :-1]
    return np.maximum(levels, before)


@cache
def _part_of(length: int) -> int:
    """Return the shortest equal part of a cell that is no shorter than the filter's memory.

    A lone cell that is shorter than that is one part: all that is before it is looked at anyway.
    """
    return next((part for part in range(_BEFORE, length) if length % part == 0), length)


def _view(array: Samples, shape: tuple[int, ...], steps: tuple[int, ...]) -> Samples:
    """Return overlapping windows without a copy; quicker than numpy's own, which checks more."""
    return np.ndarray(shape, np.float32, array, 0, tuple(step * 4 for step in steps))
