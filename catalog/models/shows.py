"""Shows, with the people and partners who stand behind every episode."""

import uuid
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.categories import CATEGORY_CHOICES
from catalog.models.base import DatedModel, PublicModel
from catalog.models.constraints import dates_in_order
from catalog.models.images import Image
from catalog.models.organisations import Organisation
from catalog.models.people import Person
from catalog.models.querysets import DatedQuerySet
from catalog.roles import DEFAULT_ROLE, ROLE_CHOICES

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.models.rhythm import Cadence

PODCAST_GUID_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The UUIDv5 namespace that the Podcasting 2.0 specification gives for podcast:guid."""


def podcast_guid(feed_url: str) -> uuid.UUID:
    """Return the podcast:guid of a feed: UUIDv5 of its URL without scheme and trailing slashes."""
    return uuid.uuid5(PODCAST_GUID_NAMESPACE, feed_url.split("://", 1)[-1].rstrip("/"))


class ShowQuerySet(models.QuerySet["Show"]):
    def public(self) -> Self:
        """Return the shows that the site, the API and the feeds may name."""
        return self.filter(is_public=True)

    def visible_to(self, user: "User") -> Self:
        """Return the shows that `user` works on; a superuser works on all."""
        if user.is_superuser:
            return self
        return self.filter(memberships__user=user)


class Show(PublicModel):
    """A podcast. Field names follow the RSS, itunes and podcast namespaces."""

    class Type(models.TextChoices):
        EPISODIC = "episodic", _("Episodic")
        SERIAL = "serial", _("Serial")

    class Medium(models.TextChoices):
        PODCAST = "podcast", _("Podcast")
        MUSIC = "music", _("Music")
        VIDEO = "video", _("Video")
        AUDIOBOOK = "audiobook", _("Audiobook")
        COURSE = "course", _("Course")

    guid = models.UUIDField(
        _("podcast GUID"),
        unique=True,
        editable=False,
        help_text=_("Computed once from the first feed address; never changes."),
    )
    title = models.CharField(_("title"), max_length=255)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    description = models.TextField(
        _("description"), max_length=4000, help_text=_("Plain text, at most 4000 bytes.")
    )
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    language = models.CharField(
        _("language"), max_length=16, default="en", help_text=_("BCP 47, such as en or ru.")
    )
    author = models.CharField(_("author"), max_length=255, help_text=_("As the apps show it."))
    owner_name = models.CharField(_("owner"), max_length=255, blank=True)
    owner_email = models.EmailField(
        _("owner's e-mail"),
        blank=True,
        help_text=_(
            "A role address: directories send a code to it to prove that the show is yours."
        ),
    )
    owner_in_feed = models.BooleanField(_("owner's e-mail in the feed"), default=True)
    artwork = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("artwork"),
    )
    categories = ArrayField(
        models.CharField(max_length=64, choices=CATEGORY_CHOICES),
        verbose_name=_("categories"),
        size=3,
        help_text=_("Apple uses the first."),
        error_messages={
            "blank": _("Choose at least one category: Apple refuses a feed without."),
        },
    )
    type = models.CharField(_("type"), max_length=8, choices=Type, default=Type.EPISODIC)
    medium = models.CharField(_("medium"), max_length=16, choices=Medium, default=Medium.PODCAST)
    explicit = models.BooleanField(_("explicit"), default=False)
    complete = models.BooleanField(
        _("complete"), default=False, help_text=_("No new episode will ever come.")
    )
    blocked = models.BooleanField(_("hidden from directories"), default=False)
    locked = models.BooleanField(
        _("locked"), default=True, help_text=_("Other hosts may not import this feed.")
    )
    is_public = models.BooleanField(_("public"), default=True)
    copyright = models.CharField(
        _("copyright"), max_length=255, blank=True, help_text=_("The holder's name alone.")
    )
    license = models.CharField(
        _("licence"), max_length=128, blank=True, help_text=_("A slug such as cc-by-4.0.")
    )
    license_url = models.URLField(_("licence address"), max_length=500, blank=True)
    website = models.URLField(
        _("website"), max_length=500, blank=True, help_text=_("Left empty, the page here is used.")
    )
    notes_template = models.TextField(
        _("notes' skeleton"), blank=True, help_text=_("Markdown that a new episode starts with.")
    )
    notes_footer = models.TextField(
        _("notes' footer"), blank=True, help_text=_("Markdown that stands under all notes.")
    )

    objects = ShowQuerySet.as_manager()

    class Meta:
        verbose_name = _("show")
        verbose_name_plural = _("shows")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(categories__len__gte=1),
                name="catalog_show_has_category",
                violation_error_message=_(
                    "Choose at least one category: Apple refuses a feed without."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.guid:
            self.guid = podcast_guid(self.feed_url)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("website:show", args=[self.slug])

    @property
    def feed_url(self) -> str:
        return settings.BASE_URL + reverse("feeds:feed", args=[self.slug])

    def cadence_at(self, at: datetime) -> "Cadence | None":
        """Return the rhythm in force at `at`, or the first to come where none has begun.

        Of several in force it is the one begun last. Reads `cadences`, which lists prefetch.
        """
        rows = [row for row in self._cadences_by_start() if not row.has_ended(at)]
        begun = [row for row in rows if row.has_begun(at)]
        return begun[-1] if begun else next(iter(rows), None)

    def zone_at(self, at: datetime) -> tzinfo:
        """Return the zone in which the show tells its dates at `at`; UTC for one without rhythm."""
        rows = self._cadences_by_start()
        begun = [row for row in rows if row.has_begun(at)]
        told_by = begun[-1] if begun else next(iter(rows), None)
        return ZoneInfo(told_by.time_zone) if told_by else UTC

    def day_at(self, at: datetime) -> date:
        """Return the show's own calendar day, by which hosts and partners come and go."""
        return at.astimezone(self.zone_at(at)).date()

    def _cadences_by_start(self) -> "list[Cadence]":
        return sorted(self.cadences.all(), key=lambda row: row.starts_on)


class ShowLink(models.Model):
    """Where else to find or support the show."""

    class Kind(models.TextChoices):
        FUNDING = "funding", _("Funding")
        APPLE = "apple", "Apple Podcasts"
        SPOTIFY = "spotify", "Spotify"
        YOUTUBE = "youtube", "YouTube"
        OTHER = "other", _("Other")

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OTHER)
    label = models.CharField(_("label"), max_length=128)
    url = models.URLField(_("address"), max_length=500)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.label


class Hosting(DatedModel):
    """A standing host: new episodes start with them credited."""

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="hostings")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="hostings", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=32, choices=ROLE_CHOICES, default=DEFAULT_ROLE)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = DatedQuerySet["Hosting"].as_manager()

    class Meta:
        verbose_name = _("standing host")
        verbose_name_plural = _("standing hosts")
        ordering = ["order", "pk"]
        constraints = [
            dates_in_order("catalog_hosting"),
            models.UniqueConstraint(
                fields=["show", "person", "starts_on"],
                nulls_distinct=False,
                name="catalog_hosting_once_per_start",
                violation_error_message=_("This person hosts the show from this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.role})"


class Partnership(DatedModel):
    """A partner of a show, worded exactly as agreed."""

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="partnerships")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="partnerships",
        verbose_name=_("organisation"),
    )
    wording = models.CharField(
        _("wording"),
        max_length=255,
        help_text=_("Exactly as agreed, such as “in partnership with the Oxus Society”."),
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    logo = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = DatedQuerySet["Partnership"].as_manager()

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering = ["order", "pk"]
        constraints = [dates_in_order("catalog_partnership")]

    def __str__(self) -> str:
        return self.wording
