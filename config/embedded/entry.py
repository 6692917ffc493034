"""From manage.py to Django, with the servers that the command needs."""

import errno
import sys

from django.core.management import execute_from_command_line

from config.embedded.environment import servers_for
from config.embedded.errors import CannotStart


def run(argv: list[str]) -> None:
    """Run one management command; what a person can mend is one sentence and not a traceback."""
    try:
        with servers_for(argv[1:], say):
            execute_from_command_line(argv)
    except CannotStart as reason:
        sys.exit(str(reason))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        where = f" ({error.filename})" if error.filename else ""
        sys.exit(f"The disk is full{where}. Free some space and start again.")


def say(text: str) -> None:
    """Tell the person at the terminal, if there still is one."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:  # the terminal was closed
        sys.stderr = open("/dev/null", "w")  # noqa: PTH123,SIM115 - kept until the process ends
