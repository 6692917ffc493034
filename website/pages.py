"""How every public page leaves the house: language, freshness, ETag; never a cookie."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language, get_supported_language_variant
from django.views.decorators.http import require_safe

from episodes.freshness import max_age


def public_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Read the clock once for the whole request and hand it down; answer GET and HEAD alone."""

    @require_safe
    @wraps(view)
    def wrapper(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        return view(request, at=timezone.now(), **kwargs)

    return wrapper


def site_name() -> str:
    return str(settings.SITE_NAME)


def interface_language(language: str) -> str:
    """Return the interface's language for content in a BCP 47 `language`."""
    try:
        return get_supported_language_variant(language.lower())
    except LookupError:
        return settings.LANGUAGE_CODE


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    at: datetime,
    language: str = settings.LANGUAGE_CODE,
) -> HttpResponseBase:
    """Render for anybody: the same bytes for every visitor, so that any cache may keep them."""
    with translation.override(interface_language(language)):
        content = render_to_string(
            template,
            {
                "at": at,
                "page_language": get_language(),
                "query": request.GET.get("q", "")[:200],
                "site_name": site_name(),
                **context,
            },
        )
    response = HttpResponse(content)
    response["Cache-Control"] = f"public, max-age={max_age(at)}"
    etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding"])
    return get_conditional_response(request, etag=etag, response=response) or response
