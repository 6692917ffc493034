"""What is wrong with a file is said in the editor's words, and no file does any harm."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes.audio.facts import Reading, Verdict
from episodes.audio.findings import REFUSALS, WARNINGS
from episodes.audio.probe import MAX_OUTPUT, answer_for
from episodes.audio.reading import read_audio
from episodes.audio.text import clean_text
from tests.episodes.audio import corpus
from tests.episodes.audio.corpus import bare_mp3, sound

DOCS = Path(__file__).parents[3] / "docs" / "audio.md"


def read(data: bytes, name: str = "") -> Reading:
    return read_audio(BytesIO(data), name=name)


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]


FOREIGN = {
    "nothing": (b"", "empty"),
    "one byte": (b"\xff", "unknown"),
    "zeros": (bytes(100_000), "no-audio"),
    "noise": (bytes((i * i * 31 + i // 7) % 251 | 128 for i in range(50_000)), "unknown"),
    "a renamed ZIP": (corpus.zip_archive(), "archive"),
    "a ZIP with an MP3 in it": (corpus.zip_archive() + bare_mp3(), "archive"),
    "a saved web page": (corpus.html(), "web-page"),
    "a web page before an MP3": (corpus.html() + bare_mp3(), "web-page"),
    "a web page behind a tag": (corpus.id3(b"") + corpus.html(), "web-page"),
    "a GIF before an MP3": (corpus.gif() + bare_mp3(), "image"),
    "a JPEG before an MP3": (b"\xff\xd8\xff\xe0" + b"j" * 500 + bare_mp3(), "image"),
    "a program": (corpus.elf(), "program"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "program"),
    "a PDF": (b"%PDF-1.7\n" + b"x" * 100, "document"),
    "a text": ("Здравствуйте, это не звук.\n".encode() * 20, "document"),
    "a feed": (b"<?xml version='1.0'?><rss/>", "document"),
    "a playlist": (b"#EXTM3U\nfile:///etc/passwd\n", "playlist"),
    "a bare link": (b"http://169.254.169.254/latest\n", "playlist"),
    "a voice memo": (b"#!AMR\n" + b"\x3c" * 500, "unsupported"),
    "Windows Media": (bytes.fromhex("3026b2758e66cf11") + b"\0" * 99, "unsupported"),
    "an AVI": (b"RIFF\0\0\0\0AVI " + b"\0" * 99, "video"),
    "MPEG Layer II": (sound("layer2.mp2"), "unsupported"),
    "FLAC in Ogg": (sound("flac-in-ogg.ogg"), "unsupported"),
    "a compressed WAV": (sound("adpcm.wav"), "unsupported"),
    "Matroska": (sound("matroska.mp3"), "video"),
    "a video as .m4a": (sound("video.m4a"), "video"),
    "a fragmented MP4": (sound("aac-fragmented.m4a"), "mp4-fragmented"),
    "only a tag": (corpus.id3(corpus.frame(b"TIT2", b"\0x")), "no-audio"),
    "two frames": (corpus.first_frames(2), "too-short"),
    "an archive behind an MP3": (bare_mp3() + corpus.zip_archive(), "foreign-data"),
    "an archive deep behind an MP3": (
        bare_mp3() + b"\xaa" * 99 + corpus.zip_archive(),
        "foreign-data",
    ),
    "a program behind an MP3": (bare_mp3() + corpus.elf(), "foreign-data"),
    "a page behind an MP3": (bare_mp3() + corpus.html(), "foreign-data"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_no_audio_is_called_by_its_name(what: str):
    data, code = FOREIGN[what]

    reading = read(data, "episode.mp3")

    assert (reading.verdict, codes(reading)) == (Verdict.REFUSED, [code])


def test_the_sentence_says_what_it_is_and_what_to_do():
    refusal = read(corpus.zip_archive(), "episode.mp3").refusal

    assert refusal is not None
    assert refusal.sentence == (
        "This is a ZIP archive, not audio. Unpack it and upload the audio file that is inside."
    )


CUT = [
    *("cbr-info-stereo.mp3", "cbr-without-header.mp3", "vbr-xing.mp3", "vbr-without-header.mp3"),
    *("mpeg2-22050.mp3", "adts.aac", "aac-faststart.m4a", "vorbis.ogg", "opus.opus", "flac.flac"),
    *("pcm16.aiff", "sowt.aifc", "extensible-24.wav", "float.wav", "rf64.wav"),
]


IN_LONG_PAGES = {"vorbis.ogg", "opus.opus", "flac.flac"}
"""Only whole pages count, and a page may hold seconds."""


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("part", [0.33, 0.5, 0.77])
def test_a_truncated_file_is_refused_with_the_second_at_which_it_breaks_off(name: str, part: float):
    refusal = read(corpus.cut(name, part), name).refusal

    assert refusal is not None
    assert refusal.code == "truncated"
    at = re.search(r"breaks off at 0:0(\d)", refusal.sentence)
    assert at is not None
    assert int(at[1]) <= 4 * part + 0.5
    if name not in IN_LONG_PAGES:
        assert int(at[1]) == pytest.approx(4 * part, abs=1.2)


def test_a_truncated_mp3_with_a_header_says_how_long_it_should_have_been():
    refusal = read(corpus.cut("vbr-xing.mp3", 0.5)).refusal

    assert refusal is not None
    assert "of 0:04" in refusal.sentence


@pytest.mark.parametrize("name", ["aac-chapters.m4a", "alac.m4a"])
def test_an_m4a_that_lost_its_index_is_incomplete(name: str):
    assert codes(read(corpus.cut(name, 0.5))) == ["incomplete"]


def test_a_file_that_ends_inside_its_tag_is_incomplete():
    assert codes(read(corpus.with_tag()[:120])) == ["incomplete"]


LIES = {
    "an Info header of 4 billion frames": (corpus.with_info(0xFFFFFFFE), 4000),
    "an Info header of 3 frames": (corpus.with_info(3), 4000),
    "an Info header of what was there before a cut": (corpus.left_over_header(), 2041),
    "an Ogg position of 2^62": (corpus.ogg_with_granule(2**62), 4000),
}


@pytest.mark.parametrize("what", LIES)
def test_a_header_that_lies_about_the_length_is_not_believed(what: str):
    data, duration = LIES[what]

    reading = read(data)

    assert reading.facts is not None, reading.refusal
    assert reading.facts.duration_ms == pytest.approx(duration, abs=1000)
    assert "length-header-wrong" in codes(reading)


def test_an_m4a_cannot_claim_more_time_than_its_samples_hold():
    # The first stts entry: how long each sample lasts. No edit list corrects it.
    a_minute = (60 * 44_100).to_bytes(4, "big")
    data = corpus.patched_m4a(b"stts", 12, a_minute).replace(b"edts", b"free")

    assert codes(read(data)) == ["damaged"]


REMARKED = {
    "two files joined": (corpus.joined(), "joined"),
    "a hole in the middle": (corpus.with_hole(), "junk-inside"),
    "a tail of something": (bare_mp3() + b"\xaa" * 3000, "junk-after"),
    "a head of something": (b"\xaa" * 300 + bare_mp3(), "junk-before"),
    "a very long comment": (corpus.long_comment(), "text-cut"),
}


@pytest.mark.parametrize("what", REMARKED)
def test_what_listeners_can_live_with_is_accepted_with_a_warning(what: str):
    data, code = REMARKED[what]

    reading = read(data)

    assert reading.verdict is Verdict.WARNED, reading.refusal
    assert code in codes(reading)


def test_zeros_around_the_sound_are_nothing_to_talk_about():
    reading = read(bytes(5000) + bare_mp3() + bytes(5000))

    assert codes(reading) == ["bit-rate-low"]


def test_joined_files_have_the_length_of_both():
    facts = read(corpus.joined()).facts

    assert facts is not None
    assert facts.duration_ms == pytest.approx(2 * 4049, abs=10)


def test_a_join_of_different_sample_rates_says_where_and_why_it_matters():
    data = bare_mp3() + sound("mpeg25-without-header.mp3")

    (finding,) = [each for each in read(data).findings if each.code == "joined"]

    assert finding.sentence == (
        "Several files were joined into one without re-encoding (at 0:04; the parts have "
        "different sample rates, which makes many players stumble). Apps may show the wrong "
        "length: open it in an editor and export once more."
    )


HOSTILE = {
    "a tag that inflates to 64 MB": (corpus.inflating_tag(), "tag-compressed"),
    "an old tag that is compressed as a whole": (
        corpus.id3(b"x" * 99, version=2, flags=0x40) + bare_mp3(),
        "tag-compressed",
    ),
    "chapters in chapters": (corpus.nested_chapters(), "tag-nested"),
    "20,000 frames": (corpus.many_frames(20_000), "tag-too-many-frames"),
    "501 chapters": (corpus.with_chapters(501), "too-many-chapters"),
    "a cover of 11 MB": (corpus.large_cover(), "cover-too-large"),
    "a tag of 17 MB": (corpus.id3(bytes(17 * 2**20)), "tag-too-large"),
    "moov in moov": (corpus.nested_moov(), "no-audio"),
    "a WAV with a bomb": (
        sound("float.wav") + b"id3 " + (2**16).to_bytes(4, "little") + corpus.inflating_tag(),
        "tag-compressed",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused_before_a_library_sees_them(what: str):
    data, code = HOSTILE[what]

    assert codes(read(data)) == [code]


def test_a_tag_that_breaks_its_reader_costs_the_tag_and_not_the_audio():
    data = bytearray(sound("aac-chapters.m4a"))
    at = data.index(b"ilst")
    data[at + 4 : at + 8] = b"\0\0\0\x02"

    reading = read(bytes(data))

    assert reading.verdict is Verdict.WARNED
    assert "tags-unreadable" in codes(reading)


def test_an_answer_that_would_be_too_long_gives_up_its_chapters():
    answer = answer_for(BytesIO(corpus.with_chapters(400)), "")
    assert len(answer) < MAX_OUTPUT

    tags = corpus.ID3()
    for index in range(400):
        inside = [corpus.WXXX(encoding=0, desc="", url="https://example.org/" + "x" * 900)]
        tags.add(
            corpus.CHAP(
                element_id=f"c{index}", start_time=index * 10, end_time=0, sub_frames=inside
            )
        )
    file = BytesIO(bare_mp3())
    tags.save(file, v2_version=3)

    reading = Reading.from_json(json.loads(answer_for(file, "")))

    assert reading.facts is not None
    assert reading.facts.chapters == ()
    assert "chapters-left-out" in codes(reading)


def test_every_code_stands_in_the_documentation():
    listed = set(
        re.findall(r"^\| `([a-z0-9-]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    )

    assert listed >= {*REFUSALS, *WARNINGS}


@given(st.text())
def test_cleaned_text_never_breaks_storage_or_layout(value: str):
    cleaned = clean_text(value, 50)

    assert len(cleaned) <= 50
    assert "\0" not in cleaned
    assert cleaned == cleaned.strip()
    cleaned.encode()
    assert clean_text(cleaned, 50) == cleaned


SEEDS = sorted(path.name for path in corpus.AUDIO.iterdir() if path.stat().st_size < 40_000)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(SEEDS),
    cut=st.floats(0, 1),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=12),
    near_head=st.booleans(),
)
def test_no_mutation_of_a_file_makes_the_reader_raise(
    name: str, cut: float, edits: list[tuple[float, bytes]], near_head: bool
):
    data = bytearray(sound(name))
    reach = min(len(data), 4096) if near_head else len(data)
    for place, value in edits:
        at = int(place * (reach - 1))
        data[at : at + len(value)] = value
    if cut > 0.5:
        del data[int(len(data) * cut) :]

    reading = read(bytes(data), name)

    assert reading.facts is not None or reading.refusal is not None
    if reading.facts is not None:
        assert 0 < reading.facts.duration_ms < 7 * 24 * 3600 * 1000
    Reading.from_json(json.loads(json.dumps(reading.to_json())))
