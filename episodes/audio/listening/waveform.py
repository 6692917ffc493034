"""The waveform as others take it: fewer points, the JSON of audiowaveform, a line for a picture.

Plain Python, since the web server draws it; `metering` made the pairs.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from episodes.audio.listening.facts import CELLS_PER_SECOND

Pairs: TypeAlias = "array[int]"
"""Signed bytes: lowest, highest, lowest, highest …"""

_NOMINAL_RATE = 48_000


def unpack(peaks: bytes) -> Pairs:
    return array("b", zlib.decompress(peaks))


def reduce(pairs: Pairs, points: int) -> tuple[Pairs, int]:
    """Return at most `points` pairs, and how many of the given ones each of them covers.

    Nothing is lost in height: a pair covers the lowest and the highest of what it stands for.
    """
    count = len(pairs) // 2
    step = max(1, -(-count // points))
    if step == 1:
        return pairs, 1
    lows, highs = pairs[::2], pairs[1::2]
    reduced = array("b")
    for start in range(0, count, step):
        reduced.append(min(lows[start : start + step]))
        reduced.append(max(highs[start : start + step]))
    return reduced, step


def as_json(pairs: Pairs, *, step: int, sample_rate: int) -> bytes:
    """Write version 2 of the BBC's audiowaveform format, which players read.

    Where a hundredth of a second is no whole number of samples (22,050 Hz) the rate is given as
    48,000: readers only divide by it to find the place in time, which comes out right.
    """
    rate = _NOMINAL_RATE if sample_rate % CELLS_PER_SECOND else sample_rate
    document = {
        "version": 2,
        "channels": 1,
        "sample_rate": rate,
        "samples_per_pixel": rate // CELLS_PER_SECOND * step,
        "bits": 8,
        "length": len(pairs) // 2,
        "data": pairs.tolist(),
    }
    return json.dumps(document, separators=(",", ":")).encode()


def line(heights: Sequence[int], *, width: int = 400, height: int = 100) -> str:
    """Return the data of an SVG path: a bar for each height, about a middle line, tallest full.

    `heights` are those of an overview. Made to be stroked with less than a bar's width.
    """
    tallest = max(heights, default=0) or 1
    middle, step = height / 2, width / max(len(heights), 1)
    return "".join(_bars(heights, middle / tallest, middle, step))


def _bars(heights: Iterable[int], scale: float, middle: float, step: float) -> Iterable[str]:
    for index, each in enumerate(heights):
        half = max(each * scale, 0.5)
        yield f"M{(index + 0.5) * step:.5g} {middle - half:.3g}V{middle + half:.4g}"


def picture(heights: Sequence[int]) -> bytes:
    """Return an SVG that stands on its own, in a grey that is seen on light and dark."""
    stroke = 400 / max(len(heights), 1) * 0.6
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100" preserveAspectRatio="none">'
        f'<path d="{line(heights)}" fill="none" stroke="#7c8594" stroke-width="{stroke:.3g}"/>'
        "</svg>\n"
    ).encode()
