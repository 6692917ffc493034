"""What is said about real files of every kind that Fortnight takes."""

import wave
from io import BytesIO
from pathlib import Path

import pytest
from mutagen.flac import FLAC
from mutagen.oggvorbis import OggVorbis

from episodes.audio.facts import Reading, Verdict
from episodes.audio.reading import read_audio
from tests.episodes.audio import corpus

SECONDS = 4.0


def read(data: bytes, name: str = "") -> Reading:
    return read_audio(BytesIO(data), name=name)


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]


# container, codec, type, channels, sample rate; what a decoder plays in seconds.
VALID = {
    "48000-joint-stereo.mp3": ("MP3", "MP3", "audio/mpeg", 2, 48_000, SECONDS),
    "cbr-info-stereo.mp3": ("MP3", "MP3", "audio/mpeg", 2, 44_100, SECONDS),
    "vbr-xing.mp3": ("MP3", "MP3", "audio/mpeg", 1, 44_100, SECONDS),
    "abr.mp3": ("MP3", "MP3", "audio/mpeg", 1, 44_100, SECONDS),
    "mpeg2-22050.mp3": ("MP3", "MP3", "audio/mpeg", 1, 22_050, SECONDS),
    "mpeg25-11025.mp3": ("MP3", "MP3", "audio/mpeg", 1, 11_025, SECONDS),
    # Without a header nobody knows the encoder's padding, and players play it (so in adts.aac).
    "cbr-without-header.mp3": ("MP3", "MP3", "audio/mpeg", 1, 44_100, 4.05),
    "vbr-without-header.mp3": ("MP3", "MP3", "audio/mpeg", 1, 44_100, 4.05),
    "mpeg25-without-header.mp3": ("MP3", "MP3", "audio/mpeg", 1, 12_000, 4.13),
    "aac-chapters.m4a": ("MP4", "AAC", "audio/x-m4a", 1, 44_100, SECONDS),
    "aac-faststart.m4a": ("MP4", "AAC", "audio/x-m4a", 2, 44_100, SECONDS),
    "alac.m4a": ("MP4", "ALAC", "audio/x-m4a", 1, 8_000, SECONDS),
    "adts.aac": ("ADTS", "AAC", "audio/aac", 1, 44_100, 4.04),
    "vorbis.ogg": ("Ogg", "Vorbis", "audio/ogg", 1, 44_100, SECONDS),
    "opus.opus": ("Ogg", "Opus", "audio/ogg", 1, 48_000, SECONDS),
    "flac.flac": ("FLAC", "FLAC", "audio/flac", 1, 8_000, SECONDS),
    "pcm16.aiff": ("AIFF", "PCM", "audio/aiff", 1, 8_000, SECONDS),
    "sowt.aifc": ("AIFF", "PCM", "audio/aiff", 1, 8_000, SECONDS),
    "rf64.wav": ("WAV", "PCM", "audio/wav", 1, 8_000, SECONDS),
    "extensible-24.wav": ("WAV", "PCM", "audio/wav", 1, 8_000, SECONDS),
    "float.wav": ("WAV", "PCM", "audio/wav", 1, 8_000, SECONDS),
}


@pytest.mark.parametrize("name", VALID)
def test_every_kind_of_audio_is_understood_to_a_tenth_of_a_second(name: str):
    container, codec, mime_type, channels, sample_rate, seconds = VALID[name]

    reading = read(corpus.sound(name), name)

    facts = reading.facts
    assert facts is not None, reading.refusal
    assert reading.verdict is not Verdict.REFUSED
    assert (facts.container, facts.codec, facts.mime_type) == (container, codec, mime_type)
    assert (facts.channels, facts.sample_rate) == (channels, sample_rate)
    assert facts.duration_ms == pytest.approx(seconds * 1000, abs=10)
    assert facts.size == len(corpus.sound(name))


def test_every_stored_file_is_in_a_test():
    refused = {"layer2.mp2", "aac-fragmented.m4a", "flac-in-ogg.ogg", "adpcm.wav"}
    refused |= {"video.m4a", "matroska.mp3", "latm.aac", "mp3-in-wav.wav", "alaw.wav"}

    assert {path.name for path in corpus.AUDIO.iterdir()} == {*VALID, *refused}


def test_a_good_mp3_has_nothing_to_remark():
    reading = read(corpus.sound("cbr-info-stereo.mp3"), "episode.mp3")

    assert (reading.verdict, reading.findings) == (Verdict.ACCEPTED, ())


@pytest.mark.parametrize(
    ("name", "mode"),
    [("cbr-info-stereo.mp3", "cbr"), ("vbr-xing.mp3", "vbr"), ("vbr-without-header.mp3", "vbr")],
)
def test_bit_rate_mode_is_what_the_frames_do(name: str, mode: str):
    facts = read(corpus.sound(name)).facts

    assert facts is not None
    assert facts.bit_rate_mode == mode


def test_bit_rate_of_a_constant_mp3_is_the_nominal_one():
    facts = read(corpus.sound("cbr-info-stereo.mp3")).facts

    assert facts is not None
    assert facts.bit_rate == 96_000


