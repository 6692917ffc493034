"""Validators: a strong ETag of the bytes, when those bytes last changed, and 304.

No column says when an answer last changed (a removed credit leaves no trace in any row), so the
moment is the one at which these bytes were first seen, kept in the cache per address. A lost
cache costs one full answer, never a stale one.
"""

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from redis.exceptions import RedisError
from rest_framework.response import Response

REMEMBER = 6 * 3600
"""Seconds for which an address that nobody asks for keeps its date."""


def make_conditional(request: HttpRequest, response: Response) -> HttpResponseBase:
    """Add validators to a rendered response and answer 304 or 412 where the request allows it."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    changed = changed_at(request.get_full_path(), etag, now=time.time())
    response["ETag"] = etag
    if changed is not None:
        response["Last-Modified"] = http_date(changed)
    answer = get_conditional_response(request, etag, changed, response)
    if answer is not None and answer is not response:
        for name in ("Vary", "X-Robots-Tag", *(n for n in response.headers if "RateLimit" in n)):
            if name in response.headers:
                answer[name] = response.headers[name]
        return answer
    return response


def changed_at(address: str, etag: str, *, now: float) -> int | None:
    """Return the whole second (Unix time) at which `address` began to answer with `etag`.

    Two versions never share a second: a client that knows the first one by date alone would keep
    it for ever. Return None when the cache is away.
    """
    key = "api:changed:" + hashlib.sha256(address.encode()).hexdigest()[:32]
    try:
        known = cache.get(key)
        if known is not None and known[0] == etag:
            return int(known[1])
        moment = int(now)
        if known is not None:
            moment = max(moment, int(known[1]) + 1)
        cache.set(key, [etag, moment], timeout=REMEMBER)
    except RedisError:
        return None
    return moment
