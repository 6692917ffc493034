"""What the pages say of shows, episodes and people."""

from datetime import UTC, date, datetime

import pytest

from catalog.models import Partnership
from episodes.models import Chapter
from tests.factories import (
    NOW,
    AffiliationFactory,
    CadenceFactory,
    CreditFactory,
    LiveEpisodeFactory,
    OrganisationFactory,
    PersonFactory,
    ShowFactory,
    SlotFactory,
)
from tests.feeds.shows import make_image

pytestmark = pytest.mark.django_db

WORDING = "in partnership with the Oxus Society for Central Asian Affairs"


@pytest.fixture
def partnership(show):
    return Partnership.objects.create(
        show=show,
        organisation=OrganisationFactory(name="Oxus Society", slug="oxus"),
        wording=WORDING,
        starts_on=date(2025, 10, 1),
    )


def page(client, address):
    return client.get(address).content.decode()


def test_a_show_promises_its_next_date_in_its_own_zone(client, show):
    body = page(client, show.get_absolute_url())

    assert '<time datetime="2026-11-29T12:00:00+05:00">Sunday 29 November, 12:00</time>' in body
    assert "Almaty" in body
    assert "Every 2 weeks on Sunday" in body


def test_a_skipped_slot_is_not_promised(client, show):
    show.slots.update(skipped_reason="Holidays")
    SlotFactory(show=show, due_at=datetime(2026, 12, 13, 7, 0, tzinfo=UTC))

    assert "Sunday 13 December, 12:00" in page(client, show.get_absolute_url())


def test_a_show_without_slots_is_read_from_its_rule(client):
    show = ShowFactory()
    CadenceFactory(show=show, rrule="FREQ=WEEKLY;BYDAY=WE", starts_on=date(2026, 1, 7))

    assert "Wednesday 25 November, 12:00" in page(client, show.get_absolute_url())


def test_a_complete_show_promises_nothing(client, show):
    show.complete = True
    show.save()

    body = page(client, show.get_absolute_url())

    assert "Sunday 29 November" not in body
    assert "This show is complete." in body


def test_a_show_says_its_partner_in_the_agreed_words(client, show, partnership):
    body = page(client, show.get_absolute_url())

    assert WORDING in body
    assert '<a href="/organisations/oxus/">Oxus Society</a>' in body
    assert client.get("/organisations/oxus/").status_code == 200


def test_an_episode_names_the_partners_of_its_own_day(client, show, episode, partnership):
    partnership.ends_on = date(2026, 11, 10)
    partnership.save()
    later = LiveEpisodeFactory(show=show, release_at=NOW)

    assert WORDING in page(client, episode.get_absolute_url())
    assert WORDING not in page(client, later.get_absolute_url())
    assert WORDING not in page(client, show.get_absolute_url())


def test_a_credit_keeps_what_was_true_at_the_time(client, episode, guest):
    AffiliationFactory(person=guest.person, title="Minister", starts_on=date(2026, 11, 20))
    then = guest.organisation.name
    guest.organisation.name = "Renamed Since"
    guest.organisation.save()

    body = page(client, episode.get_absolute_url())

    assert f"Analyst, {then}" in body
    assert "Minister" not in body
    assert "Renamed Since" not in body


def test_a_person_shows_today_at_the_head_and_the_past_in_the_list(client, episode, guest):
    guest.person.affiliations.update(ends_on=date(2026, 11, 19))
    AffiliationFactory(person=guest.person, title="Minister", starts_on=date(2026, 11, 20))

    body = page(client, f"/people/{guest.person.slug}/")

    assert "Minister" in body
    assert f"Guest: Analyst, {guest.organisation_name}" in body
    assert "Имя 1" in body


def test_somebody_without_a_photo_has_initials_and_no_face(client, episode, guest):
    guest.person.name = "Daryana Gryaznova"
    guest.person.save()

    body = page(client, f"/people/{guest.person.slug}/")

    assert ">DG</span>" in body
    assert "<img" not in body


