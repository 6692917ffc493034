"""Two editors at once: the second is told what the first changed, and keeps what they typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from episodes.models import Episode

COMPARED = (
    "title", "slug", "number", "season", "type", "summary", "notes", "production_notes",
    "explicit", "recorded_on", "slot_id", "artwork_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Collision:
    """Somebody saved between an editor's opening of the page and their saving."""

    who: str
    when: datetime
    changes: Sequence[Change]


def find_collision(stored: Episode, *, seen_version: int) -> Collision | None:
    """Say what was saved since the version that the editor saw; None when nothing was."""
    if stored.version == seen_version:
        return None
    newest = stored.history.filter(version=stored.version).order_by("history_date").first()
    seen = stored.history.filter(version=seen_version).order_by("-history_date").first()
    user = newest.history_user if newest else None
    return Collision(
        who=str(user) if user else _("Somebody"),
        when=newest.history_date if newest else stored.updated_at,
        changes=_changes(seen, stored) if seen else (),
    )


def _changes(seen: Any, stored: Episode) -> list[Change]:
    return [
        Change(
            name,
            _label(stored, name.removesuffix("_id")),
            _shown(getattr(seen, name)),
            _shown(getattr(stored, name)),
        )
        for name in COMPARED
        if getattr(seen, name) != getattr(stored, name)
    ]


def _label(episode: Episode, field: str) -> str:
    return str(getattr(episode._meta.get_field(field), "verbose_name", field))


def _shown(value: object) -> str:
    return "–" if value in (None, "") else str(value)
