"""A page that helps somebody who took a wrong turn; it tells nothing of what may exist unseen."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from website.listing import latest_of_each, public_shows
from website.meta import Meta
from website.pages import site_name


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer 404 with the search and the shows: the same page for a draft and for nonsense."""
    at = timezone.now()
    with translation.override(settings.LANGUAGE_CODE):
        shows = list(public_shows())
        latest = latest_of_each(shows, at)
        content = render_to_string(
            "404.html",
            {
                "at": at,
                "meta": Meta(title=_("Page not found"), path=request.path, indexed=False),
                "page_language": translation.get_language(),
                "shows": [(show, latest.get(show.pk)) for show in shows],
                "site_name": site_name(),
            },
        )
    response = HttpResponse(content, status=404)
    response["Cache-Control"] = "no-cache"
    return response
