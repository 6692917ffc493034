"""From a show and its live episodes to a document. Reads, decides nothing about serving."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, prefetch_related_objects

from catalog.cadence import InvalidRule
from catalog.categories import split_category
from catalog.models import Cadence, Hosting, Partnership, Show, ShowLink
from catalog.models.base import DatedModel
from catalog.roles import GROUP_OF_ROLE
from episodes.models import Chapter, Episode, Transcript
from feeds.items import compose_item
from feeds.links import image_url, page_of_show, person_url
from feeds.rss import document as d
from feeds.texts import DESCRIPTION_BYTES, cut_text

GENERATOR = "Fortnight"
Dated = TypeVar("Dated", bound=DatedModel)


@dataclass(frozen=True, slots=True)
class Composition:
    """What a show's feed says at a moment, until when, and which live episodes it cannot say."""

    document: d.FeedDocument
    valid_until: datetime | None
    left_out: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class _Standing:
    """The dated rows of a show, all of them; `zone` says when its days begin."""

    hostings: Sequence[Hosting]
    partnerships: Sequence[Partnership]
    cadences: Sequence[Cadence]
    zone: tzinfo


def compose(show: Show, *, at: datetime) -> Composition:
    """Return the show's feed at `at`, in a number of queries that does not grow with its episodes.

    An episode that cannot be right in a feed is left out and named with the reason.
    """
    standing = _standing(show, at)
    today = show.day_at(at)
    items: list[d.Item] = []
    left_out: list[dict[str, str]] = []
    for episode in _live_episodes(show, at):
        try:
            items.append(_item(episode, standing))
        except d.IncompleteElement as error:
            left_out.append({"guid": episode.guid, "title": episode.title, "reason": str(error)})
    document = _channel(show, standing, today, tuple(items))
    return Composition(document, _valid_until(show, standing, at), left_out)


def _standing(show: Show, at: datetime) -> _Standing:
    prefetch_related_objects([show], "cadences")
    return _Standing(
        hostings=list(show.hostings.select_related("person__photo")),
        partnerships=list(show.partnerships.select_related("organisation")),
        cadences=list(show.cadences.all()),
        zone=show.zone_at(at),
    )


def _on(rows: Iterable[Dated], day: date) -> list[Dated]:
    return [
        row
        for row in rows
        if (row.starts_on is None or row.starts_on <= day)
        and (row.ends_on is None or row.ends_on >= day)
    ]


def _live_episodes(show: Show, at: datetime) -> Iterable[Episode]:
    episodes = (
        Episode.objects.live(at)
        .filter(show=show)
        .newest_first()
        .with_audio()
        .select_related("artwork")
        .with_people()
        .prefetch_related(
            "soundbites",
            Prefetch("chapters", Chapter.objects.select_related("image").order_by("start_ms")),
            Prefetch("transcripts", Transcript.objects.defer("vtt").order_by("language")),
        )
    )
    for episode in episodes:
        episode.show = show
    return episodes


def _item(episode: Episode, standing: _Standing) -> d.Item:
    assert episode.release_at is not None  # noqa: S101 - a live episode has been released
    day = episode.show.day_at(episode.release_at)
    return compose_item(episode, partnerships=_on(standing.partnerships, day))


def _channel(
    show: Show, standing: _Standing, today: date, items: tuple[d.Item, ...]
) -> d.FeedDocument:
    # Privacy: where the owner's address stays out of the feed, it stays out of podcast:locked too.
    email = show.owner_email if show.owner_in_feed else ""
    return d.FeedDocument(
        title=show.title,
        link=page_of_show(show),
        description=cut_text(show.description, DESCRIPTION_BYTES),
        language=show.language,
        copyright=show.copyright,
        generator=GENERATOR,
        published=items[0].published if items else None,
        image=image_url(show.artwork),
        url=show.feed_url,
        author=show.author,
        owner=d.Owner(email, show.owner_name) if email else None,
        categories=tuple(d.Category(*split_category(value)) for value in show.categories),
        explicit=show.explicit,
        type=show.type,
        block=show.blocked,
        complete=show.complete,
        guid=str(show.guid),
        medium=show.medium,
        # Without an owner's address readers ignore the tag, so it is not written.
        locked=d.Locked(show.locked, email) if email else None,
        funding=tuple(
            d.Funding(link.url, link.label)
            for link in show.links.filter(kind=ShowLink.Kind.FUNDING)
        ),
        persons=tuple(_host(hosting) for hosting in _on(standing.hostings, today)),
        license=d.License(show.license.lower(), show.license_url) if show.license else None,
        trailers=tuple(_trailers(items)),
        update_frequency=_frequency(show, _on(standing.cadences, today)),
        items=items,
    )


def _host(hosting: Hosting) -> d.Person:
    person = hosting.person
    group = GROUP_OF_ROLE[hosting.role]
    return d.Person(
        name=person.name,
        role=hosting.role.lower(),
        group=group.lower(),
        img=image_url(person.photo),
        href=person_url(person),
    )


def _trailers(items: Iterable[d.Item]) -> Iterable[d.Trailer]:
    """Say each trailer of the show or of a season at the channel too, where apps look first."""
    for item in items:
        if item.episode_type == Episode.Type.TRAILER and not item.episode and item.enclosure:
            sound = item.enclosure
            yield d.Trailer(
                item.title, sound.url, item.published, sound.length, sound.type, item.season
            )


def _frequency(show: Show, cadences: Sequence[Cadence]) -> d.UpdateFrequency | None:
    """Return the rhythm in force. Its start carries the zone's offset, so wall time can be read."""
    if not cadences:
        return None
    rule = cadences[0].rule
    try:
        label = rule.describe_frequency(show.language)
    except InvalidRule:
        return None
    start = rule.start.replace(tzinfo=ZoneInfo(rule.time_zone))
    return d.UpdateFrequency(label, rule.rrule, start, complete=show.complete)


def _valid_until(show: Show, standing: _Standing, at: datetime) -> datetime | None:
    """Return when the clock alone will change the feed: a release, or a day that begins or ends."""
    release = (
        Episode.objects.scheduled(at)
        .filter(show=show)
        .order_by("release_at")
        .values_list("release_at", flat=True)
        .first()
    )
    rows: list[DatedModel] = [*standing.hostings, *standing.partnerships, *standing.cadences]
    days = [row.starts_on for row in rows if row.starts_on]
    days += [row.ends_on + timedelta(days=1) for row in rows if row.ends_on]
    midnights = [datetime.combine(day, time.min, standing.zone).astimezone(UTC) for day in days]
    return min((moment for moment in (release, *midnights) if moment and moment > at), default=None)
