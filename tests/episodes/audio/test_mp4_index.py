"""The index of an M4A against its sound: places, times and numbers that contradict each other."""

import struct
from io import BytesIO

import pytest

from episodes.audio.facts import Depth, Reading
from episodes.audio.reading import read_audio
from tests.episodes.audio import corpus

BOTH = pytest.mark.parametrize("depth", [Depth.WHOLE, Depth.HEADERS])


def read(data: bytes, depth: Depth = Depth.WHOLE) -> Reading:
    return read_audio(BytesIO(data), name="a.m4a", depth=depth)


def box_at(data: bytes, kind: bytes) -> tuple[int, int]:
    """Return where a box of the first level begins and ends."""
    at = data.index(kind) - 4
    return at, at + int.from_bytes(data[at : at + 4], "big")


def index_moved_in_front() -> bytes:
    """`moov` put before the sound, and the places of the chunks left as they were."""
    data = corpus.sound("aac-chapters.m4a")
    begin, end = box_at(data, b"moov")
    first, _end = box_at(data, b"mdat")
    assert end == len(data)
    return data[:first] + data[begin:end] + data[first:begin]


@BOTH
def test_an_index_that_was_moved_and_not_corrected_is_refused(depth: Depth):
    refusal = read(index_moved_in_front(), depth).refusal

    assert refusal is not None
    assert refusal.code == "damaged"
    assert "points at places where the sound is not" in refusal.sentence


def test_a_tag_in_front_moves_the_sound_away_from_its_index():
    data = corpus.id3(b"\0" * 20) + corpus.sound("aac-faststart.m4a")

    refusal = read(data).refusal
    assert refusal is not None
    assert refusal.code == "damaged"


@BOTH
def test_one_chunk_that_points_elsewhere_is_noticed(depth: Depth):
    data = corpus.patched_m4a(b"stco", 8, struct.pack(">I", 24))

    assert read(data, depth).facts is None


def test_times_of_twice_as_many_samples_are_not_believed():
    data = corpus.sound("aac-faststart.m4a")
    at = data.index(b"stts") + 4
    count = int.from_bytes(data[at + 8 : at + 12], "big")
    doubled = corpus.patched_m4a(b"stts", 8, struct.pack(">I", 2 * count))

    refusal = read(doubled).refusal
    assert refusal is not None
    assert refusal.code == "damaged"


@pytest.mark.parametrize("times", [20, 3])
def test_samples_that_last_longer_than_aac_can_are_not_believed(times: int):
    data = corpus.patched_m4a(b"stts", 12, struct.pack(">I", 1024 * times))

    refusal = read(data.replace(b"edts", b"free")).refusal
    assert refusal is not None
    assert refusal.code == "damaged"


@BOTH
@pytest.mark.parametrize("name", ["aac-faststart.m4a", "aac-chapters.m4a", "alac.m4a"])
def test_sound_indexes_are_taken(name: str, depth: Depth):
    assert read(corpus.sound(name), depth).facts is not None
