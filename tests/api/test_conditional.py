from datetime import timedelta

import pytest
from django.utils.http import http_date

from api.conditional import changed_at
from tests.factories import NOW, CreditFactory, LiveEpisodeFactory


def test_an_unchanged_answer_is_not_sent_again(get):
    episode = LiveEpisodeFactory()
    first = get(f"episodes/{episode.uid}")

    second = get(f"episodes/{episode.uid}", if_none_match=first["ETag"])

    assert not first["ETag"].startswith("W/")
    assert (second.status_code, second.content) == (304, b"")
    for header in ("ETag", "Cache-Control", "Last-Modified", "RateLimit-Remaining", "Vary"):
        assert header in second, header


def test_the_same_content_gives_the_same_etag(get):
    LiveEpisodeFactory()

    assert get("episodes")["ETag"] == get("episodes")["ETag"]


def test_a_page_that_has_a_next_one_is_the_same_bytes_later(get, at_now):
    show = LiveEpisodeFactory().show
    LiveEpisodeFactory(show=show)
    first = get("episodes", {"limit": 1})
    at_now.shift(timedelta(minutes=5))

    again = get("episodes", {"limit": 1}, if_none_match=first["ETag"])

    assert first.json()["next"]
    assert again.status_code == 304


def test_a_page_with_a_cursor_stays_the_same_as_time_passes(get, at_now):
    for _ in range(3):
        LiveEpisodeFactory()
    first = get("episodes", {"limit": 1})
    at_now.shift(timedelta(minutes=3))

    assert first.json()["next"]
    assert get("episodes", {"limit": 1})["ETag"] == first["ETag"]


def test_a_removed_credit_changes_the_validators(get, at_now):
    credit = CreditFactory(episode=LiveEpisodeFactory())
    first = get("episodes")
    credit.delete()
    at_now.shift(timedelta(seconds=2))

    by_etag = get("episodes", if_none_match=first["ETag"])
    by_date = get("episodes", if_modified_since=first["Last-Modified"])

    assert by_etag.status_code == by_date.status_code == 200
    assert by_etag["Last-Modified"] == http_date(NOW.timestamp() + 2)


def test_the_date_alone_is_enough(get, at_now):
    LiveEpisodeFactory()
    first = get("episodes")
    at_now.shift(timedelta(minutes=5))

    again = get("episodes", if_modified_since=first["Last-Modified"])

    assert first["Last-Modified"] == http_date(NOW.timestamp())
    assert again.status_code == 304
    assert again["Last-Modified"] == first["Last-Modified"]


def test_two_versions_never_share_a_second(db):
    first = changed_at("/a", "one", now=1000.1)
    second = changed_at("/a", "two", now=1000.9)

    assert (first, second) == (1000, 1001)
    assert changed_at("/a", "two", now=5000) == 1001
    assert changed_at("/b", "two", now=5000) == 5000


def test_head_is_get_without_its_body(client, get):
    LiveEpisodeFactory()

    head, body = client.head("/api/v1/episodes"), get("episodes")

    assert head.content == b""
    assert head["ETag"] == body["ETag"]
    assert head["Content-Length"] == str(len(body.content))


@pytest.mark.parametrize(
    ("seconds", "expected"), [(3600, 60), (60, 60), (59, 59), (0.5, 0), (None, 60)]
)
def test_nothing_is_kept_past_the_next_release(get, seconds, expected):
    LiveEpisodeFactory()
    if seconds is not None:
        LiveEpisodeFactory(release_at=NOW + timedelta(seconds=seconds))

    assert get("shows")["Cache-Control"] == f"public, max-age={expected}"


def test_reading_works_while_the_cache_is_away(get, settings):
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    }
    LiveEpisodeFactory()

    first = get("episodes")

    assert first.status_code == 200
    assert "Last-Modified" not in first
    assert get("episodes", if_none_match=first["ETag"]).status_code == 304
