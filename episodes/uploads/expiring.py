"""Forgetting uploads that nobody went on with: their rows, their bytes, and bytes without a row."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from episodes import holding, object_storage, storing
from episodes.exceptions import StorageUnavailable
from episodes.models import IncomingUpload
from episodes.uploads import parts

logger = logging.getLogger(__name__)

KEPT = timedelta(hours=24)
"""How long an unfinished upload waits for its next byte, and a finished one for being asked."""


_MOST_FAILURES = 3
"""In a row: then it is the bucket that is down, and each more would cost its time-out."""


def forget_expired(now: datetime) -> int:
    """Delete expired uploads and abandoned parts; return how many. One that is sent is spared.

    What a bucket does not let go of now stays for the next time.
    """
    return forget_expired_here(now) + _forget_expired_in_bucket(now)


def forget_expired_here(now: datetime) -> int:
    """Delete what lies on this disk of expired uploads, asking no bucket; return how many."""
    expired = IncomingUpload.objects.filter(expires_at__lte=now, multipart_id="")
    count = sum(_forget(incoming, now) for incoming in expired.iterator())
    alive = IncomingUpload.objects.filter(upload=None).values_list("uid", flat=True)
    return count + storing.forget_abandoned(now, but={parts.part_path(uid) for uid in alive})


def key_of(incoming: IncomingUpload) -> str:
    """Return the name under which a bucket takes the upload's parts."""
    return f"incoming/{incoming.uid.hex}.part"


def terminate_parts(incoming: IncomingUpload, *, expired_at: datetime | None = None) -> bool:
    """Forget an upload to a bucket, and its bytes; a finished one only loses its address here.

    The bytes go first, the row last: after a failure (`StorageUnavailable`) the row is still here
    to say what is to be deleted. The row is locked meanwhile, so that the upload is either
    acknowledged before, and keeps its bytes, or finds that it is gone. With `expired_at`, one that
    was asked for in time is spared; return whether it was forgotten.
    """
    with transaction.atomic():
        rows = IncomingUpload.objects.select_for_update(of=("self",)).filter(pk=incoming.pk)
        if expired_at is not None:
            rows = rows.filter(expires_at__lte=expired_at)
        row = rows.first()
        if row is None:
            return False
        if row.upload_id is None and object_storage.is_used():
            object_storage.abort(key_of(row), row.multipart_id)
            holding.discard_unnamed(key_of(row))  # put together, but never acknowledged
        row.delete()
    return True


def _forget_expired_in_bucket(now: datetime) -> int:
    rows = IncomingUpload.objects.exclude(multipart_id="").filter(expires_at__lte=now)
    count = failures = 0
    for incoming in rows.order_by("?"):  # so that some that never go do not keep others waiting
        try:
            count += terminate_parts(incoming, expired_at=now)
            failures = 0
        except StorageUnavailable:
            logger.exception("%s stays in the bucket until the next time.", key_of(incoming))
            failures += 1
            if failures == _MOST_FAILURES:
                break
    return count


def _forget(incoming: IncomingUpload, now: datetime) -> bool:
    try:
        with parts.held(incoming.uid, ask=False):
            return _delete(incoming, now)
    except FileNotFoundError:
        return _delete(incoming, now)
    except parts.Held:
        return False


def _delete(incoming: IncomingUpload, now: datetime) -> bool:
    """Delete the row, unless bytes came since it was read, and then the part."""
    gone, _rows = IncomingUpload.objects.filter(pk=incoming.pk, expires_at__lte=now).delete()
    if gone:
        parts.remove(incoming.uid)
    return bool(gone)
