"""``manage.py demo``: everything, with a catalog to look at."""

import textwrap
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.embedded.entry import say
from config.embedded.environment import chosen_data_directory
from config.embedded.supervisor import Plan, supervise


class Command(BaseCommand):
    help = (
        "Run Fortnight with two ready-made shows: PostgreSQL, Valkey, web server, worker and beat "
        "in this terminal, until Ctrl-C. What you change is kept for the next time."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")
        parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: var)")
        parser.add_argument("--reset", action="store_true", help="delete the demo's data first")

    def handle(self, *_args: Any, **options: Any) -> None:
        plan = Plan(
            command="demo",
            data=chosen_data_directory(options["data"]),
            host="127.0.0.1",  # its password is public
            port=options["port"],
            forced={
                "BASE_URL": f"http://localhost:{options['port']}",
                "FORTNIGHT_DEMO": "true",
            },
            reset=options["reset"],
        )
        supervise(plan, say, lambda facts: self._greet(plan, facts))

    def _greet(self, plan: Plan, facts: dict[str, Any]) -> None:
        feeds = "\n".join(f"          {url}" for url in facts["feeds"]).lstrip()
        text = f"""
            Fortnight is running. Stop it with Ctrl-C; what you change is kept.

              Site      {facts["site"]}
              Admin     {facts["admin"]}
                        log in as {facts["login"]}, password {facts["password"]}
              Feed      {{feeds}}
              API docs  {facts["api"]}

            Data in {plan.data.path}, logs in {plan.data.log}
            """
        say(textwrap.dedent(text).replace("{feeds}", feeds.replace("\n", "\n  ")))
