"""Taking an upload in piece by piece, whatever breaks in between.

The order is what matters. While bytes arrive their number is the length of the part, and nothing
else says so. The last one is followed by: sync, a second name under the SHA-256, directory sync,
then one transaction (upload, job, and the mark on the row), then the acknowledgement, and only
then is the part removed. A process that dies anywhere leaves a part that is as long as the file;
the next request finishes it, and the mark, set under a lock, keeps it from being finished twice.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from episodes import intake, storing
from episodes.exceptions import UploadRefused
from episodes.models import Episode, IncomingUpload
from episodes.uploads import parts
from episodes.uploads.checks import check_alive, gone, new_upload
from episodes.uploads.copying import Body, Limits, copy_checked, copy_on
from episodes.uploads.expiring import KEPT
from episodes.uploads.hashing import Hasher, RunningHashes
from episodes.uploads.protocol import Checksum

_SPARE = 64 * 2**20
"""Bytes that an upload leaves free on the disk, for the database and the logs."""

_hashes = RunningHashes()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An upload that can be gone on with."""

    incoming: IncomingUpload
    offset: int


def begin(
    *, episode: Episode, by: User, original_name: str, size: int, now: datetime
) -> IncomingUpload:
    """Make room for a file of `size` bytes; raise `UploadRefused` when it would come in vain."""
    incoming = new_upload(episode=episode, by=by, original_name=original_name, size=size, now=now)
    _check_room(size)
    parts.create(incoming.uid)
    incoming.save()
    return incoming


def offset_of(incoming: IncomingUpload, *, now: datetime) -> int:
    """Return how many bytes are here, finishing an upload of which only the answer is missing.

    A client that asks is about to go on: a silent request that still holds the part is told.
    """
    check_alive(incoming, now)
    length = received(incoming)
    if length is not None and incoming.upload_id is not None:
        return length
    if length is None or length >= incoming.size:
        return append(incoming, None, offset=incoming.size, length=0, checksum=None, now=now)
    parts.ask_for(incoming.uid)
    return length


def received(incoming: IncomingUpload) -> int | None:
    """Return how many bytes are here, changing nothing; `None` when they are lost."""
    if incoming.upload_id is not None:
        return incoming.size
    return parts.length(incoming.uid)


def append(
    incoming: IncomingUpload,
    body: Body | None,
    *,
    offset: int,
    length: int | None,
    checksum: Checksum | None,
    now: datetime,
) -> int:
    """Take bytes in from `offset` on and return the new offset; the last one finishes the upload.

    What came before a connection broke is kept, except from a chunk with a checksum, of which half
    proves nothing. Raises `UploadRefused`; the code `cut-off` says that bytes are missing.
    """
    check_alive(incoming, now)
    if incoming.upload_id is None:
        with _held(incoming) as part:
            if part is not None:
                return _append(incoming, part, body, offset, length, checksum, now)
        _refresh(incoming)
        if incoming.upload_id is None:
            raise gone()
    _check_offset(incoming.size, offset)
    _check_length(incoming.size, offset, length)
    return incoming.size


def terminate(incoming: IncomingUpload) -> None:
    """Forget an upload and its bytes; a finished one only loses its address here."""
    with _held(incoming):
        incoming.delete()
        parts.remove(incoming.uid)
    _hashes.forget(incoming.uid)


def unfinished(*, episode: Episode, by: User, now: datetime) -> list[Unfinished]:
    """Return what a person may go on with, newest first."""
    rows = IncomingUpload.objects.filter(episode=episode, by=by, upload=None, expires_at__gt=now)
    rows = rows.filter(multipart_id="")
    found = ((incoming, parts.length(incoming.uid)) for incoming in rows)
    return [Unfinished(incoming, length) for incoming, length in found if length is not None]


