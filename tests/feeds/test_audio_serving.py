import hashlib
import tracemalloc
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from episodes import object_storage
from episodes.exceptions import StorageUnavailable
from episodes.models import Episode
from feeds.links import audio_url
from feeds.rss import read
from tests.factories import (
    AudioFileFactory,
    EpisodeFactory,
    LiveEpisodeFactory,
    MembershipFactory,
    ShowFactory,
    UserFactory,
)
from tests.feeds.shows import RELEASE, build, headers_of, store_audio

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 11, 30, 12, 0, tzinfo=UTC)
DATA = bytes(range(256)) * 1000
SIZE = len(DATA)


@pytest.fixture(autouse=True)
def _clock_and_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


def give_audio(episode, data=DATA, **fields):
    sha256 = hashlib.sha256(data).hexdigest()
    audio = AudioFileFactory.create(episode=episode, size=len(data), sha256=sha256, **fields)
    store_audio(audio, data)
    episode.audio = audio
    episode.save()
    return audio


@pytest.fixture
def episode():
    episode = LiveEpisodeFactory.create(slug="neutrality", release_at=RELEASE)
    give_audio(episode)
    return episode


def path_of(episode, audio=None):
    return audio_url(episode, audio or episode.audio).removeprefix("http://localhost:8000")


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_address_is_ascii_and_ends_in_the_real_extension(episode):
    assert path_of(episode) == f"/audio/{episode.audio.uid}/neutrality.mp3"


def test_whole_file_is_sent_with_its_type_length_and_tag(client, episode):
    response = client.get(path_of(episode))

    assert response.status_code == 200
    assert body(response) == DATA
    assert response["Content-Type"] == "audio/mpeg"
    assert response["Content-Length"] == str(SIZE)
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == f'"{episode.audio.sha256}"'
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert not response.cookies


def test_enclosure_in_the_feed_is_what_the_server_answers(client, episode):
    [item] = read(bytes(build(episode.show).body)).items

    response = client.head(item.enclosure.url.removeprefix("http://localhost:8000"))

    assert response.status_code == 200
    assert response["Content-Length"] == str(item.enclosure.length)
    assert response["Content-Type"] == item.enclosure.type


def test_head_says_what_get_says_and_sends_nothing(client, episode):
    got = client.get(path_of(episode))
    assert body(got) == DATA
    head = client.head(path_of(episode))

    assert head.content == b""
    assert headers_of(head) == headers_of(got)


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=100-199", 100, 199),
        ("bytes=255000-", 255_000, SIZE - 1),
        ("bytes=-500", SIZE - 500, SIZE - 1),
        ("bytes=0-999999999", 0, SIZE - 1),
    ],
)
def test_range_is_sent_as_asked(client, episode, header, first, last):
    response = client.get(path_of(episode), headers={"range": header})

    assert response.status_code == 206
    assert body(response) == DATA[first : last + 1]
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)
    assert response["Content-Type"] == "audio/mpeg"


def test_range_beyond_the_end_is_refused_with_the_size(client, episode):
    response = client.get(path_of(episode), headers={"range": f"bytes={SIZE}-"})

    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"
    assert response["Cache-Control"] == "no-store"
    assert body(response) == b""


@pytest.mark.parametrize("header", ["bytes=0-1,5-9", "items=0-1", "bytes=9-2", "nonsense"])
def test_other_ranges_get_the_whole_file(client, episode, header):
    response = client.get(path_of(episode), headers={"range": header})

    assert response.status_code == 200
    assert body(response) == DATA


def test_range_counts_while_the_file_is_the_same(client, episode):
    first = client.head(path_of(episode))

    for condition in (first["ETag"], first["Last-Modified"]):
        response = client.get(
            path_of(episode), headers={"range": "bytes=5-9", "if-range": condition}
        )
        assert response.status_code == 206
        assert body(response) == DATA[5:10]


