"""Building a feed aside, checking it and swapping it in: never replaced by a worse one."""

import gzip
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from catalog.models import Show
from episodes.models import Episode
from feeds.checks import faults
from feeds.composing import compose
from feeds.exceptions import BadFeed
from feeds.models import Change, Feed, FeedVersion
from feeds.rss import FeedDocument, UnreadableFeed, read, write
from feeds.rss.values import to_second

log = structlog.get_logger(__name__)

_LOCK = 0x466F7274
"""The first half of the advisory lock's key ("Fort"); the second is the feed's id."""
KEPT_VERSIONS = 5


def refresh(feed_id: int, *, at: datetime, wait: bool = False) -> None:
    """Build the feed as of `at` if it is out of date, and swap it in.

    One builder at a time: while another builds, this returns at once, or waits for it if `wait`.
    Whatever fails, the last good version keeps being served; the reason stands in `last_error`.
    """
    try:
        with transaction.atomic():
            if _take_lock(feed_id, wait=wait):
                _build_if_due(feed_id, at=at)
    except Exception as error:
        log.exception("feed_build_failed", feed_id=feed_id)
        Feed.objects.filter(pk=feed_id).update(last_error=_explain(error), failed_at=at)


def feed_of(show: Show) -> Feed:
    """Return the show's main feed, made on the first request for it."""
    return Feed.objects.get_or_create(show=show, kind=Feed.Kind.MAIN)[0]


def _explain(error: Exception) -> str:
    return str(error) if isinstance(error, BadFeed) else f"{type(error).__name__}: {error}"


def _take_lock(feed_id: int, *, wait: bool) -> bool:
    """Hold the feed until the end of the transaction; False if somebody else does."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, feed_id])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, feed_id])
        row = cursor.fetchone()
    return bool(row and row[0])


def _build_if_due(feed_id: int, *, at: datetime) -> None:
    feed = (
        Feed.objects.select_related("show__artwork", "current")
        .defer("current__body", "current__gzip_body")
        .get(pk=feed_id)
    )
    # Read the marks first: a change that comes later keeps its mark and is built next time.
    marks = list(Change.objects.filter(show_id=feed.show_id).values_list("pk", flat=True))
    expired = feed.valid_until is not None and feed.valid_until <= at
    if feed.current is not None and not marks and not expired:
        return
    composition = compose(feed.show, at=at)
    feed.current = _version(feed, composition.document, at=at)
    feed.valid_until = composition.valid_until
    feed.left_out = composition.left_out
    feed.last_error = ""
    feed.failed_at = None
    feed.save(update_fields=["current", "valid_until", "left_out", "last_error", "failed_at"])
    Change.objects.filter(pk__in=marks).delete()
    _forget_old_versions(feed)


def _version(feed: Feed, document: FeedDocument, *, at: datetime) -> FeedVersion:
    """Return the version with these contents: the present one if nothing differs, else a new one.

    lastBuildDate is when the contents last changed, so that a build without news changes no byte.
    """
    previous = feed.current
    moment = to_second(at)
    assert moment is not None  # noqa: S101 - `at` is a moment
    if previous is not None:
        same = write(replace(document, last_build=previous.last_modified))
        if _digest(same) == previous.sha256:
            return previous
        # Two versions of one second would look alike to a client that asks by date.
        moment = max(moment, previous.last_modified + timedelta(seconds=1))
    document = replace(document, last_build=moment)
    body = write(document)
    _accept(body, document, feed, at=at)
    guids = [item.guid for item in document.items]
    return _store(feed, body, guids, changed_at=moment, built_at=at)


def _accept(body: bytes, document: FeedDocument, feed: Feed, *, at: datetime) -> None:
    """Raise BadFeed unless the bytes read back as the document, whole and not shrunken."""
    try:
        unlike = read(body) != document
    except UnreadableFeed as error:
        raise BadFeed([str(error)]) from error
    found = ["What was written does not read back as what was meant."] if unlike else []
    found += faults(document)
    found += [
        f"“{title}” is live but would vanish from the feed." for title in _lost(document, feed, at)
    ]
    if found:
        raise BadFeed(found)


def _lost(document: FeedDocument, feed: Feed, at: datetime) -> list[str]:
    """Return the GUIDs that listeners have seen, that are gone, and that nobody took back."""
    if feed.current is None:
        return []
    gone = set(feed.current.guids) - {item.guid for item in document.items}
    rows = Episode.objects.filter(show=feed.show_id, guid__in=gone)
    taken_back = set(rows.exclude(pk__in=rows.live(at)).values_list("guid", flat=True))
    return sorted(gone - taken_back)


def _store(
    feed: Feed, body: bytes, guids: list[str], *, changed_at: datetime, built_at: datetime
) -> FeedVersion:
    packed = gzip.compress(body, compresslevel=6, mtime=0)
    return FeedVersion.objects.create(
        feed=feed,
        body=body,
        gzip_body=packed,
        size=len(body),
        gzip_size=len(packed),
        sha256=_digest(body),
        last_modified=changed_at,
        item_count=len(guids),
        guids=guids,
        built_at=built_at,
    )


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _forget_old_versions(feed: Feed) -> None:
    """Keep a few: an answer that has read the headers of one still fetches its bytes."""
    kept = feed.versions.order_by("-pk").values("pk")[:KEPT_VERSIONS]
    feed.versions.exclude(pk__in=kept).delete()
