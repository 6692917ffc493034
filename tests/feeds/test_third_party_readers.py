"""Other people's parsers must see what the database says."""

import calendar
import io

import feedparser
import podcastparser
import pytest

from feeds.links import audio_url, episode_url
from tests.factories import LiveEpisodeFactory, ShowFactory
from tests.feeds.shows import RELEASE, build, make_full_episode, make_full_show

pytestmark = pytest.mark.django_db

HARD_TITLES = [
    "Plain",
    "Q&A: 1 < 2 & 3 > 2, why? ]]> \"quoted\" 'too'",
    "Выборы в Кыргызстане — итоги",
    "a\x0bb \ufffe c",
    "&amp; twice &#x26;amp;",
    "🎙️ 中亚",
]


@pytest.fixture(params=["full", "russian", "bare"])
def show(request):
    if request.param == "full":
        show = make_full_show()
        for n, title in enumerate(HARD_TITLES):
            make_full_episode(show, title=title, slug=f"n-{n}", release_at=RELEASE.replace(hour=n))
    elif request.param == "russian":
        show = ShowFactory.create(
            title="Неделя & мир", language="ru", description="Разговоры о <мире>."
        )
        LiveEpisodeFactory.create(show=show, title="Первый выпуск", notes="Здравствуйте, **мир**.")
    else:
        show = ShowFactory.create()
        LiveEpisodeFactory.create(show=show, number=None)
    return show


def clean(text):
    """What XML cannot carry is gone, and runs of spaces are one."""
    return " ".join(text.replace("\x0b", "").replace("\ufffe", "").split(" ")).replace("  ", " ")


def test_feedparser_agrees_with_the_database(show):
    found = feedparser.parse(bytes(build(show).body))

    assert not found.bozo
    assert found.feed.title == show.title
    assert found.feed.language == show.language
    assert found.version == "rss20"
    expected = [
        (
            episode.guid,
            clean(episode.title),
            episode_url(episode),
            [(audio_url(episode, episode.audio), str(episode.audio.size), "audio/mpeg")],
            "60",
            episode.release_at.timestamp(),
        )
        for episode in show.episodes.newest_first()
    ]
    assert [
        (
            entry.id,
            entry.title,
            entry.link,
            [(e.href, e.length, e.type) for e in entry.enclosures],
            entry.itunes_duration,
            calendar.timegm(entry.published_parsed),
        )
        for entry in found.entries
    ] == expected


def test_podcastparser_agrees_with_the_database(show):
    body = bytes(build(show).body)

    found = podcastparser.parse(show.feed_url, io.BytesIO(body))

    assert found["title"] == show.title
    expected = [
        (
            episode.guid,
            clean(episode.title),
            episode_url(episode),
            [(audio_url(episode, episode.audio), episode.audio.size, "audio/mpeg")],
            60,
            int(episode.release_at.timestamp()),
        )
        for episode in show.episodes.newest_first()
    ]
    assert [
        (
            episode["guid"],
            episode["title"],
            episode["link"],
            [(e["url"], e["file_size"], e["mime_type"]) for e in episode["enclosures"]],
            episode["total_time"],
            episode["published"],
        )
        for episode in found["episodes"]
    ] == expected


def test_podcastparser_reads_the_chapters():
    show = make_full_show()
    make_full_episode(show)

    found = podcastparser.parse(show.feed_url, io.BytesIO(bytes(build(show).body)))

    # podcastparser cuts to whole seconds.
    [episode] = found["episodes"]
    chapters = [(chapter["start"], chapter["title"]) for chapter in episode["chapters"]]
    assert chapters == [(0, "Opening"), (30, "Summit")]
