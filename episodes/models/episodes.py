"""An episode and the log of its status."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from catalog.models import Image, Show, Topic
from catalog.models.base import PublicModel
from episodes.models.slots import Slot
from episodes.querysets import EpisodeQuerySet


def new_guid() -> str:
    return str(uuid.uuid4())


class Episode(PublicModel):
    """One episode. `status` is changed by `episodes.publishing` and nothing else."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        RELEASED = "released", _("Released")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Type(models.TextChoices):
        FULL = "full", _("Full")
        TRAILER = "trailer", _("Trailer")
        BONUS = "bonus", _("Bonus")

    show = models.ForeignKey(
        Show, on_delete=models.PROTECT, related_name="episodes", verbose_name=_("show")
    )
    guid = models.CharField(
        "GUID",
        max_length=500,
        default=new_guid,
        editable=False,
        help_text=_("Written once; the database refuses a change."),
    )
    title = models.CharField(_("title"), max_length=255)
    slug = models.SlugField(
        _("slug"), max_length=150, help_text=_("Part of the address; frozen at release.")
    )
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    season = models.PositiveIntegerField(_("season"), null=True, blank=True)
    type = models.CharField(_("type"), max_length=8, choices=Type, default=Type.FULL)
    summary = models.CharField(
        _("summary"), max_length=400, blank=True, help_text=_("One or two sentences for lists.")
    )
    notes = models.TextField(_("notes"), blank=True, help_text=_("Markdown."))
    production_notes = models.TextField(
        _("production notes"), blank=True, help_text=_("For the team; never published.")
    )
    explicit = models.BooleanField(
        _("explicit"), null=True, blank=True, help_text=_("Unknown takes the show's answer.")
    )
    recorded_on = models.DateField(_("recorded on"), null=True, blank=True)
    artwork = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("artwork"),
    )
    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.DRAFT, editable=False
    )
    release_at = models.DateTimeField(
        _("release"), null=True, blank=True, editable=False, help_text=_("UTC.")
    )
    slot = models.OneToOneField(
        Slot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="episode",
        verbose_name=_("slot"),
    )
    audio = models.ForeignKey(
        "episodes.AudioFile",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("audio"),
    )
    topics = models.ManyToManyField(
        Topic, blank=True, related_name="episodes", verbose_name=_("topics")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    """Counts the saves of editors, so that the second of two at once is told."""

    history = HistoricalRecords(excluded_fields=["updated_at"])
    objects = EpisodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("episode")
        verbose_name_plural = _("episodes")
        ordering = ["-release_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "guid"],
                name="episodes_episode_guid_unique",
                violation_error_message=_("Another episode of the show has this GUID."),
            ),
            models.UniqueConstraint(
                fields=["show", "slug"],
                name="episodes_episode_slug_unique",
                violation_error_message=_("Another episode of the show has this slug."),
            ),
            models.UniqueConstraint(
                fields=["show", "season", "number"],
                condition=Q(type="full", number__isnull=False),
                nulls_distinct=False,
                name="episodes_episode_number_unique",
                violation_error_message=_("Another episode of the show has this number."),
            ),
            models.CheckConstraint(
                condition=(Q(number=None) | Q(number__gte=1)) & (Q(season=None) | Q(season__gte=1)),
                name="episodes_episode_numbers_from_one",
                violation_error_message=_("Numbers of episodes and seasons start at 1."),
            ),
            models.CheckConstraint(
                condition=~Q(status="released") | Q(release_at__isnull=False, audio__isnull=False),
                name="episodes_episode_released_is_whole",
                violation_error_message=_("A released episode needs its release time and audio."),
            ),
        ]
        indexes = [
            # EpisodeQuerySet.live: the newest of a show, and the newest of all.
            models.Index(
                fields=["show", "-release_at"],
                condition=Q(status="released"),
                name="episodes_episode_live_show",
            ),
            models.Index(
                fields=["-release_at"],
                condition=Q(status="released"),
                name="episodes_episode_live",
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled episode"))

    def get_absolute_url(self) -> str:
        return reverse("website:episode", args=[self.show.slug, self.slug])

    @property
    def is_explicit(self) -> bool:
        return self.show.explicit if self.explicit is None else self.explicit

    def is_live(self, at: datetime) -> bool:
        return self.is_due(at) and self.show.is_public

    def is_due(self, at: datetime) -> bool:
        return (
            self.status == self.Status.RELEASED
            and self.release_at is not None
            and self.release_at <= at
        )

    def status_label(self, at: datetime) -> str:
        """Name the status as people say it: a release to come is "Scheduled", a past one "Live"."""
        if self.status != self.Status.RELEASED:
            return str(self.Status(self.status).label)
        return str(_("Live") if self.is_due(at) else _("Scheduled"))


class Transition(models.Model):
    """One change of an episode's status: who, when, why. Never edited."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="transitions")
    from_status = models.CharField(max_length=16, choices=Episode.Status)
    to_status = models.CharField(max_length=16, choices=Episode.Status)
    release_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A transition is a record of the past and cannot be changed.")
        super().save(*args, **kwargs)
