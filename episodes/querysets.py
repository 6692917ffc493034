"""The vocabulary of episodes: views and feeds read like sentences."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

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


def _people() -> Any:
    rows = apps.get_model("episodes", "Credit").objects.select_related(
        "person", "person__photo", "organisation"
    )
    return Prefetch("credits", queryset=rows.in_order())


def label_lookups() -> list[Any]:
    """Name the rows around an episode that the tags of its audio tell of."""
    chapters = apps.get_model("episodes", "Chapter").objects.select_related("image")
    return [
        _people(),
        Prefetch("chapters", queryset=chapters.order_by("start_ms")),
        "show__partnerships",
        "show__cadences",
    ]


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
        return self.prefetch_related(_people())

    def with_labels(self) -> Self:
        """Fetch all that the tags of the audio tell, in a fixed number of queries."""
        rows = self.select_related("show__artwork", "artwork", "slot", "audio__source")
        return rows.prefetch_related(*label_lookups())

    def not_out(self, at: datetime) -> Self:
        """Return what the world has not got: drafts, approved and scheduled episodes."""
        return self.filter(
            Q(status__in=["draft", "in_review", "approved"])
            | Q(status="released", release_at__gt=at)
        )

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
