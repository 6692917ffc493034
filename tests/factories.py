"""Small real objects. Each factory makes the least that is valid; a test names what it is about."""

from datetime import UTC, date, datetime, time

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from catalog.models import (
    Affiliation,
    Cadence,
    Hosting,
    Membership,
    Organisation,
    Person,
    Show,
    Topic,
)
from episodes.models import AudioFile, Credit, Episode, Slot

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""A Sunday. Tests pass it as `now`, so that no test depends on the day it runs."""


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"editor{n}@example.org")
    name = factory.Sequence(lambda n: f"Editor {n}")
    is_staff = True


class ShowFactory(DjangoModelFactory):
    class Meta:
        model = Show

    title = factory.Sequence(lambda n: f"Show {n}")
    slug = factory.Sequence(lambda n: f"show-{n}")
    description = "Stories from a region, every two weeks."
    author = "The Newsroom"
    owner_email = "podcasts@example.org"
    categories = ["News › Politics"]


class CadenceFactory(DjangoModelFactory):
    class Meta:
        model = Cadence

    show = factory.SubFactory(ShowFactory)
    rrule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU"
    starts_on = date(2025, 10, 19)
    release_time = time(12, 0)
    time_zone = "Asia/Almaty"


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Person {n}")
    slug = factory.Sequence(lambda n: f"person-{n}")


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")
    slug = factory.Sequence(lambda n: f"organisation-{n}")


class AffiliationFactory(DjangoModelFactory):
    class Meta:
        model = Affiliation

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    title = "Analyst"


class HostingFactory(DjangoModelFactory):
    class Meta:
        model = Hosting

    show = factory.SubFactory(ShowFactory)
    person = factory.SubFactory(PersonFactory)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    show = factory.SubFactory(ShowFactory)
    role = Membership.Role.EDITOR


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic

    name = factory.Sequence(lambda n: f"Topic {n}")
    slug = factory.Sequence(lambda n: f"topic-{n}")


class SlotFactory(DjangoModelFactory):
    class Meta:
        model = Slot

    show = factory.SubFactory(ShowFactory)
    due_at = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)
    time_zone = "Asia/Almaty"


class EpisodeFactory(DjangoModelFactory):
    """A draft with everything that a release needs but audio."""

    class Meta:
        model = Episode

    show = factory.SubFactory(ShowFactory)
    title = factory.Sequence(lambda n: f"Episode {n}")
    slug = factory.Sequence(lambda n: f"episode-{n}")
    number = factory.Sequence(lambda n: n + 1)
    summary = "What happened and why it matters."
    notes = "## Stories\n\nWhat happened and why it **matters**."


class AudioFileFactory(DjangoModelFactory):
    """The row alone: tests that read bytes put a real file at `path` or use intake."""

    class Meta:
        model = AudioFile

    episode = factory.SubFactory(EpisodeFactory)
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    path = factory.LazyAttribute(lambda row: f"audio/{row.sha256[:2]}/{row.sha256}.mp3")
    size = 480_000
    mime_type = "audio/mpeg"
    extension = "mp3"
    container = "MP3"
    codec = "MP3"
    duration_ms = 60_000
    bit_rate = 64_000
    bit_rate_mode = "cbr"
    channels = 1
    sample_rate = 44_100


class LiveEpisodeFactory(EpisodeFactory):
    """An episode that is released and due at NOW, with an audio row."""

    status = Episode.Status.RELEASED
    release_at = datetime(2026, 11, 8, 7, 0, tzinfo=UTC)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        status = kwargs.pop("status")
        release_at = kwargs.pop("release_at")
        episode = super()._create(model_class, *args, **kwargs)
        episode.audio = AudioFileFactory.create(episode=episode)
        episode.status, episode.release_at = status, release_at
        episode.save()
        return episode


class CreditFactory(DjangoModelFactory):
    class Meta:
        model = Credit

    episode = factory.SubFactory(EpisodeFactory)
    person = factory.SubFactory(PersonFactory)
    role = "Guest"
