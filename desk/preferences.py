"""The admin speaks each user's language and shows each user's time.

Only the admin and the log-in pages do: on public paths no cookie and no header may change an
answer, or feeds and pages could not be shared by caches.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

PREFIXES = ("/admin/", "/accounts/")


class PreferencesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIXES):
            return self.get_response(request)
        with translation.override(_language(request)), timezone.override(_zone(request)):
            response = self.get_response(request)
            # The admin renders its templates late; they belong into this language as well.
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        response.headers.setdefault("Content-Language", _language(request))
        return response


def _language(request: HttpRequest) -> str:
    """The user's own choice; before the log-in what the browser asks for."""
    if request.user.is_authenticated:
        return request.user.language
    return translation.get_language_from_request(request)


def _zone(request: HttpRequest) -> ZoneInfo:
    return ZoneInfo(request.user.time_zone if request.user.is_authenticated else "UTC")
