"""tus 1.0 over HTTP, for whichever door it is mounted in.

A door finds the episode or the upload and says who asks; everything between that and the answer is
here. Errors come out in the door's own form, through `tell`. A request's body is read as it comes
and never through `request.body` or `request.POST`, which would keep 2 GB of it.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from episodes.exceptions import StorageUnavailable, UploadRefused
from episodes.models import Episode, IncomingUpload
from episodes.uploads import protocol, receiving

COLLECTION_METHODS = ("GET", "POST", "OPTIONS")
RESOURCE_METHODS = ("HEAD", "PATCH", "POST", "DELETE", "OPTIONS")

STATUSES = {
    "bad-header": 400,
    "empty": 400,
    "cut-off": 400,
    "wrong-offset": 409,
    "expired": 410,
    "gone": 410,
    "tus-version": 412,
    "too-large": 413,
    "too-much": 413,
    "content-type": 415,
    "busy": 423,
    "bad-part": 400,
    "too-many-uploads": 429,
    "checksum-mismatch": 460,
    "storage-unavailable": 503,
    "no-space": 507,
}
"""What each refusal is in HTTP; 460 is tus's own."""

_MOMENT, _LONG_SILENCE = 1.0, 20.0
"""Seconds; see `_body_of`."""
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no: `message` is for the person who sends, or their app's author."""

    status: int
    code: str
    message: str


Tell = Callable[[Refusal], HttpResponse]


def as_text(refusal: Refusal) -> HttpResponse:
    return HttpResponse(
        refusal.message, status=refusal.status, content_type="text/plain; charset=utf-8"
    )


_No = protocol.BadRequest | UploadRefused | StorageUnavailable


def told(refusal: _No, tell: Tell, *, status: int | None = None) -> HttpResponse:
    """Return a no in the door's own form."""
    answer = tell(Refusal(status or STATUSES[refusal.code], refusal.code, str(refusal)))
    if isinstance(refusal, StorageUnavailable):
        answer["Retry-After"] = str(refusal.retry_after)
    return answer


def handle_creation(
    request: HttpRequest,
    *,
    episode: Episode,
    by: User,
    address: Callable[[IncomingUpload], str],
    now: datetime,
    tell: Tell = as_text,
) -> HttpResponse:
    """Answer POST and OPTIONS of an episode's uploads; `address` says where a new one lies."""
    if request.method == "OPTIONS":
        return _options()
    with _body_of(request) as body:
        return _begin(request, body, episode=episode, by=by, address=address, now=now, tell=tell)


def _begin(
    request: HttpRequest,
    body: "_WsgiBody",
    *,
    episode: Episode,
    by: User,
    address: Callable[[IncomingUpload], str],
    now: datetime,
    tell: Tell,
) -> HttpResponse:
    try:
        protocol.check_version(request.headers)
        creation = protocol.read_creation(request.headers)
        incoming = receiving.begin(
            episode=episode, by=by, original_name=creation.name, size=creation.size, now=now
        )
    except (protocol.BadRequest, UploadRefused) as refusal:
        return _refuse(refusal, tell)
    answer = _progress(incoming, 0, status=201)
    if creation.has_content:
        answer = _take_first_bytes(body, incoming, creation, now, tell)
    answer["Location"] = address(incoming)
    return answer


def handle_upload(
    request: HttpRequest, *, incoming: IncomingUpload, now: datetime, tell: Tell = as_text
) -> HttpResponse:
    """Answer HEAD, PATCH, DELETE and OPTIONS of one upload."""
    with _body_of(request) as body:
        return _handle(request, body, incoming=incoming, now=now, tell=tell)


def _handle(
    request: HttpRequest,
    body: "_WsgiBody",
    *,
    incoming: IncomingUpload,
    now: datetime,
    tell: Tell,
) -> HttpResponse:
    method = _method(request)
    if method == "OPTIONS":
        return _options()
    try:
        protocol.check_version(request.headers)
        if method == "HEAD":
            answer = _progress(incoming, receiving.offset_of(incoming, now=now), status=200)
            answer["Upload-Length"] = str(incoming.size)
            answer["Upload-Metadata"] = protocol.write_metadata(
                {"filename": incoming.original_name}
            )
            return answer
        if method == "PATCH":
            offset = _take(body, incoming, protocol.read_chunk(request.headers), now)
            return _progress(incoming, offset, status=204)
        if method == "DELETE":
            receiving.terminate(incoming)
            return _tus(HttpResponse(status=204))
    except (protocol.BadRequest, UploadRefused, StorageUnavailable) as refusal:
        return _refuse(refusal, tell)
    answer = _refuse(UploadRefused("method", _("This is not possible here.")), tell, status=405)
    answer["Allow"] = ", ".join(RESOURCE_METHODS)
    return answer


