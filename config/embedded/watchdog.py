"""Run as a script: end every child of a parent that was killed and could not do so itself.

Reads lines from standard input, which is a pipe that only the parent holds open:

    + GROUP SIGNAL    a child leads this process group and wishes to be asked with this signal
    - GROUP           that child has ended

When the pipe closes, whoever is still listed is asked, applications before servers, and killed if
asking does not help. Whole groups, so that the children of gunicorn and Celery go too. The locked
file that this process inherits stays locked until all of them are gone: the next start waits for
it.
"""

import contextlib
import os
import signal
import sys
import time

_PATIENCE = {signal.SIGKILL: 5.0, signal.SIGTERM: 10.0, signal.SIGINT: 60.0}
_DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def main() -> None:
    for number in _DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, signal.Signals] = {}
    for line in sys.stdin:
        sign, group, *wish = line.split()
        if sign == "+":
            groups[int(group)] = signal.Signals(int(wish[0]))
        else:
            groups.pop(int(group), None)
    end_all(groups)


def end_all(groups: dict[int, signal.Signals]) -> None:
    """Kill the applications, then let the servers that hold data close it, last started last."""
    for group, wish in groups.items():
        if wish == signal.SIGKILL:
            _send(group, wish)
    for group, wish in reversed(groups.items()):
        _send(group, wish)
        if not _gone_within(group, _PATIENCE.get(wish, 10.0)):
            _send(group, signal.SIGKILL)
            _gone_within(group, 5.0)


def _send(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


def _gone_within(group: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _runs(group):
            return True
        time.sleep(0.02)
    return False


def _runs(group: int) -> bool:
    """Say whether a group has a living member: in some containers nobody buries the dead."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):  # macOS denies what is dead but not yet reaped
        return False
    if sys.platform != "linux":
        return True
    for name in os.listdir("/proc"):  # noqa: PTH208 - strings are what is wanted
        if name.isdecimal():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", errors="replace") as stat:  # noqa: PTH123
                state, _parent, its_group = stat.read().rpartition(")")[2].split()[:3]
                if int(its_group) == group and state != "Z":
                    return True
    return False


if __name__ == "__main__":
    main()