@pytest.mark.parametrize(
    "condition", ['"other"', "W/{etag}", "Sat, 01 Nov 2025 00:00:00 GMT", "nonsense"]
)
def test_range_of_another_file_is_answered_with_the_whole(client, episode, condition):
    condition = condition.format(etag=f'"{episode.audio.sha256}"')
    response = client.get(path_of(episode), headers={"range": "bytes=5-9", "if-range": condition})

    assert response.status_code == 200
    assert body(response) == DATA


def test_known_file_is_not_sent_again(client, episode):
    tag = f'"{episode.audio.sha256}"'

    response = client.get(path_of(episode), headers={"if-none-match": tag})

    assert response.status_code == 304
    assert response["ETag"] == tag
    assert response.content == b""


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_audio_takes_no_other_method(client, episode, method):
    assert getattr(client, method)(path_of(episode)).status_code == 405


def test_every_hidden_audio_is_answered_like_an_unknown_one(client):
    unknown = client.get(f"/audio/{uuid.uuid4()}/neutrality.mp3")
    hidden = []
    for fields in (
        {"status": "draft"},
        {"status": "in_review"},
        {"status": "approved"},
        {"status": "withdrawn"},
        {"release_at": NOW + timedelta(seconds=1)},
        {"show": ShowFactory.create(is_public=False)},
    ):
        episode = LiveEpisodeFactory.create(**{"release_at": RELEASE} | fields)
        give_audio(episode)
        for method in (client.get, client.head):
            for headers in ({}, {"range": "bytes=0-1"}, {"if-none-match": "*"}):
                hidden += [method(path_of(episode), headers=headers)]

    assert unknown.status_code == 404
    assert {response.status_code for response in hidden} == {404}
    assert {response.content for response in hidden if response.content} == {unknown.content}
    assert all(headers_of(response) == headers_of(unknown) for response in hidden)


def test_audio_becomes_reachable_at_the_moment_of_release(client):
    episode = LiveEpisodeFactory.create(release_at=NOW + timedelta(seconds=1))
    give_audio(episode)

    assert client.get(path_of(episode)).status_code == 404
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        assert body(client.get(path_of(episode))) == DATA


def test_unknown_and_hidden_audio_cost_the_same_queries(client, django_assert_num_queries):
    episode = EpisodeFactory.create()
    give_audio(episode)

    with django_assert_num_queries(1):
        client.get(path_of(episode))
    with django_assert_num_queries(1):
        client.get(f"/audio/{uuid.uuid4()}/x.mp3")


def test_member_of_the_show_hears_a_draft_and_no_cache_keeps_it(client):
    episode = EpisodeFactory.create()
    give_audio(episode)
    client.force_login(MembershipFactory.create(show=episode.show).user)

    response = client.get(path_of(episode), headers={"range": "bytes=0-9"})

    assert response.status_code == 206
    assert body(response) == DATA[:10]
    assert response["Cache-Control"] == "private, no-store"


def test_member_of_another_show_hears_no_draft(client):
    episode = EpisodeFactory.create()
    give_audio(episode)
    client.force_login(MembershipFactory.create().user)

    assert client.get(path_of(episode)).status_code == 404


def test_stranger_with_an_account_hears_no_draft(client):
    episode = EpisodeFactory.create()
    give_audio(episode)
    client.force_login(UserFactory.create(is_staff=True))

    assert client.get(path_of(episode)).status_code == 404


def test_version_that_was_out_keeps_its_address(client, episode):
    old = episode.audio
    new = give_audio(episode, DATA[::-1])

    assert body(client.get(path_of(episode, old))) == DATA
    assert body(client.get(path_of(episode, new))) == DATA[::-1]


def test_version_that_was_replaced_before_the_release_stays_hidden(client):
    episode = EpisodeFactory.create()
    never_out = give_audio(episode)
    give_audio(episode, DATA[::-1])
    Episode.objects.filter(pk=episode.pk).update(status="released", release_at=RELEASE)

    assert client.get(path_of(episode, never_out)).status_code == 404


