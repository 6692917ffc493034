"""JSON-LD in the vocabulary of schema.org: shows, episodes, people, organisations, breadcrumbs.

Everything here is visible on the page that carries it. Objects without a value leave the key out.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from catalog.models import Image, Organisation, Partnership, Person, Show
from episodes.models import AudioFile, Credit, Episode
from feeds.links import absolute, audio_url, episode_url, person_url, show_url
from website.meta import card_of

Data = dict[str, Any]
CONTEXT = "https://schema.org"


def podcast_series(
    show: Show, *, people: Iterable[Person] = (), partnerships: Iterable[Partnership] = ()
) -> Data:
    return _full(
        "PodcastSeries",
        url=show_url(show),
        name=show.title,
        description=show.description,
        inLanguage=show.language,
        webFeed=show.feed_url,
        image=_picture(show.artwork),
        author={"@type": "Organization", "name": show.author},
        actor=[_plain_person(person) for person in people],
        license=show.license_url,
        sponsor=[_partner(partnership) for partnership in partnerships],
    )


def podcast_episode(
    episode: Episode, *, audio: AudioFile | None, partnerships: Iterable[Partnership] = ()
) -> Data:
    show = episode.show
    return _full(
        "PodcastEpisode",
        url=episode_url(episode),
        name=episode.title,
        description=episode.summary,
        inLanguage=show.language,
        episodeNumber=episode.number,
        datePublished=_moment(episode.release_at),
        isFamilyFriendly=not episode.is_explicit,
        image=_picture(episode.artwork or show.artwork),
        timeRequired=_duration(audio) if audio else None,
        associatedMedia=_audio_object(episode, audio) if audio else None,
        partOfSeries={"@type": "PodcastSeries", "name": show.title, "url": show_url(show)},
        actor=[_credited(credit) for credit in episode.credits.all()],
        sponsor=[_partner(partnership) for partnership in partnerships],
    )


def person(row: Person, *, title: str, organisation: str, names: Iterable[str]) -> Data:
    return _full(
        "Person",
        url=person_url(row),
        name=row.name,
        alternateName=list(names),
        jobTitle=title,
        worksFor={"@type": "Organization", "name": organisation} if organisation else None,
        sameAs=[link.url for link in row.links.all()],
        image=_picture(row.photo),
    )


def organisation(row: Organisation) -> Data:
    return _full(
        "Organization",
        url=absolute(reverse("website:organisation", args=[row.slug])),
        name=row.name,
        sameAs=[row.url] if row.url else None,
    )


def breadcrumbs(*steps: tuple[str, str]) -> Data:
    """Build the trail from (name, path) pairs, the home page first."""
    return _full(
        "BreadcrumbList",
        itemListElement=[
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(steps, start=1)
        ],
    )


def _full(kind: str, **properties: Any) -> Data:
    return {"@context": CONTEXT, "@type": kind} | _with_values(properties)


def _with_values(properties: Data) -> Data:
    return {key: value for key, value in properties.items() if value not in (None, "", [], {})}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _duration(audio: AudioFile) -> str:
    """Return ISO 8601 in whole seconds."""
    return f"PT{max(1, round(audio.duration_ms / 1000))}S"


def _audio_object(episode: Episode, audio: AudioFile) -> Data:
    return {
        "@type": "AudioObject",
        "contentUrl": audio_url(episode, audio),
        "encodingFormat": audio.mime_type,
        "contentSize": str(audio.size),
        "duration": _duration(audio),
    }


def _picture(image: Image | None) -> str | None:
    card = card_of(image)
    return card.url if card else None


def _plain_person(row: Person) -> Data:
    return {"@type": "Person", "name": row.name, "url": person_url(row)}


def _credited(credit: Credit) -> Data:
    """Say what the person did at the time of the episode, not what they do today."""
    employer = credit.credited_organisation
    return {
        "@type": "Person",
        "name": credit.credited_name,
        "url": person_url(credit.person),
    } | _with_values(
        {
            "jobTitle": credit.title,
            "affiliation": {"@type": "Organization", "name": employer} if employer else None,
        }
    )


def _partner(partnership: Partnership) -> Data:
    return {
        "@type": "Organization",
        "name": partnership.organisation.name,
        "description": partnership.wording,
    } | _with_values({"url": partnership.url or partnership.organisation.url})
