"""The index of an M4A against its sound: places, times and numbers that contradict each other."""

import struct
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from episodes.audio.facts import Depth, Reading
from episodes.audio.ffmpeg import find_ffmpeg
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
def test_a_shift_that_leaves_the_places_inside_the_data_is_noticed(depth: Depth):
    # The chapters' text lies before the first sound and hides that all of it is 30 bytes off.
    data = corpus.id3(b"\0" * 20) + corpus.sound("aac-chapters.m4a")

    refusal = read(data, depth).refusal
    assert refusal is not None
    assert "points at places where the sound is not" in refusal.sentence


@BOTH
def test_a_chunk_that_begins_in_the_data_and_ends_behind_it_is_noticed(depth: Depth):
    data = corpus.sound("aac-faststart.m4a")
    at = data.index(b"stco") + 4
    last = at + 4 + 4 * int.from_bytes(data[at + 4 : at + 8], "big")
    beyond = data[:last] + struct.pack(">I", len(data) - 5) + data[last + 4 :]

    refusal = read(beyond, depth).refusal
    assert refusal is not None
    assert "points at places where the sound is not" in refusal.sentence


def test_chunks_that_leave_out_half_of_the_samples_are_a_contradiction():
    data = corpus.sound("aac-faststart.m4a")
    at = data.index(b"stco") + 8
    half = int.from_bytes(data[at : at + 4], "big") // 2

    refusal = read(corpus.patched_m4a(b"stco", 4, struct.pack(">I", half))).refusal
    assert refusal is not None
    assert "contradicts itself" in refusal.sentence


@BOTH
@pytest.mark.parametrize(("at", "value"), [(8, 0), (12, 2**30)])
def test_an_edit_list_that_leaves_nothing_to_play_is_refused(at: int, value: int, depth: Depth):
    refusal = read(corpus.patched_m4a(b"elst", at, struct.pack(">I", value)), depth).refusal
    assert refusal is not None
    assert refusal.code == "damaged"


def test_data_of_an_impossible_size_is_not_called_a_missing_index():
    data = corpus.sound("aac-chapters.m4a")
    at = data.index(b"mdat")
    huge = data[: at - 4] + struct.pack(">I4sQ", 1, b"mdat", 2**63) + data[at + 4 :]
    cut_off = data[: data.index(b"moov") - 4]

    refusals = [read(each).refusal for each in (huge, cut_off)]
    assert [each and each.code for each in refusals] == ["damaged", "incomplete"]


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


@pytest.mark.parametrize("times", [20, 3, 2, 1.1, 0.5])
def test_samples_that_last_as_no_aac_does_are_not_believed(times: float):
    data = corpus.patched_m4a(b"stts", 12, struct.pack(">I", round(1024 * times)))

    refusal = read(data.replace(b"edts", b"free")).refusal
    assert refusal is not None
    assert refusal.code == "damaged"


def test_apple_lossless_lasts_what_its_frames_hold():
    data = bytearray(corpus.sound("alac.m4a").replace(b"edts", b"free"))
    at = data.index(b"stts") + 16
    data[at : at + 4] = struct.pack(">I", 2 * int.from_bytes(data[at : at + 4], "big"))

    assert read(bytes(data)).facts is None


def with_times(expression: str, tmp_path: Path) -> bytes:
    """Let ffmpeg write each frame at another time: N counts frames, PTS is the usual time."""
    first, second = tmp_path / "usual.m4a", tmp_path / "a.m4a"
    first.write_bytes(corpus.sound("aac-faststart.m4a"))
    said = f"setts=ts='{expression}'"
    command = [find_ffmpeg(), "-v", "error", "-i", first, "-c", "copy", "-bsf:a", said, second]
    subprocess.run(command, check=True)
    return second.read_bytes()


def test_a_recorder_that_leaves_out_a_stretch_is_understood_and_told(tmp_path: Path):
    usual = read(corpus.sound("aac-faststart.m4a")).facts
    reading = read(with_times("PTS+if(gt(N,50),22050,0)", tmp_path))

    assert usual is not None
    assert reading.facts is not None
    rate = usual.sample_rate
    assert reading.facts.duration_ms == pytest.approx(usual.duration_ms + 22_050_000 / rate, abs=50)
    sentences = {finding.code: finding.sentence for finding in reading.findings}
    assert f"{22_050 / rate:.1f} s" in sentences["gaps"]


def test_a_clock_that_trembles_is_no_gap(tmp_path: Path):
    reading = read(with_times("PTS+mod(N*7,200)", tmp_path))

    assert reading.facts is not None
    assert "gaps" not in {finding.code for finding in reading.findings}


@BOTH
@pytest.mark.parametrize("name", ["aac-faststart.m4a", "aac-chapters.m4a", "alac.m4a"])
def test_sound_indexes_are_taken(name: str, depth: Depth):
    assert read(corpus.sound(name), depth).facts is not None
