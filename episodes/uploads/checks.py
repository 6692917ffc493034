"""What holds for every upload on its way, by whichever road its bytes come."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from episodes import intake
from episodes.exceptions import UploadRefused
from episodes.models import Episode, IncomingUpload
from episodes.uploads.expiring import KEPT

MOST_UNFINISHED = 20
"""Unfinished uploads that one person may have."""


def check_alive(incoming: IncomingUpload, now: datetime) -> None:
    if incoming.expires_at <= now:
        raise UploadRefused(
            "expired",
            _("Nothing came for more than a day, so this upload was given up. Send it again."),
        )


def new_upload(
    *, episode: Episode, by: User, original_name: str, size: int, now: datetime
) -> IncomingUpload:
    """Return a row, not saved yet; raise `UploadRefused` when the bytes would come in vain."""
    intake.check_size(size)
    _check_number(by, now)
    incoming = IncomingUpload(
        episode=episode,
        by=by,
        original_name=intake.label_of(original_name),
        size=size,
        expires_at=now + KEPT,
    )
    incoming.full_clean()
    return incoming


def _check_number(by: User, now: datetime) -> None:
    waiting = IncomingUpload.objects.filter(by=by, upload=None, expires_at__gt=now).count()
    if waiting >= MOST_UNFINISHED:
        raise UploadRefused(
            "too-many-uploads",
            _(
                "You have %(number)s unfinished uploads. Finish or remove some of them first; "
                "each is forgotten a day after its last byte."
            )
            % {"number": waiting},
        )


def gone() -> UploadRefused:
    return UploadRefused("gone", _("This upload is not here any more. Send the file again."))
