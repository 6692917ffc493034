"""Doing what stands in the job table: claim, work, put back what went wrong.

Any number of workers may do this at once and any of them may die at any moment. What a kind of
work has to bring is a `Work`: `do` ends with `jobs.finish` in the transaction of its effect.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from episodes import jobs

_SIGN_OF_LIFE = 3.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of job. `tell(key, dead)` writes a failure where the editor sees it."""

    kind: str
    do: Callable[[jobs.Claim], None]
    tell: Callable[[str, bool], None]


class Heartbeat:
    """Renews a lease when called, at most every three seconds; raises `LeaseLost` when it is gone.

    Long work calls it from its loop, as often as it likes.
    """

    def __init__(self, claimed: jobs.Claim) -> None:
        self._claimed = claimed
        self._last = time.monotonic()

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self._last >= _SIGN_OF_LIFE:
            jobs.renew(self._claimed)
            self._last = now


def take(work: Work, key: str) -> bool:
    """Do one job now; `False` when it is done, being done by another, or waiting its turn."""
    claimed = jobs.claim(work.kind, key)
    if claimed is not None:
        _do(work, claimed)
    return claimed is not None


def take_due(work: Work, *, most: int = 10) -> int:
    """Do what is due: jobs that no message reached, and those that a dead worker left."""
    for key in jobs.bury_exhausted(work.kind):
        work.tell(key, True)
    count = 0
    while count < most and (claimed := jobs.claim(work.kind)):
        _do(work, claimed)
        count += 1
    return count


def _do(work: Work, claimed: jobs.Claim) -> None:
    try:
        work.do(claimed)
    except jobs.LeaseLost:
        logger.warning("Another worker took over %s %s.", claimed.kind, claimed.key)
    except Exception as error:  # a fault of ours or of the machine, never a verdict on a file
        logger.exception("%s %s failed, attempt %s.", claimed.kind, claimed.key, claimed.attempt)
        _put_back(work, claimed, error)


def _put_back(work: Work, claimed: jobs.Claim, error: Exception) -> None:
    try:
        with transaction.atomic():
            dead = jobs.fail(claimed, f"{type(error).__name__}: {error}")
            work.tell(claimed.key, dead)
    except jobs.LeaseLost:
        logger.warning("Another worker took over %s %s.", claimed.kind, claimed.key)
