"""``manage.py prepare``: bring database, static files and translations up to this version.

Run by `demo` and `up` before they serve, and by a deployment before it starts the new containers.
"""

import hashlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.first_owner import make_setup_token, setup_is_open
from catalog.artwork import add_missing_renditions
from catalog.models import Show
from config.demo.cataloguing import OWNER, PASSWORD
from config.translations import compile_translations
from feeds.links import absolute

_MIGRATING = 7_020_114_005
"""Number of the advisory lock: of two containers that start at once, one migrates."""


class Command(BaseCommand):
    help = (
        "Migrate the database, collect static files, compile translations; in a demo, seed it. "
        "Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--facts", type=Path, help="write addresses for the greeting here")

    def handle(self, *_args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        try:
            call_command("migrate", interactive=False, stdout=self.stdout)
            collect_static_files(self.stdout)
            compile_translations()
            add_missing_renditions()
            if settings.DEMO:
                call_command("seed_demo", stdout=self.stdout)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])
        if options["facts"]:
            options["facts"].write_text(json.dumps(addresses()))


def collect_static_files(stdout: Any) -> None:
    """Collect, hash and compress static files, unless nothing changed since the last time."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, stdout=stdout)
    stamp.write_text(digest.hexdigest())


def addresses() -> dict[str, Any]:
    """Return what the greeting of `demo` and `up` tells, as absolute addresses."""
    token = make_setup_token(at=timezone.now()) if setup_is_open() else ""
    admin = absolute(reverse("admin:index"))
    return {
        "site": absolute(reverse("website:home")),
        "admin": admin,
        "feeds": [show.feed_url for show in Show.objects.order_by("pk")],
        "api": absolute(reverse("api:docs")),
        "setup": f"{admin}setup/{token}/" if token else "",
        "login": OWNER if settings.DEMO else "",
        "password": PASSWORD if settings.DEMO else "",
    }
