import gzip
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection, transaction
from django.utils.http import parse_http_date

from episodes.models import Episode
from feeds.building import feed_of
from feeds.models import FeedVersion
from feeds.rss import read
from tests.factories import LiveEpisodeFactory, MembershipFactory, ShowFactory
from tests.feeds.shows import RELEASE, build, headers_of, make_full_episode, make_full_show

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 11, 30, 12, 0, tzinfo=UTC)
URL = "/feeds/spotlight.xml"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def show():
    show = make_full_show()
    make_full_episode(show)
    return show


def test_feed_answers_the_built_bytes(client, show):
    response = client.get(URL)

    version = FeedVersion.objects.get()
    assert response.status_code == 200
    assert response.content == bytes(version.body)
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert response["Content-Length"] == str(version.size)
    assert response["Vary"] == "Accept-Encoding"
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Link"] == f'<{show.feed_url}>; rel="self"'
    assert parse_http_date(response["Last-Modified"]) == NOW.timestamp()
    assert not response.cookies


def test_feed_is_sent_gzipped_to_whoever_takes_it(client, show):
    plain = client.get(URL)
    packed = client.get(URL, headers={"accept-encoding": "br, gzip;q=0.8"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Length"] == str(len(packed.content))
    assert packed["ETag"] != plain["ETag"]


@pytest.mark.parametrize(
    ("header", "gzipped"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("*", True),
        ("br;q=1.0, *;q=0.1", True),
        ("gzip;q=0", False),
        ("*, gzip;q=0", False),
        ("identity", False),
        ("", False),
        ("gzip;q=x", False),
        ("\u0433zip", False),
        (",;,=,gzip;q=1.2.3", False),
    ],
)
def test_coding_follows_accept_encoding(client, show, header, gzipped):
    response = client.get(URL, headers={"accept-encoding": header})

    assert response.status_code == 200
    assert response.has_header("Content-Encoding") == gzipped


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_known_feed_is_not_sent_again(client, show, coding):
    first = client.get(URL, headers={"accept-encoding": coding})

    for tag in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}', "*"):
        again = client.get(URL, headers={"accept-encoding": coding, "if-none-match": tag})
        assert again.status_code == 304
        assert again.content == b""
        for name in (
            "ETag",
            "Cache-Control",
            "Vary",
            "Last-Modified",
            "Access-Control-Allow-Origin",
        ):
            assert again[name] == first[name]


def test_other_tag_gets_the_feed_whatever_its_date_says(client, show):
    first = client.get(URL)

    again = client.get(
        URL, headers={"if-none-match": '"other"', "if-modified-since": first["Last-Modified"]}
    )

    assert again.status_code == 200


def test_feed_unchanged_since_a_date_is_not_sent_again(client, show):
    first = client.get(URL)

    again = client.get(URL, headers={"if-modified-since": first["Last-Modified"]})
    older = client.get(URL, headers={"if-modified-since": "Sat, 01 Nov 2025 00:00:00 GMT"})

    assert again.status_code == 304
    assert older.status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_head_says_what_get_says_and_sends_nothing(client, show, coding):
    got = client.get(URL, headers={"accept-encoding": coding})
    head = client.head(URL, headers={"accept-encoding": coding})

    assert head.status_code == 200
    assert head.content == b""
    assert headers_of(head) == headers_of(got)


def test_unchanged_feed_costs_one_query(client, show, django_assert_num_queries):
    tag = client.get(URL)["ETag"]

    with django_assert_num_queries(1):
        assert client.get(URL, headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize("count", [1, 30])
def test_feed_costs_two_queries_whatever_its_length(client, count, django_assert_num_queries):
    show = ShowFactory.create(slug="spotlight")
    for n in range(count):
        LiveEpisodeFactory.create(show=show, release_at=RELEASE + timedelta(hours=n))
    client.get(URL)

    with django_assert_num_queries(2):
        assert len(read(client.get(URL).content).items) == count


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_feed_takes_no_other_method(client, show, method):
    response = getattr(client, method)(URL)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_unknown_and_hidden_shows_get_the_same_answer(client):
    ShowFactory.create(slug="hidden", is_public=False)

    unknown = client.get("/feeds/unknown.xml")
    hidden = client.get("/feeds/hidden.xml")

    assert unknown.status_code == hidden.status_code == 404
    assert unknown.content == hidden.content
    assert headers_of(unknown) == headers_of(hidden)


def test_show_that_stops_being_public_loses_its_feed(client, show):
    assert client.get(URL).status_code == 200

    type(show).objects.update(is_public=False)

    assert client.get(URL).status_code == 404


def test_scheduled_episode_appears_by_time_alone_and_never_before(client, show):
    due = NOW + timedelta(minutes=2)
    coming = make_full_episode(show, slug="coming", season=2, release_at=due)
    with time_machine.travel(due - timedelta(seconds=1), tick=False):
        before = client.get(URL)
    with time_machine.travel(due, tick=False):
        after = client.get(URL)

    assert coming.guid.encode() not in before.content
    assert before["Cache-Control"] == "public, max-age=1"
    assert read(after.content).items[0].guid == coming.guid
    assert after["ETag"] != before["ETag"]


def test_cache_ends_at_the_next_release(client, show):
    make_full_episode(show, slug="coming", season=2, release_at=NOW + timedelta(seconds=120))

    assert client.get(URL)["Cache-Control"] == "public, max-age=120"


def test_feed_holds_no_date_of_the_future(client, show):
    make_full_episode(show, slug="coming", season=2, release_at=NOW + timedelta(seconds=1))

    found = read(client.get(URL).content)

    assert max(item.published for item in found.items) <= NOW
    assert found.last_build <= NOW


def test_edit_is_in_the_very_next_answer(client, show):
    client.get(URL)

    show.episodes.update(title="Corrected")

    assert read(client.get(URL).content).items[0].title == "Corrected"


def test_two_changes_in_one_second_look_alike_to_nobody(client, show):
    first = client.get(URL)

    show.episodes.update(title="Corrected")
    second = client.get(URL, headers={"if-modified-since": first["Last-Modified"]})

    assert second.status_code == 200
    # Its date would lie in the future, so it is not said.
    assert "Last-Modified" not in second


@pytest.mark.parametrize("name", ["host", "x-forwarded-host", "x-forwarded-proto", "forwarded"])
def test_forged_headers_change_no_byte(client, show, name):
    headers = {name: "localhost" if name == "host" else "evil.example"}

    cold = client.get(URL, headers=headers)
    FeedVersion.objects.all().delete()
    clean = client.get(URL)

    assert b"evil.example" not in cold.content
    assert cold.content == clean.content
    assert cold["Link"] == clean["Link"]


def test_foreign_host_is_refused_and_leaves_nothing_behind(client, show):
    assert client.get(URL, headers={"host": "evil.example"}).status_code == 400
    assert b"evil.example" not in client.get(URL).content


def test_signed_in_editor_gets_what_everyone_gets(client, show):
    client.force_login(MembershipFactory.create(show=show).user)
    mine = client.get(URL)
    client.logout()
    theirs = client.get(URL)

    assert mine.content == theirs.content
    assert mine["Cache-Control"] == theirs["Cache-Control"]
    assert mine["Vary"] == theirs["Vary"]
    assert not mine.cookies


def test_broken_build_serves_the_last_good_feed(client, show):
    good = client.get(URL)

    type(show).objects.update(title=" ")
    broken = client.get(URL)

    assert broken.status_code == 200
    assert broken.content == good.content
    assert feed_of(show).last_error == "The show has no title."


def test_broken_build_is_not_tried_again_by_every_request(client, show, django_assert_num_queries):
    client.get(URL)
    type(show).objects.update(title=" ")
    client.get(URL)

    with django_assert_num_queries(2):
        client.get(URL)


def test_mended_feed_is_built_a_little_later(client, show):
    client.get(URL)
    type(show).objects.update(title=" ")
    client.get(URL)
    type(show).objects.update(title="Mended")

    with time_machine.travel(NOW + timedelta(seconds=20), tick=False):
        assert read(client.get(URL).content).title == "Mended"


def test_feed_that_was_never_built_asks_to_come_again(client):
    ShowFactory.create(slug="spotlight", title=" ")

    response = client.get(URL)

    assert response.status_code == 503
    assert response["Retry-After"] == "15"
    assert response["Cache-Control"] == "no-store"


def in_threads(count, work):
    """Run `work` in threads that start together, each on a connection of its own."""
    barrier, results = Barrier(count), []

    def run():
        try:
            barrier.wait()
            results.append(work())
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_build_one_version(client, show):
    answers = in_threads(6, lambda: client.get(URL))

    assert [answer.status_code for answer in answers] == [200] * 6
    assert len({answer.content for answer in answers}) == 1
    assert FeedVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_one_builds_everyone_else_gets_the_last_good_feed(client, show):
    good = build(show, at=NOW)
    feed = feed_of(show)
    show.episodes.update(title="Corrected")

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [0x466F7274, feed.pk])
        try:
            [answer] = in_threads(1, lambda: client.get(URL))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [0x466F7274, feed.pk])

    assert answer.content == bytes(good.body)
    assert answer["Cache-Control"] == "public, max-age=5"
    assert read(client.get(URL).content).items[0].title == "Corrected"


@pytest.mark.django_db(transaction=True)
def test_editor_in_the_middle_of_a_save_makes_nobody_wait_and_loses_nothing(client, show):
    """A mark that is committed after a build which began later than it must not be forgotten."""
    build(show, at=NOW)

    def correct_and_ask():
        Episode.objects.update(title="Corrected")
        return client.get(URL)

    with transaction.atomic():
        type(show).objects.update(author="Another")
        [during] = in_threads(1, correct_and_ask)
    after = client.get(URL)

    assert read(during.content).author == "The Newsroom"
    assert read(during.content).items[0].title == "Corrected"
    assert read(after.content).author == "Another"
