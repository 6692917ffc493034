"""The Content-Security-Policy of each door, in one place.

The public site runs no inline code at all. The admin's theme evaluates Alpine expressions and
needs ``unsafe-eval``; it gets that on its own paths and nowhere else.
"""

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
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
    # The admin opens related objects in a frame of its own origin.
    "frame-ancestors": [SELF],
}

ADMIN_PREFIX = "/admin/"


class PolicyByDoor(CSPMiddleware):
    """Send the admin's policy under ``/admin/`` and the strict one everywhere else."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path.startswith(ADMIN_PREFIX) and not hasattr(response, "_csp_replace"):
            response._csp_replace = ADMIN_DIRECTIVES  # type: ignore[attr-defined]  # noqa: SLF001 - its hook
        return super().process_response(request, response)
