"""The waveform as others take it."""

import json
import zlib
from array import array
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from episodes.audio.listening import waveform

PAIRS = st.lists(st.tuples(st.integers(-128, 0), st.integers(0, 127)), min_size=1, max_size=300)


@given(PAIRS, st.integers(1, 400))
def test_fewer_points_hold_the_extremes_of_what_they_stand_for(pairs, points: int):
    flat = array("b", [each for pair in pairs for each in pair])

    reduced, step = waveform.reduce(flat, points)

    assert len(reduced) // 2 == -(-len(pairs) // step) <= points
    for index in range(len(reduced) // 2):
        part = pairs[index * step : (index + 1) * step]
        assert reduced[2 * index] == min(low for low, _ in part)
        assert reduced[2 * index + 1] == max(high for _, high in part)


def test_the_json_is_audiowaveforms():
    pairs = waveform.unpack(zlib.compress(array("b", [-5, 6, -7, 8]).tobytes()))

    assert json.loads(waveform.as_json(pairs, step=3, sample_rate=44_100)) == {
        "version": 2,
        "channels": 1,
        "sample_rate": 44_100,
        "samples_per_pixel": 1323,
        "bits": 8,
        "length": 2,
        "data": [-5, 6, -7, 8],
    }


def test_a_rate_without_whole_hundredths_still_gives_the_right_times():
    document = json.loads(waveform.as_json(array("b", [0, 0]), step=4, sample_rate=22_050))

    assert document["samples_per_pixel"] / document["sample_rate"] == 0.04


def test_the_picture_is_an_svg_with_a_bar_for_each_height():
    root = ElementTree.fromstring(waveform.picture([0, 50, 100, 25]))

    bars = root[0].attrib["d"].split("M")[1:]
    assert len(bars) == 4
    assert bars[2] == "250 0V100"
    assert waveform.picture([]).startswith(b"<svg")