def test_version_that_was_out_goes_with_its_episode(client, episode):
    old = episode.audio
    give_audio(episode, DATA[::-1])
    Episode.objects.update(status="withdrawn")

    assert client.get(path_of(episode, old)).status_code == 404


def test_any_name_finds_the_version_but_no_other_extension(client, episode):
    address = path_of(episode)

    assert body(client.get(address.replace("neutrality", "old-name"))) == DATA
    assert client.get(address.replace(".mp3", ".exe")).status_code == 404


def test_extension_with_a_dot_in_the_row_makes_the_same_address(episode):
    audio = give_audio(episode, b"x" * 10, extension=".m4a")

    assert path_of(episode, audio).endswith("/neutrality.m4a")


def test_lost_bytes_are_our_fault_and_not_an_end_of_the_episode(client):
    episode = LiveEpisodeFactory.create(release_at=RELEASE)

    response = client.get(path_of(episode))

    assert response.status_code == 503
    assert response["Cache-Control"] == "no-store"


def test_nginx_sends_the_file_where_it_may(client, episode, settings):
    settings.AUDIO_ACCEL_PREFIX = "/stored/"

    response = client.get(path_of(episode), headers={"range": "bytes=0-9"})

    assert response["X-Accel-Redirect"] == f"/stored/{episode.audio.path}"
    assert response["Content-Type"] == "audio/mpeg"
    assert response["ETag"] == f'"{episode.audio.sha256}"'
    assert response.content == b""


def test_nginx_is_never_handed_a_hidden_file(client, settings):
    settings.AUDIO_ACCEL_PREFIX = "/stored/"
    episode = EpisodeFactory.create()
    give_audio(episode)

    response = client.get(path_of(episode))

    assert response.status_code == 404
    assert "X-Accel-Redirect" not in response


def test_file_is_closed_when_the_listener_leaves_before_the_first_byte(client, episode):
    response = client.get(path_of(episode))
    part = next(closer.__self__ for closer in response._resource_closers)

    part.close()

    assert part._file.closed


def test_memory_stays_flat_however_long_the_file(client):
    episode = LiveEpisodeFactory.create(release_at=RELEASE)
    give_audio(episode, b"\0" * 32 * 1024 * 1024)

    tracemalloc.start()
    count = sum(len(chunk) for chunk in client.get(path_of(episode)).streaming_content)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 32 * 1024 * 1024
    assert peak < 2 * 1024 * 1024


def test_a_bucket_sends_the_audio_to_whom_we_let_through(client, bucket):
    episode = LiveEpisodeFactory.create(slug="neutrality", release_at=RELEASE)
    give_audio(episode)

    answer = client.get(path_of(episode))
    head = client.head(path_of(episode))

    assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
    assert answer["Location"].startswith(f"{bucket}/podcasts/audio/")
    request = urllib.request.Request(answer["Location"], headers={"Range": "bytes=10-19"})
    with urllib.request.urlopen(request, timeout=20) as sent:
        assert (sent.status, sent.read()) == (206, DATA[10:20])
        assert sent.headers["Content-Type"] == episode.audio.mime_type
    assert (head.status_code, head["Content-Length"]) == (200, str(SIZE))
    assert "Location" not in head


def test_nobody_is_sent_to_a_bucket_for_what_is_not_out(client, bucket):
    episode = EpisodeFactory.create()
    give_audio(episode)

    assert client.get(path_of(episode)).status_code == 404


def test_a_bucket_that_lets_us_sign_nothing_is_a_fault_that_passes(client, bucket, monkeypatch):
    episode = LiveEpisodeFactory.create(slug="neutrality", release_at=RELEASE)
    give_audio(episode)

    def fail(*_given, **_more):
        raise StorageUnavailable

    monkeypatch.setattr(object_storage, "address", fail)
    answer = client.get(path_of(episode))

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer["Cache-Control"] == "no-store"
