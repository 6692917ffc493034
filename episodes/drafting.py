"""Starting an episode with what the show already knows."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from catalog.models import Hosting, Show
from catalog.slugs import free_slug
from episodes.crediting import credit_standing_hosts
from episodes.models import Episode, Slot
from episodes.slots import local_time, next_free_slot, next_number


@dataclass(frozen=True, slots=True)
class Draft:
    """What "Add episode" is filled in with."""

    number: int
    slot: Slot | None
    notes: str
    hostings: list[Hosting]


def propose_draft(show: Show, *, now: datetime, slot: Slot | None = None) -> Draft:
    """Return the next number, the slot, the notes' skeleton and the hosts of its day.

    The slot is the next free one, unless one of the show is asked for.
    """
    slot = slot or next_free_slot(show, now=now)
    day = local_time(slot).date() if slot else now.date()
    return Draft(
        number=next_number(show),
        slot=slot,
        notes=show.notes_template,
        hostings=list(show.hostings.on(day).select_related("person")),
    )


@transaction.atomic
def start_draft(show: Show, *, title: str, now: datetime) -> Episode:
    """Save a draft on the show's next free slot with its standing hosts credited."""
    proposal = propose_draft(show, now=now)
    episode = Episode(
        show=show,
        title=title,
        slug=propose_slug(show, title=title, number=proposal.number),
        number=proposal.number,
        slot=proposal.slot,
        notes=proposal.notes,
    )
    episode.full_clean()
    episode.save()
    credit_standing_hosts(episode, now=now)
    return episode


def propose_slug(show: Show, *, title: str, number: int | None) -> str:
    """Return a slug that no other episode of the show has."""
    fallback = f"episode-{number}" if number else "episode"
    return free_slug(show.episodes.all(), title, fallback=fallback)
