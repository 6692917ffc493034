"""One line for each request, with an id that goes out with the answer and on into Celery.

django-structlog does the work; this adds what may not be left to it: no id of a stranger reaches a
log unchecked, and no secret that travels in an address does.
"""

import re
import uuid

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from config.logs import blot_out

_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TOKEN = re.compile(r"(?<=/)(?=[^/?]*[A-Z])(?=[^/?]*\d)[\w.:=-]{20,}(?=[/?]|$)")
"""A path segment with capitals and digits, which no slug, uid or file name of ours has."""


def loggable_path(full_path: str) -> str:
    """Return a path with what may be secret blotted out: long tokens, and every query value."""
    path, _mark, query = full_path.partition("?")
    path = _TOKEN.sub("…", blot_out(path))
    if not query:
        return path
    names = (part.partition("=")[0] for part in query.split("&"))
    return f"{path}?{'&'.join(f'{name}=…' for name in names)}"


class RequestLog(RequestMiddleware):
    """django-structlog's middleware with checked ids, no secrets, and X-Request-ID in answers."""

    def prepare(self, request: HttpRequest) -> None:
        offered = request.META.get("HTTP_X_REQUEST_ID", "")
        if not _SAFE_ID.fullmatch(offered):
            request.META["HTTP_X_REQUEST_ID"] = str(uuid.uuid4())
            request.__dict__.pop("headers", None)
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response["X-Request-ID"] = structlog.contextvars.get_contextvars().get("request_id", "")
        super().handle_response(request, response)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {loggable_path(request.get_full_path())}"
