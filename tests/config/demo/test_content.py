"""The demo's texts and files as they are committed."""

import json
from pathlib import Path

import pytest
from mutagen.mp3 import MP3
from PIL import Image

from config.demo.content import ASSETS, Line, Part, prose, script
from config.demo.shows import SHOWS
from config.demo.topics import COUNTRIES, THEMES

TOLD = [pytest.param(show, episode, id=episode.slug) for show in SHOWS for episode in show.episodes]
SPOKEN = [param for param in TOLD if param.values[1].parts]


def asset(show, episode, suffix: str) -> Path:
    return ASSETS / f"{show.asset(episode)}{suffix}"


def test_script_reads_parts_and_turns_across_lines():
    text = """
        # One
        A: Hello
           there.
        B: Yes.
        # Two
        A: Bye.
    """

    assert script(text, closing="B: Synthetic.") == (
        Part("One", (Line("A", "Hello there."), Line("B", "Yes."))),
        Part("Two", (Line("A", "Bye."), Line("B", "Synthetic."))),
    )


def test_prose_unwraps_paragraphs_and_items_but_not_blocks():
    text = """
        One
        line.

        ## Head

        - first
          item
        - second
    """

    assert prose(text) == "One line.\n\n## Head\n\n- first item\n- second"


@pytest.mark.parametrize(("show", "episode"), TOLD)
def test_episodes_are_filed_under_known_topics_and_known_guests(show, episode):
    assert set(episode.topics) <= set(THEMES)
    assert set(episode.countries) <= set(COUNTRIES)
    assert set(episode.guests) <= {person.name for person in show.guests}


@pytest.mark.parametrize(("show", "episode"), SPOKEN)
def test_audio_is_a_minute_or_more_of_mono_mp3_as_apple_advises(show, episode):
    info = MP3(asset(show, episode, ".mp3")).info

    assert info.length >= 60
    assert (info.channels, info.sample_rate, info.bitrate) == (1, 44100, 40000)


@pytest.mark.parametrize(("show", "episode"), SPOKEN)
def test_audio_and_transcript_say_that_the_voices_are_synthetic(show, episode):
    tags = MP3(asset(show, episode, ".mp3")).tags

    assert show.notice in str(tags.getall("COMM")[0])
    assert show.notice in asset(show, episode, ".vtt").read_text(encoding="utf-8")
    assert episode.parts[-1].lines[-1].text.startswith(("You have heard", "Вы слушали"))


@pytest.mark.parametrize(("show", "episode"), SPOKEN)
def test_transcript_holds_every_turn_of_the_script(show, episode):
    transcript = asset(show, episode, ".vtt").read_text(encoding="utf-8")

    for part in episode.parts:
        for line in part.lines:
            assert f"<v {show.cast[line.voice].label}>{line.text}\n" in transcript


@pytest.mark.parametrize(
    ("show", "episode"), [param for param in SPOKEN if param.values[1].has_chapters]
)
def test_chapters_follow_the_parts_from_zero_and_lie_within_the_audio(show, episode):
    listed = json.loads(asset(show, episode, ".chapters.json").read_text(encoding="utf-8"))
    audio = MP3(asset(show, episode, ".mp3"))
    starts = [chapter["startTime"] for chapter in listed["chapters"]]

    assert [chapter["title"] for chapter in listed["chapters"]] == [
        part.title for part in episode.parts
    ]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert starts[-1] < audio.info.length
    embedded = sorted(audio.tags.getall("CHAP"), key=lambda frame: frame.start_time)
    if episode.embedded_chapters:
        assert [frame.start_time for frame in embedded] == [round(1000 * at) for at in starts]
    else:
        assert embedded == []


@pytest.mark.parametrize("show", SHOWS, ids=lambda show: show.slug)
def test_cover_is_what_directories_ask_for(show):
    with Image.open(ASSETS / show.artwork) as cover:
        assert (cover.size, cover.mode, cover.format) == ((3000, 3000), "RGB", "PNG")
    assert (ASSETS / show.artwork).stat().st_size < 600_000


def test_audio_stays_small_enough_to_commit():
    assert sum(path.stat().st_size for path in ASSETS.glob("*.mp3")) < 6 * 1024 * 1024
