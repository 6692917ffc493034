"""The vocabulary of episodes: views and feeds read like sentences."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Prefetch, Q

from catalog.models import Person

if TYPE_CHECKING:
    from accounts.models import User
    from episodes.models import Credit, Episode, Slot  # noqa: F401 - named in annotations


class CreditQuerySet(models.QuerySet["Credit"]):
    def in_order(self) -> Self:
        return self.order_by("order", "pk")


class EpisodeQuerySet(models.QuerySet["Episode"]):
    def live(self, at: datetime) -> Self:
        """Return what the world may see at `at`: released, due, on a public show.

        A predicate and not a state: nobody has to be awake at the minute of release.
        """
        return self.filter(status="released", release_at__lte=at, show__is_public=True)

    def containing(self, text: str) -> Self:
        """Return the episodes with each word of `text` in title, summary, notes or a credited name.

        A credit counts under its frozen name and under any name of its person, in any script.
        """
        rows = self
        for word in text.split():
            people = Person.objects.named(word).values("pk")
            named = apps.get_model("episodes", "Credit").objects.filter(
                Q(name__icontains=word) | Q(person__in=people)
            )
            rows = rows.filter(
                Q(title__icontains=word)
                | Q(summary__icontains=word)
                | Q(notes__icontains=word)
                | Q(pk__in=named.values("episode_id"))
            )
        return rows

    def scheduled(self, at: datetime) -> Self:
        return self.filter(status="released", release_at__gt=at)

    def visible_to(self, user: "User") -> Self:
        """Return the episodes of the shows that `user` works on."""
        if user.is_superuser:
            return self
        return self.filter(show__memberships__user=user)

    def with_audio(self) -> Self:
        return self.select_related("audio")

    def with_people(self) -> Self:
        """Fetch credits with person and organisation, in order, in one more query."""
        rows = apps.get_model("episodes", "Credit").objects.select_related(
            "person", "person__photo", "organisation"
        )
        return self.prefetch_related(Prefetch("credits", queryset=rows.in_order()))

    def newest_first(self) -> Self:
        return self.order_by("-release_at", "-pk")


class SlotQuerySet(models.QuerySet["Slot"]):
    def upcoming(self, at: datetime) -> Self:
        return self.filter(due_at__gt=at).order_by("due_at")

    def unfilled(self) -> Self:
        return self.filter(episode=None, skipped_reason="")

    def missed(self, at: datetime) -> Self:
        """Return past slots that nobody skipped and that have no live episode."""
        return self.filter(due_at__lte=at, skipped_reason="").exclude(
            Q(episode__status="released", episode__release_at__lte=at)
        )
