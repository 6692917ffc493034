"""``manage.py seed_demo``: fill an installation with the demo's two shows."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from config.demo.cataloguing import OWNER, PASSWORD
from config.demo.planning import TooEarly
from config.demo.seeding import SeedingFailed, seed
from episodes.exceptions import EpisodeError


class Command(BaseCommand):
    help = (
        "Fill this installation with the demo: two shows with episodes, audio and people, and a "
        "log-in whose password is public. Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--now",
            type=aware_moment,
            help="seed as of this moment, such as 2026-11-22T12:00:00Z (default: the clock)",
        )
        parser.add_argument(
            "--yes",
            action="store_true",
            help="seed although FORTNIGHT_DEMO is not set; the log-in's password is public",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if not (settings.DEMO or options["yes"]):
            raise CommandError(
                "This is not a demo installation, and the demo brings a log-in with a public "
                "password. Set FORTNIGHT_DEMO=true, or add --yes if you are sure."
            )
        try:
            seed(now=options["now"] or timezone.now(), say=self.stdout.write)
        except (TooEarly, SeedingFailed, EpisodeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Log-in: {OWNER}, password {PASSWORD}")


def aware_moment(text: str) -> datetime:
    """Read a moment with its offset; argparse turns the ValueError into its own message."""
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(text)
    return moment
