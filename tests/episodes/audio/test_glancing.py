"""The quick reading: as right as the whole one, from a few ranges, and never on a lie's word."""

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from episodes.audio.facts import Depth, Reading
from episodes.audio.ffmpeg import find_ffmpeg
from episodes.audio.reading import read_audio
from episodes.audio.source import Source
from tests.episodes.audio import corpus

MOST = 128 * 1024
BARE = ["-write_xing", "0", "-id3v2_version", "0"]
LONG = {
    "cbr-info.mp3": ["-c:a", "libmp3lame", "-b:a", "48k", "-ac", "1"],
    "cbr-bare.mp3": ["-c:a", "libmp3lame", "-b:a", "48k", "-ac", "1", *BARE],
    "vbr-xing.mp3": ["-c:a", "libmp3lame", "-q:a", "6", "-ac", "1"],
    "last.m4a": ["-c:a", "aac", "-b:a", "48k", "-ac", "1"],
    "first.m4a": ["-c:a", "aac", "-b:a", "48k", "-ac", "1", "-movflags", "+faststart"],
    "vorbis.ogg": ["-c:a", "libvorbis", "-q:a", "2", "-ac", "1"],
    "opus.opus": ["-c:a", "libopus", "-b:a", "48k", "-ac", "1"],
    "flac.flac": ["-c:a", "flac", "-ac", "1"],
    "pcm.wav": ["-c:a", "pcm_s16le", "-ac", "1"],
    "pcm.aiff": ["-c:a", "pcm_s16be", "-ac", "1"],
}


@pytest.fixture(scope="module")
def make_long(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    folder = tmp_path_factory.mktemp("long")
    sound = corpus.AUDIO / "float.wav"

    def make(name: str, seconds: int) -> Path:
        path = folder / f"{seconds}-{name}"
        rate = "48000" if name == "opus.opus" else "44100"
        command = [find_ffmpeg(), "-v", "error", "-nostdin", "-stream_loop", "-1", "-i", sound]
        command += ["-t", str(seconds), "-ar", rate, *LONG[name], path]
        subprocess.run([str(each) for each in command], check=True)
        return path

    return make


def glance(data: bytes) -> tuple[Reading, Source]:
    source = Source(BytesIO(data))
    return read_audio(source, depth=Depth.HEADERS), source


@pytest.mark.parametrize("name", LONG)
def test_headers_say_what_the_whole_file_says_in_128_kb_however_long_it_is(name: str, make_long):
    read = []
    for seconds in (40, 120):
        data = make_long(name, seconds).read_bytes()

        quick, source = glance(data)
        whole = read_audio(BytesIO(data))

        assert quick.facts is not None
        assert whole.facts is not None
        assert quick.depth is Depth.HEADERS
        assert quick.facts.duration_ms == whole.facts.duration_ms
        assert quick.facts.duration_ms == pytest.approx(seconds * 1000, abs=100)
        assert quick.facts.bit_rate == pytest.approx(whole.facts.bit_rate, rel=0.01)
        assert quick.facts.bit_rate_mode == whole.facts.bit_rate_mode
        assert quick.findings == whole.findings
        assert source.bytes_read <= MOST
        read.append(source.bytes_read)
    # A block or two more or less as positions fall; nothing that follows the length.
    assert abs(read[1] - read[0]) <= 5 * 8192


@pytest.mark.parametrize("name", sorted(path.name for path in corpus.AUDIO.iterdir()))
def test_both_depths_agree_on_every_file(name: str):
    data = corpus.sound(name)

    quick, _ = glance(data)
    whole = read_audio(BytesIO(data))

    assert (quick.facts is None) == (whole.facts is None)
    if quick.facts and whole.facts:
        assert quick.facts.duration_ms == whole.facts.duration_ms
        assert quick.facts.tags == whole.facts.tags
        assert quick.facts.chapters == whole.facts.chapters


def test_raw_aac_and_a_variable_mp3_without_header_are_walked_and_say_so():
    for name in ("adts.aac", "vbr-without-header.mp3"):
        assert glance(corpus.sound(name))[0].depth is Depth.WHOLE


def swapped(name: str) -> bytes:
    data = corpus.sound(name)
    end = data.index(b"OggS", len(data) // 2)
    return data[:end] + data


DISTRUSTED = {
    "an Info header of 3 frames": corpus.with_info(3),
    "an Info header of 4 billion frames": corpus.with_info(0xFFFFFFFE),
    "an Info header from before a cut": corpus.left_over_header(),
    "two files joined": corpus.joined(),
    "a hole in the middle": corpus.with_hole(),
    "an Ogg position of 2^62": corpus.ogg_with_granule(2**62),
    "a WAV cut off": corpus.cut("float.wav", 0.5),
    "an MP3 cut off": corpus.cut("vbr-xing.mp3", 0.5),
    "an M4A cut off": corpus.cut("aac-faststart.m4a", 0.5),
    "an Opus cut off": corpus.cut("opus.opus", 0.5),
    "a FLAC cut off": corpus.cut("flac.flac", 0.5),
    "a chained Ogg": swapped("vorbis.ogg"),
    "a FLAC joined end to end": corpus.long_flac_joined(),
    "an MP3 that varies in the middle only": corpus.varying_inside(),
}


@pytest.mark.parametrize("what", DISTRUSTED)
def test_where_headers_do_not_agree_the_whole_file_decides(what: str):
    quick, _ = glance(DISTRUSTED[what])
    whole = read_audio(BytesIO(DISTRUSTED[what]))

    assert [each.code for each in quick.findings] == [each.code for each in whole.findings]
    assert (quick.facts and quick.facts.duration_ms) == (whole.facts and whole.facts.duration_ms)


@pytest.mark.parametrize(
    "make", [corpus.with_covered_mp3, corpus.with_covered_m4a, corpus.with_covered_flac]
)
def test_a_large_cover_is_described_without_being_fetched(make):
    quick, source = glance(make(900_000))

    assert quick.facts is not None, quick.refusal
    assert quick.facts.cover is not None
    assert (quick.facts.cover.mime_type, quick.facts.cover.size) == ("image/png", 900_000)
    assert quick.facts.tags.title == "Covered"
    assert source.bytes_read <= MOST


def test_chapters_with_large_pictures_are_read_without_them():
    data = corpus.with_pictured_chapters(3, 60_000)

    quick, source = glance(data)
    whole = read_audio(BytesIO(data))

    assert quick.facts is not None
    assert whole.facts is not None
    assert [each.title for each in quick.facts.chapters] == ["Глава 1", "Глава 2", "Глава 3"]
    assert quick.facts.chapters == whole.facts.chapters
    assert all(each.image for each in quick.facts.chapters)
    assert source.bytes_read <= MOST


def test_a_source_counts_what_it_fetches_and_fetches_a_block_once():
    source = Source(BytesIO(bytes(100_000)))

    assert [len(source.read(at, 10)) for at in (0, 100, 8_000)] == [10, 10, 10]
    assert source.bytes_read == 8192
    assert len(source.read(8190, 10)) == 10
    assert source.bytes_read == 16384
    assert source.read(99_999, 10) == b"\0"
    assert source.read(100_000, 10) == b""
