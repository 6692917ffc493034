"""No page asks more of the database because there is more to show."""

import pytest

from catalog.models import Image, Organisation, Partnership, Person, Show, Topic
from episodes.models import Episode
from tests.factories import (
    CadenceFactory,
    CreditFactory,
    HostingFactory,
    LiveEpisodeFactory,
    OrganisationFactory,
    ShowFactory,
    SlotFactory,
)
from tests.website.conftest import make_rich

pytestmark = pytest.mark.django_db


def fill(show, count):
    """Make `count` episodes that share a guest, an organisation, a theme and a country."""
    episodes = [make_rich(show, number) for number in range(1, count + 1)]
    guest = episodes[0].credits.get()
    for episode in episodes[1:]:
        CreditFactory(episode=episode, person=guest.person, organisation=guest.organisation)
        episode.topics.add(*episodes[0].topics.all())
    for number in range(count):
        HostingFactory(show=show)
        other = ShowFactory(title=f"Other {number}")
        SlotFactory(show=other)
        LiveEpisodeFactory(show=other, number=200 + number)
        HostingFactory(show=other, person=guest.person)
        for partner in (show, other):
            organisation = guest.organisation if partner is other else OrganisationFactory()
            Partnership.objects.create(show=partner, organisation=organisation, wording="with")
    give_pictures()
    return episodes[0], guest


def give_pictures():
    """Let everything have a picture: each is one more row that a list could ask for."""
    image, _new = Image.objects.get_or_create(
        sha256="c" * 64,
        defaults={"file": f"artwork/{'c' * 64}.jpg", "width": 600, "height": 600, "size": 9},
    )
    Person.objects.update(photo=image)
    Organisation.objects.update(logo=image)
    Show.objects.update(artwork=image)
    Episode.objects.update(artwork=image)


def addresses(episode, guest):
    theme = episode.topics.get(kind=Topic.Kind.THEME)
    country = episode.topics.get(kind=Topic.Kind.COUNTRY)
    return {
        "home": "/",
        "show": episode.show.get_absolute_url(),
        "episode": episode.get_absolute_url(),
        "person": f"/people/{guest.person.slug}/",
        "organisation": f"/organisations/{guest.organisation.slug}/",
        "topic": f"/topics/{theme.slug}/",
        "country": f"/countries/{country.slug}/",
        "search": "/search/?q=reservoir",
        "empty search": "/search/",
        "sitemap": "/sitemap.xml",
        "not found": "/nowhere/",
    }


def count_queries(client, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as captured:
        client.get(address)
    return len(captured.captured_queries)


def test_queries_do_not_grow_with_rows(client, show, django_assert_max_num_queries):
    pages = addresses(*fill(show, 1))
    few = {
        name: count_queries(client, pages[name], django_assert_max_num_queries) for name in pages
    }

    pages = addresses(*fill(more_of(show), 30))
    many = {
        name: count_queries(client, pages[name], django_assert_max_num_queries) for name in pages
    }

    assert many == few


def more_of(show):
    """A second show like the first, so that nothing of the first stands in the way."""
    other = ShowFactory(title="Larger")
    CadenceFactory(show=other)
    SlotFactory(show=other)
    return other
