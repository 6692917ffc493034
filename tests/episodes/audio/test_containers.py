"""Odd but real containers: streamed, chained, joined, damaged inside, HE-AAC, free format."""

import struct
import wave
from io import BytesIO

import pytest

from episodes.audio.facts import Reading, Verdict
from episodes.audio.oggpages import pages_of
from episodes.audio.opus import packet_samples
from episodes.audio.reading import read_audio
from episodes.audio.source import Source
from tests.episodes.audio import corpus


def read(data: bytes) -> Reading:
    return read_audio(BytesIO(data))


def codes(data: bytes) -> list[str]:
    return [each.code for each in read(data).findings]


def pcm(width: int, *, seconds: int = 2) -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(width)
        sound.setframerate(44_100)
        sound.writeframes(bytes(seconds * 44_100 * 2 * width))
    return file.getvalue()


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_whole_numbers_of_any_width_are_sound(width: int):
    facts = read(pcm(width)).facts

    assert facts is not None
    assert (facts.duration_ms, facts.bit_rate) == (2000, 44_100 * 2 * width * 8)


@pytest.mark.parametrize("unknown", [0, 0xFFFFFFFF])
def test_a_streamed_wav_is_measured_and_remarked_on(unknown: int):
    data = pcm(2)
    size = struct.pack("<I", unknown)
    streamed = data[:4] + size + data[8:40] + size + data[44:]

    reading = read(streamed)

    assert reading.facts is not None
    assert reading.facts.duration_ms == 2000
    assert "length-header-missing" in [each.code for each in reading.findings]
    assert "0:02" in reading.findings[0].sentence


def test_a_streamed_aiff_is_measured_and_remarked_on():
    data = bytearray(corpus.sound("pcm16.aiff"))
    data[4:8] = bytes(4)
    frames, size = data.index(b"COMM") + 10, data.index(b"SSND") + 4
    data[frames : frames + 4] = bytes(4)
    data[size : size + 4] = bytes(4)

    reading = read(bytes(data))

    assert reading.facts is not None
    assert reading.facts.duration_ms == 4000
    assert "length-header-missing" in [each.code for each in reading.findings]


def chained(name: str) -> bytes:
    return corpus.sound(name) * 2


@pytest.mark.parametrize("name", ["vorbis.ogg", "opus.opus"])
def test_a_chained_ogg_lasts_as_long_as_its_links(name: str):
    reading = read(chained(name))

    assert reading.facts is not None, reading.refusal
    assert reading.facts.duration_ms == pytest.approx(8000, abs=20)
    assert "joined" in [each.code for each in reading.findings]


def test_pre_skip_is_no_sound():
    data = bytearray(corpus.sound("opus.opus"))
    at = data.index(b"OpusHead") + 10
    skipped = int.from_bytes(data[at : at + 2], "little")
    assert skipped > 0

    facts = read(bytes(data)).facts

    assert facts is not None
    assert facts.duration_ms == 4000


def moved(name: str, samples: int) -> bytes:
    """Let a recording start far in, as one that was cut out of a stream does."""
    data = bytearray(corpus.sound(name))
    for page in pages_of(Source(BytesIO(bytes(data))), 0):
        if 0 < page.granule < 2**63:
            at = page.start + 6
            data[at : at + 8] = struct.pack("<Q", page.granule + samples)
    return corpus.with_right_checksums(bytes(data))


@pytest.mark.parametrize("name", ["vorbis.ogg", "opus.opus"])
def test_a_recording_cut_out_of_a_longer_one_is_as_long_as_itself(name: str):
    reading = read(moved(name, 10_000_000))

    assert reading.facts is not None
    assert reading.facts.duration_ms == pytest.approx(4000, abs=100)


def test_the_checksums_of_whole_files_fit():
    for name in ("vorbis.ogg", "opus.opus"):
        assert all(page.is_whole for page in pages_of(Source(BytesIO(corpus.sound(name))), 0))


def long_ogg() -> bytes:
    return corpus.repaged("opus.opus", 200)


