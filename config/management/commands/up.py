"""``manage.py up``: a small real installation in one terminal or one systemd unit."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.embedded.entry import say
from config.embedded.environment import chosen_data_directory
from config.embedded.errors import CannotStart
from config.embedded.supervisor import Plan, supervise

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Command(BaseCommand):
    help = (
        "Run Fortnight for real on this machine: PostgreSQL, Valkey, web server, worker and beat "
        "under one process, until it is stopped. Prints a link that makes the first owner."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")
        parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: var)")
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default: %(default)s)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["host"] not in _LOOPBACK and not os.environ.get("BASE_URL"):
            raise CannotStart(
                "Say under which address people will open this installation, for every link starts "
                "with it: BASE_URL=https://podcasts.example.org in .env or in the environment."
            )
        plan = Plan(
            command="up",
            data=chosen_data_directory(options["data"]),
            host=options["host"],
            port=options["port"],
            forced={"FORTNIGHT_DEMO": "false"},
            defaults={"BASE_URL": f"http://localhost:{options['port']}"},
            logs_to_terminal=True,
        )
        supervise(plan, say, self._greet)

    def _greet(self, facts: dict[str, Any]) -> None:
        say(f"\nFortnight is running at {facts['site']}, for editors at {facts['admin']}")
        if facts["setup"]:
            say(f"Nobody has an account yet. Make yours, within a day: {facts['setup']}")
