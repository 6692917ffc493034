"""The feed and the companions of an episode, over HTTP."""

from datetime import datetime
from pathlib import PurePath
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from episodes.chaptering import audible, marks_of
from episodes.chapters.json_chapters import MEDIA_TYPE, write_json
from episodes.models import Episode
from feeds.answers import (
    accepts_gzip,
    conditional,
    let_anyone_read,
    nothing_here,
    set_caching,
)
from feeds.links import absolute, audio_path, image_url
from feeds.serving import RETRY_AFTER, ReadyFeed, body_of, ready_feed
from feeds.visibility import Access, access_to_episode

FEED_TYPE = "application/rss+xml; charset=utf-8"
COMPANION_AGE = "public, max-age=300"


@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponseBase:
    at = timezone.now()
    found = ready_feed(slug, at=at)
    if found is None:
        return nothing_here()
    if found.version_id is None:
        return _not_yet()
    gzipped = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    etag = found.etag(gzipped=gzipped)
    response = conditional(request, etag=etag, modified=found.modified_timestamp)
    if response is None:
        response = _body(request, found, gzipped=gzipped)
    let_anyone_read(response, etag=etag, modified=found.modified_by(at))
    response["Cache-Control"] = f"public, max-age={found.max_age(at)}"
    response["Vary"] = "Accept-Encoding"
    response["Link"] = f'<{absolute(reverse("feeds:feed", args=[slug]))}>; rel="self"'
    return response


def _body(request: HttpRequest, found: ReadyFeed, *, gzipped: bool) -> HttpResponseBase:
    assert found.version_id is not None  # noqa: S101 - the caller has one
    size = found.gzip_size if gzipped else found.size
    body = b"" if request.method == "HEAD" else body_of(found.version_id, gzipped=gzipped)
    if body is None:
        return _not_yet()
    response = HttpResponse(body, content_type=FEED_TYPE)
    response["Content-Length"] = str(size)
    if gzipped:
        response["Content-Encoding"] = "gzip"
    return response


def _not_yet() -> HttpResponse:
    """Apps keep what they have on a 503; an empty feed or an error page would cost episodes."""
    response = HttpResponse(
        "The feed is being prepared. Please ask again shortly.\n",
        status=503,
        content_type="text/plain; charset=utf-8",
    )
    response["Retry-After"] = str(int(RETRY_AFTER.total_seconds()))
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def chapters(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Answer JSON chapters 1.2 of the podcast namespace."""
    at = timezone.now()
    episode, access = _episode(request, uid, at=at)
    if episode is None:
        return nothing_here()
    rows = audible(episode, episode.chapters.select_related("image").order_by("start_ms"))
    if not rows:
        return nothing_here()
    document = write_json(
        marks_of(rows, image_url),
        title=episode.title,
        podcast_name=episode.show.title,
        file_name=PurePath(audio_path(episode, episode.audio)).name if episode.audio else "",
    )
    return _companion(HttpResponse(document, content_type=MEDIA_TYPE), access)


def _episode(request: HttpRequest, uid: UUID, *, at: datetime) -> tuple[Episode | None, Access]:
    episode = Episode.objects.select_related("show", "audio").filter(uid=uid).first()
    access = access_to_episode(episode, request, at=at) if episode else Access.NONE
    return (None if access is Access.NONE else episode), access


def _companion(response: HttpResponse, access: Access) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    set_caching(response, access, public=COMPANION_AGE)
    return response
