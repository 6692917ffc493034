"""Work that must not be forgotten. A Celery message only says "look now"."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """A piece of work with a lease: `episodes.jobs` claims, finishes and retries it.

    `token` fences: a worker that comes back from the dead holds an old one and changes no row.
    All times are the database's, so that workers' clocks do not matter.
    """

    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    not_before = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(default=uuid.uuid4)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    dead = models.BooleanField(default=False, help_text=_("Given up; an editor may retry."))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["not_before", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="episodes_job_once_per_key"),
        ]
        indexes = [
            # jobs.claim: the oldest runnable of a kind.
            models.Index(
                fields=["kind", "not_before"],
                condition=Q(done_at=None, dead=False),
                name="episodes_job_runnable",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
