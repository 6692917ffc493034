"""The frame walk against files built frame by frame, where every number is known beforehand."""

import itertools
import struct
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.audio import framewalk
from episodes.audio.findings import Refused
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


def frame_of(four: bytes) -> bytes:
    header = parse_header(four)
    assert header is not None
    return four + b"s" * (header.length - 4)


KINDS = {
    b"\xff\xfb\x90\x40": 1152 / 44_100,
    b"\xff\xfb\x90\xc0": 1152 / 44_100,  # mono
    b"\xff\xfb\x94\x40": 1152 / 48_000,
    b"\xff\xf3\x44\xc0": 576 / 24_000,
    b"\xff\xe3\x18\x40": 576 / 8_000,
}
parts = st.lists(
    st.tuples(st.sampled_from(sorted(KINDS)), st.integers(2, 150)), min_size=1, max_size=5
)


@given(parts)
def test_parts_of_every_rate_and_mode_count_with_their_own_lengths(parts):
    data = b"".join(frame_of(four) * count for four, count in parts)

    found = walked(data, frame_table(parts[0][0]))

    assert (found.frames, found.junk, found.end) == (sum(n for _, n in parts), 0, len(data))
    assert found.seconds == pytest.approx(sum(KINDS[four] * n for four, n in parts))
    assert found.joined == any(a[0] != b[0] for a, b in itertools.pairwise(parts))


@given(parts, noise)
def test_two_frames_of_any_kind_are_found_behind_what_is_no_audio(parts, junk):
    behind = b"".join(frame_of(four) * count for four, count in parts)
    data = frame(9) * 3 + junk + behind

    found = walked(data)

    assert (found.frames, found.junk) == (3 + sum(n for _, n in parts), len(junk))
    assert found.end == len(data)


V1 = b"TAG" + bytes(125)
V2 = b"ID3\x03\0\0\0\0\x01\x00" + bytes(128)
APE = b"APETAGEX" + struct.pack("<4I8x", 2000, 64, 1, 1 << 31 | 1 << 29)
APE += b"v" * 32 + b"APETAGEX" + struct.pack("<4I8x", 2000, 64, 1, 1 << 31)


@pytest.mark.parametrize(
    "tags", [V1, V1 + V2, V2 + V2, APE, APE + V1 + V2], ids=["v1", "v1+v2", "v2+v2", "ape", "all"]
)
def test_whole_tags_between_two_files_are_no_junk(tags: bytes):
    found = walked(frame(9) * 20 + tags + frame(9) * 20)

    assert (found.frames, found.junk, found.joined) == (40, 0, True)
    assert found.first_gap == 20


class Counted(Source):
    reads = 0

    def read(self, start: int, length: int) -> bytes:
        self.reads += 1
        return super().read(start, length)


def test_bytes_that_no_frame_begins_with_are_stepped_over_without_a_look():
    data = frame(9) * 8 + b"\xff\xfb\x00" * 700_000
    source = Counted(BytesIO(data))

    found = walk(source, 0, len(data), TABLE)

    assert found.end == 8 * len(frame(9))
    assert source.reads < 50


def test_bytes_that_only_look_like_frames_are_refused_after_a_number_of_tries():
    data = frame(9) * 8 + b"\xff\xfb\x90\x40\0" * 400_000
    source = Counted(BytesIO(data))

    with pytest.raises(Refused, match="only looks like audio"):
        walk(source, 0, len(data), TABLE)
    assert source.reads < 4 * framewalk._MAX_TRIES


def test_many_joins_make_no_more_expressions_than_are_worth_it(monkeypatch):
    made = []
    stride = FrameTable.stride
    monkeypatch.setattr(
        FrameTable, "stride", lambda self, keys: made.append(keys) or stride(self, keys)
    )
    kinds = (b"\xff\xfb\x90\x40", b"\xff\xfb\xa0\x40", b"\xff\xfb\x94\x40", b"\xff\xfb\xa4\x40")
    data = b"".join(frame_of(four) * 2 for four in kinds) * 600

    found = walked(data)

    assert (found.frames, found.end) == (4800, len(data))
    assert len(made) <= 2 * framewalk._MAX_STRIDING_PARTS


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
