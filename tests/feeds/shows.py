"""A show with something of everything that a feed can say, and shorthands for building."""

from datetime import UTC, date, datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from catalog.models import Image, Partnership, ShowLink
from episodes.models import Chapter, Soundbite, Transcript
from feeds.building import feed_of, refresh
from feeds.models import FeedVersion
from feeds.rss import FeedDocument, read
from tests.factories import (
    NOW,
    CadenceFactory,
    CreditFactory,
    HostingFactory,
    LiveEpisodeFactory,
    OrganisationFactory,
    PersonFactory,
    ShowFactory,
)

RELEASE = datetime(2025, 11, 2, 7, 0, tzinfo=UTC)
"""A past that the database's own clock agrees with."""


def make_image(name: str = "cover.jpg", width: int = 3000) -> Image:
    return Image.objects.create(
        sha256=name.ljust(64, "0"),
        file=f"images/{name}",
        width=width,
        height=width,
        mime_type="image/jpeg",
        size=1,
    )


def make_full_show(**fields):
    """Return a fortnightly show with two hosts, a partner, artwork, funding and a licence."""
    show = ShowFactory.create(
        title="Spotlight on Central Asia",
        slug="spotlight",
        copyright="The Times of Central Asia",
        license="CC-BY-4.0",
        license_url="https://creativecommons.org/licenses/by/4.0/",
        owner_name="The desk",
        artwork=make_image(),
        notes_footer="Write to [us](mailto:desk@example.org).",
        **fields,
    )
    CadenceFactory.create(show=show)
    for order, name in enumerate(["Bruce Pannier", "Michael Hillard"]):
        HostingFactory.create(show=show, person=PersonFactory.create(name=name), order=order)
    Partnership.objects.create(
        show=show,
        organisation=OrganisationFactory.create(name="Oxus Society", url="https://oxus.example"),
        wording="In partnership with the Oxus Society for Central Asian Affairs",
        starts_on=date(2025, 1, 1),
    )
    ShowLink.objects.create(
        show=show, kind="funding", label="Support us", url="https://give.example"
    )
    return show


def make_full_episode(show, **fields):
    """Return a live episode with its hosts and a guest, chapters, a transcript and a highlight."""
    fields = {"title": "Turkmenistan & its “neutrality”", "release_at": RELEASE} | fields
    episode = LiveEpisodeFactory.create(show=show, **fields)
    for hosting in show.hostings.all():
        CreditFactory.create(
            episode=episode, person=hosting.person, role="Host", order=hosting.order
        )
    guest = PersonFactory.create(name="Дарьяна Грязнова")
    CreditFactory.create(episode=episode, person=guest, role="Guest", order=9)
    Chapter.objects.create(episode=episode, start_ms=0, title="Opening")
    Chapter.objects.create(
        episode=episode, start_ms=30_250, title="Summit", url="https://a.example"
    )
    Chapter.objects.create(episode=episode, start_ms=40_000, title="Jingle", hidden=True)
    Soundbite.objects.create(episode=episode, start_ms=1_500, duration_ms=20_000, title="Why")
    Transcript.objects.create(
        episode=episode, language="en", vtt="WEBVTT\n\n00:00.000 --> 00:01.000\nHi"
    )
    return episode


def build(show, *, at=NOW) -> FeedVersion:
    feed = feed_of(show)
    refresh(feed.pk, at=at)
    feed.refresh_from_db()
    assert feed.last_error == ""
    return feed.current


def document(show, *, at=NOW) -> FeedDocument:
    return read(bytes(build(show, at=at).body))


def store_audio(audio, data: bytes) -> None:
    """Put real bytes where the row says that they are."""
    default_storage.save(audio.path, ContentFile(data))


def headers_of(response) -> dict[str, str]:
    """Return what two answers that are alike have in common: all but the id of the request."""
    return {name: value for name, value in response.items() if name != "X-Request-ID"}
