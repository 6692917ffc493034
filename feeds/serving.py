"""Which version of a feed a request gets: ready bytes, built in line only when they are due.

No worker has to be alive. The first request at or after a release builds the feed itself; while
one builds, everyone else gets the last good version at once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef

from catalog.models import Show
from feeds.building import feed_of, refresh
from feeds.models import Change, Feed, FeedVersion

LONGEST_AGE = 300
STALE_AGE = 5
"""Seconds that caches may keep an answer, and one that is being replaced just now."""
RETRY_AFTER = timedelta(seconds=15)
"""A build that failed is not tried again by every request in between."""


@dataclass(frozen=True, slots=True)
class ReadyFeed:
    """What the headers of an answer need; the bytes stay in the database until they are sent."""

    feed_id: int
    version_id: int | None
    sha256: str | None
    size: int | None
    gzip_size: int | None
    last_modified: datetime | None
    valid_until: datetime | None
    failed_at: datetime | None
    is_marked: bool

    def is_due(self, at: datetime) -> bool:
        expired = self.valid_until is not None and self.valid_until <= at
        return self.version_id is None or self.is_marked or expired

    def may_be_built(self, at: datetime) -> bool:
        return self.failed_at is None or self.failed_at + RETRY_AFTER <= at

    def max_age(self, at: datetime) -> int:
        """Return how long caches may keep it: never beyond the next release."""
        if self.is_due(at):
            return STALE_AGE
        if self.valid_until is None:
            return LONGEST_AGE
        return min(LONGEST_AGE, int((self.valid_until - at).total_seconds()))

    def etag(self, *, gzipped: bool) -> str:
        """Return a strong tag: another coding is another sequence of bytes."""
        return f'"{(self.sha256 or "")[:32]}{"-gzip" if gzipped else ""}"'

    def modified_by(self, at: datetime) -> datetime | None:
        """Return the date for Last-Modified, which must not lie ahead of the answer (RFC 9110).

        It may, by a second, after two changes in one: that answer goes without.
        """
        return self.last_modified if self.last_modified and self.last_modified <= at else None

    @property
    def modified_timestamp(self) -> int:
        return int((self.last_modified or datetime.min.replace(tzinfo=UTC)).timestamp())


def ready_feed(slug: str, *, at: datetime) -> ReadyFeed | None:
    """Return the feed to serve at `at`, building it first if it is due; None if there is none.

    `version_id` is None where not even one version could be built yet.
    """
    found = _find(slug) or _begin(slug)
    if found is None or not found.is_due(at) or not found.may_be_built(at):
        return found
    # Nobody has a version yet to be served meanwhile: the very first request waits.
    refresh(found.feed_id, at=at, wait=found.version_id is None)
    return _find(slug)


def body_of(version_id: int, *, gzipped: bool) -> bytes | None:
    """Return the bytes in the coding asked for; None if the version was just forgotten."""
    name = "gzip_body" if gzipped else "body"
    body = FeedVersion.objects.filter(pk=version_id).values_list(name, flat=True).first()
    return None if body is None else bytes(body)


def _find(slug: str) -> ReadyFeed | None:
    row = (
        Feed.objects.filter(kind=Feed.Kind.MAIN, show__slug=slug, show__is_public=True)
        .values_list(
            "pk",
            "current_id",
            "current__sha256",
            "current__size",
            "current__gzip_size",
            "current__last_modified",
            "valid_until",
            "failed_at",
            Exists(Change.objects.filter(show_id=OuterRef("show_id"))),
        )
        .first()
    )
    return ReadyFeed(*row) if row else None


def _begin(slug: str) -> ReadyFeed | None:
    show = Show.objects.public().filter(slug=slug).first()
    if show is None:
        return None
    feed_of(show)
    return _find(slug)
