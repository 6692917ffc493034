"""How pages leave the house: fresh, cacheable, canonical, in the show's language."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import NOW, CadenceFactory, LiveEpisodeFactory, ShowFactory
from tests.website.conftest import make_rich

pytestmark = pytest.mark.django_db


def every_page(episode):
    credit = episode.credits.get()
    return [
        "/",
        episode.show.get_absolute_url(),
        episode.get_absolute_url(),
        f"/people/{credit.person.slug}/",
        f"/organisations/{credit.organisation.slug}/",
        "/search/?q=story",
    ]


def test_public_pages_set_no_cookie_and_vary_by_no_visitor(client, episode):
    for address in [*every_page(episode), "/sitemap.xml", "/robots.txt", "/nowhere/"]:
        response = client.get(address)
        assert not response.cookies, address
        assert "Cookie" not in response.headers.get("Vary", ""), address


def test_pages_may_be_kept_for_a_minute(client, episode):
    for address in every_page(episode):
        assert client.get(address)["Cache-Control"] == "public, max-age=60", address


def test_no_cache_outlives_the_next_release(client, episode):
    LiveEpisodeFactory(show=episode.show, release_at=NOW + timedelta(seconds=7.9))

    for address in [*every_page(episode), "/sitemap.xml"]:
        assert client.get(address)["Cache-Control"] == "public, max-age=7", address


def test_a_release_on_a_hidden_show_does_not_show_in_the_cache_time(client, episode):
    LiveEpisodeFactory(show=ShowFactory(is_public=False), release_at=NOW + timedelta(seconds=7))

    assert client.get("/")["Cache-Control"] == "public, max-age=60"


def test_an_unchanged_page_answers_304_without_body(client, episode):
    first = client.get(episode.get_absolute_url())

    again = client.get(episode.get_absolute_url(), headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert again.content == b""
    assert again["Cache-Control"] == first["Cache-Control"]


def test_a_changed_page_has_another_etag(client, episode):
    first = client.get(episode.get_absolute_url())["ETag"]
    episode.title = "Another"
    episode.save()

    assert client.get(episode.get_absolute_url())["ETag"] != first


def test_pages_answer_head_and_refuse_to_be_written_to(client, episode):
    for address in every_page(episode):
        assert client.head(address).status_code == 200
        assert client.post(address).status_code == 405


def test_links_come_from_base_url_and_never_from_the_host_header(client, episode):
    for address in [*every_page(episode), "/sitemap.xml", "/robots.txt"]:
        body = client.get(address, headers={"host": "localhost"}).content.decode()
        assert "localhost" not in body, address

    page = client.get(episode.get_absolute_url()).content.decode()
    assert (
        f'rel="canonical" href="https://podcasts.example.org{episode.get_absolute_url()}"' in page
    )


def test_the_audio_is_on_the_page_origin_for_the_policy(client, episode):
    page = client.get(episode.get_absolute_url()).content.decode()

    assert f'<audio controls preload="none" src="/audio/{episode.audio.uid}/' in page


def test_pages_carry_no_inline_script_or_style(client, episode):
    for address in every_page(episode):
        body = client.get(address).content.decode()
        assert "<style" not in body
        assert " style=" not in body
        assert " onclick=" not in body
        assert "<script>" not in body


def test_a_russian_show_speaks_russian(client):
    show = ShowFactory(title="Среда", slug="sreda", language="ru-RU")
    CadenceFactory(show=show, rrule="FREQ=WEEKLY;BYDAY=SU")
    episode = make_rich(show, 1, released=datetime(2026, 11, 8, 7, 0, tzinfo=UTC))

    of_show = client.get(show.get_absolute_url()).content.decode()
    of_episode = client.get(episode.get_absolute_url()).content.decode()

    assert '<html lang="ru">' in of_show
    assert "Каждую неделю по воскресеньям" in of_show
    assert "Алматы" in of_show
    assert "8 ноября 2026" in of_episode
    assert "Расшифровка" in of_episode


def test_a_language_without_translation_is_named_as_content_and_labelled_in_english(client):
    show = ShowFactory(language="kk")

    page = client.get(show.get_absolute_url()).content.decode()

    assert '<html lang="en">' in page
    assert 'lang="kk"' in page


def test_one_page_speaking_russian_leaves_the_next_in_english(client, episode):
    client.get(ShowFactory(language="ru").get_absolute_url())

    assert '<html lang="en">' in client.get(episode.get_absolute_url()).content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "2", "x", "9" * 40, "٣", ""])
def test_a_page_that_is_not_there_answers_404(client, episode, number):
    response = client.get(f"{episode.show.get_absolute_url()}?page={number}")

    assert response.status_code == 404


def test_a_long_archive_comes_in_pages_by_year(client, show):
    for number in range(60):
        LiveEpisodeFactory(show=show, release_at=NOW - timedelta(days=14 * number + 1))
    address = show.get_absolute_url()

    first = client.get(address).content.decode()
    second = client.get(f"{address}?page=2").content.decode()
    last = client.get(f"{address}?page=3").content.decode()

    assert 'rel="next" href="?page=2"' in first
    assert 'rel="prev" href="?page=1"' in second
    assert 'rel="next" href="?page=3"' in second
    assert 'rel="next"' not in last
    assert '<h3 class="year__name">2026</h3>' in first
    assert '<h3 class="year__name">2025</h3>' in second
    assert f'rel="canonical" href="https://podcasts.example.org{address}?page=2"' in second


def test_years_turn_in_the_zone_of_the_show(client, show):
    """20:00 UTC on New Year's Eve is the first of January in Almaty."""
    LiveEpisodeFactory(show=show, release_at=datetime(2025, 12, 31, 20, 0, tzinfo=UTC))
    LiveEpisodeFactory(show=show, release_at=NOW)

    page = client.get(show.get_absolute_url()).content.decode()

    assert '<h3 class="year__name">2026</h3>' in page
    assert '<time datetime="2026-01-01T01:00:00+05:00">1 January 2026</time>' in page


def test_pages_tell_apps_where_the_feed_is(client, episode):
    page = client.get(episode.get_absolute_url()).content.decode()

    assert (
        '<link rel="alternate" type="application/rss+xml" title="Steppe Weekly" '
        'href="https://podcasts.example.org/feeds/steppe.xml">'
    ) in page


def test_pages_have_one_main_heading_and_landmarks(client, episode):
    for address in [*every_page(episode), "/nowhere/"]:
        body = client.get(address).content.decode()
        assert body.count("<h1") == 1, address
        assert body.count("<main") == 1, address
        assert 'href="#main"' in body, address
