"""The waveform of an audio version, as data and as a picture; public when the audio is."""

import gzip
import re
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from episodes.audio.listening import waveform
from episodes.models import AudioFile
from feeds.answers import (
    accepts_gzip,
    conditional,
    let_anyone_read,
    nothing_here,
    set_caching,
)
from feeds.audio_serving import FOR_EVER, SANDBOX
from feeds.visibility import Access, access_to_audio, find_audio

_MOST_POINTS = 1_000_000
_NUMBER = re.compile(r"0{0,3}[1-9][0-9]{0,6}")
_FORMAT = 1
"""Counted up when the answers change, since caches keep them for ever under their ETag."""


@require_safe
def as_json(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Answer audiowaveform's JSON; `?points=800` gives at most so many pairs."""
    row, access = _heard(request, uid)
    if row is None or row.waveform is None:
        return nothing_here()
    asked = request.GET.get("points", "")
    if asked and not (_NUMBER.fullmatch(asked) and int(asked) <= _MOST_POINTS):
        return HttpResponse(
            f"points must be a whole number from 1 to {_MOST_POINTS}.\n",
            status=400,
            content_type="text/plain; charset=utf-8",
            headers={"Cache-Control": "no-store"},
        )
    zipped = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    points = int(asked) if asked else _MOST_POINTS
    etag = _etag(row, f"{points}{'-gz' * zipped}")
    response = _unchanged(request, row, etag) or _document(row, points, zipped=zipped)
    response["Vary"] = "Accept-Encoding"
    return _send(response, row, access, etag)


@require_safe
def as_svg(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    row, access = _heard(request, uid)
    if row is None or not row.sound_report:
        return nothing_here()
    etag = _etag(row, "svg")
    response = _unchanged(request, row, etag) or HttpResponse(
        waveform.picture(row.sound_report["overview"]), content_type="image/svg+xml"
    )
    response["Content-Security-Policy"] = SANDBOX
    return _send(response, row, access, etag)


def _heard(request: HttpRequest, uid: UUID) -> tuple[AudioFile | None, Access]:
    row = find_audio(uid)
    access = access_to_audio(row, request, at=timezone.now()) if row else Access.NONE
    return (None if access is Access.NONE else row), access


def _document(row: AudioFile, points: int, *, zipped: bool) -> HttpResponse:
    assert row.waveform is not None  # noqa: S101 - the caller looked
    pairs, step = waveform.reduce(waveform.unpack(bytes(row.waveform.peaks)), points)
    body = waveform.as_json(pairs, step=step, sample_rate=row.sample_rate)
    if not zipped:
        return HttpResponse(body, content_type="application/json")
    response = HttpResponse(gzip.compress(body, 6, mtime=0), content_type="application/json")
    response["Content-Encoding"] = "gzip"
    return response


def _etag(row: AudioFile, what: str) -> str:
    return f'"{row.sha256[:32]}-w{_FORMAT}-{what}"'


def _unchanged(request: HttpRequest, row: AudioFile, etag: str) -> HttpResponseBase | None:
    return conditional(request, etag=etag, modified=int(row.created_at.timestamp()))


def _send(
    response: HttpResponseBase, row: AudioFile, access: Access, etag: str
) -> HttpResponseBase:
    let_anyone_read(response, etag=etag, modified=row.created_at)
    set_caching(response, access, public=FOR_EVER)
    return response
