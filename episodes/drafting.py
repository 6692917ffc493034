"""Starting an episode with what the show already knows."""

from dataclasses import dataclass
from datetime import date, datetime

from catalog.models import Hosting, Show
from catalog.slugs import free_slug
from episodes.models import Episode, Slot
from episodes.slots import local_time, next_free_slot, next_number


@dataclass(frozen=True, slots=True)
class Draft:
    """What "Add episode" is filled in with."""

    number: int
    slot: Slot | None
    notes: str
    hostings: list[Hosting]
    day: date
    """The show's own calendar day as of which people are credited."""


def propose_draft(show: Show, *, now: datetime, slot: Slot | None = None) -> Draft:
    """Return the next number, the slot, the notes' skeleton and the hosts of its day.

    The slot is the next free one, unless one of the show is asked for.
    """
    slot = slot or next_free_slot(show, now=now)
    day = local_time(slot).date() if slot else show.day_at(now)
    return Draft(
        number=next_number(show),
        slot=slot,
        notes=show.notes_template,
        hostings=list(show.hostings.on(day).select_related("person")),
        day=day,
    )


def propose_slug(
    show: Show, *, title: str, number: int | None, episode: Episode | None = None
) -> str:
    """Return a slug that no episode of the show has, `episode` itself aside."""
    others = show.episodes.exclude(pk=episode.pk) if episode else show.episodes.all()
    return free_slug(others, title, fallback=f"episode-{number}" if number else "episode")
