"""The only module that changes an episode's status.

draft → in review → approved → released → withdrawn. `released` with a future `release_at` is
what people call scheduled: the clock publishes, nothing has to run at that moment.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from episodes.crediting import freeze_credits
from episodes.exceptions import NotReady, WrongStatus
from episodes.models import Episode, Transition
from episodes.readiness import blocking, check_readiness

Status = Episode.Status

ALLOWED: dict[str, set[str]] = {
    Status.IN_REVIEW: {Status.DRAFT},
    Status.APPROVED: {Status.DRAFT, Status.IN_REVIEW},
    Status.RELEASED: {Status.DRAFT, Status.IN_REVIEW, Status.APPROVED, Status.WITHDRAWN},
    Status.WITHDRAWN: {Status.RELEASED},
    Status.DRAFT: {Status.IN_REVIEW, Status.APPROVED},
}
"""Where each status may be reached from. A scheduled episode goes back to draft as well."""


def submit(episode: Episode, *, by: User | None, now: datetime, reason: str = "") -> Episode:
    """Hand a draft to the reviewers."""
    return _move(episode, Status.IN_REVIEW, by=by, now=now, reason=reason)


def approve(episode: Episode, *, by: User | None, now: datetime, reason: str = "") -> Episode:
    return _move(episode, Status.APPROVED, by=by, now=now, reason=reason)


def return_to_draft(
    episode: Episode,
    *,
    by: User | None,
    now: datetime,
    reason: str,
    even_scheduled: bool = True,
) -> Episode:
    """Take an episode back to the editors; a scheduled one loses its release time.

    Raises WrongStatus for a live episode, which can only be withdrawn, and without
    `even_scheduled` (for those who approve and do not release) for a scheduled one as well.
    """
    return _move(
        episode, Status.DRAFT, by=by, now=now, reason=reason, even_scheduled=even_scheduled
    )


def release(
    episode: Episode, *, at: datetime, by: User | None, now: datetime, reason: str = ""
) -> Episode:
    """Release for `at` (UTC; in the past or `now` means at once) and freeze the credits.

    Raises NotReady with what is missing, and WrongStatus where the episode is released already
    (use `reschedule`).
    """
    return _move(episode, Status.RELEASED, by=by, now=now, reason=reason, release_at=at)


@transaction.atomic
def reschedule(
    episode: Episode, *, at: datetime, by: User | None, now: datetime, reason: str = ""
) -> Episode:
    """Move the release of a scheduled episode. Raises WrongStatus once it is live."""
    row = _lock(episode)
    if row.status != Status.RELEASED or row.is_due(now):
        raise WrongStatus(
            "Only a scheduled episode can be rescheduled: this one is "
            f"{row.status_label(now).lower()}. Its date is part of what listeners were told."
        )
    _write(row, Status.RELEASED, by=by, now=now, reason=reason, release_at=at)
    return _copy_back(row, episode)


def withdraw(episode: Episode, *, by: User | None, now: datetime, reason: str) -> Episode:
    """Take a released episode off every surface; its GUID, slug and record stay."""
    return _move(episode, Status.WITHDRAWN, by=by, now=now, reason=reason)


@transaction.atomic
def _move(
    episode: Episode,
    status: Status,
    *,
    by: User | None,
    now: datetime,
    reason: str,
    release_at: datetime | None = None,
    even_scheduled: bool = False,
) -> Episode:
    row = _lock(episode)
    scheduled = even_scheduled and row.status == Status.RELEASED and not row.is_due(now)
    if row.status not in ALLOWED[status] and not (scheduled and status == Status.DRAFT):
        raise WrongStatus(
            f"“{row}” is {row.status_label(now).lower()} and cannot become "
            f"{Status(status).label.lower()}. Reload the page to see what happened to it."
        )
    if status == Status.RELEASED:
        assert release_at is not None  # noqa: S101 - release() always passes it
        if missing := blocking(check_readiness(row, at=release_at)):
            raise NotReady(missing)
    elif status == Status.WITHDRAWN:
        release_at = row.release_at
    _write(row, status, by=by, now=now, reason=reason, release_at=release_at)
    if status == Status.RELEASED:
        freeze_credits(row, at=now)
    return _copy_back(row, episode)


def _lock(episode: Episode) -> Episode:
    """Read the row anew under a lock, so that two people cannot both move it."""
    return (
        Episode.objects.select_for_update(of=("self",))
        .select_related("show", "audio")
        .get(pk=episode.pk)
    )


def _write(
    row: Episode,
    status: Status,
    *,
    by: User | None,
    now: datetime,
    reason: str,
    release_at: datetime | None,
) -> None:
    previous = row.status
    row.status = status
    row.release_at = release_at
    row.full_clean()
    row.save(update_fields=["status", "release_at", "updated_at"])
    Transition.objects.create(
        episode=row,
        from_status=previous,
        to_status=status,
        release_at=release_at,
        at=now,
        by=by,
        reason=reason,
    )


def _copy_back(row: Episode, episode: Episode) -> Episode:
    episode.status = row.status
    episode.release_at = row.release_at
    return episode
