"""Feeds as they were built, and the marks that say when one must be built again."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Show
from episodes.models import AudioFile


class Feed(models.Model):
    """One feed of a show. `current` is what listeners get until a better one is built."""

    class Kind(models.TextChoices):
        MAIN = "main", _("Main")

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="feeds")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.MAIN)
    current = models.ForeignKey(
        "feeds.FeedVersion", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    valid_until = models.DateTimeField(
        _("valid until"),
        null=True,
        help_text=_(
            "When the clock alone changes the feed: the next release, a partner's last day."
        ),
    )
    last_error = models.TextField(
        _("last error"),
        blank=True,
        help_text=_("Why the last build was kept out; empty when well."),
    )
    failed_at = models.DateTimeField(_("failed"), null=True)
    left_out = models.JSONField(
        _("left out"), default=list, help_text=_("Live episodes that cannot be right in the feed.")
    )

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        constraints = [
            models.UniqueConstraint(fields=["show", "kind"], name="feeds_feed_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.show} ({self.get_kind_display()})"


class FeedVersion(models.Model):
    """The bytes of a feed, ready to send. Never changed: other bytes are another version."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="versions")
    body = models.BinaryField()
    gzip_body = models.BinaryField()
    size = models.PositiveIntegerField(_("size in bytes"))
    gzip_size = models.PositiveIntegerField()
    sha256 = models.CharField("SHA-256", max_length=64)
    last_modified = models.DateTimeField(_("last modified"))
    item_count = models.PositiveIntegerField(_("episodes"))
    guids = ArrayField(models.TextField(), help_text=_("What listeners have seen in this feed."))
    built_at = models.DateTimeField(_("built"))

    class Meta:
        verbose_name = _("feed version")
        verbose_name_plural = _("feed versions")
        ordering = ["-pk"]
        indexes = [
            # building: the versions of a feed that may be forgotten.
            models.Index(fields=["feed", "-id"], name="feeds_feedversion_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}, {self.item_count}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A feed version never changes. Build a new one.")
        super().save(*args, **kwargs)


class Change(models.Model):
    """A mark that something which a show's feeds say has changed.

    Only database triggers write it (see the migration), whoever made the change: the admin, the
    API, a bulk update, psql. Rows are inserted and a build deletes the ones that it has seen;
    counters in `Feed` would make every editor's transaction wait for every other one's.
    """

    show = models.ForeignKey(
        # No constraint: a show that is being deleted is marked too. A trigger clears up after it.
        Show,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    transaction = models.BigIntegerField(help_text=_("One mark per show is enough for each."))

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [
            models.UniqueConstraint(
                fields=["show", "transaction"], name="feeds_change_once_per_transaction"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.show_id}"


class ReleasedAudio(models.Model):
    """An audio version that was out in the world when another took its place.

    Its address was in feeds and on pages, so it keeps answering while the episode is live. A
    trigger writes it; a version that was replaced before the release never gets here.
    """

    audio = models.OneToOneField(AudioFile, on_delete=models.CASCADE, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta:
        verbose_name = _("replaced audio")
        verbose_name_plural = _("replaced audio")

    def __str__(self) -> str:
        return f"{self.audio_id}, {self.replaced_at:%Y-%m-%d}"
