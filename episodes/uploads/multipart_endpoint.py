"""Uploads in signed parts over HTTP and JSON, for whichever door it is mounted in.

The bytes themselves never come here: a client asks for addresses, PUTs each part to the bucket,
and says when it is done. As in `endpoint` the door finds the episode or the upload, and errors
come out in the door's own form.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from accounts.models import User
from episodes import object_storage
from episodes.exceptions import StorageUnavailable, UploadRefused
from episodes.models import Episode, IncomingUpload
from episodes.uploads import multipart
from episodes.uploads.endpoint import Tell, as_text, told
from episodes.uploads.expiring import terminate_parts

COLLECTION_METHODS = ("GET", "POST")
RESOURCE_METHODS = ("GET", "HEAD", "POST", "DELETE")

Address = Callable[[IncomingUpload], str]


def handle_creation(
    request: HttpRequest,
    *,
    episode: Episode,
    by: User,
    address: Address,
    now: datetime,
    tell: Tell = as_text,
) -> HttpResponse:
    """Answer POST {"name", "size"} with the upload's address and the size of its parts.

    GET answers with those that can be gone on with.
    """
    try:
        if request.method == "GET":
            found = multipart.unfinished(episode=episode, by=by, now=now)
            return _answer({"uploads": [_described(*each, address) for each in found]})
        asked = _read(request)
        incoming = multipart.begin(
            episode=episode,
            by=by,
            original_name=str(asked.get("name", "")),
            size=_number(asked.get("size")),
            now=now,
        )
    except (UploadRefused, StorageUnavailable) as refusal:
        return _refuse(refusal, tell)
    nothing = multipart.Progress([], 0)
    answer = _with_offset(_answer(_described(incoming, nothing, address), status=201), nothing)
    answer["Location"] = address(incoming)
    return answer


def handle_upload(
    request: HttpRequest,
    *,
    incoming: IncomingUpload,
    address: Address,
    now: datetime,
    tell: Tell = as_text,
) -> HttpResponse:
    """Answer GET and HEAD (what has arrived), POST {"parts": [1, …]} (addresses) and DELETE."""
    try:
        if request.method in {"GET", "HEAD"}:
            progress = multipart.progress_of(incoming, now=now)
            return _with_offset(_answer(_described(incoming, progress, address)), progress)
        if request.method == "POST":
            wanted = _read(request).get("parts")
            numbers = wanted if isinstance(wanted, list) else []
            signed = multipart.sign(incoming, [_number(each) for each in numbers], now=now)
            return _answer({"addresses": {str(number): found for number, found in signed.items()}})
        terminate_parts(incoming)
        return HttpResponse(status=204)
    except (UploadRefused, StorageUnavailable) as refusal:
        return _refuse(refusal, tell)


def handle_completion(
    *, incoming: IncomingUpload, now: datetime, tell: Tell = as_text
) -> HttpResponse:
    """Answer POST: the file is whole, safe, and will be read."""
    try:
        upload = multipart.complete(incoming, now=now)
    except (UploadRefused, StorageUnavailable) as refusal:
        return _refuse(refusal, tell)
    return _answer({"uid": str(upload.uid), "name": upload.original_name, "size": upload.size})


def _described(
    incoming: IncomingUpload, progress: multipart.Progress, address: Address
) -> dict[str, Any]:
    return {
        "uid": str(incoming.uid),
        "url": address(incoming),
        "name": incoming.original_name,
        "size": incoming.size,
        "part_size": object_storage.PART_SIZE,
        "parts": multipart.count_of_parts(incoming),
        "arrived": progress.arrived,
        "offset": progress.offset,
        "expires": incoming.expires_at.isoformat(),
    }


def _with_offset(answer: HttpResponse, progress: multipart.Progress) -> HttpResponse:
    """Say as tus does how much is there, so that a client can ask both alike."""
    answer["Upload-Offset"] = str(progress.offset)
    return answer


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        asked = json.loads(request.body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise UploadRefused("bad-header", _("Send a JSON object."))
    return asked


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise UploadRefused("bad-header", _("Sizes and numbers of parts are whole numbers."))
    return value


def _answer(content: dict[str, Any], status: int = 200) -> HttpResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})


def _refuse(refusal: UploadRefused | StorageUnavailable, tell: Tell) -> HttpResponse:
    answer = told(refusal, tell)
    answer["Cache-Control"] = "no-store"
    return answer
