"""The due dates that a cadence promises."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Show
from catalog.models.base import PublicModel
from episodes.querysets import SlotQuerySet


class Slot(PublicModel):
    """A due date of a show. What became of it is read from its episode and the clock."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        FILLED = "filled", _("Filled")
        KEPT = "kept", _("Kept")
        MISSED = "missed", _("Missed")
        SKIPPED = "skipped", _("Skipped")

    show = models.ForeignKey(
        Show, on_delete=models.CASCADE, related_name="slots", verbose_name=_("show")
    )
    due_at = models.DateTimeField(_("due"), help_text=_("UTC."))
    time_zone = models.CharField(
        _("time zone"), max_length=64, help_text=_("The cadence's zone when the slot was made.")
    )
    skipped_reason = models.CharField(_("skipped because"), max_length=255, blank=True)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "due_at"],
                name="episodes_slot_once_per_moment",
                violation_error_message=_("The show has a slot at this moment already."),
            ),
        ]
        indexes = [
            # SlotQuerySet.upcoming over all shows, for the desk and the site's "next episode".
            models.Index(
                fields=["due_at"], condition=Q(skipped_reason=""), name="episodes_slot_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.show}: {self.due_at:%Y-%m-%d %H:%M} UTC"

    def state(self, at: datetime) -> State:
        """Say what the slot is at `at`; reads the related episode."""
        if self.skipped_reason:
            return self.State.SKIPPED
        episode = getattr(self, "episode", None)
        if episode is not None and episode.is_due(at):
            return self.State.KEPT
        if self.due_at <= at:
            return self.State.MISSED
        return self.State.FILLED if episode is not None else self.State.OPEN
