"""Headers that contradict the bytes or themselves: players hear the bytes, and so do we."""

import struct
from collections.abc import Callable
from io import BytesIO

import pytest

from episodes.audio.facts import Reading
from episodes.audio.oggpages import pages_of
from episodes.audio.reading import read_audio
from episodes.audio.source import Source
from tests.episodes.audio import corpus
from tests.episodes.audio.hostile.valid import pcm_wav


def read(data: bytes) -> Reading:
    return read_audio(BytesIO(data))


def codes(reading: Reading) -> set[str]:
    advice = {"not-for-apple", "sample-rate", "bit-rate-low"}
    return {each.code for each in reading.findings} - advice


def lasting(reading: Reading) -> int:
    assert reading.facts is not None, reading.refusal
    return reading.facts.duration_ms


def patched(data: bytes, name: bytes, offset: int, value: bytes) -> bytes:
    """Overwrite bytes so far behind the first occurrence of a name."""
    at = data.index(name) + len(name) + offset
    return data[:at] + value + data[at + len(value) :]


# Ogg


def pages(data: bytes) -> list[bytes]:
    return [data[page.start : page.end] for page in pages_of(Source(BytesIO(data)), 0)]


def renumbered(data: bytes, serial: int) -> bytes:
    for page in pages_of(Source(BytesIO(data)), 0):
        at = page.start + 14
        data = data[:at] + struct.pack("<I", serial) + data[at + 4 :]
    return corpus.with_right_checksums(data)


def multiplexed(name: str, other: str) -> bytes:
    """Two streams that run at once: their first pages stand together, the others take turns."""
    one, two = pages(renumbered(corpus.sound(name), 7)), pages(renumbered(corpus.sound(other), 7))
    two = pages(b"".join(_with_serial(page, 8) for page in two))
    turns = [page for pair in zip(one[1:], two[1:], strict=False) for page in pair]
    rest = min(len(one), len(two))
    return one[0] + two[0] + b"".join([*turns, *one[rest:], *two[rest:]])


def _with_serial(page: bytes, serial: int) -> bytes:
    head = page[:14] + struct.pack("<I", serial) + page[18:22] + bytes(4) + page[26:]
    return head[:22] + struct.pack("<I", _checksum(head)) + head[26:]


def _checksum(page: bytes) -> int:
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value >> 31 else value << 1) & 0xFFFFFFFF
    return value


@pytest.mark.parametrize("name", ["vorbis.ogg", "opus.opus"])
def test_of_streams_that_play_at_once_the_first_counts(name: str):
    data = multiplexed(name, name)

    reading = read(data)

    assert lasting(reading) == pytest.approx(4000, abs=20)
    assert codes(reading) == {"several-tracks"}
    assert "2 sound tracks" in reading.findings[0].sentence


def test_streams_at_once_may_follow_each_other_too():
    reading = read(multiplexed("vorbis.ogg", "vorbis.ogg") * 2)

    assert lasting(reading) == pytest.approx(8000, abs=40)
    assert codes(reading) == {"several-tracks", "joined"}


# WAV and AIFF


@pytest.mark.parametrize("size", [0x7FFFFFFF - 36, 0x7FFFF000, 0x80000000, 0xFFFFFFFF - 36])
def test_a_wav_out_of_a_pipe_is_counted(size: int):
    data = patched(pcm_wav(), b"data", 0, struct.pack("<I", size))
    data = patched(data, b"RIFF", 0, struct.pack("<I", min(size + 36, 0xFFFFFFFF)))

    reading = read(data)

    assert lasting(reading) == lasting(read(pcm_wav()))
    assert codes(reading) == {"length-header-missing"}


