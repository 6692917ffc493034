"""Pictures, addressed by what they hold; and what crawlers ask for first."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from feeds.links import absolute

_PICTURE = re.compile(r"artwork/([0-9a-f]{64}(?:-[0-9]{1,4})?)\.(jpg|png)")
_TYPES = {"jpg": "image/jpeg", "png": "image/png"}


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a stored picture for ever: another picture has another name.

    Nothing but pictures: audio lies in the same storage, and its door is the one that knows what
    has been released.
    """
    match = _PICTURE.fullmatch(name)
    if match is None or not default_storage.exists(name):
        raise Http404
    etag = f'"{match[1]}"'
    response = get_conditional_response(request, etag=etag) or FileResponse(
        default_storage.open(name), content_type=_TYPES[match[2]]
    )
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["ETag"] = etag
    return response


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Lead to the icon those who ask without having read a page: feed readers, old browsers."""
    response = redirect(static("website/star.svg"))
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Invite everybody to everything public; the search's endless addresses are left out."""
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('website:search')}",
        "Disallow: /admin/",
        "Disallow: /accounts/",
        f"Sitemap: {absolute(reverse('website:sitemap'))}",
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
