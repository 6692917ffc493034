"""Labels written and read back by us, by mutagen and by ffprobe; the sound stays what it was."""

import dataclasses
import hashlib
import io
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from PIL import Image

from episodes.audio.containment import read_contained
from episodes.audio.facts import Reading
from episodes.audio.reading import read_audio
from episodes.audio.writing import checking, published
from episodes.audio.writing.errors import NotWritten
from episodes.audio.writing.fitting import CHAPTER_PICTURE, HEADER, MOST_LISTED
from episodes.audio.writing.labels import ChapterLabel, Contributor, Labels
from episodes.audio.writing.published import write_published
from episodes.audio.writing.recording import Recording
from tests.episodes.audio import corpus


def jpeg(side: int, colour: str = "teal") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(file, "JPEG")
    return file.getvalue()


PICTURES = {"cover": jpeg(600), "map": jpeg(300, "navy"), "huge": b"\xff\xd8\xff" + b"x" * 50_000}

LABELS = Labels(
    title="Нейтралитет и граница",
    show="Spotlight on Central Asia",
    number=5,
    season=2,
    day=date(2025, 12, 14),
    language="ru",
    credits=(
        Contributor("Bruce Pannier", "Host", "The Times of Central Asia"),
        Contributor("Michael Hillard", "Co-Host", "Oxus Society"),
        Contributor("Daryana Gryaznova", "Guest", "Team member, Equality Now"),
        Contributor("Светлана Дзарданова", "Guest", "Исследователь"),
    ),
    publisher="The Times of Central Asia",
    copyright="The Times of Central Asia",
    link="https://example.org/shows/spotlight/neutral-ground/",
    summary="What a summit on neutrality says.",
    partners=("in partnership with the Oxus Society for Central Asian Affairs",),
    cover="cover",
    chapters=(
        ChapterLabel(0, "Саммит нейтралитета", "https://example.org/summit"),
        ChapterLabel(1250, "Map of the border", picture="map", hidden=True),
        ChapterLabel(2000, "The Tajik–Afghan border", "https://пример.рф/карта", "map"),
    ),
)

SOUNDS = [
    "cbr-info-stereo.mp3",
    "cbr-without-header.mp3",
    "vbr-xing.mp3",
    "vbr-without-header.mp3",
    "mpeg25-without-header.mp3",
    "adts.aac",
    "vorbis.ogg",
    "opus.opus",
    "flac.flac",
    "aac-chapters.m4a",
    "alac.m4a",
]


def recording_of(path: Path) -> Recording:
    with path.open("rb") as file:
        facts = read_audio(file).facts
    assert facts is not None
    names = ("container", "codec", "duration_ms", "channels", "sample_rate")
    return Recording(**{name: getattr(facts, name) for name in names})


def write(source: Path, target: Path, labels: Labels = LABELS) -> Reading:
    return write_published(
        source, target, labels, pictures=PICTURES, recording=recording_of(source)
    )


