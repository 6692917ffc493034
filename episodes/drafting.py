"""Starting an episode with what the show already knows."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from catalog.models import Hosting, Show
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


def propose_draft(show: Show, *, now: datetime) -> Draft:
    """Return the next number, the next free slot, the notes' skeleton and the hosts of its day."""
    slot = next_free_slot(show, now=now)
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


CYRILLIC_TO_LATIN = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ә": "a", "ғ": "gh",
    "қ": "q", "ң": "ng", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i", "ҳ": "h", "ӣ": "i",
    "ҷ": "j", "ӯ": "u", "ў": "o", "є": "ye", "ї": "yi", "ґ": "g",
})  # fmt: skip


def latin_slug(text: str, *, fallback: str) -> str:
    """Return an ASCII slug, Cyrillic transliterated (Apple wants ASCII in addresses)."""
    return slugify(text.lower().translate(CYRILLIC_TO_LATIN))[:120].strip("-") or fallback


def propose_slug(show: Show, *, title: str, number: int | None) -> str:
    """Return a slug that no other episode of the show has."""
    base = latin_slug(title, fallback=f"episode-{number}" if number else "episode")
    taken = set(show.episodes.filter(slug__startswith=base).values_list("slug", flat=True))
    candidate, count = base, 2
    while candidate in taken:
        candidate, count = f"{base}-{count}", count + 1
    return candidate
