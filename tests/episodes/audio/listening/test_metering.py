"""The meter: second by second, and never a place forgotten between two."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from episodes.audio.listening.facts import Measured
from episodes.audio.listening.metering import Meter

RATE = 8000


def measure(*channels: np.ndarray, rate: int = RATE) -> tuple[Measured, np.ndarray]:
    """Return what the meter says of these channels, and the pairs of the waveform."""
    samples = np.stack([np.asarray(each, np.float32) for each in channels], axis=1)
    meter = Meter(len(channels), rate)
    for start in range(0, len(samples), rate):
        meter.feed(samples[start : start + rate].reshape(-1))
    measured = meter.finish()
    return measured, np.frombuffer(zlib.decompress(meter.peaks), np.int8).reshape(-1, 2)


def tone(seconds: float, level: float = 0.5, hertz: float = 440.0, rate: int = RATE) -> np.ndarray:
    return level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def quiet(seconds: float, level: float = 0.0, rate: int = RATE) -> np.ndarray:
    return tone(seconds, level, 100, rate)


@settings(deadline=None, max_examples=60)
@given(
    arrays.arrays(np.float32, st.integers(1, 3000), elements=st.floats(-1, 1, width=32)),
    st.sampled_from([800, 1000, 1025, 1111, 2205]),
    st.sampled_from([1, 2]),
)
def test_the_waveform_holds_every_sample(samples, rate: int, channels: int):
    measured, pairs = measure(*[samples] * channels, rate=rate)

    assert measured.cells == len(pairs)
    assert abs(len(pairs) - len(samples) / rate * 100) < 2
    for second in range(0, len(samples), rate):
        part = samples[second : second + rate]
        cell = np.searchsorted(np.rint(np.arange(100) * rate / 100), np.arange(len(part)), "right")
        of_each = pairs[second // rate * 100 + cell - 1]
        assert (of_each[:, 0] <= part * 128 + 1e-3).all()
        assert (of_each[:, 1] >= np.minimum(part * 127, 127) - 1e-3).all()
        assert (of_each[:, 0] >= part.min() * 128 - 1).all()
        assert (of_each[:, 1] <= part.max() * 127 + 1).all()


@settings(deadline=None, max_examples=30)
@given(arrays.arrays(np.float32, 500, elements=st.floats(width=32)))
def test_no_float_breaks_it(samples):
    measured, _ = measure(samples, samples[::-1], rate=1000)

    assert Measured.from_json(measured.to_json()) == measured
    assert 0 <= measured.sample_peak <= 64


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 44_100, 48_000])
def test_time_is_right_at_any_rate(rate: int):
    sound = np.concatenate([tone(2.5, rate=rate), quiet(4.5, rate=rate), tone(1.25, rate=rate)])

    measured, pairs = measure(sound, rate=rate)

    assert measured.seconds == pytest.approx(8.25, abs=0.001)
    assert len(pairs) == pytest.approx(825, abs=1)
    [silence] = measured.silences
    assert (silence.start, silence.end) == pytest.approx((2.5, 7.0), abs=0.02)


def test_silence_at_both_ends_and_inside_with_its_level():
    sound = [quiet(3), tone(2), quiet(2.5, 0.001), tone(2), quiet(1.5), tone(1), quiet(6)]

    measured, _ = measure(np.concatenate(sound))

    assert [(each.start, each.end) for each in measured.silences] == [(0, 3), (5, 7.5), (12, 18)]
    assert [each.level_dbfs for each in measured.silences] == [
        None,
        pytest.approx(-60, abs=1),
        None,
    ]


def test_an_offset_is_measured_and_is_no_sound():
    measured, _ = measure(quiet(5) + 0.05)

    assert measured.dc_offsets == (pytest.approx(0.05, abs=0.001),)
    assert [(each.start, each.end) for each in measured.silences] == [(0, 5)]


@pytest.mark.parametrize("at", [100, RATE - 2, RATE - 1, RATE * 2 - 3])
@pytest.mark.parametrize("long", [2, 3, 5])
def test_clipping_is_three_samples_at_full_scale_wherever_seconds_meet(at: int, long: int):
    sound = quiet(4)
    sound[at : at + long] = 1.0

    measured, _ = measure(sound)

    assert measured.clippings == (long >= 3)
    assert list(measured.clipped_at) == ([pytest.approx(at / RATE, abs=0.01)] if long > 2 else [])


def test_a_minute_of_clipping_is_one_run_in_each_channel():
    measured, _ = measure(np.ones(RATE * 3), -np.ones(RATE * 3))

    assert measured.clippings == 2


def test_channels_are_compared():
    voice = tone(3)
    chance = np.random.default_rng(1).normal(size=voice.size) * 0.1

    same, _ = measure(voice, voice)
    assert (same.correlation, same.difference_db) == (pytest.approx(1, abs=1e-4), None)
    upside_down, _ = measure(voice, -voice)
    assert upside_down.correlation == pytest.approx(-1, abs=1e-4)
    strangers, _ = measure(voice, chance)
    assert abs(strangers.correlation) < 0.05
    dead, _ = measure(voice, quiet(3))
    assert dead.channel_levels == (pytest.approx(-9.03, abs=0.05), None)
    assert dead.correlation is None


def test_a_channel_that_dies_for_a_while_is_found():
    right = np.concatenate([tone(3), quiet(7), tone(2)])

    measured, _ = measure(tone(12), right)

    [dropout] = measured.dropouts
    assert (dropout.channel, dropout.start, dropout.end) == (1, 3, 10)


def test_a_pause_of_both_is_no_dropout():
    both = np.concatenate([tone(3), quiet(7), tone(2)])

    measured, _ = measure(both, both)

    assert measured.dropouts == ()


def test_the_overview_is_short_and_has_the_shape():
    sound = np.concatenate([quiet(30), tone(30, 1.0), quiet(30)])

    measured, _ = measure(sound)

    assert len(measured.overview) == 400
    assert max(measured.overview[:130]) == 0
    assert min(measured.overview[140:260]) > 100


def test_memory_holds_no_more_than_what_comes_out():
    meter = Meter(2, RATE)
    block = tone(1, 0.3).astype(np.float32).repeat(2)
    sizes = []
    for _second in range(600):
        meter.feed(block)
        held = [value for value in vars(meter).values() if isinstance(value, np.ndarray)]
        sizes.append(sum(each.nbytes for each in held))

    assert max(sizes) == sizes[0]
    assert len(meter._heights) == 6000  # ten bytes a second