def _method(request: HttpRequest) -> str:
    """Return what is meant: some networks let nothing through but POST."""
    override = request.headers.get("X-HTTP-Method-Override", "").upper()
    return override if request.method == "POST" and override else request.method or ""


def _take_first_bytes(
    body: "_WsgiBody",
    incoming: IncomingUpload,
    creation: protocol.Creation,
    now: datetime,
    tell: Tell,
) -> HttpResponse:
    try:
        offset = _take(body, incoming, protocol.Chunk(0, body.length, creation.checksum), now)
    except (UploadRefused, StorageUnavailable) as refusal:
        return _refuse(refusal, tell)
    return _progress(incoming, offset, status=201)


def _take(body: "_WsgiBody", incoming: IncomingUpload, chunk: protocol.Chunk, now: datetime) -> int:
    return receiving.append(
        incoming,
        body,
        offset=chunk.offset,
        length=chunk.length,
        checksum=chunk.checksum,
        now=now,
    )


class _WsgiBody:
    """`wsgi.input`, never read past the announced length.

    Not through Django's request, which takes a body without Content-Length (as Android's tus
    client sends it) for an empty one.
    """

    def __init__(self, stream: Any, length: int | None) -> None:
        self.length = length
        self._stream, self._left = stream, length

    def read(self, size: int, /) -> bytes:
        if self._left is None:
            return bytes(self._stream.read(size))
        piece = bytes(self._stream.read(min(size, self._left)))
        self._left -= len(piece)
        return piece

    def hear_out(self) -> None:
        """Throw away what still comes, for a moment: who is still sending hears no answer."""
        deadline = time.monotonic() + _MOMENT
        with suppress(OSError):
            while time.monotonic() < deadline and self.read(_PIECE):
                pass


@contextmanager
def _body_of(request: HttpRequest) -> Iterator[_WsgiBody]:
    """Give the body; gunicorn's socket reports a silence instead of waiting for ever.

    A phone that left its network says nothing, not even goodbye; the next request of the same
    upload must not wait for it. In a body that tells its own end a silence cannot be taken back,
    so there it has to be a long one.
    """
    try:
        length = protocol.read_length(request.headers)
    except protocol.BadRequest:
        length = 0
    line: socket.socket | None = request.META.get("gunicorn.socket")
    if line is not None:
        line.settimeout(_MOMENT if length is not None else _LONG_SILENCE)
    body = _WsgiBody(request.META["wsgi.input"], length)
    try:
        yield body
    finally:
        body.hear_out()
        if line is not None:
            line.settimeout(None)


def _options() -> HttpResponse:
    answer = HttpResponse(status=204)
    answer["Tus-Version"] = protocol.VERSION
    answer["Tus-Extension"] = ",".join(protocol.EXTENSIONS)
    answer["Tus-Max-Size"] = str(settings.AUDIO_UPLOAD_MAX_BYTES)
    answer["Tus-Checksum-Algorithm"] = ",".join(protocol.ALGORITHMS)
    return _tus(answer)


def _progress(incoming: IncomingUpload, offset: int, *, status: int) -> HttpResponse:
    answer = HttpResponse(status=status)
    answer["Upload-Offset"] = str(offset)
    answer["Upload-Expires"] = protocol.http_date(incoming.expires_at)
    return _tus(answer)


def _refuse(refusal: _No, tell: Tell, *, status: int | None = None) -> HttpResponse:
    answer = told(refusal, tell, status=status)
    if refusal.code == "tus-version":
        answer["Tus-Version"] = protocol.VERSION
    if refusal.code == "too-large":
        answer["Tus-Max-Size"] = str(settings.AUDIO_UPLOAD_MAX_BYTES)
    return _tus(answer)


def _tus(answer: HttpResponse) -> HttpResponse:
    answer["Tus-Resumable"] = protocol.VERSION
    answer["Cache-Control"] = "no-store"
    return answer
