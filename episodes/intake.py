"""Taking an upload in: when `receive` returns, the bytes are on the disk and will be read.

The order is what matters: bytes synced under their address, then one transaction with the upload
and its job, then the acknowledgement, then a hint to a worker that may fail.
"""

import errno
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from episodes import holding, jobs, storing
from episodes.audio.text import clean_text
from episodes.exceptions import UploadRefused
from episodes.inspection import KIND
from episodes.models import AudioUpload, Episode
from episodes.tasks import inspect_upload
from episodes.uploads.expiring import forget_expired_here
from episodes.waking import wake_on_commit
from episodes.wording import sentence

_PIECE = 1024 * 1024
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def receive(
    file: "BinaryIO | File[bytes]",
    *,
    episode: Episode,
    by: User | None,
    original_name: str,
    now: datetime,
) -> AudioUpload:
    """Store an upload and plan its reading; the episode keeps its audio until it is accepted.

    Raise `UploadRefused` when it is empty, over the limit, or there is no room for it.
    """
    limit = settings.AUDIO_UPLOAD_MAX_BYTES
    if isinstance(file, File) and (file.size or 0) > limit:
        raise _too_large(limit)
    forget_expired_here(now)
    try:
        stored = storing.store(_pieces(file), limit=limit)
    except storing.TooLarge as error:
        raise _too_large(limit) from error
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise UploadRefused(
            "no-space",
            _(
                "There is no room on the disk of this installation. "
                "Nothing was saved; tell whoever runs it and upload again."
            ),
        ) from error
    check_size(stored.size)
    return acknowledge(stored, episode=episode, by=by, original_name=original_name)


def check_size(size: int) -> None:
    """Raise `UploadRefused` for a file that is empty or over the limit."""
    limit = settings.AUDIO_UPLOAD_MAX_BYTES
    if not size:
        raise UploadRefused("empty", sentence({"code": "empty"}))
    if size > limit:
        raise _too_large(limit)


def label_of(name: str) -> str:
    """Return what a client calls its file as one harmless line."""
    return clean_text(name, 255) or _("unnamed file")


def retry(upload: AudioUpload) -> bool:
    """Try again to read an upload that failed; `False` when there is nothing left to try."""
    with transaction.atomic():
        again = jobs.retry(KIND, str(upload.pk))
        if again:
            upload.state, upload.code, upload.message = AudioUpload.State.RECEIVED, "", ""
            upload.save(update_fields=["state", "code", "message", "updated_at"])
            wake_on_commit(inspect_upload, upload.pk)
    return again


@transaction.atomic
def acknowledge(
    stored: storing.Stored, *, episode: Episode, by: User | None, original_name: str
) -> AudioUpload:
    """Write down an upload that is on the disk, with the job to read it, and wake a worker."""
    upload = AudioUpload(
        episode=episode,
        by=by,
        original_name=label_of(original_name),
        sha256=stored.sha256,
        path=stored.path,
        size=stored.size,
    )
    upload.full_clean()
    upload.save()
    holding.hold(stored.path, stored.size)
    jobs.enqueue(KIND, str(upload.pk))
    wake_on_commit(inspect_upload, upload.pk)
    return upload


def _pieces(file: "BinaryIO | File[bytes]") -> Iterable[bytes]:
    return file.chunks(_PIECE) if isinstance(file, File) else _read_pieces(file)


def _read_pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _too_large(limit: int) -> UploadRefused:
    return UploadRefused(
        "too-large",
        _(
            "The file is larger than %(limit)s MB, the most that this installation takes. Export "
            "it with a lower bit rate (128 kbit/s makes about 1 MB a minute) and upload that."
        )
        % {"limit": limit // 2**20},
    )