def test_an_aiff_out_of_a_pipe_is_counted():
    """As SoX writes it."""
    data = patched(corpus.sound("pcm16.aiff"), b"SSND", 0, struct.pack(">I", 0x7F000008))
    data = patched(data, b"COMM", 6, struct.pack(">I", 0x7F000000 // 4))
    data = patched(data, b"FORM", 0, struct.pack(">I", 0x7F00002E))

    reading = read(data)

    assert lasting(reading) == 4000
    assert codes(reading) == {"length-header-missing"}


@pytest.mark.parametrize("size", [0x70000000, 0xA0000000])
def test_a_wav_of_which_gigabytes_are_missing_was_cut(size: int):
    assert codes(read(patched(pcm_wav(), b"data", 0, struct.pack("<I", size)))) == {"truncated"}


@pytest.mark.parametrize("align", [0, 1, 4, 8])
def test_a_wrong_length_of_a_frame_does_not_change_the_length_of_a_wav(align: int):
    data = patched(pcm_wav(), b"fmt ", 4 + 12, struct.pack("<H", align))  # 2 is right

    reading = read(data)

    assert lasting(reading) == lasting(read(pcm_wav()))
    assert codes(reading) == {"length-header-wrong"}


def test_floats_of_24_bits_in_four_bytes_are_as_long_as_ffmpeg_plays_them():
    four = pcm_wav(width=4)
    data = patched(four, b"fmt ", 4 + 14, struct.pack("<H", 24))

    reading = read(data)

    assert lasting(reading) == lasting(read(four))
    assert not codes(reading)


@pytest.mark.parametrize("part", [0, 1 / 3, 3])
def test_an_aiff_lasts_as_long_as_its_sound_whatever_it_says(part: float):
    data = corpus.sound("pcm16.aiff")
    at = data.index(b"COMM") + 10
    frames = int(int.from_bytes(data[at : at + 4], "big") * part)

    reading = read(patched(data, b"COMM", 6, struct.pack(">I", frames)))

    assert lasting(reading) == 4000
    assert codes(reading) == {"length-header-wrong"}


@pytest.mark.parametrize("kind", [b"RF64", b"BW64"])
def test_a_wide_wav_without_its_table_of_sizes_is_refused(kind: bytes):
    reading = read(kind + pcm_wav()[4:])

    assert codes(reading) == {"damaged"}
    assert "ds64" in reading.findings[0].sentence


def test_an_absurd_size_of_64_bits_is_no_length():
    data = patched(corpus.sound("rf64.wav"), b"ds64", 4 + 8, struct.pack("<Q", 2**62))
    data = patched(data, b"data", 0, b"\xff" * 4)

    reading = read(data)

    assert lasting(reading) == lasting(read(corpus.sound("rf64.wav")))
    assert codes(reading) == {"length-header-missing"}


# FLAC


@pytest.mark.parametrize("count", [1, 40, 300, 3000])
def test_stray_bytes_behind_a_flac_are_remarked_on(count: int):
    reading = read(corpus.sound("flac.flac") + b"\xa5" * count)

    assert lasting(reading) == 4000
    assert codes(reading) == {"junk-after"}


def test_an_archive_behind_a_flac_is_refused():
    assert codes(read(corpus.sound("flac.flac") + corpus.zip_archive())) == {"foreign-data"}


def flac_of(samples: Callable[[int], int]) -> bytes:
    data = corpus.sound("flac.flac")
    packed = int.from_bytes(data[18:26], "big")
    known = packed & (1 << 36) - 1
    return data[:18] + (packed - known + samples(known)).to_bytes(8, "big") + data[26:]


def test_a_flac_that_promises_too_little_lasts_to_its_last_frame():
    reading = read(flac_of(lambda known: known // 2))

    assert lasting(reading) == 4000
    assert codes(reading) == {"length-header-wrong"}
    assert "0:02" in reading.findings[0].sentence


def test_a_flac_that_promises_more_than_is_there_was_cut():
    assert codes(read(flac_of(lambda known: known * 2))) == {"truncated"}


def test_a_promise_of_weeks_is_not_repeated():
    reading = read(flac_of(lambda _known: 2**36 - 1))

    assert codes(reading) == {"truncated"}
    assert "at 0:04:" in reading.findings[0].sentence


def test_a_flac_cut_inside_its_last_frame_is_refused():
    assert codes(read(corpus.sound("flac.flac")[:-20])) == {"truncated"}


# Raw AAC


def test_raw_aac_goes_on_behind_a_hole():
    data = corpus.sound("adts.aac")
    middle = len(data) // 2
    hole = data[:middle] + b"\xaa" * 2000 + data[middle + 2000 :]

    reading = read(hole)

    assert lasting(reading) == pytest.approx(lasting(read(data)), abs=600)
    assert lasting(reading) < lasting(read(data))
    assert codes(reading) == {"junk-inside"}
    assert reading.facts is not None
    assert reading.facts.size == len(data)


def test_raw_aac_behind_a_hole_may_be_cut():
    data = corpus.sound("adts.aac")
    middle = len(data) // 2

    cut = data[:middle] + b"\xaa" * 2000 + data[middle + 2000 : -20]

    assert codes(read(cut)) == {"truncated"}


def test_raw_aac_whose_form_changes_is_refused_for_that():
    stereo = corpus.sound("adts.aac")
    mono = bytearray(stereo)
    at = 0
    while at < len(mono):
        length = (mono[at + 3] & 3) << 11 | mono[at + 4] << 3 | mono[at + 5] >> 5
        mono[at + 3] ^= 0x40
        mono[at + 2] ^= 0x01 if not mono[at + 3] >> 6 else 0
        at += length

    reading = read(stereo + bytes(mono))

    assert codes(reading) == {"damaged"}
    assert "channels" in reading.findings[0].sentence
    assert "0:04" in reading.findings[0].sentence
