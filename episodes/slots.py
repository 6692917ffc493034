"""From a cadence to due dates, and from a due date to the next free one."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.cadence import CadenceRule
from catalog.models import Show
from episodes.models import Episode, Slot

LOOKAHEAD = timedelta(days=120)
"""How far ahead slots are made: enough for a quarter's planning, few enough to reschedule."""


def ensure_slots(show: Show, *, now: datetime, since: datetime | None = None) -> int:
    """Make the slots that the show's cadences promise up to LOOKAHEAD; return how many are new.

    Past slots are made only from `since` on (a show that is being set up with an archive); a slot
    that exists is never touched, so a changed cadence rewrites no history.
    """
    start = since or now
    rows = [
        Slot(show=show, due_at=moment, time_zone=rule.time_zone)
        for rule in _rules_in_force(show)
        for moment in rule.dates_between(start, now + LOOKAHEAD)
    ]
    before = show.slots.count()
    Slot.objects.bulk_create(rows, ignore_conflicts=True)
    return show.slots.count() - before


def ensure_all_slots(*, now: datetime) -> None:
    """Make the slots of every show that is not complete, so that a missed one is on record."""
    for show in Show.objects.filter(complete=False):
        ensure_slots(show, now=now)


def _rules_in_force(show: Show) -> list[CadenceRule]:
    """Return the show's rules, each ended on the eve of the next where it has no earlier end."""
    rules = [cadence.rule for cadence in show.cadences.order_by("starts_on")]
    eves = [rule.start.date() - timedelta(days=1) for rule in rules[1:]]
    return [
        replace(rule, until=min(rule.until or eve, eve))
        for rule, eve in zip(rules[:-1], eves, strict=True)
    ] + rules[-1:]


def next_free_slot(show: Show, *, now: datetime) -> Slot | None:
    """Return the soonest slot to come that has no episode, making slots where needed."""
    ensure_slots(show, now=now)
    return show.slots.upcoming(now).unfilled().first()


def next_number(show: Show) -> int:
    """Return the number after the highest of the show's full episodes."""
    last = (
        show.episodes.filter(type=Episode.Type.FULL, number__isnull=False)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return 1 if last is None else last + 1


@transaction.atomic
def skip(slot: Slot, *, reason: str) -> None:
    """Give the slot up on purpose.

    Raises ValidationError without a reason, or where the slot holds an episode.
    """
    if not reason.strip():
        raise ValidationError(
            _("Say why the slot is skipped: the team will ask."), code="no_reason"
        )
    if Episode.objects.filter(slot=slot).exists():
        raise ValidationError(
            _("The slot holds an episode. Move the episode to another slot first."), code="filled"
        )
    slot.skipped_reason = reason.strip()
    slot.full_clean()
    slot.save(update_fields=["skipped_reason"])


def local_time(slot: Slot) -> datetime:
    return slot.due_at.astimezone(ZoneInfo(slot.time_zone))
