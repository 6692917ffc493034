"""The promise of a show in words and dates: "every 2 weeks on Sunday", and when the next one is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db.models import Case, Value, When
from django.utils.translation import get_language, gettext, gettext_noop

from catalog.cadence import InvalidRule
from catalog.cadence_words import describe_frequency
from catalog.models import Cadence, Show
from episodes.models import Slot

LONGEST_STRIP = 31
"""Days. A longer wait is not counted out in marks."""

CITIES = (
    gettext_noop("Almaty"),
    gettext_noop("Ashgabat"),
    gettext_noop("Berlin"),
    gettext_noop("Bishkek"),
    gettext_noop("Dushanbe"),
    gettext_noop("London"),
    gettext_noop("Moscow"),
    gettext_noop("New York"),
    gettext_noop("Paris"),
    gettext_noop("Tashkent"),
)
"""Cities of time zones that have a name of their own in a translation."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`next_at` is in the cadence's zone; `beats` are the days up to it, True where passed.

    Words are said when they are asked for, in the language of the page.
    """

    rrule: str = ""
    time_zone: str = ""
    next_at: datetime | None = None
    beats: tuple[bool, ...] = ()

    @property
    def words(self) -> str:
        return describe_frequency(self.rrule, get_language() or "en") if self.rrule else ""

    @property
    def city(self) -> str:
        return city_of(self.time_zone)


def city_of(time_zone: str) -> str:
    """Return how people name an IANA zone: "Asia/Almaty" is Almaty's time."""
    return gettext(time_zone.rpartition("/")[2].replace("_", " "))


def rhythms_of(shows: Iterable[Show], at: datetime) -> dict[int, Rhythm]:
    """Return each show's rhythm by key, in one query; shows need prefetched cadences."""
    rows = list(shows)
    soonest = _soonest_slots(rows, at)
    return {show.pk: _rhythm(show, soonest.get(show.pk), at) for show in rows}


def _soonest_slots(shows: list[Show], at: datetime) -> dict[int, Slot]:
    """Return the next slot of each show, one that is skipped only where all to come are."""
    skipped = Case(When(skipped_reason="", then=Value(0)), default=Value(1))
    rows = (
        Slot.objects.upcoming(at)
        .filter(show__in=shows)
        .annotate(is_skipped=skipped)
        .order_by("show_id", "is_skipped", "due_at")
        .distinct("show_id")
    )
    return {slot.show_id: slot for slot in rows}


def _rhythm(show: Show, slot: Slot | None, at: datetime) -> Rhythm:
    cadence = show.cadence_at(at)
    if cadence is None or show.complete:
        return Rhythm()
    try:
        cadence.rule.check()
    except InvalidRule:
        return Rhythm()
    next_at = _next(cadence, slot, at)
    if next_at is None:
        return Rhythm(cadence.rrule, cadence.time_zone)
    return Rhythm(cadence.rrule, str(next_at.tzinfo), next_at, _beats(cadence, next_at, at))


def _next(cadence: Cadence, slot: Slot | None, at: datetime) -> datetime | None:
    if slot is not None:
        return slot.due_at.astimezone(ZoneInfo(slot.time_zone)) if not slot.skipped_reason else None
    moment = next(iter(islice(cadence.rule.dates_from(at), 1)), None)
    return moment.astimezone(ZoneInfo(cadence.time_zone)) if moment else None


def _beats(cadence: Cadence, next_at: datetime, at: datetime) -> tuple[bool, ...]:
    """Return the days from the date before `next_at` up to it: one mark a day, True once passed."""
    before = cadence.rule.dates_between(next_at - timedelta(days=LONGEST_STRIP), next_at)
    if not before:
        return ()
    first = before[-1].astimezone(next_at.tzinfo).date()
    today = at.astimezone(next_at.tzinfo).date()
    days = (next_at.date() - first).days
    return tuple(first + timedelta(days=number) <= today for number in range(days))
