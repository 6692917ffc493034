"""What every answer of this package has in common: who may read it and how long it may be kept."""

import re
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http import HttpResponseNotFound as NotFound
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from feeds.visibility import Access

_CODING = re.compile(r"\s*([!#$%&'*+.^_`|~\w-]+)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?", re.IGNORECASE)
PRIVATE = "private, no-store"


def nothing_here() -> HttpResponse:
    """Return one and the same answer for what does not exist and what may not be seen."""
    response = NotFound(
        "There is nothing at this address.\n", content_type="text/plain; charset=utf-8"
    )
    response["Cache-Control"] = "no-store"
    return response


def accepts_gzip(header: str) -> bool:
    """Read Accept-Encoding (RFC 9110 §12.5.3); whatever is not understood means identity."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        found = _CODING.fullmatch(part)
        if found:
            weights[found[1].lower()] = _weight(found[2])
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weight(quality: str | None) -> float:
    try:
        return 1.0 if quality is None else float(quality)
    except ValueError:
        return 0.0


def conditional(request: HttpRequest, *, etag: str, modified: int) -> HttpResponseBase | None:
    """Return 304 (or 412) where the request's conditions ask for it, else None."""
    return get_conditional_response(request, etag=etag, last_modified=modified)


def let_anyone_read(response: HttpResponseBase, *, etag: str, modified: datetime | None) -> None:
    """Set what a browser, an app and a cache may do with a public answer, a 304 too."""
    response["ETag"] = etag
    if modified is not None:
        response["Last-Modified"] = http_date(modified.timestamp())
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = (
        "ETag, Last-Modified, Content-Length, Content-Range, Accept-Ranges, Link"
    )
    response["X-Content-Type-Options"] = "nosniff"


def set_caching(response: HttpResponseBase, access: Access, *, public: str) -> None:
    """Let caches keep what is public; a preview is for the one who asked."""
    response["Cache-Control"] = public if access is Access.PUBLIC else PRIVATE
