"""How often one client may ask, counted in the cache, and the headers that say so.

Counters are atomic (INCR), one per client and minute. When the cache is away, requests pass
uncounted: reading must work while Valkey does not.
"""

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    # REST framework loads its settings, and so this module, while it builds APIView.
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)

WINDOW = 60
"""Seconds of a window; windows start on the minute."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client has left; `reset` is in seconds."""

    policy: str
    limit: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        """Return both spellings: the three plain fields, and the structured ones of the draft."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={WINDOW}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.reset}',
        }


class RequestsPerMinute(BaseThrottle):
    """Counts by token's user, else by address; leaves the allowance on the request."""

    def allow_request(self, request: Request, view: "APIView") -> bool:  # noqa: ARG002
        user = request.user
        if user is not None and user.is_authenticated:
            policy, client = "token", str(user.pk)
            limit = settings.API_REQUESTS_PER_MINUTE_WITH_TOKEN
        else:
            policy, client = "anonymous", self.get_ident(request)
            limit = settings.API_REQUESTS_PER_MINUTE
        now = time.time()
        used = count_request(f"{policy}:{client}", now=now)
        self.reset = WINDOW - int(now) % WINDOW
        allowance = Allowance(policy, limit, max(0, limit - used), self.reset)
        request.allowance = allowance  # type: ignore[attr-defined] # read by the view's headers
        return used <= limit

    def wait(self) -> float:
        return self.reset - 1


def count_request(client: str, *, now: float) -> int:
    """Count one request of `client` in the window of `now` and return how many it has made."""
    key = f"api:rate:{client}:{int(now) // WINDOW}"
    try:
        cache.add(key, 0, timeout=WINDOW * 2)
        return cache.incr(key)
    except (RedisError, ValueError):
        logger.warning("api_rate_uncounted")
        return 0
