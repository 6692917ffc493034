"""What the pages list, read from the one rule of visibility, `Episode.objects.live(at)`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from catalog.models import Affiliation, Organisation, Partnership, Person, Show, Topic
from episodes.models import Credit, Episode
from episodes.querysets import EpisodeQuerySet
from episodes.visibility import public_people


def live_episodes(at: datetime) -> EpisodeQuerySet:
    """Return live episodes, newest first, with all that a row of a list shows."""
    return (
        Episode.objects.live(at)
        .select_related("show", "show__artwork", "artwork", "audio")
        .prefetch_related("show__cadences")
        .with_people()
        .newest_first()
    )


def public_shows() -> QuerySet[Show]:
    return Show.objects.public().select_related("artwork").prefetch_related("cadences")


def latest_of_each(shows: Iterable[Show], at: datetime) -> dict[int, Episode]:
    """Return the newest live episode of each show by the show's key."""
    newest = (
        Episode.objects.live(at)
        .filter(show__in=shows)
        .order_by("show_id", "-release_at", "-pk")
        .distinct("show_id")
    )
    rows = live_episodes(at).filter(pk__in=newest.values("pk"))
    return {episode.show_id: episode for episode in rows}


def topics_heard(at: datetime, *, show: Show | None = None) -> QuerySet[Topic]:
    """Return topics with the number of live episodes as `heard`, the most treated first."""
    live = Episode.objects.live(at).values("pk")
    return (
        Topic.objects.annotate(
            heard=Count(
                "episodes",
                filter=Q(episodes__in=live) & (Q(episodes__show=show) if show else Q()),
                distinct=True,
            )
        )
        .filter(heard__gt=0)
        .order_by("-heard", "name")
    )


def people_heard(at: datetime) -> QuerySet[Person]:
    """Return credited people with their live episodes as `heard`, those heard last first."""
    live = Episode.objects.live(at).values("pk")
    return (
        Person.objects.select_related("photo")
        .filter(credits__episode__in=live)
        .annotate(
            heard=Count("credits__episode", distinct=True), last=Max("credits__episode__release_at")
        )
        .order_by("-last", "sort_name")
    )


def with_affiliation(people: QuerySet[Person], at: datetime) -> QuerySet[Person]:
    """Annotate what each person does on the day of `at`: `does_title`, `does_at`."""
    current = (
        Affiliation.objects.on(at.date()).filter(person=OuterRef("pk")).order_by("-starts_on", "pk")
    )
    return people.annotate(
        does_title=Subquery(current.values("title")[:1]),
        does_at=Subquery(current.values("organisation__name")[:1]),
    )


@dataclass(frozen=True, slots=True)
class Appearance:
    """An episode in a person's or an organisation's list, with the credits that put it there."""

    episode: Episode
    credits: tuple[Credit, ...]


def appearances(episodes: Iterable[Episode], *, person: Person) -> list[Appearance]:
    """Pair prefetched episodes with the person's own credits on them."""
    return [
        Appearance(
            episode,
            tuple(credit for credit in episode.credits.all() if credit.person_id == person.pk),
        )
        for episode in episodes
    ]


def people_at(organisation: Organisation, at: datetime) -> QuerySet[Person]:
    """Return who may be named as working there: public, and affiliated on the day of `at`."""
    now = Affiliation.objects.on(at.date()).filter(organisation=organisation)
    return (
        public_people(at)
        .filter(affiliations__in=now)
        .select_related("photo")
        .distinct()
        .order_by("sort_name", "name")
    )


def public_organisations(at: datetime) -> QuerySet[Organisation]:
    """Return organisations named on something live, or partner of a public show by now."""
    live = Episode.objects.live(at).values("pk")
    credited = Credit.objects.filter(organisation=OuterRef("pk"), episode__in=live)
    return Organisation.objects.filter(
        Exists(credited) | Exists(begun_partnerships(at).filter(organisation=OuterRef("pk")))
    )


def begun_partnerships(at: datetime) -> QuerySet[Partnership]:
    """Return partnerships of public shows, those of the past included: old episodes name them."""
    begun = Q(starts_on=None) | Q(starts_on__lte=at.date())
    return Partnership.objects.filter(begun, show__is_public=True)
