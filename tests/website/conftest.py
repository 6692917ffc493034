"""A show with everything on it, and the clock of the tests."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from catalog.models import PersonName, Show, Topic
from episodes.models import Chapter, Correction, Credit, Episode, Transcript
from tests.factories import (
    NOW,
    AffiliationFactory,
    CadenceFactory,
    CreditFactory,
    HostingFactory,
    LiveEpisodeFactory,
    OrganisationFactory,
    PersonFactory,
    ShowFactory,
    SlotFactory,
    TopicFactory,
)

VTT = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Anna>The reservoir is low this winter.

00:01:15.500 --> 00:01:20.000
<v Boris>Nobody had counted the lanterns before.
"""


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(client, settings):
    settings.BASE_URL = "https://podcasts.example.org"
    return client


def make_rich(show: Show, number: int, *, released: datetime | None = None) -> Episode:
    """A live episode with one of everything, on people and topics of its own."""
    episode = LiveEpisodeFactory(
        show=show,
        number=number,
        title=f"Story {number}",
        slug=f"story-{number}",
        release_at=released or datetime(2026, 11, 8, 7, 0, tzinfo=UTC) - timedelta(days=number),
    )
    organisation = OrganisationFactory()
    person = PersonFactory()
    AffiliationFactory(person=person, organisation=organisation)
    PersonName.objects.create(person=person, name=f"Имя {number}", script="Cyrl")
    CreditFactory(
        episode=episode,
        person=person,
        organisation=organisation,
        organisation_name=organisation.name,
        title="Analyst",
        frozen_at=NOW,
    )
    Chapter.objects.create(episode=episode, start_ms=0, title="Opening")
    Chapter.objects.create(
        episode=episode, start_ms=21_845, title="The river", url="https://a.example/"
    )
    Transcript.objects.create(episode=episode, language=show.language, vtt=VTT)
    Correction.objects.create(episode=episode, corrected_at=NOW, text="It was *Tuesday*.")
    taken = Topic.objects.countries().count()
    code = f"{chr(65 + taken // 26)}{chr(65 + taken % 26)}"
    episode.topics.add(TopicFactory(), TopicFactory(kind=Topic.Kind.COUNTRY, country_code=code))
    return episode


@pytest.fixture
def show(db: None) -> Show:
    """Fortnightly from Almaty, with hosts; the next slot is Sunday 29 November, 12:00."""
    show = ShowFactory(title="Steppe Weekly", slug="steppe", tagline="Two weeks, told")
    CadenceFactory(show=show, starts_on=date(2025, 10, 5))
    SlotFactory(show=show)
    HostingFactory(show=show)
    return show


@pytest.fixture
def episode(show: Show) -> Episode:
    return make_rich(show, 1)


@pytest.fixture
def guest(episode: Episode) -> Credit:
    return episode.credits.get()
