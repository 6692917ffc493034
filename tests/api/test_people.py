from datetime import date, timedelta

import pytest

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
)

BASE = "http://localhost:8000"


def names(response) -> list[str]:
    return [person["name"] for person in response.json()["results"]]


def test_people_are_there_once_something_live_or_a_public_show_names_them(get):
    CreditFactory(person=PersonFactory(name="Guest", sort_name="B"), episode=LiveEpisodeFactory())
    HostingFactory(person=PersonFactory(name="Host", sort_name="A"))
    hidden = {
        "uncredited": PersonFactory(),
        "draft": CreditFactory(episode=EpisodeFactory()).person,
        "scheduled": CreditFactory(
            episode=LiveEpisodeFactory(release_at=NOW + timedelta(days=1))
        ).person,
        "private show": HostingFactory(show__is_public=False).person,
        "host to come": HostingFactory(starts_on=date(2026, 11, 23)).person,
    }

    assert names(get("people")) == ["Host", "Guest"]
    for why, person in hidden.items():
        assert get(f"people/{person.uid}").status_code == 404, why


def test_a_former_host_stays_known(get):
    person = HostingFactory(ends_on=date(2020, 1, 1)).person

    assert get(f"people/{person.uid}").status_code == 200


def test_a_person_tells_every_spelling_and_dated_affiliations(get):
    person = PersonFactory(
        name="Daryana Gryaznova",
        sort_name="Gryaznova, Daryana",
        slug="daryana",
        bio="A **lawyer**.",
    )
    person.names.create(name="Дарьяна Грязнова", script="Cyrl", language="ru", is_native=True)
    person.links.create(label="Website", url="https://example.org/daryana")
    organisation = OrganisationFactory(name="Equality Now", slug="equality-now")
    AffiliationFactory(
        person=person, organisation=organisation, title="Lawyer", starts_on=date(2024, 1, 1)
    )
    AffiliationFactory(
        person=person, organisation=None, title="Researcher", ends_on=date(2023, 12, 31)
    )
    CreditFactory(person=person, episode=LiveEpisodeFactory())

    body = get(f"people/{person.uid}").json()

    assert body == {
        "id": str(person.uid),
        "name": "Daryana Gryaznova",
        "sort_name": "Gryaznova, Daryana",
        "slug": "daryana",
        "names": [
            {"name": "Дарьяна Грязнова", "script": "Cyrl", "language": "ru", "is_native": True}
        ],
        "photo": None,
        "links": {
            "self": f"{BASE}/api/v1/people/{person.uid}",
            "page": body["links"]["page"],
            "episodes": f"{BASE}/api/v1/episodes?person={person.uid}",
        },
        "bio": {
            "markdown": "A **lawyer**.",
            "html": "<p>A <strong>lawyer</strong>.</p>",
            "text": "A lawyer.",
        },
        "affiliations": [
            {
                "title": "Lawyer",
                "organisation": {
                    "id": str(organisation.uid),
                    "name": "Equality Now",
                    "slug": "equality-now",
                    "url": "",
                },
                "starts_on": "2024-01-01",
                "ends_on": None,
            },
            {
                "title": "Researcher",
                "organisation": None,
                "starts_on": None,
                "ends_on": "2023-12-31",
            },
        ],
        "elsewhere": [{"label": "Website", "url": "https://example.org/daryana"}],
        "updated_at": "2026-11-22T12:00:00Z",
    }


def test_any_spelling_finds_the_person(get):
    person = CreditFactory(
        person=PersonFactory(name="Svetlana Dzardanova"), episode=LiveEpisodeFactory()
    ).person
    person.names.create(name="Светлана Дзарданова", script="Cyrl")
    CreditFactory(episode=LiveEpisodeFactory())

    assert names(get("people", {"q": "ДЗАРДАН"})) == ["Svetlana Dzardanova"]
    assert names(get("people", {"q": "svetlana"})) == ["Svetlana Dzardanova"]
    assert names(get("people", {"q": "nobody"})) == []


def test_filter_by_show_gives_its_hosts_and_guests(get):
    show = ShowFactory()
    HostingFactory(show=show, person=PersonFactory(name="Host", sort_name="A"))
    CreditFactory(
        episode=LiveEpisodeFactory(show=show), person=PersonFactory(name="Guest", sort_name="B")
    )
    CreditFactory(episode=EpisodeFactory(show=show), person=PersonFactory(name="Draft"))
    HostingFactory()

    assert names(get("people", {"show": show.uid})) == ["Host", "Guest"]


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_rows(get, django_assert_num_queries, count):
    for _ in range(count):
        person = CreditFactory(episode=LiveEpisodeFactory()).person
        person.names.create(name="Имя", script="Cyrl")
    for _ in range(count):
        AffiliationFactory(person=person)
        person.links.create(label="Link", url="https://example.org")

    # The page, its names, and the next release.
    with django_assert_num_queries(3):
        assert len(get("people", {"limit": 100}).json()["results"]) == count
    # The person, names, links, affiliations, and the next release.
    with django_assert_num_queries(5):
        assert len(get(f"people/{person.uid}").json()["affiliations"]) == count
