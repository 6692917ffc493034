"""Claiming, finishing and retrying work that stands in PostgreSQL.

A claim is a lease by the database's clock with a fresh token. Whoever holds the token may finish;
a worker that was thought dead and comes back holds an old one and changes nothing. `finish` belongs
in the transaction of the work's effect, so that both happen or neither.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from episodes.exceptions import EpisodeError
from episodes.models import Job

LEASE = timedelta(seconds=15)
"""How long a silent worker is believed to live; `renew` keeps a lease going."""
MAX_ATTEMPTS = 5
HEAVY = ["listen", "master"]
"""Kinds that keep a core busy for minutes. No more than `settings.HEAVY_JOBS_AT_ONCE` of them run
together (about: two claims in the same instant may both pass), so that uploads never wait."""
_BACKOFF = timedelta(seconds=5)

_CLAIM = """
UPDATE episodes_job
   SET token = gen_random_uuid(), attempts = attempts + 1,
       lease_until = clock_timestamp() + %(lease)s
 WHERE id = (
       SELECT id FROM episodes_job
        WHERE kind = %(kind)s AND done_at IS NULL AND NOT dead AND attempts < %(most)s
          AND not_before <= clock_timestamp()
          AND (lease_until IS NULL OR lease_until < clock_timestamp())
          AND (%(key)s::text IS NULL OR key = %(key)s)
          AND (NOT kind = ANY(%(heavy)s) OR %(at_once)s > (
               SELECT count(*) FROM episodes_job
                WHERE kind = ANY(%(heavy)s) AND done_at IS NULL
                  AND lease_until >= clock_timestamp()))
        ORDER BY not_before, id
        LIMIT 1
          FOR UPDATE SKIP LOCKED)
RETURNING id, kind, key, token, attempts
"""

_BURY = """
UPDATE episodes_job
   SET dead = true, lease_until = NULL,
       last_error = COALESCE(NULLIF(last_error, ''), 'Every worker that took it died.')
 WHERE kind = %(kind)s AND done_at IS NULL AND NOT dead AND attempts >= %(most)s
   AND (lease_until IS NULL OR lease_until < clock_timestamp())
RETURNING key
"""

_AGAIN = """
INSERT INTO episodes_job (kind, key, token, attempts, last_error, dead, not_before)
VALUES (%(kind)s, %(key)s, gen_random_uuid(), 0, '', false, clock_timestamp() + %(after)s)
    ON CONFLICT (kind, key) DO UPDATE
   SET done_at = NULL, dead = false, attempts = 0, last_error = '', lease_until = NULL,
       not_before = EXCLUDED.not_before
 WHERE episodes_job.done_at IS NOT NULL
RETURNING key
"""


class LeaseLost(EpisodeError):
    """Someone else has the job now, or it is done: whatever was worked out must not be written."""


@dataclass(frozen=True, slots=True)
class Claim:
    pk: int
    kind: str
    key: str
    token: uuid.UUID
    attempt: int


def enqueue(kind: str, key: str) -> None:
    """Write the job down, once. Call it in the transaction that makes the work necessary."""
    Job.objects.bulk_create([Job(kind=kind, key=key)], ignore_conflicts=True)


def enqueue_again(kind: str, key: str, *, after: timedelta = timedelta()) -> bool:
    """Write down work that may be wanted more than once, due in a while; `False` if it stands.

    One that is done, or was called off, is opened again; one that is waiting, at work or given up
    stays as it is.
    """
    return bool(_execute(_AGAIN, {"kind": kind, "key": key, "after": after}))


def claim(kind: str, key: str | None = None) -> Claim | None:
    """Take the oldest runnable job of a kind (or the one with `key`), or `None`."""
    values = {
        "kind": kind,
        "key": key,
        "lease": LEASE,
        "most": MAX_ATTEMPTS,
        "heavy": HEAVY,
        "at_once": settings.HEAVY_JOBS_AT_ONCE,
    }
    rows = _execute(_CLAIM, values)
    return Claim(*rows[0]) if rows else None


def renew(claimed: Claim) -> None:
    """Extend the lease; raise `LeaseLost` when it is no longer ours."""
    _update(claimed, lease_until=Now() + LEASE)


def finish(claimed: Claim) -> None:
    """Mark the job done, fencing out zombies; raise `LeaseLost` to undo the whole transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("finish() belongs in the transaction of the effect.")
    _update(claimed, done_at=Now(), lease_until=None, last_error="")


def fail(claimed: Claim, error: str) -> bool:
    """Put the job back for later, or give up after `MAX_ATTEMPTS`; return whether it is dead."""
    dead = claimed.attempt >= MAX_ATTEMPTS
    _update(
        claimed,
        dead=dead,
        last_error=error[:2000],
        lease_until=None,
        not_before=Now() + _BACKOFF * 3 ** (claimed.attempt - 1),
    )
    return dead


def bury_exhausted(kind: str) -> list[str]:
    """Give up on jobs whose every worker died; return their keys."""
    return [key for (key,) in _execute(_BURY, {"kind": kind, "most": MAX_ATTEMPTS})]


def retry(kind: str, key: str) -> bool:
    """Start over with a job that was given up or waits for its next try; `False` if it is done."""
    waiting = Job.objects.filter(kind=kind, key=key, done_at=None)
    return bool(waiting.update(dead=False, attempts=0, not_before=Now(), lease_until=None))


def _update(claimed: Claim, **values: Any) -> None:
    ours = Job.objects.filter(pk=claimed.pk, token=claimed.token, done_at=None)
    if ours.update(**values) != 1:
        raise LeaseLost(f"{claimed.kind} {claimed.key} is no longer ours.")


def _execute(sql: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
