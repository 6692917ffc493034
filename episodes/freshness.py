"""How long a public answer may be kept: short, and never past the next release."""

from datetime import datetime

from django.db.models import Min

from episodes.models import Episode

MAX_AGE = 60
"""Seconds: a correction is out within a minute."""


def max_age(at: datetime) -> int:
    """Return for how many whole seconds what is live at `at` stays all that is live."""
    coming = Episode.objects.scheduled(at).filter(show__is_public=True)
    release = coming.aggregate(soonest=Min("release_at"))["soonest"]
    return MAX_AGE if release is None else min(MAX_AGE, int((release - at).total_seconds()))
