"""`/healthz`: this process answers. `/readyz`: so does everything that it needs.

Answered before any other middleware: no cookie, no log line, no redirect, any Host header, so that
a probe needs to know nothing. Restart on `/healthz`; raise an alarm on `/readyz`, because a dead
worker is no reason to take the site away from listeners.
"""

import logging
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from episodes.models import Job

logger = logging.getLogger(__name__)

PATIENCE = 3.0
"""Seconds after which a part that says nothing counts as failing."""
LATE = 15 * 60
"""Seconds for which due work may lie before somebody should look at the workers."""
MIN_FREE_BYTES = 200 * 1024 * 1024

_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="readyz")
"""Bounds what probes of a hanging part can pile up."""


class Unready(Exception):
    """A part does not do its work; the text is shown to anyone, so it names no address."""


def check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise Unready("The database refuses connections or queries.") from error
    finally:
        connection.close()
    return "answers"


def check_broker() -> str:
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "socket_timeout": PATIENCE / 2}
    options["socket_connect_timeout"] = PATIENCE / 2
    broker = Connection(
        settings.BROKER_URL, connect_timeout=PATIENCE / 2, transport_options=options
    )
    try:
        broker.ensure_connection(max_retries=1, timeout=PATIENCE / 2)
        broker.default_channel.close()
    except (OperationalError, OSError, *broker.connection_errors) as error:
        raise Unready("The broker refuses connections. Uploads wait until it is back.") from error
    finally:
        broker.release()
    return "answers"


def check_storage() -> str:
    root = settings.MEDIA_ROOT
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=root, prefix=".readyz-") as probe:
            probe.write(b"ready")
            probe.flush()
        room = os.statvfs(root)
    except OSError as error:
        raise Unready(f"Files cannot be written: {error.strerror}.") from error
    if room.f_bavail * room.f_frsize < MIN_FREE_BYTES:
        raise Unready("Less than 200 MB are free where files are stored.")
    return "writable"


def check_work() -> str:
    age = oldest_due(timezone.now())
    if age > LATE:
        raise Unready(f"Work has been due for {age:.0f} s. Are the workers running?")
    return f"oldest due for {age:.0f} s"


def oldest_due(now: datetime) -> float:
    """Return for how many seconds the oldest work that nobody holds has been due."""
    try:
        due = Job.objects.filter(done_at=None, dead=False, not_before__lte=now)
        waiting = due.exclude(lease_until__gt=now).order_by("not_before")
        since = waiting.values_list("not_before", flat=True).first()
    except DatabaseError as error:
        raise Unready("Cannot be asked while the database is away.") from error
    finally:
        connection.close()
    return 0.0 if since is None else (now - since).total_seconds()


PARTS: dict[str, Callable[[], str]] = {
    "database": check_database,
    "broker": check_broker,
    "storage": check_storage,
    "work": check_work,
}


def check_parts(parts: dict[str, Callable[[], str]]) -> dict[str, dict[str, object]]:
    """Ask all parts at once, none for longer than PATIENCE."""
    asked = {name: _threads.submit(check) for name, check in parts.items()}
    wait(asked.values(), timeout=PATIENCE)
    return {name: _outcome(name, answer) for name, answer in asked.items()}


def _outcome(name: str, answer: "Future[str]") -> dict[str, object]:
    if not answer.done():
        answer.cancel()
        return {"ok": False, "message": f"No answer within {PATIENCE:.0f} s."}
    error = answer.exception()
    if error is None:
        return {"ok": True, "message": answer.result()}
    if isinstance(error, Unready):
        return {"ok": False, "message": str(error)}
    logger.error("readyz_check_broke", exc_info=error, extra={"part": name})
    return {"ok": False, "message": "The check itself failed; the log says why."}


class HealthMiddleware:
    """Answers the two addresses itself and hands everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/healthz":
            return _plain(HttpResponse("ok\n", content_type="text/plain"))
        if request.path_info == "/readyz":
            report = check_parts(PARTS)
            ready = all(part["ok"] for part in report.values())
            body = {"status": "ready" if ready else "not ready", "parts": report}
            return _plain(JsonResponse(body, status=200 if ready else 503))
        return self.get_response(request)


def _plain(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))
    response["X-Content-Type-Options"] = "nosniff"
    return response
