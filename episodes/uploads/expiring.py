"""Forgetting uploads that nobody went on with: their rows, their bytes, and bytes without a row."""

from datetime import datetime, timedelta

from episodes import object_storage, storing
from episodes.models import IncomingUpload
from episodes.uploads import parts

KEPT = timedelta(hours=24)
"""How long an unfinished upload waits for its next byte, and a finished one for being asked."""


def forget_expired(now: datetime) -> int:
    """Delete expired uploads and abandoned parts; return how many. One that is sent is spared."""
    expired = IncomingUpload.objects.filter(expires_at__lte=now, multipart_id="")
    count = sum(_forget(incoming, now) for incoming in expired.iterator())
    alive = IncomingUpload.objects.filter(upload=None).values_list("uid", flat=True)
    in_bucket = IncomingUpload.objects.exclude(multipart_id="").filter(expires_at__lte=now)
    for incoming in in_bucket.iterator():
        terminate_parts(incoming)
        count += 1
    return count + storing.forget_abandoned(now, but={parts.part_path(uid) for uid in alive})


def key_of(incoming: IncomingUpload) -> str:
    """Return the name under which a bucket takes the upload's parts."""
    return f"incoming/{incoming.uid.hex}.part"


def terminate_parts(incoming: IncomingUpload) -> None:
    """Forget an upload to a bucket, and its parts; a finished one only loses its address here."""
    incoming.delete()
    if incoming.upload_id is None:
        object_storage.abort(key_of(incoming), incoming.multipart_id)


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