def _append(
    incoming: IncomingUpload,
    part: int,
    body: Body | None,
    offset: int,
    length: int | None,
    checksum: Checksum | None,
    now: datetime,
) -> int:
    start = os.fstat(part).st_size
    _check_offset(start, offset)
    _check_length(incoming.size, offset, length)
    whole = True
    if body is not None and length != 0:
        whole = _receive(incoming, part, body, length, checksum)
    there = os.fstat(part).st_size
    if there == incoming.size:
        _finish(incoming, part, now)
    elif not IncomingUpload.objects.filter(pk=incoming.pk).update(expires_at=now + KEPT):
        raise gone()
    incoming.expires_at = now + KEPT
    if not whole:
        raise UploadRefused("cut-off", _("The connection broke. What arrived is kept: go on."))
    return there


def _receive(
    incoming: IncomingUpload, part: int, body: Body, length: int | None, checksum: Checksum | None
) -> bool:
    """Write the body to the part; return whether all of it came."""
    known = _hashes.get(incoming.uid)
    limits = Limits(
        length=length,
        room=incoming.size - os.fstat(part).st_size,
        may_wait=lambda: not parts.is_wanted(incoming.uid),
    )
    try:
        if checksum is None:
            outcome = copy_on(body, part, known, limits)
        else:
            outcome = copy_checked(body, part, known, checksum, limits)
    except OSError as error:
        if error.errno not in intake.NO_SPACE:
            raise
        raise _no_space() from error
    if outcome.hashed is not None:
        _hashes.put(incoming.uid, outcome.hashed)
    return outcome.is_whole


def _finish(incoming: IncomingUpload, part: int, now: datetime) -> None:
    _refresh(incoming)
    if incoming.upload_id is None:
        os.fsync(part)
        with Hasher(part, _hashes.get(incoming.uid), start=incoming.size) as hasher:
            pass
        stored = storing.settle(
            parts.part_path(incoming.uid),
            sha256=hasher.state.sha256.hexdigest(),
            size=incoming.size,
            keep=True,
        )
        _acknowledge(incoming, stored, now)
    parts.remove(incoming.uid)
    _hashes.forget(incoming.uid)


@transaction.atomic
def _acknowledge(incoming: IncomingUpload, stored: storing.Stored, now: datetime) -> None:
    """Write down, once, that the file is here; nothing when it was."""
    row = IncomingUpload.objects.select_for_update().filter(pk=incoming.pk).first()
    if row is None:
        raise gone()
    if row.upload is None:
        row.upload = intake.acknowledge(
            stored, episode=row.episode, by=row.by, original_name=row.original_name
        )
        row.expires_at = now + KEPT
        row.save(update_fields=["upload", "expires_at", "updated_at"])
    incoming.upload = row.upload


@contextmanager
def _held(incoming: IncomingUpload) -> Iterator[int | None]:
    """Give the part, or `None` where there is none (any more)."""
    with ExitStack() as stack:
        try:
            part = stack.enter_context(parts.held(incoming.uid))
        except FileNotFoundError:
            part = None
        except parts.Held as error:
            raise UploadRefused(
                "busy",
                _("This file is being sent already, from here or another window. Wait a moment."),
            ) from error
        yield part


def _refresh(incoming: IncomingUpload) -> None:
    try:
        incoming.refresh_from_db(fields=["upload"])
    except IncomingUpload.DoesNotExist as error:
        raise gone() from error


def _check_offset(there: int, offset: int) -> None:
    if offset != there:
        raise UploadRefused(
            "wrong-offset",
            _("%(there)s bytes are here, so the next one has that number, not %(offset)s.")
            % {"there": there, "offset": offset},
        )


def _check_length(size: int, offset: int, length: int | None) -> None:
    if length is not None and offset + length > size:
        raise UploadRefused(
            "too-much", _("More bytes than the file was said to have. Send it again.")
        )


def _check_room(size: int) -> None:
    if storing.free_bytes() < size + _SPARE:
        raise _no_space()


def _no_space() -> UploadRefused:
    return UploadRefused(
        "no-space",
        _(
            "There is no room on the disk of this installation. What arrived is kept for a day; "
            "tell whoever runs it, and go on when there is room."
        ),
    )
