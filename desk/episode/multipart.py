"""Uploads from the episode's page straight to a bucket, where there is one."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from desk.access import signed_in
from desk.episode.uploads import episode_for_upload, for_staff
from episodes import object_storage
from episodes.models import IncomingUpload
from episodes.uploads import multipart_endpoint


@for_staff
@require_http_methods(multipart_endpoint.COLLECTION_METHODS)
def uploads(request: HttpRequest, object_id: int) -> HttpResponse:
    """Begin an upload (POST) or tell which ones can be gone on with (GET)."""
    episode = episode_for_upload(request, object_id)
    if not object_storage.is_used():
        raise Http404
    return multipart_endpoint.handle_creation(
        request, episode=episode, by=signed_in(request), address=_address, now=timezone.now()
    )


@for_staff
@require_http_methods(multipart_endpoint.RESOURCE_METHODS)
def upload(request: HttpRequest, object_id: int, uid: UUID) -> HttpResponse:
    return multipart_endpoint.handle_upload(
        request,
        incoming=_mine(request, object_id, uid),
        address=_address,
        now=timezone.now(),
    )


@for_staff
@require_POST
def complete(request: HttpRequest, object_id: int, uid: UUID) -> HttpResponse:
    incoming = _mine(request, object_id, uid)
    return multipart_endpoint.handle_completion(incoming=incoming, now=timezone.now())


def _mine(request: HttpRequest, object_id: int, uid: UUID) -> IncomingUpload:
    mine = IncomingUpload.objects.filter(
        episode=episode_for_upload(request, object_id), by=signed_in(request)
    )
    return get_object_or_404(mine.exclude(multipart_id=""), uid=uid)


def _address(incoming: IncomingUpload) -> str:
    return reverse("admin:episodes_episode_part_upload", args=[incoming.episode_id, incoming.uid])
