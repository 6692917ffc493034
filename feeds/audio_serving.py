"""The audio over HTTP: whole, in ranges, or not at all. Memory stays flat whatever the size."""

from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import parse_http_date_safe
from django.views.decorators.http import require_safe

from episodes import object_storage
from episodes.exceptions import StorageUnavailable
from episodes.models import AudioFile
from feeds.answers import conditional, let_anyone_read, nothing_here, set_caching
from feeds.ranges import ByteRange, UnsatisfiableRange, parse_range
from feeds.visibility import Access, access_to_audio, find_audio

log = structlog.get_logger(__name__)

CHUNK = 64 * 1024
NOT_KEPT = "no-store"
FOR_EVER = "public, max-age=31536000, immutable"
_THE_FILE = {200, 206, 304}
# A file that somebody uploaded is never run as anything, whatever a browser makes of it.
SANDBOX = "sandbox; default-src 'none'"


@require_safe
def audio(request: HttpRequest, uid: UUID, name: str, extension: str) -> HttpResponseBase:  # noqa: ARG001 - the name is for people
    row = find_audio(uid)
    if row is None or extension != row.extension.lstrip("."):
        return nothing_here()
    access = access_to_audio(row, request, at=timezone.now())
    if access is Access.NONE:
        return nothing_here()
    etag, modified = f'"{row.sha256}"', int(row.created_at.timestamp())
    response = conditional(request, etag=etag, modified=modified) or _send(request, row, etag)
    let_anyone_read(response, etag=etag, modified=row.created_at)
    set_caching(
        response, access, public=FOR_EVER if response.status_code in _THE_FILE else NOT_KEPT
    )
    response["Accept-Ranges"] = "bytes"
    response["Content-Security-Policy"] = SANDBOX
    return response


def _send(request: HttpRequest, row: AudioFile, etag: str) -> HttpResponseBase:
    if object_storage.is_used():
        return _lead_to_bucket(request, row)
    if settings.AUDIO_ACCEL_PREFIX:
        return _hand_over(row)
    try:
        wanted = _wanted(request, row, etag)
    except UnsatisfiableRange:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{row.size}"})
    part = wanted or ByteRange(0, row.size - 1, row.size)
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse(content_type=row.mime_type)
    else:
        try:
            response = StreamingHttpResponse(_Part(row.path, part), content_type=row.mime_type)
        except OSError:
            log.exception("audio_file_missing", audio=str(row.uid), path=row.path)
            return HttpResponse(status=503, headers={"Retry-After": "60"})
    response["Content-Length"] = str(part.length)
    if wanted:
        response.status_code = 206
        response["Content-Range"] = part.content_range
    return response


def _wanted(request: HttpRequest, row: AudioFile, etag: str) -> ByteRange | None:
    """Return the range to send; None means the whole (RFC 9110: a Range on HEAD is ignored)."""
    header = request.headers.get("Range")
    if header is None or request.method == "HEAD" or not _still_the_same(request, row, etag):
        return None
    return parse_range(header, row.size)


def _still_the_same(request: HttpRequest, row: AudioFile, etag: str) -> bool:
    """Compare If-Range: a tag strongly, a date exactly. Another file is sent from its beginning."""
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if condition.startswith('"'):
        return condition.strip() == etag
    return parse_http_date_safe(condition) == int(row.created_at.timestamp())


def _hand_over(row: AudioFile) -> HttpResponse:
    """Let nginx send the file: it does ranges itself, from the location named in the settings."""
    response = HttpResponse(content_type=row.mime_type)
    response["X-Accel-Redirect"] = settings.AUDIO_ACCEL_PREFIX + quote(row.path)
    return response


def _lead_to_bucket(request: HttpRequest, row: AudioFile) -> HttpResponse:
    """Send a listener to the bucket, for an hour; HEAD is answered here and costs the bucket none.

    Nobody may keep the answer: the next request asks us again, who know what is out.
    """
    if request.method == "HEAD":
        return HttpResponse(content_type=row.mime_type, headers={"Content-Length": str(row.size)})
    name = request.path.rsplit("/", 1)[-1]
    try:
        address = object_storage.address(row.path, mime_type=row.mime_type, file_name=name)
    except StorageUnavailable as failure:
        return HttpResponse(status=503, headers={"Retry-After": str(failure.retry_after)})
    return HttpResponse(status=302, headers={"Location": address})


class _Part(Iterator[bytes]):
    """A part of a stored file, read as it is sent.

    The file is opened at once, so that a missing one is known before the headers are, and closed
    with the answer, even if nobody ever read a byte of it.
    """

    def __init__(self, path: str, part: ByteRange) -> None:
        self._file = default_storage.open(path, "rb")
        self._file.seek(part.first)
        self._left = part.length

    def __next__(self) -> bytes:
        chunk: bytes = self._file.read(min(CHUNK, self._left))
        if not chunk:
            raise StopIteration
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._file.close()
