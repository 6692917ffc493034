import pytest

from episodes.labelling import labels_for
from episodes.readiness import Severity, check_readiness
from tests.factories import NOW, AudioFileFactory, LiveEpisodeFactory, ShowFactory
from tests.feeds.shows import make_full_episode, make_full_show, make_image

pytestmark = pytest.mark.django_db


def codes(episode, severity=None):
    findings = check_readiness(episode, at=NOW)
    return {f.code for f in findings if severity in {None, f.severity}}


def give(episode, **facts):
    episode.audio = AudioFileFactory.create(episode=episode, **facts)
    return episode


def test_whole_episode_of_a_whole_show_lacks_nothing():
    episode = make_full_episode(make_full_show())
    assert episode.audio is not None
    episode.audio.labels_sha256 = labels_for(episode, at=NOW).sha256()

    assert codes(episode) == set()


def test_file_that_no_feed_can_carry_holds_the_release_back():
    episode = give(LiveEpisodeFactory.create(), mime_type="application/zip")

    assert "feed_cannot_carry" in codes(episode, Severity.BLOCKING)


def test_audio_that_apple_refuses_is_advised_against():
    episode = give(LiveEpisodeFactory.create(), mime_type="audio/ogg")

    assert "audio_not_for_apple" in codes(episode, Severity.ADVICE)
    assert "feed_cannot_carry" not in codes(episode)


@pytest.mark.parametrize("mime_type", ["audio/mpeg", "audio/x-m4a"])
def test_audio_that_apple_takes_is_fine(mime_type):
    episode = give(LiveEpisodeFactory.create(), mime_type=mime_type)

    assert "audio_not_for_apple" not in codes(episode)


@pytest.mark.parametrize(("title", "found"), [("A <b>", True), ("x" * 255, False), ("Q&A", False)])
def test_title_that_youtube_refuses_is_advised_against(title, found):
    episode = LiveEpisodeFactory.create(title=title)

    assert ("title_for_directories" in codes(episode)) == found


@pytest.mark.parametrize(
    ("width", "found"), [(1399, True), (1400, False), (3000, False), (3001, True)]
)
def test_artwork_outside_apples_sizes_is_told(width, found):
    show = ShowFactory.create(artwork=make_image("a.jpg", width))

    assert ("show_artwork_size" in codes(LiveEpisodeFactory.create(show=show))) == found


@pytest.mark.parametrize(
    ("width", "height", "found"),
    [
        (1399, 1399, True),
        (1400, 1400, False),
        (3000, 3000, False),
        (3001, 3001, True),
        (3000, 2999, True),
    ],
)
def test_an_episodes_own_cover_outside_apples_sizes_is_told(width, height, found):
    cover = make_image("own.jpg", width)
    cover.height = height
    episode = LiveEpisodeFactory.create(artwork=cover)

    assert ("artwork_size" in codes(episode, Severity.ADVICE)) == found


@pytest.mark.parametrize(("size", "found"), [(512_000, False), (512_001, True)])
def test_a_cover_heavier_than_apple_advises_is_told_of_show_and_episode(size, found):
    cover = make_image("heavy.jpg")
    cover.size = size
    cover.save()

    of_show = LiveEpisodeFactory.create(show=ShowFactory.create(artwork=cover))
    of_its_own = LiveEpisodeFactory.create(artwork=cover)

    assert ("show_artwork_heavy" in codes(of_show, Severity.ADVICE)) == found
    assert ("artwork_heavy" in codes(of_its_own, Severity.ADVICE)) == found
    assert "artwork_heavy" not in codes(of_show)


def test_the_advice_on_a_cover_says_what_it_is_and_what_to_upload():
    cover = make_image("own.jpg", 900)
    cover.size = 700_000
    episode = LiveEpisodeFactory.create(artwork=cover)

    found = {each.code: each for each in check_readiness(episode, at=NOW)}

    assert "900 × 900" in found["artwork_size"].message
    assert "1400 to 3000 pixels" in found["artwork_size"].remedy
    assert "700 KB" in found["artwork_heavy"].message
    assert "JPEG" in found["artwork_heavy"].remedy


def test_show_without_artwork_or_owner_is_told_and_holds_nothing_back():
    episode = LiveEpisodeFactory.create(show=ShowFactory.create(owner_email=""))

    assert {"show_no_artwork", "show_no_owner"} <= codes(episode, Severity.ADVICE)
    assert codes(episode, Severity.BLOCKING) == set()


def test_description_is_measured_in_bytes_and_not_in_letters():
    show = ShowFactory.create(description="я" * 2001)

    assert "show_description_long" in codes(LiveEpisodeFactory.create(show=show))