def test_an_episode_has_chapters_transcript_and_corrections(client, episode):
    body = page(client, episode.get_absolute_url())

    assert '<a href="#t=21.845"><span class="chapters__time">0:21</span>' in body
    assert '<a class="turn__time" href="#t=75.5">1:15</a>' in body
    assert "Nobody had counted the lanterns before." in body
    assert "It was <em>Tuesday</em>." in body
    assert "22 November 2026" in body


def test_chapters_outside_the_table_of_contents_are_left_out(client, episode):
    episode.chapters.filter(start_ms=0).update(hidden=True)

    assert "Opening" not in page(client, episode.get_absolute_url())


def test_chapters_after_the_end_of_the_audio_are_left_out(client, episode):
    end = episode.audio.duration_ms
    Chapter.objects.create(episode=episode, start_ms=end - 1, title="Last breath")
    Chapter.objects.create(episode=episode, start_ms=end, title="Silence")

    body = page(client, episode.get_absolute_url())

    assert "Last breath" in body
    assert "Silence" not in body


@pytest.mark.parametrize("count", [1, 30])
def test_chapters_show_their_pictures_in_as_many_queries_for_thirty_as_for_one(
    client, episode, count, django_assert_num_queries
):
    address = episode.get_absolute_url()
    with django_assert_num_queries(60, exact=False) as plain:
        client.get(address)
    for number in range(count):
        Chapter.objects.create(
            episode=episode,
            start_ms=30_000 + number,
            title="Map",
            image=make_image(f"map-{number}.jpg", width=64),
        )

    with django_assert_num_queries(len(plain)):
        body = page(client, address)

    assert body.count('class="chapters__image"') == count
    assert "images/map-0.jpg" in body


def test_production_notes_are_never_shown(client, episode):
    episode.production_notes = "Call the lawyer"
    episode.save()

    assert "lawyer" not in page(client, episode.get_absolute_url())


def test_guests_stand_in_lists_and_hosts_do_not(client, show, episode, guest):
    host = PersonFactory(name="Standing Host")
    CreditFactory(episode=episode, person=host, role="Host")

    body = page(client, "/")
    with_line = body.split('class="row__cast"')[1].split("</p>")[0]

    assert guest.person.name in with_line
    assert "Standing Host" not in with_line


def test_the_front_page_leads_with_the_newest(client, show, episode):
    newest = LiveEpisodeFactory(show=ShowFactory(), title="Fresh bread", release_at=NOW)

    hero = page(client, "/").split('id="hero-title"')[1].split("</h2>")[0]

    assert newest.get_absolute_url() in hero


def test_an_empty_house_is_still_a_page(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "The first episode is on its way." in response.content.decode()


def test_a_new_show_says_when_it_will_start(client, show):
    body = page(client, show.get_absolute_url())

    assert "No episode has come out yet." in body
    assert "Subscribe now, and the first one will find you." in body


def test_a_show_can_be_followed_everywhere(client, show):
    show.links.create(kind="apple", label="Apple Podcasts", url="https://podcasts.apple.com/x")

    body = page(client, show.get_absolute_url())

    assert 'href="https://podcasts.apple.com/x"' in body
    assert 'href="pcast://podcasts.example.org/feeds/steppe.xml"' in body
    assert 'value="https://podcasts.example.org/feeds/steppe.xml"' in body


def test_a_topic_is_named_in_the_language_of_the_page(client, show, episode):
    topic = episode.topics.get(kind="country")
    topic.name, topic.translations = "Kazakhstan", {"ru": "Казахстан"}
    topic.save()
    russian = ShowFactory(language="ru")
    LiveEpisodeFactory(show=russian).topics.add(topic)

    assert "Kazakhstan" in page(client, episode.get_absolute_url())
    assert "Казахстан" in page(client, russian.get_absolute_url())


def test_a_theme_is_no_country(client, episode):
    theme = episode.topics.get(kind="theme")

    assert client.get(f"/topics/{theme.slug}/").status_code == 200
    assert client.get(f"/countries/{theme.slug}/").status_code == 404
