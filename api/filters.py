"""What lists can be asked for. An allow-list: no name from a request ever becomes a query keyword.

Objects named by a filter are found first and their key is compared, so that the database walks
the index of the list instead of joining and sorting. What does not exist, or is not public, gives
an empty list: both look the same.
"""

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.models import Hosting, Person, Show, Topic
from episodes.models import Credit, Episode
from episodes.querysets import EpisodeQuerySet

MAX_QUERY = 200


class WholeNumberFilter(django_filters.Filter):
    field_class = forms.IntegerField


def _whole_number(help_text: str) -> WholeNumberFilter:
    return WholeNumberFilter(min_value=0, max_value=2_147_483_647, help_text=help_text)


class EpisodeFilter(django_filters.FilterSet):
    show = django_filters.UUIDFilter(method="of_show", help_text="A show's id.")
    person = django_filters.UUIDFilter(
        method="with_person", help_text="A person's id: the episodes that credit them."
    )
    topic = django_filters.CharFilter(method="on_topic", help_text="A topic's slug.")
    country = django_filters.CharFilter(
        method="on_country", min_length=2, max_length=2, help_text="ISO 3166-1 alpha-2, as KZ."
    )
    type = django_filters.ChoiceFilter(choices=Episode.Type.choices)
    season = _whole_number("The season's number.")
    number = _whole_number("The episode's number.")
    published_after = django_filters.IsoDateTimeFilter(
        field_name="release_at",
        lookup_expr="gt",
        help_text="RFC 3339, as 2026-01-31T12:00:00Z; without an offset it is UTC.",
    )
    published_before = django_filters.IsoDateTimeFilter(
        field_name="release_at", lookup_expr="lt", help_text="RFC 3339, as above."
    )
    q = django_filters.CharFilter(
        method="containing",
        max_length=MAX_QUERY,
        help_text="Words that title, summary, notes or credited names contain, all of them.",
    )

    class Meta:
        model = Episode
        fields: list[str] = []

    def of_show(self, rows: QuerySet[Episode], _name: str, uid: UUID) -> QuerySet[Episode]:
        show = _key(Show.objects.public().filter(uid=uid))
        return rows.none() if show is None else rows.filter(show_id=show)

    def with_person(self, rows: QuerySet[Episode], _name: str, uid: UUID) -> QuerySet[Episode]:
        person = _key(Person.objects.filter(uid=uid))
        if person is None:
            return rows.none()
        return rows.filter(pk__in=Credit.objects.filter(person_id=person).values("episode_id"))

    def on_topic(self, rows: QuerySet[Episode], _name: str, slug: str) -> QuerySet[Episode]:
        topic = _key(Topic.objects.filter(slug=slug))
        return rows.none() if topic is None else rows.filter(topics=topic)

    def on_country(self, rows: QuerySet[Episode], _name: str, code: str) -> QuerySet[Episode]:
        topic = _key(Topic.objects.countries().filter(country_code=code.upper()))
        if topic is None:
            return rows.none()
        # A subquery, so that a topic and a country together mean both.
        about = Episode.topics.through.objects.filter(topic_id=topic).values("episode_id")
        return rows.filter(pk__in=about)

    def containing(self, rows: EpisodeQuerySet, _name: str, text: str) -> EpisodeQuerySet:
        return rows.containing(text)


class ShowFilter(django_filters.FilterSet):
    language = django_filters.CharFilter(
        lookup_expr="iexact", max_length=16, help_text="BCP 47, as the show gives it."
    )
    type = django_filters.ChoiceFilter(choices=Show.Type.choices)
    q = django_filters.CharFilter(
        method="containing", max_length=MAX_QUERY, help_text="A part of the title."
    )

    class Meta:
        model = Show
        fields: list[str] = []

    def containing(self, rows: QuerySet[Show], _name: str, text: str) -> QuerySet[Show]:
        return rows.filter(title__icontains=text)


class PersonFilter(django_filters.FilterSet):
    show = django_filters.UUIDFilter(
        method="of_show", help_text="A show's id: its hosts and everyone credited on it."
    )
    q = django_filters.CharFilter(
        method="named", max_length=MAX_QUERY, help_text="A part of the name, in any script."
    )

    class Meta:
        model = Person
        fields: list[str] = []

    def of_show(self, rows: QuerySet[Person], _name: str, uid: UUID) -> QuerySet[Person]:
        show = _key(Show.objects.public().filter(uid=uid))
        if show is None:
            return rows.none()
        at = timezone.now()
        live = Episode.objects.live(at).filter(show_id=show).values("pk")
        credited = Credit.objects.filter(episode__in=live).values("person_id")
        hosting = Hosting.objects.filter(
            Q(starts_on=None) | Q(starts_on__lte=at.date()), show_id=show
        ).values("person_id")
        return rows.filter(Q(pk__in=credited) | Q(pk__in=hosting))

    def named(self, rows: QuerySet[Person], _name: str, text: str) -> QuerySet[Person]:
        return rows.filter(pk__in=Person.objects.named(text).values("pk"))


def _key(rows: QuerySet[Any]) -> int | None:
    return rows.values_list("pk", flat=True).first()
