"""True peak: what the standard's filter finds, found without filtering everything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from episodes.audio.listening.true_peak import GAIN, PHASES, TAPS, TruePeak


def peak_of(samples: np.ndarray, *, cell: int, block: int) -> TruePeak:
    found = TruePeak()
    for start in range(0, len(samples), block):
        part = samples[start : start + block]
        edges = np.arange(0, len(part), cell)
        found.feed(part, np.maximum.reduceat(np.abs(part), edges))
    found.finish()
    return found


def by_full_oversampling(samples: np.ndarray) -> float:
    phases = [np.abs(np.convolve(samples.astype(np.float64), phase)).max() for phase in PHASES]
    return max(*phases, np.abs(samples).max())


floats = st.floats(-1.5, 1.5, width=32)


@settings(deadline=None, max_examples=200)
@given(
    arrays.arrays(np.float32, st.integers(1, 700), elements=floats),
    st.sampled_from([5, 12, 16, 20, 44]),
    st.sampled_from([60, 220, 440]),
)
def test_pruning_finds_what_full_oversampling_finds(samples, cell: int, block: int):
    assert peak_of(samples, cell=cell, block=block).peak == pytest.approx(
        by_full_oversampling(samples), rel=1e-5, abs=1e-30
    )


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 30))
def test_pruning_holds_for_sounds_with_loud_places(seed: int, peakedness: float):
    chance = np.random.default_rng(seed)
    envelope = np.repeat(chance.random(200) ** peakedness, 441)
    samples = (chance.normal(size=envelope.size) * envelope * 0.3).astype(np.float32)

    assert peak_of(samples, cell=441, block=44_100).peak == pytest.approx(
        by_full_oversampling(samples), rel=1e-5
    )


def test_quiet_stretches_are_not_filtered():
    samples = np.full(44_100 * 4, 0.1, np.float32)
    samples[1000] = 0.9

    assert peak_of(samples, cell=441, block=44_100).oversampled < 200


def test_no_output_exceeds_the_gain():
    worst = np.sign(PHASES[1, ::-1]).astype(np.float32)

    assert pytest.approx(np.abs(PHASES).sum(axis=1).max()) == GAIN
    assert peak_of(worst, cell=TAPS, block=TAPS).peak == pytest.approx(GAIN, rel=1e-6)


@pytest.mark.parametrize(
    ("hertz", "degrees"), [(12_000, 0), (12_000, 45), (8_000, 60), (9_600, 67.5)]
)
def test_the_sines_of_ebu_tech_3341_read_as_their_crest(hertz: int, degrees: float):
    """Cases 15 to 18: -6 dBFS at a quarter, a third … of the rate; +0.2/-0.4 dB is allowed."""
    seconds = np.arange(48_000) / 48_000
    wave = 0.5 * np.sin(2 * np.pi * hertz * seconds + np.radians(degrees))
    fade = np.minimum(1, np.minimum(seconds, seconds[::-1]) * 100)

    peak = peak_of((wave * fade).astype(np.float32), cell=480, block=48_000).peak

    assert -6.02 - 0.4 <= 20 * np.log10(peak) <= -6.02 + 0.2
