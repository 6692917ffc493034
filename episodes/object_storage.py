"""Audio in a bucket: uploads in signed parts, whole objects in and out, addresses for listeners.

Only used when `settings.S3_BUCKET` is set (`is_used`). Keys are the paths that a disk would have.
What arrived is what the bucket says, never what a browser says.

A bucket that is down, too busy or turns us away is `StorageUnavailable`, whatever was asked of it;
what is not there is `FileNotFoundError`, as on a disk.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage

from episodes.beating import beat_while
from episodes.exceptions import StorageUnavailable

try:
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:  # an installation without a bucket has no library for one
    _FAILURES: tuple[type[Exception], ...] = ()
else:
    _FAILURES = (BotoCoreError, ClientError, Boto3Error)

logger = logging.getLogger(__name__)

PART_SIZE = 16 * 2**20
"""Bytes of a part but the last: 2 GB make 128. S3 takes 5 MiB to 5 GiB and 10,000 of them."""
SIGNED_SECONDS = 3600
_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    size: int
    etag: str


def is_used() -> bool:
    return bool(settings.S3_BUCKET)


def begin(key: str) -> str:
    """Open a multipart upload and return the bucket's name for it."""
    with _asking(key):
        answer = _client().create_multipart_upload(
            Bucket=settings.S3_BUCKET, Key=key, ContentType="application/octet-stream"
        )
    return str(answer["UploadId"])


def sign_part(key: str, multipart_id: str, number: int) -> str:
    """Return an address to which one part may be PUT within the hour."""
    return _sign("upload_part", key, UploadId=multipart_id, PartNumber=number)


def parts(key: str, multipart_id: str) -> list[Part]:
    """Return the parts that have arrived in whole, by number; none when it is over or unknown."""
    with suppress(FileNotFoundError), _asking(key):
        pages = (
            _client()
            .get_paginator("list_parts")
            .paginate(Bucket=settings.S3_BUCKET, Key=key, UploadId=multipart_id)
        )
        return [
            Part(part["PartNumber"], part["Size"], part["ETag"])
            for page in pages
            for part in page.get("Parts", [])
        ]
    return []


def complete(key: str, multipart_id: str, arrived: list[Part]) -> bool:
    """Make one object of the parts; the bucket has it safely then. `False` when it is over."""
    listed = [{"PartNumber": part.number, "ETag": part.etag} for part in arrived]
    with suppress(FileNotFoundError), _asking(key):
        _client().complete_multipart_upload(
            Bucket=settings.S3_BUCKET,
            Key=key,
            UploadId=multipart_id,
            MultipartUpload={"Parts": listed},
        )
        return True
    return False


def abort(key: str, multipart_id: str) -> None:
    """Throw the parts away; nothing happens when there are none."""
    with suppress(FileNotFoundError), _asking(key):
        _client().abort_multipart_upload(Bucket=settings.S3_BUCKET, Key=key, UploadId=multipart_id)


def size_of(key: str) -> int | None:
    """Return how many bytes lie under a key; `None` when nothing does."""
    with suppress(FileNotFoundError), _asking(key):
        return int(_client().head_object(Bucket=settings.S3_BUCKET, Key=key)["ContentLength"])
    return None


def fetch(key: str, target: Path, *, beat: Callable[[], None] | None = None) -> tuple[str, int]:
    """Download an object to `target`, hashing; return its SHA-256 and size. Memory stays flat."""
    digest, size = hashlib.sha256(), 0
    with _asking(key), target.open("wb") as file:
        body = _client().get_object(Bucket=settings.S3_BUCKET, Key=key)["Body"]
        for piece in body.iter_chunks(_PIECE):
            digest.update(piece)
            file.write(piece)
            size += len(piece)
            if beat:
                beat()
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def put(part: Path, key: str, *, beat: Callable[[], None] | None = None) -> None:
    """Upload a file; the object is there in whole or not at all."""
    with _asking(key):
        beat_while(partial(_client().upload_file, str(part), settings.S3_BUCKET, key), beat)


def copy(source: str, key: str, *, beat: Callable[[], None] | None = None) -> None:
    """Copy inside the bucket; an object of up to 5 GB is there in whole or not at all."""
    origin = {"Bucket": settings.S3_BUCKET, "Key": source}
    with _asking(source):
        client = _storage().patient_client
        copying = partial(client.copy_object, Bucket=settings.S3_BUCKET, Key=key, CopySource=origin)
        beat_while(copying, beat)


def delete(key: str) -> None:
    """Delete an object; nothing happens when there is none."""
    with suppress(FileNotFoundError), _asking(key):
        _client().delete_object(Bucket=settings.S3_BUCKET, Key=key)


def read(key: str, first: int, length: int) -> Iterator[bytes]:
    """Yield a range of an object."""
    with _asking(key):
        answer = _client().get_object(
            Bucket=settings.S3_BUCKET, Key=key, Range=f"bytes={first}-{first + length - 1}"
        )
        yield from answer["Body"].iter_chunks(_PIECE)


def address(key: str, *, mime_type: str, file_name: str) -> str:
    """Return a signed address from which one object can be read within the hour."""
    return _sign(
        "get_object",
        key,
        ResponseContentType=mime_type,
        ResponseContentDisposition=f"inline; filename*=UTF-8''{quote(file_name)}",
        ResponseCacheControl="private, max-age=3600",
    )


def _sign(operation: str, key: str, **more: object) -> str:
    """Return an address for one request; without keys, signing fails as a bucket's no does."""
    with _asking(key):
        return str(
            _storage().browser_client.generate_presigned_url(
                operation,
                Params={"Bucket": settings.S3_BUCKET, "Key": key, **more},
                ExpiresIn=SIGNED_SECONDS,
            )
        )


@contextmanager
def _asking(key: str) -> Iterator[None]:
    """Turn what the library raises into `FileNotFoundError` or `StorageUnavailable`."""
    try:
        yield
    except _FAILURES as error:
        if _is_missing(error):
            raise FileNotFoundError(f"{key} is not in the bucket") from error
        logger.warning("The bucket failed at %s: %s", key, error)
        raise StorageUnavailable from error


def _storage() -> Any:
    return default_storage


def _client() -> Any:
    return _storage().client


def _is_missing(error: Exception) -> bool:
    answer = getattr(error, "response", None) or {}
    code = answer.get("Error", {}).get("Code")
    return code in {"404", "NoSuchKey", "NoSuchUpload", "NotFound"}
