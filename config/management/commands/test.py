"""``manage.py test``: the test suite, on the embedded servers and all cores."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.embedded.environment import BASE_DIR, own_variables

_PARALLEL = ("-n", "--numprocesses", "--dist", "--tx", "--pdb", "--trace", "--setup-plan", "--co")


class Command(BaseCommand):
    help = "Run the tests. Everything after `test` goes to pytest: manage.py test -k feed -x"

    def run_from_argv(self, argv: list[str]) -> None:
        """Become pytest, so that its exit code, its signals and its terminal are its own."""
        arguments = argv[2:]
        wants_one_process = "no:xdist" in arguments or "-pno:xdist" in arguments
        if not wants_one_process and not any(part.startswith(_PARALLEL) for part in arguments):
            arguments = ["-n", "auto", *arguments]
        os.chdir(BASE_DIR)
        command = [sys.executable, "-m", "pytest", *arguments]
        os.execve(sys.executable, command, own_variables())  # noqa: S606

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.run_from_argv(["manage.py", "test"])
