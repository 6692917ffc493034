"""JSON-LD: what search engines read says the same as the page."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Partnership
from tests.factories import OrganisationFactory
from website.templatetags.website import json_ld

WORDING = "in partnership with the Oxus Society"


def blocks(client, address):
    body = client.get(address).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    return {json.loads(block)["@type"]: json.loads(block) for block in found}


@pytest.mark.django_db
def test_an_episode_is_described_with_its_audio(client, episode):
    data = blocks(client, episode.get_absolute_url())["PodcastEpisode"]

    assert data["associatedMedia"] == {
        "@type": "AudioObject",
        "contentUrl": (
            f"https://podcasts.example.org/audio/{episode.audio.uid}/{episode.slug}.mp3"
        ),
        "encodingFormat": "audio/mpeg",
        "contentSize": "480000",
        "duration": "PT60S",
    }
    assert data["url"] == f"https://podcasts.example.org{episode.get_absolute_url()}"
    assert data["datePublished"] == "2026-11-07T07:00:00+00:00"
    assert data["partOfSeries"]["name"] == "Steppe Weekly"


@pytest.mark.django_db
def test_people_carry_the_affiliation_of_the_episode(client, episode, guest):
    data = blocks(client, episode.get_absolute_url())["PodcastEpisode"]

    assert data["actor"] == [
        {
            "@type": "Person",
            "name": guest.person.name,
            "url": f"https://podcasts.example.org/people/{guest.person.slug}/",
            "jobTitle": "Analyst",
            "affiliation": {"@type": "Organization", "name": guest.organisation_name},
        }
    ]


@pytest.mark.django_db
def test_a_partner_stands_in_the_data_word_for_word(client, show, episode):
    Partnership.objects.create(show=show, organisation=OrganisationFactory(), wording=WORDING)

    of_show = blocks(client, show.get_absolute_url())["PodcastSeries"]
    of_episode = blocks(client, episode.get_absolute_url())["PodcastEpisode"]

    assert of_show["sponsor"][0]["description"] == WORDING
    assert of_episode["sponsor"][0]["description"] == WORDING


@pytest.mark.django_db
def test_a_show_names_its_feed(client, show):
    data = blocks(client, show.get_absolute_url())["PodcastSeries"]

    assert data["webFeed"] == "https://podcasts.example.org/feeds/steppe.xml"


@pytest.mark.django_db
def test_breadcrumbs_lead_from_the_front_page(client, episode):
    trail = blocks(client, episode.get_absolute_url())["BreadcrumbList"]["itemListElement"]

    assert [step["position"] for step in trail] == [1, 2, 3]
    assert [step["item"].removeprefix("https://podcasts.example.org") for step in trail] == [
        "/",
        episode.show.get_absolute_url(),
        episode.get_absolute_url(),
    ]


@pytest.mark.django_db
def test_a_person_is_known_by_every_spelling(client, episode, guest):
    data = blocks(client, f"/people/{guest.person.slug}/")["Person"]

    assert data["alternateName"] == ["Имя 1"]
    assert data["jobTitle"] == "Analyst"


@given(st.text())
def test_no_text_closes_a_data_block(text):
    block = json_ld({"name": text})

    inner = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")

    assert "<" not in inner
    assert json.loads(inner) == {"name": text}
