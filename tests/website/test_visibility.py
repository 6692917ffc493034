"""Nothing unreleased is reachable by anybody, wherever they look."""

from datetime import timedelta

import pytest

from catalog.models import Topic
from episodes.models import Chapter, Correction, Episode, Transcript
from tests.factories import (
    NOW,
    AffiliationFactory,
    CreditFactory,
    EpisodeFactory,
    HostingFactory,
    LiveEpisodeFactory,
    OrganisationFactory,
    PersonFactory,
    ShowFactory,
    TopicFactory,
)
from tests.website.conftest import make_rich

pytestmark = pytest.mark.django_db

CANARY = "Vexillology"


def hide(kind, show):
    """Make an episode that must not be seen, full of the canary, with people all of its own."""
    if kind == "draft":
        episode = EpisodeFactory(show=show, title=CANARY, slug="vexillology")
    else:
        episode = LiveEpisodeFactory(show=show, title=CANARY, slug="vexillology")
    if kind == "scheduled":
        episode.release_at = NOW + timedelta(seconds=1)
    if kind == "withdrawn":
        episode.status = Episode.Status.WITHDRAWN
    if kind == "on a hidden show":
        show.is_public = False
        show.save()
    episode.summary, episode.notes = f"{CANARY} in short", f"{CANARY} at length"
    episode.production_notes = CANARY
    episode.save()
    person = PersonFactory(name=f"{CANARY} Expert", slug="vexillologist")
    organisation = OrganisationFactory(name=f"{CANARY} Institute", slug="vexillology-institute")
    AffiliationFactory(person=person, organisation=organisation)
    CreditFactory(episode=episode, person=person, organisation=organisation)
    theme = TopicFactory(name=f"{CANARY} as such", slug="vexillology-theme")
    country = TopicFactory(
        name=f"{CANARY} Land", slug="vexillology-land", kind=Topic.Kind.COUNTRY, country_code="VX"
    )
    episode.topics.add(theme, country)
    Chapter.objects.create(episode=episode, start_ms=0, title=CANARY)
    Transcript.objects.create(
        episode=episode, language="en", vtt=f"WEBVTT\n\n00:01.000 --> 00:02.000\n{CANARY}\n"
    )
    Correction.objects.create(episode=episode, corrected_at=NOW, text=CANARY)
    return episode


def addresses_of(page):
    """Every public page there is, beside the ones of the hidden things themselves."""
    topics = Topic.objects.filter(episodes=page)
    credit = page.credits.get()
    return [
        "/",
        "/sitemap.xml",
        "/search/",
        f"/search/?q={CANARY}",
        "/nothing-here/",
        page.show.get_absolute_url(),
        page.get_absolute_url(),
        f"/people/{credit.person.slug}/",
        f"/organisations/{credit.organisation.slug}/",
        *(
            f"/{'countries' if topic.kind == 'country' else 'topics'}/{topic.slug}/"
            for topic in topics
        ),
    ]


KINDS = ["draft", "scheduled", "withdrawn", "on a hidden show"]


@pytest.mark.parametrize("kind", KINDS)
def test_words_of_an_unreleased_episode_stand_on_no_page(client, show, episode, kind):
    hide(kind, ShowFactory(title="Hidden") if kind == "on a hidden show" else show)

    for address in addresses_of(episode):
        body = client.get(address).content.decode()
        # The search repeats the question; that is the only place where the word may stand.
        body = body.replace(f'value="{CANARY}"', "").replace(f"“{CANARY}”", "")
        assert CANARY.lower() not in body.lower(), address


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_what_only_an_unreleased_episode_names_answer_404(client, show, episode, kind):
    hidden = hide(kind, ShowFactory(title="Hidden") if kind == "on a hidden show" else show)

    for address in (
        hidden.get_absolute_url(),
        "/people/vexillologist/",
        "/organisations/vexillology-institute/",
        "/topics/vexillology-theme/",
        "/countries/vexillology-land/",
    ):
        assert client.get(address).status_code == 404, address


def test_a_hidden_show_answers_404(client):
    show = ShowFactory(is_public=False)

    assert client.get(show.get_absolute_url()).status_code == 404


def test_404_for_a_draft_is_the_404_for_nonsense(client, show, episode):
    hidden = hide("draft", show)

    of_draft = client.get(hidden.get_absolute_url()).content
    of_nonsense = client.get(f"/shows/{show.slug}/nonsense/").content

    assert of_draft == of_nonsense


def test_an_episode_appears_with_the_clock_alone(client, show):
    at_noon = LiveEpisodeFactory(show=show, release_at=NOW)
    later = LiveEpisodeFactory(show=show, release_at=NOW + timedelta(microseconds=1))

    assert client.get(at_noon.get_absolute_url()).status_code == 200
    assert client.get(later.get_absolute_url()).status_code == 404


def test_counts_leave_out_what_is_not_live(client, show, episode):
    hidden = hide("scheduled", show)
    hidden.topics.add(*episode.topics.all())

    page = client.get("/").content.decode()

    assert "1 episode<" in page
    assert "2 episodes" not in page


def test_a_standing_host_has_a_page_before_the_first_episode(client):
    host = HostingFactory(show=ShowFactory()).person

    assert client.get(f"/people/{host.slug}/").status_code == 200


def test_a_host_to_come_is_not_announced(client):
    host = HostingFactory(show=ShowFactory(), starts_on=NOW.date() + timedelta(days=2)).person

    assert client.get(f"/people/{host.slug}/").status_code == 404


def test_a_person_links_no_organisation_without_a_page(client, show, episode, guest):
    AffiliationFactory(
        person=guest.person, organisation=OrganisationFactory(name="Quiet Fund", slug="quiet")
    )

    page = client.get(f"/people/{guest.person.slug}/").content.decode()

    assert "Quiet Fund" in page
    assert "/organisations/quiet/" not in page
    assert client.get("/organisations/quiet/").status_code == 404


def test_neighbours_are_live_ones(client, show):
    first, middle, last = (make_rich(show, number) for number in (3, 2, 1))
    last.release_at = NOW + timedelta(days=1)
    last.save()

    page = client.get(middle.get_absolute_url()).content.decode()

    assert first.get_absolute_url() in page
    assert last.get_absolute_url() not in page