@pytest.mark.parametrize("version", [3, 4])
def test_id3_tags_are_read(version: int):
    facts = read(corpus.with_tag(version=version, v1=2)).facts

    assert facts is not None
    assert facts.tags.title == "Саммит нейтралитета"
    assert facts.tags.artist == "Bruce Pannier"
    assert facts.tags.comment == "Recorded in Almaty"
    assert facts.cover is not None
    assert (facts.cover.mime_type, facts.cover.size) == ("image/png", 98)
    assert facts.duration_ms == pytest.approx(4049, abs=2)


def test_the_old_three_letter_tag_is_read():
    facts = read(corpus.with_id3v22()).facts

    assert facts is not None
    assert facts.tags.title == "Hello"


@pytest.mark.parametrize("make", [corpus.with_ape_tag, corpus.with_vbri])
def test_tags_and_headers_around_the_frames_do_not_count_as_sound(make):
    reading = read(make())

    assert reading.facts is not None, reading.refusal
    assert reading.facts.duration_ms == pytest.approx(4000, abs=100)
    assert not {"junk-after", "junk-inside", "length-header-wrong"} & set(codes(reading))


def test_chapters_of_an_mp3_come_with_title_link_and_whether_they_are_listed():
    facts = read(corpus.with_chapters(3, listed=2)).facts

    assert facts is not None
    assert [(each.start_ms, each.title, each.url, each.hidden) for each in facts.chapters] == [
        (0, "Глава 1", "https://example.org/1", False),
        (1333, "Глава 2", "https://example.org/2", False),
        (2666, "Глава 3", "https://example.org/3", True),
    ]


def test_chapters_of_an_m4a_are_read():
    facts = read(corpus.sound("aac-chapters.m4a")).facts

    assert facts is not None
    assert [(each.start_ms, each.title) for each in facts.chapters] == [
        (0, "Neutrality summit"),
        (1500, "Таджико-афганская граница"),
    ]


def test_chapters_in_vorbis_comments_are_read():
    facts = read(corpus.sound("opus.opus")).facts

    assert facts is not None
    assert [(each.start_ms, each.title) for each in facts.chapters] == [
        (0, "Neutrality summit"),
        # ffmpeg rounded the second up when it wrote the file; that is what stands there.
        (2500, "Таджико-афганская граница"),
    ]


def test_chapters_behind_the_end_or_twice_at_one_moment_are_left_out(tmp_path: Path):
    path = tmp_path / "a.ogg"
    path.write_bytes(corpus.sound("vorbis.ogg"))
    tags = OggVorbis(path)
    for number, time in enumerate(["00:00:01.000", "00:00:01.000", "00:00:09.000"], start=1):
        tags[f"CHAPTER{number:03}"] = time
        tags[f"CHAPTER{number:03}NAME"] = f"No. {number}"
    tags.save()

    facts = read(path.read_bytes()).facts

    assert facts is not None
    assert [(each.start_ms, each.title) for each in facts.chapters] == [(1000, "No. 1")]


def test_texts_of_strangers_are_clean_and_links_are_web_links():
    facts = read(corpus.with_hostile_texts()).facts

    assert facts is not None
    assert facts.tags.title == "A, BCgpj.exeD"
    assert facts.chapters[0].url == ""


def test_a_wav_of_the_standard_library_is_exact():
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(44_100)
        sound.writeframes(bytes(4 * 44_100 * 2))

    facts = read(file.getvalue()).facts

    assert facts is not None
    assert (facts.duration_ms, facts.bit_rate, facts.channels) == (2000, 1_411_200, 2)


def test_a_flac_whose_encoder_did_not_know_the_length_is_measured_from_its_frames(tmp_path: Path):
    path = tmp_path / "a.flac"
    path.write_bytes(corpus.sound("flac.flac"))
    tags = FLAC(path)
    tags["title"] = "Streamed"
    tags.save()
    data = bytearray(path.read_bytes())
    data[8 + 13] &= 0xF0
    data[8 + 14 : 8 + 18] = bytes(4)

    facts = read(bytes(data)).facts

    assert facts is not None
    assert facts.duration_ms == 4000
    assert facts.tags.title == "Streamed"


def test_the_name_only_causes_a_remark():
    reading = read(corpus.sound("cbr-info-stereo.mp3"), "interview.WAV")

    assert reading.facts is not None
    assert reading.facts.extension == "mp3"
    assert codes(reading) == ["extension"]
    assert ".wav" in reading.findings[0].sentence


def test_what_the_directories_ask_for_is_a_warning_with_the_fix():
    reading = read(corpus.sound("mpeg2-22050.mp3"))

    assert reading.verdict is Verdict.WARNED
    assert codes(reading) == ["sample-rate", "bit-rate-low"]
    assert "44.1 kHz" in reading.findings[0].sentence
    assert "96 kbit/s" in reading.findings[1].sentence


@pytest.mark.parametrize(
    "name", ["vorbis.ogg", "opus.opus", "flac.flac", "pcm16.aiff", "float.wav"]
)
def test_kinds_that_apple_does_not_take_are_named(name: str):
    assert "not-for-apple" in codes(read(corpus.sound(name)))


def test_a_reading_survives_its_way_through_json():
    reading = read(corpus.with_chapters(), "episode.wav")

    assert Reading.from_json(reading.to_json()) == reading
