"""Resumable uploads from the episode's page: tus 1.0, for who is signed in.

Cross-site requests are kept out by the token in the header X-CSRFToken; the body is never looked
at for it.
"""

from functools import wraps
from typing import Any, Protocol
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.permissions import Action
from desk.access import access, signed_in
from desk.site import site
from episodes.models import Episode, IncomingUpload
from episodes.uploads import endpoint, receiving


class _View(Protocol):
    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse: ...


def for_staff(view: _View) -> _View:
    """Answer 401 where the admin would lead to its log-in, which no upload could follow."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not site.has_permission(request):
            sentence = _("You are signed out. Sign in in another tab and go on here.")
            return endpoint.as_text(endpoint.Refusal(401, "signed-out", sentence))
        return view(request, *args, **kwargs)

    return guarded


@for_staff
@require_http_methods(endpoint.COLLECTION_METHODS)
def uploads(request: HttpRequest, object_id: int) -> HttpResponse:
    """Begin an upload (POST) or tell which ones can be gone on with (GET, JSON)."""
    episode, now = episode_for_upload(request, object_id), timezone.now()
    if request.method == "GET":
        found = receiving.unfinished(episode=episode, by=signed_in(request), now=now)
        answer = JsonResponse({"uploads": [_as_row(episode, each) for each in found]})
        answer["Cache-Control"] = "no-store"
        return answer
    return endpoint.handle_creation(
        request,
        episode=episode,
        by=signed_in(request),
        address=lambda incoming: _address(episode, incoming),
        now=now,
    )


@for_staff
@require_http_methods(endpoint.RESOURCE_METHODS)
def upload(request: HttpRequest, object_id: int, uid: UUID) -> HttpResponse:
    """Go on with an upload; somebody else's is not there."""
    mine = IncomingUpload.objects.filter(
        episode=episode_for_upload(request, object_id), by=signed_in(request), multipart_id=""
    )
    incoming = get_object_or_404(mine, uid=uid)
    return endpoint.handle_upload(request, incoming=incoming, now=timezone.now())


def episode_for_upload(request: HttpRequest, pk: int) -> Episode:
    episode = get_object_or_404(Episode.objects.visible_to(signed_in(request)), pk=pk)
    if not access(request).may(Action.UPLOAD, episode.show_id):
        raise Http404
    return episode


def _address(episode: Episode, incoming: IncomingUpload) -> str:
    return reverse("admin:episodes_episode_upload", args=[episode.pk, incoming.uid])


def _as_row(episode: Episode, found: receiving.Unfinished) -> dict[str, Any]:
    incoming = found.incoming
    return {
        "uid": str(incoming.uid),
        "url": _address(episode, incoming),
        "name": incoming.original_name,
        "size": incoming.size,
        "offset": found.offset,
        "expires": incoming.expires_at.isoformat(),
    }
