import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from episodes.models import Chapter, Transcript
from episodes.transcripts.writing import FORMS
from feeds.links import chapters_url, transcript_url
from tests.factories import (
    AudioFileFactory,
    EpisodeFactory,
    LiveEpisodeFactory,
    MembershipFactory,
)
from tests.feeds.shows import (
    RELEASE,
    document,
    headers_of,
    make_full_episode,
    make_full_show,
    make_image,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 11, 30, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


MASTER = """WEBVTT

00:00:01.000 --> 00:00:04.500
<v Anna>Привет

00:00:05.000 --> 00:00:09.000
<v Boris>R&amp;D &lt;script&gt;alert(1)&lt;/script&gt;
"""


def local(url):
    return url.removeprefix("http://localhost:8000")


def with_companions(**fields):
    episode = LiveEpisodeFactory.create(**{"release_at": RELEASE} | fields)
    Chapter.objects.create(episode=episode, start_ms=0, title="Opening")
    Transcript.objects.create(episode=episode, language="en", vtt=MASTER)
    return episode


def addresses(episode):
    forms = [f"/episodes/{episode.uid}/transcript.en.{form}" for form in FORMS]
    return [local(chapters_url(episode)), *forms]


def test_chapters_are_json_of_the_podcast_namespace(client):
    show = make_full_show()
    episode = make_full_episode(show)
    Chapter.objects.create(
        episode=episode, start_ms=50_500, title="Выборы", image=make_image("map.jpg")
    )

    response = client.get(local(chapters_url(episode)))

    assert response["Content-Type"] == "application/json+chapters"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert json.loads(response.content) == {
        "version": "1.2.0",
        "title": episode.title,
        "podcastName": show.title,
        "fileName": f"{episode.slug}.mp3",
        "chapters": [
            {"startTime": 0.0, "title": "Opening"},
            {"startTime": 30.25, "title": "Summit", "url": "https://a.example"},
            {"startTime": 40.0, "title": "Jingle", "toc": False},
            {
                "startTime": 50.5,
                "title": "Выборы",
                "img": "http://localhost:8000/media/images/map.jpg",
            },
        ],
    }


def test_chapters_after_the_end_of_a_shorter_audio_are_in_no_list_until_it_is_longer(client):
    show = make_full_show()
    episode = make_full_episode(show)
    address = local(chapters_url(episode))
    audio = episode.audio

    episode.audio = AudioFileFactory(episode=episode, duration_ms=30_250)
    episode.save()
    [item] = document(show).items
    told = json.loads(client.get(address).content)["chapters"]
    assert [chapter.title for chapter in item.chapters] == ["Opening"]
    assert [chapter["title"] for chapter in told] == ["Opening"]

    episode.chapters.filter(start_ms=0).delete()
    [item] = document(show).items
    assert (item.chapters_link, item.chapters) == (None, ())
    assert client.get(address).status_code == 404

    episode.audio = audio
    episode.save()
    [item] = document(show).items
    assert [chapter.title for chapter in item.chapters] == ["Summit"]
    assert len(json.loads(client.get(address).content)["chapters"]) == 2


def test_transcript_is_webvtt_for_everyone(client):
    episode = with_companions()
    [transcript] = episode.transcripts.all()

    response = client.get(local(transcript_url(episode, transcript, "vtt")))

    assert response.content.decode() == transcript.vtt
    assert response["Content-Type"] == "text/vtt; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=300"


def test_feed_links_lead_to_the_companions(client):
    show = make_full_show()
    make_full_episode(show)

    [item] = document(show).items

    assert client.get(local(item.chapters_link.url)).status_code == 200
    types = ["text/vtt", "application/x-subrip", "application/json", "text/html"]
    assert [link.type for link in item.transcripts] == types
    assert [link.rel for link in item.transcripts] == ["captions", "captions", "", ""]
    for link in item.transcripts:
        response = client.get(local(link.url))
        assert response.status_code == 200
        assert response["Content-Type"].split(";")[0] == link.type
        assert link.language == "en"


def test_jingle_is_in_no_table_of_contents_of_the_feed():
    show = make_full_show()
    make_full_episode(show)

    [item] = document(show).items

    assert [chapter.title for chapter in item.chapters] == ["Opening", "Summit"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "approved"},
        {"status": "withdrawn"},
        {"release_at": NOW + timedelta(seconds=1)},
    ],
)
def test_companions_of_hidden_episodes_are_answered_like_unknown_ones(client, fields):
    unknown = client.get(f"/episodes/{uuid.uuid4()}/chapters.json")

    answers = [client.get(address) for address in addresses(with_companions(**fields))]

    assert {answer.status_code for answer in answers} == {404}
    assert all(answer.content == unknown.content for answer in answers)
    assert all(headers_of(answer) == headers_of(unknown) for answer in answers)


def test_episode_without_companions_has_none(client):
    episode = LiveEpisodeFactory.create(release_at=RELEASE)

    assert {client.get(address).status_code for address in addresses(episode)} == {404}


def test_member_sees_the_companions_of_a_draft_and_no_cache_keeps_them(client):
    episode = EpisodeFactory.create()
    Chapter.objects.create(episode=episode, start_ms=0, title="Opening")
    Transcript.objects.create(episode=episode, language="en", vtt="WEBVTT")
    client.force_login(MembershipFactory.create(show=episode.show).user)

    for address in addresses(episode):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
