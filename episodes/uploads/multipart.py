"""Uploads that go straight to a bucket: signed parts from the client, the whole told by the bucket.

As in `receiving` the row in the database comes after the bytes and before the acknowledgement.
What a client claims about its parts is never believed; the bucket is asked. The SHA-256 is taken
when a worker fetches the file to read it (`episodes.inspection`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from episodes import intake, object_storage, storing
from episodes.exceptions import UploadRefused
from episodes.models import AudioUpload, Episode, IncomingUpload
from episodes.uploads.checks import check_alive, gone, new_upload
from episodes.uploads.expiring import KEPT, key_of

MOST_SIGNED = 100
"""Addresses that one request may ask for."""

_SMALLEST_PART = 5 * 2**20
"""Of every part but the last; S3's own limit, at which it would refuse the whole."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`arrived` holds the numbers of whole parts, from 1; `offset` is their bytes."""

    arrived: list[int]
    offset: int


def begin(
    *, episode: Episode, by: User, original_name: str, size: int, now: datetime
) -> IncomingUpload:
    """Open an upload of `size` bytes; raise `UploadRefused` when it would come in vain."""
    incoming = new_upload(episode=episode, by=by, original_name=original_name, size=size, now=now)
    incoming.multipart_id = object_storage.begin(key_of(incoming))
    incoming.save()
    return incoming


def count_of_parts(incoming: IncomingUpload) -> int:
    return -(-incoming.size // object_storage.PART_SIZE)


def sign(incoming: IncomingUpload, numbers: Iterable[int], *, now: datetime) -> dict[int, str]:
    """Return an address for each part, good for an hour; being asked keeps an upload alive."""
    check_alive(incoming, now)
    wanted = list(numbers)
    most = count_of_parts(incoming)
    if len(wanted) > MOST_SIGNED or any(not 1 <= number <= most for number in wanted):
        raise UploadRefused(
            "bad-part",
            _("Ask for at most %(many)s parts at once, numbered from 1 to %(most)s.")
            % {"many": MOST_SIGNED, "most": most},
        )
    if not IncomingUpload.objects.filter(pk=incoming.pk).update(expires_at=now + KEPT):
        raise gone()
    key = key_of(incoming)
    return {
        number: object_storage.sign_part(key, incoming.multipart_id, number) for number in wanted
    }


def progress_of(incoming: IncomingUpload, *, now: datetime) -> Progress:
    """Return which parts the bucket has."""
    check_alive(incoming, now)
    if incoming.upload_id is not None:
        return Progress(list(range(1, count_of_parts(incoming) + 1)), incoming.size)
    arrived = object_storage.parts(key_of(incoming), incoming.multipart_id)
    return Progress([part.number for part in arrived], sum(part.size for part in arrived))


def unfinished(
    *, episode: Episode, by: User, now: datetime
) -> list[tuple[IncomingUpload, Progress]]:
    """Return what a person may go on with, newest first."""
    rows = IncomingUpload.objects.filter(episode=episode, by=by, upload=None, expires_at__gt=now)
    return [(each, progress_of(each, now=now)) for each in rows.exclude(multipart_id="")]


def complete(incoming: IncomingUpload, *, now: datetime) -> AudioUpload:
    """Have the bucket put the parts together, write the upload down and plan its reading.

    Doing it again is harmless, also after a process that died between the two. Raises
    `UploadRefused` with the code `cut-off` while parts are missing.
    """
    check_alive(incoming, now)
    key = key_of(incoming)
    if incoming.upload_id is None and object_storage.size_of(key) != incoming.size:
        _put_together(incoming, key)
    return _acknowledge(incoming, storing.Stored("", key, incoming.size), now)


def _put_together(incoming: IncomingUpload, key: str) -> None:
    arrived = object_storage.parts(key, incoming.multipart_id)
    there = sum(part.size for part in arrived)
    if too_small := [part.number for part in arrived[:-1] if part.size < _SMALLEST_PART]:
        raise UploadRefused(
            "bad-part",
            _("Part %(number)s is smaller than a bucket takes. Send it in its full size.")
            % {"number": too_small[0]},
        )
    if there == incoming.size and object_storage.complete(key, incoming.multipart_id, arrived):
        return
    if object_storage.size_of(key) == incoming.size:
        return  # another request was a moment faster
    raise UploadRefused(
        "cut-off",
        _("%(there)s of %(size)s bytes are here. Send the missing parts.")
        % {"there": there, "size": incoming.size},
    )


@transaction.atomic
def _acknowledge(incoming: IncomingUpload, stored: storing.Stored, now: datetime) -> AudioUpload:
    row = IncomingUpload.objects.select_for_update(of=("self",)).filter(pk=incoming.pk).first()
    if row is None:
        raise gone()
    if row.upload is None:
        row.upload = intake.acknowledge(
            stored, episode=row.episode, by=row.by, original_name=row.original_name
        )
        row.expires_at = now + KEPT
        row.save(update_fields=["upload", "expires_at", "updated_at"])
    incoming.upload = row.upload
    return row.upload