def write_bytes(tmp_path: Path, data: bytes, labels: Labels = LABELS) -> Path:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(data)
    write(source, target, labels)
    return target


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def decoded(path: Path) -> str:
    """Digest the samples that a player hears."""
    command = ["ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-f", "md5", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def probed(path: Path) -> dict:
    shown = "format=duration:format_tags:chapter=start_time,end_time:chapter_tags"
    command = ["ffprobe", "-v", "error", "-show_entries", shown, "-of", "json", path]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(answer)


needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffprobe"), reason="no ffprobe here")


@pytest.mark.parametrize("name", SOUNDS)
def test_what_was_written_is_read_back_and_the_original_is_untouched(name: str, tmp_path: Path):
    source = corpus.AUDIO / name
    before = digest(source)

    facts = write(source, tmp_path / "out").facts

    assert digest(source) == before
    assert facts is not None
    assert facts.tags.title == "Нейтралитет и граница"
    assert facts.tags.album == "Spotlight on Central Asia"
    assert facts.tags.artist == "Bruce Pannier, Michael Hillard"
    assert facts.tags.date == "2025-12-14"
    assert facts.tags.genre == "Podcast"
    assert facts.tags.copyright == "2025 The Times of Central Asia"
    assert "Daryana Gryaznova, Team member, Equality Now" in facts.tags.comment
    listed = [each for each in facts.chapters if not each.hidden]
    assert [(each.start_ms, each.title) for each in listed] == [
        (0, "Саммит нейтралитета"),
        (2000, "The Tajik–Afghan border"),
    ]
    if not name.endswith(".m4a"):  # its chapters have no links
        assert [each.url for each in listed] == [
            "https://example.org/summit",
            "https://xn--e1afmkfd.xn--p1ai/%D0%BA%D0%B0%D1%80%D1%82%D0%B0",
        ]


@pytest.mark.parametrize("name", SOUNDS)
def test_the_same_labels_on_the_same_source_make_the_same_bytes(name: str, tmp_path: Path):
    write(corpus.AUDIO / name, tmp_path / "one")
    write(corpus.AUDIO / name, tmp_path / "two")

    assert digest(tmp_path / "one") == digest(tmp_path / "two")


@needs_ffmpeg
@pytest.mark.parametrize("name", SOUNDS)
def test_a_player_hears_the_same_samples(name: str, tmp_path: Path):
    write(corpus.AUDIO / name, tmp_path / "out")

    assert decoded(tmp_path / "out") == decoded(corpus.AUDIO / name)


@needs_ffmpeg
@pytest.mark.parametrize("name", [name for name in SOUNDS if name.endswith(".mp3")])
def test_ffprobe_reads_titles_chapters_and_the_right_length(name: str, tmp_path: Path):
    facts = write(corpus.AUDIO / name, tmp_path / "out").facts
    found = probed(tmp_path / "out")

    assert facts is not None
    assert float(found["format"]["duration"]) == pytest.approx(facts.duration_ms / 1000, abs=0.1)
    tags = found["format"]["tags"]
    assert (tags["title"], tags["track"], tags["disc"]) == ("Нейтралитет и граница", "5", "2")
    assert (tags["language"], tags["date"]) == ("rus", "2025-12-14")
    shown = [(each["start_time"], each["tags"]["title"]) for each in found["chapters"]]
    assert shown == [
        ("0.000000", "Саммит нейтралитета"),
        ("1.250000", "Map of the border"),
        ("2.000000", "The Tajik–Afghan border"),
    ]


def test_mutagen_finds_an_id3v23_tag_in_the_order_that_players_expect(tmp_path: Path):
    target = write_bytes(tmp_path, corpus.sound("cbr-info-stereo.mp3"))
    tag = ID3(target, translate=False)

    assert tag.version == (2, 3, 0)
    assert (str(tag["TYER"]), str(tag["TDAT"]), str(tag["TLAN"])) == ("2025", "1412", "rus")
    assert tag["IPLS"].people[2] == ["Guest", "Daryana Gryaznova, Team member, Equality Now"]
    assert tag["WOAF"].url == LABELS.link
    assert tag["APIC:"].data == PICTURES["cover"]
    (contents,) = tag.getall("CTOC")
    assert (contents.flags, contents.child_element_ids) == (3, ["chp0", "chp2"])
    times = {each.element_id: (each.start_time, each.end_time) for each in tag.getall("CHAP")}
    assert times == {"chp0": (0, 2000), "chp1": (1250, 2000), "chp2": (2000, 4000)}
    assert tag["CHAP:chp2"].sub_frames["APIC:"].data == PICTURES["map"]


def test_tags_of_others_and_junk_around_the_sound_stay_behind(tmp_path: Path):
    bare = corpus.bare_mp3()
    ape = corpus.with_ape_tag()[len(bare) :]
    littered = corpus.with_tag()[: -len(bare)] + bytes(500) + bare + b"notes " * 20 + ape

    target = write_bytes(tmp_path, littered + b"TAG" + bytes(125))

    written = target.read_bytes()
    assert written.endswith(bare)
    assert written.count(b"ID3") == 1
    assert b"APETAGEX" not in written
    assert "Recorded in Almaty".encode("utf-16-le") in littered
    assert "Recorded in Almaty".encode("utf-16-le") not in written


@pytest.mark.parametrize("first", ["48000-joint-stereo.mp3", "cbr-without-header.mp3"])
def test_parts_of_other_sample_rates_go_along_byte_for_byte(first: str, tmp_path: Path):
    """And what was said of the original (see `joined`) did not come from a cut."""
    data = corpus.sound(first)
    data = data[data.index(b"\xff\xfb") :]
    data += corpus.sound("mpeg25-without-header.mp3") + corpus.bare_mp3()

    assert write_bytes(tmp_path, data).read_bytes().endswith(data)


def test_any_length_of_zeros_behind_a_tag_stays_behind(tmp_path: Path):
    data = corpus.id3(b"") + bytes(2**21) + corpus.bare_mp3()

    written = write_bytes(tmp_path, data).read_bytes()

    assert written.endswith(corpus.bare_mp3())
    assert len(written) < 2**20


def test_a_header_of_lame_goes_along_untouched(tmp_path: Path):
    target = write_bytes(tmp_path, corpus.sound("vbr-xing.mp3"))

    original = corpus.sound("vbr-xing.mp3")
    first = original.index(b"\xff\xfb")
    assert target.read_bytes().endswith(original[first:])


@needs_ffmpeg
def test_variable_bit_rate_without_header_gets_one_so_that_players_know_the_length(tmp_path: Path):
    target = write_bytes(tmp_path, corpus.sound("vbr-without-header.mp3"))

    written = target.read_bytes()
    bare = corpus.sound("vbr-without-header.mp3")
    at = written.index(b"Xing")
    frames, size = (int.from_bytes(written[at + n : at + n + 4], "big") for n in (8, 12))
    table = list(written[at + 16 : at + 116])
    assert frames == 155
    assert size == len(written) - ID3(target).size
    assert (table[0], table) == (table[0], sorted(table))
    assert written.endswith(bare[bare.index(b"\xff\xfb") :])


def test_an_interrupted_file_gets_no_header_that_would_be_a_guess(tmp_path: Path):
    data = corpus.sound("vbr-without-header.mp3")
    target = write_bytes(tmp_path, data + data)
    middle = len(data) // 2

    assert target.read_bytes().count(b"Xing") == 1
    (tmp_path / "b").mkdir()
    holed = write_bytes(tmp_path / "b", data[:middle] + b"\xaa" * 900 + data[middle:])
    assert holed.read_bytes().count(b"Xing") == 0


@pytest.mark.parametrize("count", [0, 1, 300])
@pytest.mark.parametrize("name", ["cbr-info-stereo.mp3", "vorbis.ogg", "aac-faststart.m4a"])
def test_any_number_of_chapters(name: str, count: int, tmp_path: Path):
    chapters = tuple(ChapterLabel(index * 13, f"Глава {index}") for index in range(count))
    labels = dataclasses.replace(LABELS, chapters=chapters)

    facts = write(corpus.AUDIO / name, tmp_path / "out", labels).facts

    assert facts is not None
    assert len(facts.chapters) == min(count, MOST_LISTED)
    if count == 300:
        # The shortest were merged into the one before: the whole length stays navigable.
        assert facts.chapters[0].title == "Глава 0"
        assert facts.chapters[-1].title == "Глава 299"


@needs_ffmpeg
def test_an_m4a_begins_with_its_index_and_has_both_lists_of_chapters(tmp_path: Path):
    """The corpus file has its index at the end."""
    long = (*LABELS.chapters, ChapterLabel(3000, "Ж" * 200))
    source = corpus.AUDIO / "aac-chapters.m4a"

    facts = write(source, tmp_path / "out", dataclasses.replace(LABELS, chapters=long)).facts

    written = (tmp_path / "out").read_bytes()
    assert written.index(b"moov") < written.index(b"mdat")
    assert facts is not None
    assert facts.chapters[-1].title == "Ж" * 127
    shown = [
        (each["start_time"], each["tags"]["title"]) for each in probed(tmp_path / "out")["chapters"]
    ]
    assert shown == [
        ("0.000000", "Саммит нейтралитета"),
        ("2.000000", "The Tajik–Afghan border"),
        ("3.000000", "Ж" * 127),
    ]
    tags = MP4(tmp_path / "out").tags
    assert tags is not None
    assert (tags["trkn"], tags["disk"], tags["cprt"]) == (
        [(5, 0)],
        [(2, 0)],
        ["2025 The Times of Central Asia"],
    )
    assert bytes(tags["----:com.apple.iTunes:CREDITS"][2]).decode() == (
        "Guest: Daryana Gryaznova, Team member, Equality Now"
    )
    assert bytes(tags["covr"][0]) == PICTURES["cover"]


def test_an_ffmpeg_that_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FFMPEG", "nowhere-to-be-found")

    with pytest.raises(NotWritten, match="nowhere-to-be-found"):
        write(corpus.AUDIO / "aac-faststart.m4a", tmp_path / "out")


def test_chapters_behind_the_end_are_left_out(tmp_path: Path):
    chapters = (ChapterLabel(0, "Here"), ChapterLabel(10_000, "Nowhere"))
    labels = dataclasses.replace(LABELS, chapters=chapters)

    facts = write(corpus.AUDIO / "cbr-info-stereo.mp3", tmp_path / "out", labels).facts

    assert facts is not None
    assert [each.title for each in facts.chapters] == ["Here"]


def test_pictures_of_chapters_give_way_before_the_header_grows_too_large(tmp_path: Path):
    small = b"\xff\xd8\xff" + b"s" * (CHAPTER_PICTURE - 3)
    chapters = [ChapterLabel(index * 20, f"{index}", picture="small") for index in range(100)]
    chapters.append(ChapterLabel(3000, "Too large a picture", picture="huge"))
    labels = dataclasses.replace(LABELS, chapters=tuple(chapters))
    source = corpus.AUDIO / "cbr-info-stereo.mp3"

    write_published(
        source,
        tmp_path / "out",
        labels,
        pictures={**PICTURES, "small": small},
        recording=recording_of(source),
    )

    tag = ID3(tmp_path / "out")
    shown = [each for each in tag.getall("CHAP") if "APIC:" in each.sub_frames]
    assert tag.size <= HEADER + 10
    assert 20 < len(shown) < 100
    assert "CHAP:chp100" not in {each.HashKey for each in shown}


def test_long_texts_in_every_chapter_are_checked_all_the_same(tmp_path: Path):
    """The contained reader's answer has a limit, which 255 long Cyrillic chapters pass."""
    chapters = tuple(
        ChapterLabel(index * 15, "Ж" * 250, "https://example.org/" + "p" * 800)
        for index in range(255)
    )
    labels = dataclasses.replace(LABELS, chapters=chapters)

    reading = write(corpus.AUDIO / "cbr-info-stereo.mp3", tmp_path / "out", labels)

    assert reading.facts is not None
    assert len(reading.facts.chapters) == 255
    assert "chapters-left-out" not in {each.code for each in reading.findings}


def test_a_container_without_tags_is_refused_by_name(tmp_path: Path):
    with pytest.raises(NotWritten, match="cannot be written into WAV"):
        write(corpus.AUDIO / "float.wav", tmp_path / "out")


def test_a_missing_picture_is_no_empty_picture(tmp_path: Path):
    source = corpus.AUDIO / "cbr-info-stereo.mp3"
    with pytest.raises(NotWritten, match="picture"):
        write_published(
            source, tmp_path / "out", LABELS, pictures={}, recording=recording_of(source)
        )
    assert not (tmp_path / "out").exists()


def test_a_file_that_reads_back_differently_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def read_something_else(path: Path, **options: object) -> Reading:
        return read_contained(corpus.AUDIO / "cbr-without-header.mp3")

    monkeypatch.setattr(checking, "read_contained", read_something_else)

    source = corpus.AUDIO / "cbr-info-stereo.mp3"
    with pytest.raises(NotWritten, match=r"4049 ms instead of 4000, the title.*chapters"):
        write(source, tmp_path / "out")


def test_a_copy_whose_sound_differs_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def cut_short(found, sound, beat):
        data = found.read(sound.start, sound.size)
        yield data if found.file.name.endswith(".mp3") else data[:-1] + b"?"

    monkeypatch.setattr("episodes.audio.writing.tagging.pieces", cut_short)

    with pytest.raises(NotWritten, match="sound differs"):
        write(corpus.AUDIO / "cbr-info-stereo.mp3", tmp_path / "out")


def test_every_kind_that_can_be_labelled_is_known():
    assert {"MP3", "ADTS", "MP4", "Ogg", "FLAC"} == published.CONTAINERS


# --- Any labels ----------------------------------------------------------------------------------

texts = st.text(max_size=300)
chapter_labels = st.builds(
    ChapterLabel,
    start_ms=st.integers(0, 6000),
    title=texts,
    url=st.sampled_from(["", "https://example.org/a b", "ftp://x", "http://[::1]/", "http://я/"])
    | texts,
    picture=st.sampled_from(["", "map", "huge"]),
    hidden=st.booleans(),
)
any_labels = st.builds(
    Labels,
    title=texts,
    show=texts,
    number=st.none() | st.integers(1, 9999),
    season=st.none() | st.integers(1, 99),
    day=st.none() | st.dates(date(1000, 1, 1), date(9999, 12, 31)),
    language=st.sampled_from(["", "en", "ru-RU", "tg", "qaa", "x-klingon"]) | texts,
    credits=st.lists(
        st.builds(Contributor, texts, st.sampled_from(["Host", "Guest", "Producer"]), texts),
        max_size=5,
    ).map(tuple),
    publisher=texts,
    copyright=texts,
    link=texts | st.just("https://example.org/выпуск"),
    summary=texts,
    partners=st.lists(texts, max_size=3).map(tuple),
    cover=st.sampled_from(["", "cover"]),
    chapters=st.lists(chapter_labels, max_size=8).map(tuple),
)


def read_in_this_process(path: Path, **_options: object) -> Reading:
    with path.open("rb") as file:
        return read_audio(file)


@pytest.fixture(scope="module")
def read_here():
    """Read without a child process for each of hundreds of files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "read_contained", read_in_this_process)
        yield


def test_any_labels_fit_an_m4a_too(read_here, tmp_path_factory: pytest.TempPathFactory):
    @settings(max_examples=8, deadline=None)
    @given(labels=any_labels)
    def write_and_compare(labels: Labels) -> None:
        write(corpus.AUDIO / "alac.m4a", tmp_path_factory.mktemp("any") / "out", labels)

    write_and_compare()


@pytest.mark.parametrize("name", ["vbr-without-header.mp3", "opus.opus", "flac.flac"])
@settings(max_examples=60, deadline=None)
@given(labels=any_labels)
def test_any_labels_are_written_and_read_back_equal(
    read_here, tmp_path_factory: pytest.TempPathFactory, name: str, labels: Labels
):
    """`write_published` compares by itself and raises; here it must never have to."""
    target = tmp_path_factory.mktemp("any") / "out"

    write(corpus.AUDIO / name, target, labels)

    assert target.exists()
    target.unlink()