def test_a_damaged_page_is_told_with_its_place():
    data = bytearray(long_ogg())
    assert codes(bytes(data)) == ["not-for-apple"]
    data[len(data) // 2] ^= 1

    reading = read(bytes(data))

    found = next(each for each in reading.findings if each.code == "damaged-inside")
    assert reading.facts is not None
    assert reading.facts.duration_ms == 4000
    assert "0:0" in found.sentence


def test_a_missing_page_is_told():
    data = long_ogg()
    begin = data.index(b"OggS", len(data) // 2)
    end = data.index(b"OggS", begin + 4)

    assert "damaged-inside" in codes(data[:begin] + data[end:])


def test_an_ogg_goes_on_behind_bytes_that_are_no_page():
    data = long_ogg()
    middle = data.index(b"OggS", len(data) // 2)

    reading = read(data[:middle] + b"\xaa" * 300 + data[middle:])

    assert reading.facts is not None
    assert reading.facts.duration_ms == 4000
    assert "damaged-inside" in [each.code for each in reading.findings]


def test_an_ogg_of_which_much_is_damaged_is_refused():
    data = bytearray(long_ogg())
    for at in range(len(data) // 3, len(data) // 2, 60):
        data[at] ^= 0x55

    assert codes(bytes(data)) == ["damaged"]


@pytest.mark.parametrize(
    ("first", "samples"), [(b"\x08", 960), (b"\xfc", 960), (b"\xf9", 1920), (b"\xfb\x03", 2880)]
)
def test_an_opus_packet_tells_its_length(first: bytes, samples: int):
    assert packet_samples(first) == samples


def test_a_flac_joined_end_to_end_is_refused():
    assert codes(corpus.long_flac_joined()) == ["damaged"]


def test_zeros_inside_an_m4a_are_told():
    data = bytearray(corpus.sound("aac-faststart.m4a"))
    at = data.index(b"mdat") + 4
    middle = at + (len(data) - at) // 2
    data[middle : middle + 6000] = bytes(6000)

    assert {"damaged", "damaged-inside"} & set(codes(bytes(data)))


def with_aac_config(config: bytes, core_rate: int) -> bytes:
    """Put another AudioSpecificConfig (at most 5 bytes) into an M4A, and its core's clock."""
    data = bytearray(corpus.sound("aac-faststart.m4a"))
    at = data.index(b"esds")
    at = data.index(b"\x05\x80\x80\x80", at) + 4
    assert data[at] >= len(config)
    data[at + 1 : at + 1 + len(config)] = config
    clock = data.index(b"mdhd") + 16
    data[clock : clock + 4] = core_rate.to_bytes(4, "big")
    return bytes(data)


HE_AAC = {
    # kind 2 at 44.1 kHz, stereo, nothing more
    "AAC": (0b00010_0100_0010_000, 16, 44_100, (44_100, 2)),
    # kind 5: core at 22.05 kHz, stereo, plays at 44.1 kHz
    "HE-AAC": (0b00101_0111_0010_0100_00010_00, 24, 22_050, (44_100, 2)),
    # kind 29: mono core, plays in stereo
    "HE-AAC v2": (0b11101_0111_0001_0100_00010_00, 24, 22_050, (44_100, 2)),
    # kind 2 at 24 kHz, then the mark 0x2B7 and 48 kHz
    "HE-AAC behind a mark": (
        0b00010_0110_0010_000_01010110111_00101_1_0011_000,
        40,
        24_000,
        (48_000, 2),
    ),
}


@pytest.mark.parametrize("what", HE_AAC)
def test_he_aac_has_the_rate_that_it_plays_at(what: str):
    bits, width, core_rate, expected = HE_AAC[what]

    facts = read(with_aac_config(bits.to_bytes(width // 8, "big"), core_rate)).facts

    assert facts is not None
    assert (facts.sample_rate, facts.channels) == expected
    assert facts.duration_ms == 4000


@pytest.mark.parametrize(
    "make",
    [
        lambda: corpus.sound("float.wav"),
        lambda: corpus.sound("pcm16.aiff"),
        lambda: corpus.sound("aac-faststart.m4a"),
        lambda: corpus.sound("vorbis.ogg"),
        lambda: corpus.sound("adts.aac"),
    ],
)
def test_an_archive_behind_any_kind_of_audio_is_refused(make):
    reading = read(make() + corpus.zip_archive())

    assert (reading.verdict, reading.findings[0].code) == (Verdict.REFUSED, "foreign-data")


REFUSED = {
    "AAC as broadcast": (lambda: corpus.sound("latm.aac"), "LATM"),
    "a free-format MP3": (corpus.free_format, "free-format"),
    "MP3 in a WAV": (lambda: corpus.sound("mp3-in-wav.wav"), "MP3 inside a WAV"),
    "A-law": (lambda: corpus.sound("alaw.wav"), "A-law"),
    "ADIF": (lambda: b"ADIF" + bytes(range(200)), "ADIF"),
    "Wave64": (lambda: b"riff\x2e\x91\xcf\x11" + bytes(200), "Wave64"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_apps_cannot_play_is_called_by_its_name(what: str):
    make, name = REFUSED[what]

    refusal = read(make()).refusal

    assert refusal is not None
    assert refusal.code == "unsupported"
    assert name in refusal.sentence


def test_what_a_vbri_header_says_is_compared():
    data = bytearray(corpus.with_vbri())
    at = data.index(b"VBRI") + 14
    data[at : at + 4] = struct.pack(">I", 10_000)

    assert "length-header-wrong" in codes(bytes(data))


@pytest.mark.parametrize(
    ("seconds", "kbps", "code", "wanted"),
    [(3600 * 3, 192, "over-200-mb", "128"), (3600 * 6, 96, "too-long-for-200-mb", "two parts")],
)
def test_a_file_over_200_mb_is_told_what_fits(seconds: int, kbps: int, code: str, wanted: str):
    reading = read_audio(corpus.Sparse(seconds, kbps))

    found = next(each for each in reading.findings if each.code == code)
    assert wanted in found.sentence
