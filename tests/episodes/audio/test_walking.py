"""The frame walk against files built frame by frame, where every number is known beforehand."""

from dataclasses import dataclass, field
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.audio import framewalk
from episodes.audio.framewalk import FrameTable, walk
from episodes.audio.mpeg import frame_table, parse_header
from episodes.audio.source import Source

FIRST = b"\xff\xfb\x90\x40"
TABLE = frame_table(FIRST)
RATES = range(1, 15)


def frame(rate: int, padded: bool = False) -> bytes:
    four = bytes((0xFF, 0xFB, rate << 4 | padded << 1, 0x40))
    header = parse_header(four)
    assert header is not None
    return four + b"s" * (header.length - 4)


@dataclass
class Built:
    data: bytes = b""
    frames: int = 0
    junk: int = 0
    rates: set[int] = field(default_factory=set)


def build(runs: list[list[tuple[int, bool]]], junk: list[bytes]) -> Built:
    """Put runs of frames one after the other, with what is no audio between them."""
    built = Built()
    for number, run in enumerate(runs):
        if number:
            between = junk[(number - 1) % len(junk)] if junk else b""
            built.data += between
            built.junk += len(between)
        for rate, padded in run:
            built.data += frame(rate, padded)
            built.frames += 1
            built.rates.add(rate)
    return built


def walked(data: bytes, table: FrameTable = TABLE) -> framewalk.Walk:
    return walk(Source(BytesIO(data)), 0, len(data), table)


frames = st.lists(st.tuples(st.sampled_from(RATES), st.booleans()), min_size=2, max_size=150)
same_rate = st.builds(
    lambda rate, paddings: [(rate, padded) for padded in paddings],
    st.sampled_from(RATES),
    st.lists(st.booleans(), min_size=2, max_size=400),
)
# Neither a sync byte nor the beginning of a tag, so that only the frames built are frames.
noise = st.binary(min_size=1, max_size=3000).map(lambda data: data.translate(bytes(128) * 2))


@pytest.fixture(params=[(2**16, 2**20), (1500, 1500), (4096, 9000)], ids=str)
def windows(request, monkeypatch):
    """Frames must not care where a window of the walk ends."""
    monkeypatch.setattr(framewalk, "_FIRST_WINDOW", request.param[0])
    monkeypatch.setattr(framewalk, "_WINDOW", request.param[1])
    monkeypatch.setattr(framewalk, "_WORTH_A_STRIDE", 1000)


def test_every_frame_is_counted_wherever_windows_end(windows):
    @given(st.lists(st.one_of(frames, same_rate), min_size=1, max_size=4), st.lists(noise))
    def check(runs, junk):
        built = build(runs, junk)

        found = walked(built.data)

        assert (found.frames, found.junk, found.end) == (built.frames, built.junk, len(built.data))
        assert found.size == len(built.data) - built.junk
        assert found.varies == (len(built.rates) > 1)
        assert not found.partial

    check()


@given(st.one_of(frames, same_rate), st.integers(1, 100))
def test_a_last_frame_that_is_cut_is_told_and_not_counted(run, left):
    whole, last = build([run[:-1]], []), frame(*run[-1])
    data = whole.data + last[: min(left, len(last) - 1)]

    found = walked(data)

    assert found.partial
    assert (found.frames, found.end) == (whole.frames, len(whole.data))


@given(frames)
def test_a_tag_between_frames_is_a_join_and_no_junk(run):
    tag = b"ID3\x03\0\0\0\0\x01\x00" + b"\0" * 128
    built = build([run], [])

    found = walked(built.data + tag + built.data)

    assert (found.frames, found.junk, found.joined) == (2 * built.frames, 0, True)
    assert found.first_gap == built.frames


@given(st.binary(max_size=5000))
def test_any_bytes_at_all_end_the_walk_inside_the_file(data):
    found = walked(frame(9) * 3 + data)

    assert 0 < found.end <= len(data) + 3 * len(frame(9))
    assert found.frames >= 2


@pytest.mark.parametrize("first", [b"\xff\xf3\x44\x40", b"\xff\xe3\x18\xc0", b"\xff\xfa\x98\x40"])
def test_other_versions_rates_and_checksums_are_hopped_too(first: bytes):
    header = parse_header(first)
    assert header is not None
    data = (first + b"s" * (header.length - 4)) * 1000

    found = walked(data, frame_table(first))

    assert (found.frames, found.varies) == (1000, False)
