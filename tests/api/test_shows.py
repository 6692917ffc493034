import hashlib
from datetime import date, time

import pytest

from catalog.models import Image
from tests.factories import (
    CadenceFactory,
    HostingFactory,
    OrganisationFactory,
    PersonFactory,
    ShowFactory,
)

BASE = "http://localhost:8000"


def test_the_list_holds_public_shows_by_title(get):
    ShowFactory(title="Spotlight")
    ShowFactory(title="Среда")
    ShowFactory(title="Archive")
    ShowFactory(title="Secret", is_public=False)

    body = get("shows").json()

    assert [show["title"] for show in body["results"]] == ["Archive", "Spotlight", "Среда"]


def test_a_show_that_is_not_public_is_not_there(get):
    assert get(f"shows/{ShowFactory(is_public=False).uid}").status_code == 404


def test_a_show_tells_its_rhythm_hosts_partners_and_addresses(get):
    show = ShowFactory(title="Spotlight", slug="spotlight")
    CadenceFactory(show=show)
    bruce = PersonFactory(name="Bruce Pannier", slug="bruce")
    HostingFactory(show=show, person=bruce)
    HostingFactory(show=show, ends_on=date(2026, 11, 21))
    HostingFactory(show=show, starts_on=date(2026, 11, 23))
    partner = OrganisationFactory(name="Oxus Society", slug="oxus")
    show.partnerships.create(organisation=partner, wording="with the Oxus Society")
    show.links.create(kind="apple", label="Apple Podcasts", url="https://podcasts.example.com/1")

    body = get(f"shows/{show.uid}").json()

    assert body["guid"] == str(show.guid)
    assert body["cadence"] == {
        "text": "every 2 weeks on Sunday at 12:00 (Asia/Almaty)",
        "rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU",
        "release_time": "12:00:00",
        "time_zone": "Asia/Almaty",
        "next_dates": ["2026-11-29T07:00:00Z", "2026-12-13T07:00:00Z", "2026-12-27T07:00:00Z"],
    }
    assert body["hosts"] == [
        {"person": {"id": str(bruce.uid), "name": "Bruce Pannier", "slug": "bruce"}, "role": "Host"}
    ]
    assert [row["wording"] for row in body["partnerships"]] == ["with the Oxus Society"]
    assert body["elsewhere"] == [
        {"label": "Apple Podcasts", "url": "https://podcasts.example.com/1"}
    ]
    assert body["links"] == {
        "self": f"{BASE}/api/v1/shows/{show.uid}",
        "page": BASE + show.get_absolute_url(),
        "feed": f"{BASE}/feeds/spotlight.xml",
        "episodes": f"{BASE}/api/v1/episodes?show={show.uid}",
    }


def test_the_owners_address_is_no_business_of_apps(get):
    show = ShowFactory(owner_email="private@example.org", owner_name="Private Person")

    assert b"rivate" not in get("shows").content + get(f"shows/{show.uid}").content


def test_a_complete_show_promises_no_dates(get):
    show = ShowFactory(complete=True)
    CadenceFactory(show=show)

    assert get(f"shows/{show.uid}").json()["cadence"]["next_dates"] == []


def test_a_show_without_rhythm_has_none(get):
    assert get(f"shows/{ShowFactory().uid}").json()["cadence"] is None


def test_of_two_rhythms_the_one_in_force_is_told(get):
    show = ShowFactory()
    CadenceFactory(show=show, ends_on=date(2026, 6, 30))
    CadenceFactory(
        show=show,
        rrule="FREQ=WEEKLY;BYDAY=WE",
        starts_on=date(2026, 7, 1),
        release_time=time(9, 0),
    )

    assert get(f"shows/{show.uid}").json()["cadence"]["rrule"] == "FREQ=WEEKLY;BYDAY=WE"


def test_artwork_comes_in_sizes_largest_first(get):
    sha256 = hashlib.sha256(b"cover").hexdigest()
    image = Image.objects.create(
        sha256=sha256, width=1500, height=1500, mime_type="image/png", size=1, alt="A star",
        renditions=[1400, 600, 300, 96],
    )  # fmt: skip
    Image.objects.filter(pk=image.pk).update(file=f"artwork/{sha256}.png", width=1500, height=1500)
    show = ShowFactory(artwork=image)

    artwork = get(f"shows/{show.uid}").json()["artwork"]

    assert artwork["alt"] == "A star"
    assert [(size["width"], size["height"]) for size in artwork["sizes"]] == [
        (1500, 1500), (1400, 1400), (600, 600), (300, 300), (96, 96),
    ]  # fmt: skip
    assert artwork["sizes"][0]["url"] == f"{BASE}/media/artwork/{sha256}.png"
    assert artwork["sizes"][3]["url"] == f"{BASE}/media/artwork/{sha256}-300.png"


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_rows(get, django_assert_num_queries, count):
    for _ in range(count):
        show = ShowFactory()
        CadenceFactory(show=show)
    for _ in range(count):
        HostingFactory(show=show)
        show.partnerships.create(organisation=OrganisationFactory(), wording="with")
        show.links.create(label="Elsewhere", url="https://example.com")

    # The page and the next release.
    with django_assert_num_queries(2):
        assert len(get("shows", {"limit": 100}).json()["results"]) == count
    # The show, links, cadences, hosts, partners and the next release.
    with django_assert_num_queries(6):
        assert len(get(f"shows/{show.uid}").json()["hosts"]) == count
