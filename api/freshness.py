"""How long an answer may be kept: short, and never past the next release."""

from datetime import datetime

from episodes.models import Episode

MAX_AGE = 60
"""Seconds."""


def max_age(at: datetime) -> int:
    """Return for how many whole seconds what is live at `at` stays all that is live."""
    upcoming = Episode.objects.scheduled(at).filter(show__is_public=True)
    release = upcoming.order_by("release_at").values_list("release_at", flat=True).first()
    if release is None:
        return MAX_AGE
    return min(MAX_AGE, int((release - at).total_seconds()))
