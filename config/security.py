"""The Content-Security-Policy of each door, in one place, and the doors that know cookies.

The public site runs no inline code at all. The admin's theme evaluates Alpine expressions and
needs ``unsafe-eval``; it gets that on its own paths and nowhere else.
"""

from collections.abc import Callable
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

SITE_DIRECTIVES: dict[str, Any] = {
    "default-src": [SELF],
    "img-src": [SELF, "data:"],
    "media-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}

ADMIN_DIRECTIVES: dict[str, Any] = {
    **SITE_DIRECTIVES,
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "media-src": [SELF, "blob:"],
    "connect-src": [SELF],
    # The admin opens related objects in a frame of its own origin.
    "frame-ancestors": [SELF],
}


def with_bucket(directives: dict[str, Any], origin: str) -> dict[str, Any]:
    """Let a bucket send the audio itself and, where a policy speaks of it, take what is sent."""
    if not origin:
        return directives
    opened = {"media-src", "connect-src"} & directives.keys()
    return {**directives, **{name: [*directives[name], origin] for name in opened}}


ADMIN_PREFIX = "/admin/"
PEOPLES_PREFIXES = (ADMIN_PREFIX, "/accounts/")
# Whoever works on an episode hears and reads it there before it is out.
PREVIEWED_PREFIXES = ("/audio/", "/episodes/")


class PolicyByDoor(CSPMiddleware):
    """Send the admin's policy under ``/admin/`` and the strict one everywhere else."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path.startswith(ADMIN_PREFIX) and not hasattr(response, "_csp_replace"):
            response._csp_replace = with_bucket(ADMIN_DIRECTIVES, settings.S3_ORIGIN)  # type: ignore[attr-defined]  # noqa: SLF001 - its hook
        return super().process_response(request, response)


class CookiesByDoor:
    """Let cookies in and out where people sign in and work, and nowhere else.

    Django answers a cookie that is no session, or no CSRF token, with a new one, on any page. On
    pages that caches keep for everyone that would be one visitor's answer to all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(PEOPLES_PREFIXES):
            return self.get_response(request)
        session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        previewed = session is not None and request.path.startswith(PREVIEWED_PREFIXES)
        request.COOKIES = {settings.SESSION_COOKIE_NAME: session or ""} if previewed else {}
        response = self.get_response(request)
        response.cookies.clear()
        return response
