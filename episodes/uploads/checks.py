"""What holds for every upload on its way, by whichever road its bytes come."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from episodes.exceptions import UploadRefused
from episodes.models import IncomingUpload

MOST_UNFINISHED = 20
"""Unfinished uploads that one person may have."""


def check_alive(incoming: IncomingUpload, now: datetime) -> None:
    if incoming.expires_at <= now:
        raise UploadRefused(
            "expired",
            _("Nothing came for more than a day, so this upload was given up. Send it again."),
        )


def check_number(by: User, now: datetime) -> None:
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
